"""The council on both databases: one winner each, other networks apart, the survey counted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from ccr.domain.council import Outcome, Profile, Source, Topic
from ccr.domain.errors import DuplicateError, ForbiddenError, NotFoundError, StaleError
from ccr.domain.safety_question import Effect, SafetyAnswer, Whom
from ccr.domain.taxonomy import CompartmentKind
from ccr.domain.training import Subject
from ccr.policy.identity import Identity, Role
from ccr.services import council, council_actions, council_report, survey, training
from ccr.services.council import Decision
from ccr.services.council_actions import NewAction
from ccr.storage.queries import working_together
from tests.coordination import coordinator
from tests.loop import world
from tests.people import Team
from tests.small_directory import SmallDirectory, make_small_directory

ZONE, TODAY = "America/New_York", date(2026, 11, 12)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def administrator(small: SmallDirectory, team: Team | None = None) -> Identity:
    """Return an administrator of a member; of the coordination's own for None."""
    who = coordinator(small, Role.AGENCY_ADMIN)
    whose = team or who
    return replace(
        who,
        member_id=whose.member_id,
        compartment_id=whose.compartment_id,
        compartment_kind=CompartmentKind.GENERAL,
    )


def test_a_quarter_of_the_council_has_one_winner_at_each_step_and_one_report(
    small: SmallDirectory, now: datetime
) -> None:
    who, members = coordinator(small), {small.alder.member_id, small.birch.member_id}
    body = council.add_committee(who, "Council", Topic.COUNCIL, members, at=now)
    with pytest.raises(DuplicateError):
        council.add_committee(who, "council", Topic.DATA, members, at=now)
    place = council.plan_meeting(who, body, TODAY, at=now)
    council.add_item(who, place, 1, "A shared night line", None, at=now)
    with pytest.raises(StaleError):
        council.add_item(who, place, 1, "Again", None, at=now)
    safety = SafetyAnswer(Effect.LOWERS, Whom.STAFF, "Two are there at night.")
    decision = Decision(1, Outcome.AGREED, "On trial.", safety)
    council.decide(who, place, 2, decision, at=now)
    council.set_attendance(who, place, 3, members, at=now)
    action = NewAction(Source.MEETING, "Draft it.", small.birch.member_id, TODAY, place)
    made = council_actions.add(who, action, at=now)
    room = council.meeting(who, world(), place, at=now)
    assert room.meeting.attended == members
    assert [item.title for item in room.meeting.items][1] == "A shared night line"
    later = now + timedelta(days=9)
    found = council_report.report(who, world(), "2026Q4", ZONE, at=later)
    assert [(point.item.position, point.met_on) for point in found.first] == [(1, TODAY)]
    assert [late.id for late in found.overdue] == [made]
    assert found.meetings[0].attended == members
    council_actions.end(who, made, 1, "done", at=later)
    with pytest.raises(StaleError):
        council_actions.end(who, made, 1, "dropped", at=later)
    done = council_report.report(who, world(), "2026Q4", ZONE, at=later)
    assert [one.id for one in done.done] == [made]
    with pytest.raises(NotFoundError):
        council_report.report(who, world(), "2027Q1", ZONE, at=later)
    council.end_committee(who, body, at=now)
    assert council.council(who, at=now).committees == ()
    assert len(council.council(who, at=now).meetings) == 1


def test_another_network_sees_and_changes_nothing_of_it(
    small: SmallDirectory, now: datetime
) -> None:
    who, members = coordinator(small), {small.alder.member_id}
    body = council.add_committee(who, "Council", Topic.COUNCIL, members, at=now)
    place = council.plan_meeting(who, body, TODAY, at=now)
    action = NewAction(Source.AUDIT, "Draft it.", small.birch.member_id, TODAY)
    made = council_actions.add(who, action, at=now)
    other = coordinator(make_small_directory(at=now, name="Other network"))
    with pytest.raises(NotFoundError):
        council.meeting(other, world(), place, at=now)
    with pytest.raises(NotFoundError):
        council.add_item(other, place, 1, "A point", None, at=now)
    with pytest.raises(StaleError):
        council_actions.end(other, made, 1, "done", at=now)
    with pytest.raises(NotFoundError):
        council.end_committee(other, body, at=now)
    assert council.council(other, at=now).actions == ()
    auditor = coordinator(small, Role.AUDITOR)
    for act in (
        lambda: council.set_profile(auditor, Profile(), at=now),
        lambda: council.plan_meeting(auditor, body, TODAY, at=now),
        lambda: council_actions.add(auditor, action, at=now),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_the_profile_and_training_are_kept_and_the_newest_word_counts(
    small: SmallDirectory, now: datetime
) -> None:
    who, admin = coordinator(small), administrator(small, small.alder)
    council.set_profile(who, Profile(seats_planned=2), at=now)
    with pytest.raises(StaleError):
        council.set_profile(who, Profile(seats_planned=3), at=now)
    council.set_profile(who, Profile(seats_planned=4, version=1), at=now)
    assert council.council(who, at=now).profile.seats_planned == 4
    for until in (date(2027, 1, 1), None):
        training.record_own(admin, Subject.BASICS, date(2026, 1, 1), until, at=now)
    mine, _ = training.own(admin, at=now)
    assert [one.expires_on for one in mine.values()] == [None]
    with pytest.raises(ForbiddenError):
        training.own(who, at=now)


def test_five_answers_are_told_as_halves_and_deleted_with_the_count(
    small: SmallDirectory, now: datetime
) -> None:
    who = coordinator(small)
    asked = survey.open_round(who, TODAY + timedelta(days=9), at=now)
    with pytest.raises(DuplicateError):
        survey.open_round(who, TODAY + timedelta(days=9), at=now)
    teams = (small.alder, small.birch, small.cedar, small.dune)
    for number, team in enumerate(teams):
        survey.answer(administrator(small, team), asked, {"open": 1 + number % 2}, at=now)
    survey.answer(administrator(small), asked, {"open": 4}, at=now)
    assert len(working_together.answers_of(asked)) == 5
    survey.close(who, asked, at=now)
    assert working_together.answers_of(asked) == []
    (counted,) = survey.rounds(who)
    assert counted.results == {"answers": "5-9", "halves": {"open": 4}}
    with pytest.raises(NotFoundError):
        survey.close(who, asked, at=now)
    assert survey.open_round(who, TODAY + timedelta(days=9), at=now) != asked
