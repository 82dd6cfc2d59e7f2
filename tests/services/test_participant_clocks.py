"""The worker at programs' desks: day 28 is told once, and what ended two years ago is gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ccr.domain.authority_reports import Missing, ReportKind, SentHow
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.participant_states import Act
from ccr.domain.participant_words import EndReason, EventKind
from ccr.domain.participants import Participant
from ccr.services import (
    authority_reports,
    consultation_prompts,
    participant_clocks,
    participants,
    program_desk,
)
from ccr.services.one_by_one import LeftBehindError
from ccr.storage.db import db
from ccr.storage.models.consultations import ConsultationPromptRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.programs import (
    AuthorityReportRow,
    ParticipantEventRow,
    ParticipantRow,
)
from ccr.storage.queries import participant_clocks as queries
from tests.loop import world
from tests.program_people import Court, loaded, make_court, opened, step
from tests.small_directory import SmallDirectory, make_small_directory

SECOND = timedelta(seconds=1)
TWO_YEARS = participant_clocks.FORGET_AFTER


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def court(small: SmallDirectory, now: datetime) -> Court:
    return make_court(small, at=now)


def checked(at: datetime) -> int:
    return participant_clocks.check_enrolments(world(), at=at)


def test_r55_who_is_not_enrolled_by_day_28_is_told_at_once_and_once(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who, free = opened(small, court.order(), at=now), opened(small, at=now)
    over = loaded(small, who).enrol_due_at
    assert checked(over - SECOND) == 0
    assert checked(over) == 2
    assert checked(over) == checked(over + timedelta(days=9)) == 0
    (task,) = program_desk.desk(small.dune.identity, at=over).tasks
    assert (task.kind, task.participant_id) == (ReportKind.NONCOMPLIANCE, who)
    assert (task.facts.missing, task.facts.on) == (Missing.ENROLMENT, date(2026, 12, 10))
    assert (task.authority_member_id, task.due_on) == (court.team.member_id, date(2026, 12, 11))
    prompts = consultation_prompts.open_prompts(small.dune.identity)
    assert {one.participant_id for one in prompts} == {who, free}
    assert {one.trigger for one in prompts} == {Trigger.MISSED_FIRST_SESSION}
    told = set(db.session.scalars(select(OutboxItem.compartment_id)))
    assert told == {small.dune.compartment_id}
    events = participants.open_page(small.dune.identity, who).events
    assert [event.kind for event in events] == [EventKind.OPENED, EventKind.ENROL_OVERDUE]


def test_who_enrolled_or_was_turned_away_in_time_is_not_told(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    came, away = opened(small, court.order(), at=now), opened(small, court.order(), at=now)
    step(small, came, Act.ATTEND_INTAKE, at=now)
    step(small, came, Act.ENROL, at=now)
    step(small, away, Act.TURN_AWAY, at=now, reason=EndReason.NOT_SUITABLE)
    assert checked(now + timedelta(days=40)) == 0


def test_of_two_workers_one_tells(small: SmallDirectory, court: Court, now: datetime) -> None:
    who = opened(small, court.order(), at=now)
    later = now + timedelta(days=40)
    (seen,) = queries.list_overdue(later, most=9)
    assert checked(later) == 1
    assert not participant_clocks._raised(seen, at=later)
    assert loaded(small, who).version == seen.version + 1


def test_one_whose_check_fails_holds_up_none_of_the_others(
    small: SmallDirectory, court: Court, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = opened(small, court.order(), at=now), opened(small, court.order(), at=now)
    bring = participant_clocks.bring

    def fail_for_one(participant: Participant, *args: object, **kwargs: object) -> int:
        if participant.id == broken:
            raise ValueError
        return bring(participant, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(participant_clocks, "bring", fail_for_one)
    later = now + timedelta(days=40)
    with pytest.raises(LeftBehindError):
        checked(later)
    assert [one.id for one in queries.list_overdue(later, most=9)] == [broken]
    (task,) = program_desk.desk(small.dune.identity, at=later).tasks
    assert task.participant_id == whole
    monkeypatch.undo()
    assert checked(later) == 1


def test_two_years_after_the_end_nothing_is_left(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who, stays = opened(small, court.order(), at=now), opened(small, court.order(), at=now)
    step(small, who, Act.MISS_INTAKE, at=now)
    step(small, who, Act.TURN_AWAY, at=now, reason=EndReason.NEVER_CAME)
    step(small, stays, Act.MISS_INTAKE, at=now)
    first = participants.open_page(small.dune.identity, who).reports[0]
    authority_reports.send(small.dune.identity, first.id, 1, SentHow.HERE, at=now)
    end = now + TWO_YEARS
    assert participant_clocks.forget_ended(at=end) == 0
    assert participant_clocks.forget_ended(at=end + timedelta(days=1)) == 1
    assert participant_clocks.forget_ended(at=end + timedelta(days=1)) == 0
    assert authority_reports.waiting(court.team.identity) == (0, 0)
    for row in (ParticipantRow, ParticipantEventRow, AuthorityReportRow, ConsultationPromptRow):
        column = row.id if row is ParticipantRow else row.participant_id  # type: ignore[attr-defined]
        left = set(db.session.scalars(select(column)))
        assert left == {stays}, row
    assert db.session.scalar(select(func.count()).select_from(AuthorityReportRow)) == 1
