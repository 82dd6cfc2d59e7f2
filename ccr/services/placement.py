"""Placement of a participant: results side by side, what the program's rules propose, a decision.

What lives here: the program's side of risk information (S12, R45). A proposal is made anew each
time and kept nowhere; the facilitator decides, and what was decided is sealed apart from the
participant's record. Nothing here is in a copy, letter, certificate, report or export.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from ccr.adapters.keys import SealError
from ccr.adapters.logs import error_facts, get_logger
from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.errors import IllegalTransitionError, NotFoundError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.placement import Contact, Placement, Proposal, Waits, propose
from ccr.domain.program_groups import Level
from ccr.domain.risk_information import CHANGES, RiskResult, checked_result, urgency_with
from ccr.domain.risk_instruments import Catalogue
from ccr.domain.risk_record import placement_context, placement_of_text, text_of_placement
from ccr.domain.risk_sharing import check_program_may_keep
from ccr.domain.taxonomy import Urgency
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.risk_steps import (
    LocalNow,
    ShownResult,
    check_room,
    is_trained,
    local_now,
    new_risk,
    shown_results,
    with_training,
)
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import placement as queries
from ccr.storage.queries import risk_information as risk_queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.placement import Placed, StoredPlacement
from ccr.storage.queries.program_groups import list_groups
from ccr.storage.queries.risk_information import Whose

MOST_WAITING = 100
"""So many are listed at once; one more is read to know that there are more."""
_OVER = phrase("This participant has left the program. Nothing more is decided here.")


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided and when; `placement` is None where it cannot be opened any more."""

    placement: Placement | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A participant whose placement is to be looked at, and why."""

    id: UUID
    code: str
    waits: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class PlacementPage:
    """All that placement of one participant needs.

    Attributes:
        urgency: how soon to see him: of the referral, raised by results and never lowered (R43).
        version: of the decision, for the form; 0 where there is none.
        trained: whether the program has people trained in a risk instrument today (R94).
        has_rules: False where the program has stated no rule at all.
    """

    placed: Placed
    results: tuple[ShownResult, ...]
    proposal: Proposal
    urgency: Urgency
    decided: Decided | None
    version: int
    catalogue: Catalogue
    trained: bool
    has_rules: bool
    today: date


def waiting(identity: Identity, *, at: datetime) -> tuple[ToLookAt, ...]:
    """Return the placements of one's own program to look at, those not decided first."""
    authorise(identity, Permission.PROGRAM_RUN)
    changes = {trigger.value for trigger in CHANGES}
    rows = queries.list_dated(identity.compartment_id, changes, at=at, most=MOST_WAITING + 1)
    return tuple(ToLookAt(row_id, code, dates.waits(at)) for row_id, code, dates in rows)


def page(identity: Identity, world: World, participant_id: UUID, *, at: datetime) -> PlacementPage:
    """Return the placement of a participant of one's own program; raises NotFoundError.

    That sealed results were read, and by whom, is noted as for referrals (R39).
    """
    with unit_of_work():
        placed = _placed(identity, participant_id)
        now = local_now(identity, at)
        results = _results(identity, world, placed, now)
        if results:
            append_event(identity, "read", "risk-information", participant_id, at=at)
    readable = [one.result for one in results if one.result is not None]
    rules = queries.list_rules(placed.compartment_id)
    return PlacementPage(
        placed=placed,
        results=results,
        proposal=propose(rules, readable, list_groups(placed.compartment_id)),
        urgency=urgency_with(placed.urgency, readable),
        decided=_decided(world, placed, placed.decided),
        version=placed.decided.version if placed.decided else 0,
        catalogue=risk_instruments(),
        trained=is_trained(identity, now.today),
        has_rules=bool(rules),
        today=now.today,
    )


