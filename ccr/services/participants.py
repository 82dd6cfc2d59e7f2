"""Participants of one's own program: opened, brought on step by step, listed and read (R14, R55).

A participant is a code: of the referral that brought them, or a new one. The program's own file
is kept elsewhere; nothing here names anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from ccr.domain.authority_reports import Missing, Report
from ccr.domain.directory import Member
from ccr.domain.errors import CcrError, DuplicateError, InvalidInputError, StaleError
from ccr.domain.paging import Page, page_number
from ccr.domain.participant_states import TABLE, Act, Step, acts_of, advance, follows
from ccr.domain.participant_words import EventKind
from ccr.domain.participants import (
    ENROL_DAYS,
    INTAKE_DAYS,
    Event,
    Order,
    Participant,
    ParticipantState,
    checked_order,
    end_of_day,
)
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.participant_steps import Cause, authorities_for, bring, today_in, zone_of
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import authority_reports, program_groups, program_orders
from ccr.storage.queries import participants as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.consultation_prompts import Prompt, open_prompts
from ccr.storage.queries.program_orders import ToOpen

DRAWS = 20
_MISSES = {Act.MISS_INTAKE: Missing.INTAKE, Act.TURN_AWAY: Missing.ENROLMENT}


@dataclass(frozen=True, slots=True)
class Opening:
    """What the form of a new participant needs: the referral they come from, and authorities."""

    referral: ToOpen | None
    authorities: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ParticipantPage:
    """One participant on the program's page, with everything that stands around."""

    participant: Participant
    events: tuple[Event, ...]
    groups: tuple[Group, ...]
    acts: tuple[Act, ...]
    reports: tuple[Report, ...]
    prompts: tuple[Prompt, ...]
    authority_name: str | None
    wished_group_id: UUID | None = None

    @property
    def group(self) -> Group | None:
        """Return the group they are in, or None."""
        return next((g for g in self.groups if g.id == self.participant.group_id), None)

    @property
    def wished_group(self) -> Group | None:
        """Return the group that the sender wished for, until they are enrolled."""
        return next((g for g in self.groups if g.id == self.wished_group_id), None)


def opening(identity: Identity, referral_id: UUID | None) -> Opening:
    """Return what opening a participant needs.

    Raises:
        NotFoundError: the referral is not one of one's own program that waits to be opened.
    """
    authorise(identity, Permission.PROGRAM_RUN)
    found = (
        program_orders.get_to_open(referral_id, identity.compartment_id) if referral_id else None
    )
    return Opening(found, authorities_for(identity.network_id, identity.compartment_id))


def open_participant(
    identity: Identity, world: World, order: Order, referral_id: UUID | None, *, at: datetime
) -> UUID:
    """Open a participant: under the referral's code, or under a new one; return its id.

    The clocks run from the day the referral was accepted, else from now.

    Raises:
        NotFoundError: the referral is not one that waits to be opened here.
        InvalidInputError: the order cannot be; `field` names it.
    """
    with unit_of_work():
        found = opening(identity, referral_id)
        checked = checked_order(
            order,
            {member.id for member in found.authorities},
            today_in(identity.network_id, at),
        )
        new = _new(identity, world, checked, found.referral, at=at)
        append_event(identity, "opened", "participant", new.id, at=at)
    return new.id


def _new(
    identity: Identity, world: World, order: Order, referral: ToOpen | None, *, at: datetime
) -> Participant:
    zone = zone_of(identity.network_id)
    start = referral.accepted_at if referral else at
    for _ in range(DRAWS):
        code = referral.code if referral else world.words.draw(world.rng)
        if referral is None and not queries.code_is_free(identity.network_id, code):
            continue
        new = Participant(
            id=uuid4(),
            network_id=identity.network_id,
            compartment_id=identity.compartment_id,
            code=code,
            order=order,
            opened_at=at,
            intake_due_at=end_of_day(start, INTAKE_DAYS, zone),
            enrol_due_at=end_of_day(start, ENROL_DAYS, zone),
            referral_id=referral.referral_id if referral else None,
        )
        try:
            queries.add_participant(new, at=at)
        except DuplicateError:
            if referral is not None:
                raise
            continue
        queries.add_events(
            [(new.id, EventKind.OPENED, at.astimezone(zone).date(), order.source.value)], at=at
        )
        return new
    raise CcrError(phrase("No free code was found. Nothing was written. Try again."))


