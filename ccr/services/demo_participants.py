"""The demo's participants: two groups, people at every step, and what courts said of referrals.

Invented like everything of the demo, and codes alone. They are written as the program's desk leaves
them, but for mail: nobody is told of what is long past. A step of loading the demo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.authority_reports import Missing, ReportKind, SentHow, status_of
from ccr.domain.group_sessions import Mark, kind_of, last_session_day
from ccr.domain.participant_states import Act, Step, advance, follows
from ccr.domain.participant_words import EventKind, ReferralSource, Screening
from ccr.domain.participants import (
    ENROL_DAYS,
    INTAKE_DAYS,
    Order,
    Participant,
    end_of_day,
)
from ccr.domain.program_groups import Group, Level
from ccr.services.participant_steps import Cause, bring, report_on, zone_of
from ccr.services.participants import step_event
from ccr.services.world import World
from ccr.storage.queries import authority_reports, participants, program_groups, program_orders
from ccr.storage.queries.program_orders import Said

PROGRAM, PROBATION, COURT = "cedar", "probation", "albanycourt"
GROUPS = (
    ("Tuesday evening", 1, "18:00", "19:30", "en", Level.STANDARD, 10, "Cedar Path rooms"),
    ("Thursday evening, Spanish", 3, "17:30", "19:00", "es", Level.STANDARD, 8, "Cedar Path rooms"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """Somebody invented: opened so many days ago, and each step with the days ago it happened.

    Attributes:
        authority: key of the member that mandated it, or "".
        group: number of the group they enrol in.
        marks: one letter a session from the newest back: a(ttended), m(issed), e(xcused).
    """

    opened: int
    source: ReferralSource
    authority: str
    steps: tuple[tuple[Act, int], ...] = ()
    group: int = 0
    marks: str = ""
    screening: Screening = Screening.SUITABLE


_IN = ((Act.OFFER_INTAKE, 10), (Act.ATTEND_INTAKE, 17), (Act.ENROL, 20))
"""Days after the opening of whoever comes in time."""
_MARKS = {"a": Mark.ATTENDED, "m": Mark.MISSED, "e": Mark.EXCUSED}
STORIES = (
    Story(110, ReferralSource.PROBATION, PROBATION, _IN, 0, "aaamaaaeaaaa"),
    Story(75, ReferralSource.FAMILY_COURT, COURT, _IN, 0, "aaeamaa"),
    Story(62, ReferralSource.CRIMINAL_COURT, PROBATION, _IN, 1, "aaaaa",
          Screening.SUBSTANCE_FIRST),
    Story(41, ReferralSource.SELF, "", _IN, 1, "aa"),
    Story(26, ReferralSource.FAMILY_COURT, COURT, _IN[:2]),
    Story(9, ReferralSource.PROBATION, PROBATION),
    Story(6, ReferralSource.PROBATION, PROBATION, ((Act.OFFER_INTAKE, 2), (Act.MISS_INTAKE, 5))),
    Story(290, ReferralSource.PROBATION, PROBATION, (*_IN, (Act.COMPLETE, 250)), 0,
          "aaaaaaaeaaaaaaaamaaaaaaaaaeaaa"),
)  # fmt: skip


def add_participants(
    world: World, network_id: UUID, program_id: UUID, members: Mapping[str, UUID], *, at: datetime
) -> int:
    """Add the groups and people of one program, and what courts said of its referrals.

    `members` maps keys of the demo's tables to ids. Return how many people.
    """
    groups = _add_groups(network_id, program_id)
    for story in STORIES:
        _add(world, network_id, program_id, members, story, groups, at=at)
    _add_orders(network_id, program_id, members, at=at)
    return len(STORIES)


def _add_groups(network_id: UUID, program_id: UUID) -> list[Group]:
    places = program_groups.list_places(program_id)
    groups = []
    for name, weekday, starts, ends, language, level, fit, place in GROUPS:
        there = next((key for key, words in places.items() if words.startswith(place)), None)
        group = Group(uuid4(), name, weekday, starts, ends, language, level, fit, there)
        program_groups.add_group(network_id, program_id, group)
        groups.append(group)
    return groups


def _add(
    world: World,
    network_id: UUID,
    program_id: UUID,
    members: Mapping[str, UUID],
    story: Story,
    groups: list[Group],
    *,
    at: datetime,
) -> None:
    zone = zone_of(network_id)
    opened_at = at - timedelta(days=story.opened)
    today, first = at.astimezone(zone).date(), opened_at.astimezone(zone).date()
    code = world.words.draw(world.rng)
    while not participants.code_is_free(network_id, code):
        code = world.words.draw(world.rng)  # pragma: no cover -- a code drawn twice
    authority = members[story.authority] if story.authority else None
    order = Order(story.source, authority is not None, authority, ordered_on=None)
    if authority is not None:
        order = replace(order, ordered_on=first - timedelta(days=5))
    found = Participant(
        id=uuid4(),
        network_id=network_id,
        compartment_id=program_id,
        code=code,
        order=order,
        opened_at=opened_at,
        intake_due_at=end_of_day(opened_at, INTAKE_DAYS, zone),
        enrol_due_at=end_of_day(opened_at, ENROL_DAYS, zone),
    )
    participants.add_participant(found, at=opened_at)
    opening = (found.id, EventKind.OPENED, first, story.source.value)
    participants.add_events([opening], at=opened_at)
    group = groups[story.group]
    for act, days in story.steps:
        step = Step(act, first + timedelta(days=days), story.screening, group.id)
        found = _step(found, step, today, at=opened_at + timedelta(days=days))
    if story.marks:
        _add_sessions(found, group, story.marks, today, at=at)
    if found.ended_on:
        _add_report(found, today, at=at)


def _step(found: Participant, step: Step, today: date, *, at: datetime) -> Participant:
    after = advance(found, step, today)
    participants.save_participant(found, after, at=at)
    participants.add_events([step_event(after, step)], at=at)
    if step.act is Act.MISS_INTAKE:
        bring(after, follows(found, step.act), Cause(None, step.on, Missing.INTAKE), at=at)
    return after


def _add_sessions(
    found: Participant, group: Group, marks: str, today: date, *, at: datetime
) -> None:
    newest = last_session_day(group, (found.ended_on or today) - timedelta(days=1))
    days = [newest - timedelta(weeks=back) for back in range(len(marks))]
    for day, mark in sorted(zip(days, _kinds(marks), strict=True)):
        if found.enrolled_on is None or day < found.enrolled_on:
            continue
        events = participants.events_of([found.id])[found.id]
        participants.add_events([(found.id, kind_of(mark, events, day), day, None)], at=at)


def _kinds(marks: Iterable[str]) -> list[Mark]:
    return [_MARKS[letter] for letter in marks]


def _add_report(found: Participant, today: date, *, at: datetime) -> None:
    """Add the status report of somebody who ended, sent to the authority's desk and not read."""
    report = report_on(found, ReportKind.STATUS, status_of(found, today), due_on=today, at=at)
    authority_reports.add_report(report)
    authority_reports.mark_sent(report, SentHow.HERE, at=at - timedelta(days=1))


def _add_orders(
    network_id: UUID, program_id: UUID, members: Mapping[str, UUID], *, at: datetime
) -> None:
    """Say who ordered the referrals that wait, or were accepted, from probation and the court."""
    said = {
        members[PROBATION]: ReferralSource.PROBATION,
        members[COURT]: ReferralSource.FAMILY_COURT,
    }
    for referral_id, member_id in program_orders.list_open(program_id):
        if member_id in said:
            order = Order(said[member_id], mandated=True, authority_id=member_id)
            program_orders.save_order(network_id, referral_id, Said(order), at=at)
