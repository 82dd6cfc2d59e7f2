"""The demo's risk information: what probation gave with its referrals, and one decision.

Invented like everything of the demo, and done by the demo's own people as they would do it. The
program has nobody trained in an instrument, so it judges and does not score (R94). A step of
loading the demo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.participants import ParticipantState
from ccr.domain.placement import Contact, PlacementRule
from ccr.domain.program_groups import Level
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Band
from ccr.policy.identity import Identity
from ccr.services import placement, risk_information
from ccr.services.demo_participants import PROBATION
from ccr.services.world import World
from ccr.storage.queries.participants import list_participants
from ccr.storage.queries.placement import put_rule
from ccr.storage.queries.program_orders import list_open

RULES = (
    PlacementRule("", "", False, Level.STANDARD, Contact.WEEKLY),  # noqa: FBT003
    PlacementRule("", "", True, Level.INTENSIVE, Contact.TWICE_WEEKLY),  # noqa: FBT003
    PlacementRule("dvsi-r", Band.HIGH.value, False, Level.INTENSIVE, Contact.WEEKLY),  # noqa: FBT003
    PlacementRule("odara", Band.HIGH.value, False, Level.INTENSIVE, Contact.TWICE_WEEKLY),  # noqa: FBT003
)
GIVEN = (("dvsi-r", Band.HIGH, 12), ("odara", Band.MODERATE, 12), ("dvsi-r", Band.LOW, 120))
"""Instrument, band and age in days of what probation gives: one result a referral, in turn."""


def add_placement(
    world: World,
    program_id: UUID,
    members: Mapping[str, UUID],
    people: Iterable[Identity],
    *,
    at: datetime,
) -> int:
    """Add rules, results and a decision of one program; return how many results.

    `members` maps keys of the demo's tables to ids; `people` are all who sign in to the demo.
    """
    staff = {who.compartment_id: who for who in people}
    facilitator = staff[program_id]
    officer = next(who for who in staff.values() if who.member_id == members[PROBATION])
    for rule in RULES:
        put_rule(facilitator.network_id, program_id, rule)
    sent = [one for one, member_id in list_open(program_id) if member_id == officer.member_id]
    for number, referral_id in enumerate(sent):
        result = _result(at, *GIVEN[number % len(GIVEN)])
        risk_information.give(officer, world, referral_id, result, at=at)
    judged = _judged(world, facilitator, at=at)
    return len(sent) + judged


def _result(at: datetime, instrument: str, band: Band, days: int) -> RiskResult:
    return RiskResult(
        instrument=instrument,
        version="standard",
        assessed_on=(at - timedelta(days=days)).date(),
        role=AssessorRole.PROBATION_OFFICER,
        trained=True,
        obtained_by=ObtainedBy.REFERRAL_SOURCE,
        basis=Basis.RECORDS,
        band=band,
    )


def _judged(world: World, facilitator: Identity, *, at: datetime) -> int:
    """Let the facilitator judge one participant and decide on another; return how many judged."""
    enrolled = list_participants(facilitator.compartment_id, ParticipantState.ENROLLED, 1)
    judgement = replace(
        _result(at, "", Band.HIGH, 20),
        instrument=None, version="", band=None, trained=False, high_danger=True,
        role=AssessorRole.FACILITATOR, obtained_by=ObtainedBy.PROGRAM, basis=Basis.PARTNER,
    )  # fmt: skip
    for participant in enrolled[:2]:
        placement.record_own(facilitator, world, participant.id, judgement, at=at)
    for participant in enrolled[1:2]:
        placement.decide(
            facilitator, world, participant.id, Level.INTENSIVE, Contact.TWICE_WEEKLY, 0, at=at
        )
    return len(enrolled[:2])