def record(
    identity: Identity, participant_id: UUID, version: int, step: Step, *, at: datetime
) -> Participant:
    """Record a step, and what follows from it; return the participant after it.

    Raises:
        NotFoundError: one's own program has no such participant.
        IllegalTransitionError: not from this state.
        InvalidInputError: the day cannot be, something is missing, or the group is full.
        StaleError: somebody else recorded something first; nothing was written.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_RUN)
        before = queries.get_participant(participant_id, compartment_id=identity.compartment_id)
        authorise(identity, Permission.PROGRAM_RUN, before)
        if before.version != version:
            raise StaleError(phrase("Somebody else changed this first. Nothing was written."))
        after = advance(before, step, today_in(identity.network_id, at))
        if after.group_id != before.group_id and after.group_id is not None:
            _take_place(identity, after.group_id)
        queries.save_participant(before, after, at=at)
        queries.add_events([step_event(after, step)], at=at)
        cause = Cause(identity.user_id, step.on, _MISSES.get(step.act))
        bring(after, follows(before, step.act), cause, at=at)
        append_event(
            identity, "recorded", "participant", participant_id, at=at, reason=step.act.value
        )
    return after


def step_event(after: Participant, step: Step) -> tuple[UUID, EventKind, date, str | None]:
    """Return the event of a step; its code says what was found, or why and how it ended."""
    code: str | None
    if after.state.is_over:
        code = (step.reason or after.state).value
    else:
        code = step.screening.value if step.screening else None
    return after.id, TABLE[step.act].event, step.on, code


def _take_place(identity: Identity, group_id: UUID) -> None:
    """Take a place in a group of one's own program; the last one is given once."""
    program_groups.take_place(identity.compartment_id, group_id)
    group = program_groups.get_group(group_id, compartment_id=identity.compartment_id)
    if not group.takes_more:
        raise InvalidInputError(
            phrase("This group is full, or does not meet any more. Choose another one."),
            field="group",
        )


def list_page(
    identity: Identity, state: ParticipantState | None, page: int = 1
) -> tuple[Page[Participant], dict[ParticipantState, int]]:
    """Return a page of one's own participants, of one state or all, and how many are in each."""
    authorise(identity, Permission.PROGRAM_RUN)
    number = page_number(page)
    counts = queries.count_by_state(identity.compartment_id)
    rows = queries.list_participants(identity.compartment_id, state, number)
    total = counts.get(state, 0) if state else sum(counts.values())
    return Page(rows, total, number), counts


def open_page(identity: Identity, participant_id: UUID) -> ParticipantPage:
    """Return one participant with what stands around; raises NotFoundError. Writes nothing."""
    authorise(identity, Permission.PROGRAM_RUN)
    own = identity.compartment_id
    found = queries.get_participant(participant_id, compartment_id=own)
    authorise(identity, Permission.PROGRAM_RUN, found)
    authorities = authorities_for(identity.network_id, own) if found.order.authority_id else ()
    waits = found.state.waits_for_enrolment
    said = program_orders.order_of(found.referral_id) if waits and found.referral_id else None
    return ParticipantPage(
        found,
        tuple(queries.events_of([found.id])[found.id]),
        program_groups.list_groups(own),
        acts_of(found),
        tuple(authority_reports.list_of(found.id, compartment_id=own)),
        tuple(open_prompts(own, participant_id=found.id)),
        next((m.name for m in authorities if m.id == found.order.authority_id), None),
        said.group_id if said else None,
    )
