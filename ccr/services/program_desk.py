"""The desk of an abusive partner program: who waits, what is due, and how its protocol stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ccr.domain.authority_reports import Report
from ccr.domain.participants import SOON, Participant, ParticipantState
from ccr.domain.pathways import Protocol, Standing
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.participant_steps import today_in
from ccr.storage.queries import authority_reports, participants, program_orders
from ccr.storage.queries.consultation_prompts import Prompt, open_prompts
from ccr.storage.queries.coordination import list_programs
from ccr.storage.queries.program_orders import ToOpen

__all__ = ["Desk", "OwnProtocol", "ToOpen", "desk", "own_protocol"]

MOST = 25
"""Rows of each list on the desk; the lists themselves have the rest."""


@dataclass(frozen=True, slots=True)
class OwnProtocol:
    """How one's own consultation protocol stands; `standing` is None where there is none (R3)."""

    standing: Standing | None
    partner_name: str = ""
    until: date | None = None

    @property
    def is_red(self) -> bool:
        """Return True when there is none in force."""
        return self.standing is None or not self.standing.holds


@dataclass(frozen=True, slots=True)
class Desk:
    """What a program's page shows when it is opened."""

    to_open: tuple[ToOpen, ...]
    intake: tuple[Participant, ...]
    checks: tuple[Participant, ...]
    tasks: tuple[Report, ...]
    prompts: tuple[Prompt, ...]
    protocol: OwnProtocol
    counts: dict[ParticipantState, int]
    today: date


def desk(identity: Identity, *, at: datetime) -> Desk:
    """Return one's own program's desk. Writes nothing."""
    authorise(identity, Permission.PROGRAM_RUN)
    own = identity.compartment_id
    today = today_in(identity.network_id, at)
    waiting = participants.list_waiting(own, checks_before=at + SOON, most=MOST)
    return Desk(
        tuple(program_orders.list_to_open(own, most=MOST)),
        waiting.intake,
        waiting.checks,
        tuple(authority_reports.list_tasks(own, most=MOST)),
        tuple(open_prompts(own)),
        own_protocol(identity, today),
        participants.count_by_state(own),
        today,
    )


def own_protocol(identity: Identity, on: date) -> OwnProtocol:
    """Return how one's own protocol stands on a day: the best of those with victim services."""
    authorise(identity, Permission.PROGRAM_RUN)
    _, protocols = list_programs(identity.network_id)
    own = [
        protocol
        for protocol in protocols
        if protocol.program_id == identity.compartment_id and protocol.partner_serves_victims
    ]
    best = max(own, key=lambda p: _until(p, on), default=None)
    if best is None:
        return OwnProtocol(None)
    return OwnProtocol(best.stands(on), best.partner_name, best.expires_on)


def _until(protocol: Protocol, on: date) -> tuple[bool, date]:
    return protocol.stands(on).holds, protocol.expires_on or date.max
