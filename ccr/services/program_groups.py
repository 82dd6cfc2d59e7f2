"""Groups of one's own program, and the sessions that are written down for many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ccr.domain.authority_reports import Counts, Missing, count_sessions
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.group_sessions import (
    Mark,
    check_session_day,
    kind_of,
    last_session_day,
    sessions_by_day,
)
from ccr.domain.participant_states import follows_missing
from ccr.domain.participant_words import EventKind
from ccr.domain.participants import Event, Participant
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group, checked_group
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.participant_steps import Cause, bring, take_back, today_in
from ccr.storage.db import unit_of_work
from ccr.storage.queries import participants
from ccr.storage.queries import program_groups as queries
from ccr.storage.queries.audit import append_event


@dataclass(frozen=True, slots=True)
class GroupList:
    """The groups of a program, and the public places of its services by id."""

    groups: tuple[Group, ...]
    places: dict[UUID, str]


@dataclass(frozen=True, slots=True)
class InGroup:
    """Somebody in a group, with what was attended since they enrolled."""

    participant: Participant
    counts: Counts
    on_day: EventKind | None


@dataclass(frozen=True, slots=True)
class GroupRoom:
    """One group with who is in it; `on` is the day that is being written down."""

    group: Group
    people: tuple[InGroup, ...]
    places: dict[UUID, str]
    on: date
    today: date


def list_groups(identity: Identity) -> GroupList:
    """Return one's own program's groups. Writes nothing."""
    authorise(identity, Permission.PROGRAM_RUN)
    own = identity.compartment_id
    return GroupList(queries.list_groups(own), queries.list_places(own))


def add_group(identity: Identity, group: Group, *, at: datetime) -> UUID:
    """Add a group; return its id.

    Raises:
        InvalidInputError: something cannot be; `field` names it.
        DuplicateError: there is one of this name.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_SET)
        checked = checked_group(group, queries.list_places(identity.compartment_id))
        queries.add_group(identity.network_id, identity.compartment_id, checked)
        append_event(identity, "added", "program-group", checked.id, at=at)
    return checked.id


def change_group(identity: Identity, group: Group, *, at: datetime) -> None:
    """Change a group; `group.version` is the one that was on the screen.

    Raises:
        NotFoundError: one's own program has no such group.
        InvalidInputError, DuplicateError: as for `add_group`.
        StaleError: somebody else changed it first.
    """
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_SET)
        queries.get_group(group.id, compartment_id=identity.compartment_id)
        checked = checked_group(group, queries.list_places(identity.compartment_id))
        queries.save_group(identity.compartment_id, checked)
        append_event(identity, "changed", "program-group", group.id, at=at)


def open_group(identity: Identity, group_id: UUID, on: date | None, *, at: datetime) -> GroupRoom:
    """Return a group with who is in it; `on` None is the newest day on which it met.

    Raises:
        NotFoundError: one's own program has no such group.
    """
    authorise(identity, Permission.PROGRAM_RUN)
    own = identity.compartment_id
    group = queries.get_group(group_id, compartment_id=own)
    people = participants.list_in_group(group_id, compartment_id=own)
    events = participants.events_of([one.id for one in people])
    today = today_in(identity.network_id, at)
    day = on or last_session_day(group, today)
    return GroupRoom(
        group,
        tuple(_in_group(one, events[one.id], day, today) for one in people),
        queries.list_places(own),
        day,
        today,
    )


def _in_group(participant: Participant, events: list[Event], on: date, today: date) -> InGroup:
    since = participant.enrolled_on or today
    counts = count_sessions(events, since, today)
    return InGroup(participant, counts, sessions_by_day(events).get(on))


def record_session(
    identity: Identity, group_id: UUID, on: date, marks: Mapping[UUID, Mark], *, at: datetime
) -> int:
    """Write down who was there on a day; return how many. A day written again is put right.

    Raises:
        NotFoundError: one's own program has no such group.
        InvalidInputError: nobody is marked, or the day cannot be.
        StaleError: somebody is in the group no longer; nothing was written.
    """
    own = identity.compartment_id
    with unit_of_work():
        authorise(identity, Permission.PROGRAM_RUN)
        queries.get_group(group_id, compartment_id=own)
        if not marks:
            raise InvalidInputError(phrase("Mark at least one participant."), field="marks")
        held = participants.hold_in_group(marks.keys(), group_id, compartment_id=own, at=at)
        there = {one.id: one for one in participants.list_in_group(group_id, compartment_id=own)}
        if held != len(marks) or not marks.keys() <= there.keys():
            raise StaleError(phrase("Somebody else changed this first. Nothing was written."))
        marked = [there[participant_id] for participant_id in marks]
        check_session_day(marked, on, today_in(identity.network_id, at))
        events = participants.events_of(list(marks))
        kinds = {who: kind_of(mark, events[who], on) for who, mark in marks.items()}
        before = {who: sessions_by_day(events[who]).get(on) for who in marks}
        changed = {who: kind for who, kind in kinds.items() if kind is not before[who]}
        participants.add_events([(who, kind, on, None) for who, kind in changed.items()], at=at)
        for who, kind in changed.items():
            _follow(identity, there[who], kind, before[who], on, at=at)
        append_event(identity, "recorded", "program-session", group_id, at=at)
    return len(changed)


def _follow(
    identity: Identity,
    participant: Participant,
    kind: EventKind,
    before: EventKind | None,
    on: date,
    *,
    at: datetime,
) -> None:
    """Bring what a first session that was missed brings, or take it back where it was a slip."""
    cause = Cause(identity.user_id, on, Missing.FIRST_SESSION)
    if kind is EventKind.FIRST_SESSION_MISSED:
        bring(participant, follows_missing(participant), cause, at=at)
    elif before is EventKind.FIRST_SESSION_MISSED:
        take_back(participant, cause, at=at)
