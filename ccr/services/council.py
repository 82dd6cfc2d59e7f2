"""The council at work: committees, meetings with safety first, decisions and attendance (R93, R99).

Members alone: who came is an organization, and no field takes a case. What members then do is
`council_actions`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.council import (
    Action,
    Committee,
    Meeting,
    Outcome,
    Profile,
    Topic,
    checked_decision,
    checked_profile,
    overlaps,
)
from ccr.domain.directory import Member
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import SafetyAnswer, checked_safety, one_line
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.gap_register import records_of
from ccr.services.gaps import board
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries import council as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.coordination import list_network_members
from ccr.storage.queries.gap_register import list_gaps

LONGEST_NAME = 80
FURTHEST = timedelta(days=366)
MOST_ITEMS = 40
FIRST_ITEM = "Survivor safety: what changed since the last meeting?"
"""The first point of every agenda (R99). Pages say it in the reader's language."""


@dataclass(frozen=True, slots=True)
class Council:
    """Everything the council's page shows."""

    committees: tuple[Committee, ...]
    overlapping: tuple[tuple[Committee, Committee], ...]
    meetings: tuple[Meeting, ...]
    actions: tuple[Action, ...]
    members: tuple[Member, ...]
    profile: Profile
    on: date


@dataclass(frozen=True, slots=True)
class ActionBoard:
    """Actions, who can own one, and the gaps of the register by their titles."""

    actions: tuple[Action, ...]
    gaps: dict[UUID, Phrase]
    members: tuple[Member, ...]
    on: date


@dataclass(frozen=True, slots=True)
class MeetingRoom:
    """One meeting, and its own part of the action board."""

    meeting: Meeting
    board: ActionBoard


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a point; `safety` None where nothing changes."""

    position: int
    outcome: Outcome | None
    words: str
    safety: SafetyAnswer | None


def council(identity: Identity, *, at: datetime) -> Council:
    """Return committees, meetings and actions. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    network_id = identity.network_id
    committees = queries.list_committees(network_id)
    return Council(
        committees=committees,
        overlapping=tuple(overlaps(committees)),
        meetings=queries.list_meetings(network_id),
        actions=queries.list_actions(network_id),
        members=tuple(list_network_members(network_id)),
        profile=queries.get_profile(network_id),
        on=today(identity, at=at),
    )


def meeting(identity: Identity, world: World, meeting_id: UUID, *, at: datetime) -> MeetingRoom:
    """Return one meeting with its agenda, and what can be put on it; raises NotFoundError."""
    authorise(identity, Permission.COORDINATION_READ)
    found = queries.get_meeting(identity.network_id, meeting_id)
    if found is None:
        raise NotFoundError
    every = action_board(identity, world, at=at)
    mine = tuple(action for action in every.actions if action.meeting_id == meeting_id)
    return MeetingRoom(found, replace(every, actions=mine))


def action_board(identity: Identity, world: World, *, at: datetime) -> ActionBoard:
    """Return every action, open ones first, and the gaps that they may serve."""
    authorise(identity, Permission.COORDINATION_READ)
    shown = board(identity, world, at=at)
    records = records_of(shown, world)
    return ActionBoard(
        actions=queries.list_actions(identity.network_id),
        gaps={found.gap.id: found.title for found in records},
        members=shown.members,
        on=shown.on,
    )


def set_profile(identity: Identity, profile: Profile, *, at: datetime) -> None:
    """Keep what the network says of itself.

    Raises:
        InvalidInputError: a number of seats or the payer cannot be; `field` names it.
        StaleError: somebody else changed it first; nothing was written.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        members = [member.id for member in list_network_members(identity.network_id)]
        checked = checked_profile(profile, members)
        if not queries.set_profile(identity.network_id, checked, at=at):
            raise StaleError(phrase("Somebody else changed this first. Look at it again."))
        append_event(identity, "set", "network-profile", identity.network_id, at=at)


def add_committee(
    identity: Identity, name: str, topic: Topic, members: Collection[UUID], *, at: datetime
) -> UUID:
    """Add a committee of these members; return its id.

    Raises:
        InvalidInputError: it has no name or a long one, no member, or one of another network.
        DuplicateError: there is one of this name.
    """
    called = one_line(name, field="name", most=LONGEST_NAME)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        _check_members(identity, members, "members")
        if not members:
            raise InvalidInputError(phrase("Choose at least one member."), field="members")
        there = {c.name.casefold() for c in queries.list_committees(identity.network_id)}
        if called.casefold() in there:
            raise DuplicateError(phrase("There is a committee of this name."), field="name")
        made = queries.add_committee(identity.network_id, called, topic, set(members))
        append_event(identity, "made", "committee", made, at=at)
    return made


def end_committee(identity: Identity, committee_id: UUID, *, at: datetime) -> None:
    """End a committee; its meetings stay. Raises NotFoundError when it is not at work."""
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        on = today(identity, at=at)
        if not queries.end_committee(identity.network_id, committee_id, on=on):
            raise NotFoundError
        append_event(identity, "ended", "committee", committee_id, at=at)


def plan_meeting(identity: Identity, committee_id: UUID, held_on: date, *, at: datetime) -> UUID:
    """Add a meeting, with survivor safety as the first point of its agenda; return its id.

    Raises:
        InvalidInputError: there is no such committee, or the day is over a year away.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        on = today(identity, at=at)
        if not on - FURTHEST <= held_on <= on + FURTHEST:
            raise InvalidInputError(phrase("Give a day within a year of today."), field="held_on")
        committees = {c.id for c in queries.list_committees(identity.network_id)}
        if committee_id not in committees:
            raise InvalidInputError(phrase("Choose a committee of the list."), field="committee")
        made = queries.add_meeting(identity.network_id, committee_id, held_on, FIRST_ITEM)
        append_event(identity, "planned", "meeting", made, at=at)
    return made