def record_own(
    identity: Identity, world: World, participant_id: UUID, result: RiskResult, *, at: datetime
) -> UUID:
    """Keep an assessment that the program made itself; return its id.

    Raises:
        NotFoundError: no such participant of one's own program.
        IllegalTransitionError: the participant has left.
        InvalidInputError: it would rest on a survivor (R11), or cannot be (R41, R94); `field`
            names it.
    """
    with unit_of_work():
        placed = _placed(identity, participant_id, stays=True)
        catalogue, now = risk_instruments(), local_now(identity, at)
        check_program_may_keep(result, catalogue)
        checked = checked_result(with_training(identity, result, now.today), catalogue, now.today)
        check_room(len(risk_queries.list_about(_whose(placed))))
        new = new_risk(identity, world, placed.compartment_id, checked, now)
        risk_queries.add_risk(replace(new, participant_id=participant_id))
        append_event(identity, "recorded", "risk-information", new.id, at=at)
    return new.id


def take_back_own(identity: Identity, participant_id: UUID, risk_id: UUID, *, at: datetime) -> None:
    """Delete an assessment of one's own that was entered in error; raises NotFoundError."""
    with unit_of_work():
        placed = _placed(identity, participant_id)
        if not risk_queries.drop_own(risk_id, participant_id, placed.compartment_id):
            raise NotFoundError
        append_event(identity, "taken-back", "risk-information", risk_id, at=at)


def ask_again(identity: Identity, participant_id: UUID, *, at: datetime) -> None:
    """Mark every result as old, because something changed (R46). Twice is once.

    Nobody outside the program is told: the program asks for a new assessment by itself.
    """
    with unit_of_work():
        placed = _placed(identity, participant_id, stays=True)
        if risk_queries.ask_again(_whose(placed), at=at):
            append_event(identity, "outdated", "risk-information", participant_id, at=at)


def decide(
    identity: Identity,
    world: World,
    participant_id: UUID,
    level: Level,
    contact: Contact,
    version: int,
    *,
    at: datetime,
) -> None:
    """Decide on level and contact, whatever the rules propose; it is sealed apart (R45).

    Raises:
        NotFoundError: no such participant of one's own program.
        IllegalTransitionError: the participant has left.
        StaleError: somebody else decided first; nothing was written.
    """
    with unit_of_work():
        placed = _placed(identity, participant_id, stays=True)
        results = _results(identity, world, placed, local_now(identity, at))
        readable = [one.result for one in results if one.result is not None]
        proposal = propose(queries.list_rules(placed.compartment_id), readable, ())
        as_proposed = (level, contact) == (proposal.level, proposal.contact)
        sealed = world.keys.seal(
            text_of_placement(Placement(level, contact, as_proposed)),
            placement_context(placed.id, placed.compartment_id),
        )
        if not queries.save_placement(placed, sealed, version, at=at):
            raise StaleError(phrase("Somebody else decided on this. Look at it again."))
        append_event(identity, "decided", "placement", participant_id, at=at)


def _placed(identity: Identity, participant_id: UUID, *, stays: bool = False) -> Placed:
    """Return a participant of one's own program; with `stays`, one that has not left."""
    authorise(identity, Permission.PROGRAM_RUN)
    changes = {trigger.value for trigger in CHANGES}
    placed = queries.find_placed(participant_id, identity.compartment_id, changes)
    if placed is None:
        raise NotFoundError
    authorise(identity, Permission.PROGRAM_RUN, placed)
    if stays and placed.is_over:
        raise IllegalTransitionError(_OVER)
    return placed


def _whose(placed: Placed) -> Whose:
    return Whose(placed.compartment_id, placed.id, placed.referral_id)


def _results(
    identity: Identity, world: World, placed: Placed, now: LocalNow
) -> tuple[ShownResult, ...]:
    stored = risk_queries.list_about(_whose(placed))
    return shown_results(identity, world, stored, placed.compartment_id, now, placed.changed_at)


def _decided(world: World, placed: Placed, stored: StoredPlacement | None) -> Decided | None:
    if stored is None:
        return None
    context = placement_context(placed.id, placed.compartment_id)
    try:
        placement = placement_of_text(world.keys.open(stored.decided_sealed, context))
    except (SealError, ValueError) as error:
        get_logger(__name__).error("seal.damaged", subject_id=placed.id, **error_facts(error))
        return Decided(None, stored.decided_at)
    return Decided(placement, stored.decided_at)