def add_item(
    identity: Identity,
    meeting_id: UUID,
    version: int,
    title: str,
    gap_id: UUID | None,
    *,
    at: datetime,
) -> None:
    """Put a point on the agenda, behind the safety of survivors.

    Raises:
        InvalidInputError: it has no words, the gap is none of the register, or the agenda is full.
        NotFoundError, StaleError: the meeting is not there, or was changed by somebody else.
    """
    words = one_line(title, field="title")
    with unit_of_work():
        found = _changing(identity, meeting_id, version)
        if len(found.items) >= MOST_ITEMS:
            raise InvalidInputError(phrase("This agenda is full."), field="title")
        if gap_id is not None and gap_id not in _gap_ids(identity):
            raise InvalidInputError(phrase("Choose a gap of the register."), field="gap")
        queries.add_item(meeting_id, words, gap_id)
        append_event(identity, "agenda", "meeting", meeting_id, at=at)


def decide(
    identity: Identity, meeting_id: UUID, version: int, decision: Decision, *, at: datetime
) -> None:
    """Write what became of a point of the agenda.

    Raises:
        InvalidInputError: a decision without words, or one that changes something without an
            answer about safety; `field` names it.
        NotFoundError, StaleError: the meeting or point is not there, or was changed meanwhile.
    """
    words = one_line(decision.words, field="decision", needed=False)
    answered = decision.safety is not None
    checked_decision(decision.position, decision.outcome, words, answered=answered)
    safety = checked_safety(decision.safety) if decision.safety else None
    values = {
        "outcome": decision.outcome.value if decision.outcome else "",
        "decision": " ".join(part for part in (words, safety.line if safety else "") if part),
        "effect": safety.effect.value if safety else "",
        "whom": safety.whom.value if safety else "",
    }
    with unit_of_work():
        _changing(identity, meeting_id, version)
        if not queries.decide_item(meeting_id, decision.position, values):
            raise NotFoundError
        append_event(identity, "decided", "meeting", meeting_id, at=at)


def set_attendance(
    identity: Identity, meeting_id: UUID, version: int, members: Collection[UUID], *, at: datetime
) -> None:
    """Write which members were there; raises as `decide`."""
    with unit_of_work():
        _changing(identity, meeting_id, version)
        _check_members(identity, members, "attended")
        queries.set_attendance(meeting_id, set(members))
        append_event(identity, "attendance", "meeting", meeting_id, at=at)


def today(identity: Identity, *, at: datetime) -> date:
    """Return the day it is in the identity's network."""
    authorise(identity, Permission.COORDINATION_READ)
    network = accounts.get_network(identity.network_id)
    return at.astimezone(ZoneInfo(network.timezone)).date()


def _changing(identity: Identity, meeting_id: UUID, version: int) -> Meeting:
    authorise(identity, Permission.COORDINATION_MANAGE)
    found = queries.get_meeting(identity.network_id, meeting_id)
    if found is None:
        raise NotFoundError
    if not queries.raise_meeting(identity.network_id, meeting_id, version):
        raise StaleError(phrase("Somebody else changed this meeting. Look at it again."))
    return found


def _gap_ids(identity: Identity) -> set[UUID]:
    return {gap.id for gap in list_gaps(identity.network_id).values()}


def _check_members(identity: Identity, members: Collection[UUID], field: str) -> None:
    known = {member.id for member in list_network_members(identity.network_id)}
    if not set(members) <= known:
        raise InvalidInputError(phrase("Choose a member of the network."), field=field)
