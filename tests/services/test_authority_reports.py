"""Groups, sessions, and what reaches the authority that mandated and nobody else (R32, R33)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.authority_reports import Counts, Missing, ReportKind, SentHow
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import (
    DuplicateError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.domain.group_sessions import Mark
from ccr.domain.participant_states import Act
from ccr.domain.participant_words import ReferralSource
from ccr.domain.participants import Order
from ccr.domain.program_groups import Group
from ccr.services import (
    authority_reports,
    consultation_prompts,
    participant_copies,
    participants,
    program_desk,
    program_groups,
)
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from tests.coordination import coordinator
from tests.program_people import Court, loaded, make_court, make_group, opened, step
from tests.small_directory import SmallDirectory, make_small_directory

TODAY = date(2026, 11, 12)
WEEK = timedelta(days=7)
MONTH = (date(2026, 10, 15), TODAY)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def court(small: SmallDirectory, now: datetime) -> Court:
    return make_court(small, at=now)


def enrolled(small: SmallDirectory, group: Group, order: Order, *, at: datetime) -> UUID:
    """Return somebody who enrolled in a group four weeks ago."""
    who = opened(small, order, at=at)
    on = at.date() - 4 * WEEK
    step(small, who, Act.ATTEND_INTAKE, at=at, on=on)
    step(small, who, Act.ENROL, at=at, on=on, group_id=group.id)
    return who


def recorded(
    small: SmallDirectory, group: Group, marks: dict[UUID, Mark], on: date, *, at: datetime
) -> int:
    return program_groups.record_session(small.dune.identity, group.id, on, marks, at=at)


def test_a_session_is_written_down_for_many_and_put_right_by_writing_it_again(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    group = make_group(small)
    who, other = (enrolled(small, group, court.order(), at=now) for _ in range(2))
    marks = {who: Mark.ATTENDED, other: Mark.MISSED}
    assert recorded(small, group, marks, TODAY - WEEK, at=now) == 2
    assert recorded(small, group, marks, TODAY - WEEK, at=now) == 0
    desk = program_desk.desk(small.dune.identity, at=now)
    assert [(t.facts.missing, t.participant_id) for t in desk.tasks] == [
        (Missing.FIRST_SESSION, other)
    ]
    assert [one.trigger for one in desk.prompts] == [Trigger.MISSED_FIRST_SESSION]
    assert recorded(small, group, {other: Mark.ATTENDED}, TODAY - WEEK, at=now) == 1
    assert program_desk.desk(small.dune.identity, at=now).tasks == ()
    assert len(consultation_prompts.open_prompts(small.dune.identity)) == 1  # people settle those
    room = program_groups.open_group(small.dune.identity, group.id, None, at=now)
    assert [one.counts for one in room.people] == [Counts(attended=1)] * 2


def test_who_is_not_in_the_group_is_not_written_down(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    group = make_group(small)
    who = enrolled(small, group, court.order(), at=now)
    stranger = opened(small, at=now)
    with pytest.raises(StaleError):
        recorded(small, group, {who: Mark.ATTENDED, stranger: Mark.ATTENDED}, TODAY, at=now)
    with pytest.raises(InvalidInputError):
        recorded(small, group, {}, TODAY, at=now)
    assert loaded(small, who).version == 3
    step(small, who, Act.TERMINATE, at=now)
    with pytest.raises(StaleError):
        recorded(small, group, {who: Mark.ATTENDED}, TODAY, at=now)


def test_only_the_administrator_sets_groups_and_one_of_two_changes_wins(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    group = make_group(small)
    with pytest.raises(ForbiddenError):
        program_groups.change_group(small.dune.identity, group, at=now)
    program_groups.change_group(court.admin, group, at=now)
    with pytest.raises(StaleError):
        program_groups.change_group(court.admin, group, at=now)
    with pytest.raises(DuplicateError):
        program_groups.add_group(court.admin, group, at=now)
    for stranger in (small.birch.identity, court.team.identity, coordinator(small)):
        with pytest.raises(ForbiddenError):
            program_groups.list_groups(stranger)


def test_r32_attendance_reaches_the_mandating_authority_alone(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    other = make_court(small, at=now, name="Oak County Court")
    group = make_group(small)
    who = enrolled(small, group, court.order(), at=now)
    recorded(small, group, {who: Mark.ATTENDED}, TODAY - WEEK, at=now)
    recorded(small, group, {who: Mark.EXCUSED}, TODAY, at=now)
    me = small.dune.identity
    made = authority_reports.make(me, who, ReportKind.ATTENDANCE, MONTH, at=now)
    with pytest.raises(NotFoundError):
        authority_reports.open_received(court.team.identity, made, at=now)  # not sent yet
    authority_reports.send(me, made, 1, SentHow.HERE, at=now)
    with pytest.raises(StaleError):
        authority_reports.send(me, made, 1, SentHow.PAPER, at=now)
    assert authority_reports.waiting(court.team.identity) == (1, 1)
    found = authority_reports.open_received(court.team.identity, made, at=now)
    assert found.facts.counts == Counts(attended=1, excused=1)
    assert (found.code, found.program_name) == (loaded(small, who).code, "Dune Program (demo)")
    assert authority_reports.waiting(court.team.identity) == (1, 0)
    assert authority_reports.received(other.team.identity).total == 0
    for stranger in (other.team.identity, small.alder.identity):
        with pytest.raises(NotFoundError):
            authority_reports.open_received(stranger, made, at=now)
    for stranger in (small.birch.identity, small.cedar.identity, me, coordinator(small)):
        with pytest.raises(ForbiddenError):
            authority_reports.open_received(stranger, made, at=now)
    told = db.session.scalars(select(OutboxItem.compartment_id).distinct()).all()
    assert told == [court.team.compartment_id]


def test_an_authority_outside_gets_paper_and_nobody_here_finds_it(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    outside = Order(ReferralSource.PROBATION, mandated=True, outside="Ulster County Probation")
    who = opened(small, outside, at=now)
    step(small, who, Act.MISS_INTAKE, at=now)
    me = small.dune.identity
    (task,) = program_desk.desk(me, at=now).tasks
    assert not authority_reports.open_letter(me, task.id).has_desk
    with pytest.raises(NotFoundError):
        authority_reports.send(me, task.id, 1, SentHow.HERE, at=now)
    authority_reports.send(me, task.id, 1, SentHow.PAPER, at=now)
    assert program_desk.desk(me, at=now).tasks == ()
    with pytest.raises(NotFoundError):
        authority_reports.open_received(court.team.identity, task.id, at=now)
    with pytest.raises(NotFoundError):
        authority_reports.take_back(me, task.id, at=now)


def test_what_went_to_a_member_on_paper_is_not_on_its_desk(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = opened(small, court.order(), at=now)
    made = authority_reports.make(small.dune.identity, who, ReportKind.STATUS, at=now)
    authority_reports.send(small.dune.identity, made, 1, SentHow.PAPER, at=now)
    assert authority_reports.waiting(court.team.identity) == (0, 0)
    with pytest.raises(NotFoundError):
        authority_reports.open_received(court.team.identity, made, at=now)


def test_nobody_is_reported_who_was_not_mandated_and_no_notice_is_made_by_hand(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    me = small.dune.identity
    free, bound = opened(small, at=now), opened(small, court.order(), at=now)
    with pytest.raises(InvalidInputError, match="told to nobody"):
        authority_reports.make(me, free, ReportKind.STATUS, at=now)
    with pytest.raises(InvalidInputError):
        authority_reports.make(me, bound, ReportKind.NONCOMPLIANCE, at=now)
    for period in (None, (TODAY, TODAY - WEEK), (TODAY, TODAY + WEEK)):
        with pytest.raises(InvalidInputError) as refused:
            authority_reports.make(me, bound, ReportKind.ATTENDANCE, period, at=now)
        assert refused.value.field == "since"


def test_a_notice_entered_in_error_is_taken_back_before_it_is_sent(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = opened(small, court.order(), at=now)
    step(small, who, Act.MISS_INTAKE, at=now)
    (task,) = participants.open_page(small.dune.identity, who).reports
    authority_reports.take_back(small.dune.identity, task.id, at=now)
    assert participants.open_page(small.dune.identity, who).reports == ()


def test_a_certificate_is_there_only_for_who_completed(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    group = make_group(small)
    who = enrolled(small, group, court.order(), at=now)
    me = small.dune.identity
    with pytest.raises(NotFoundError):
        participant_copies.open_certificate(me, who, at=now)
    recorded(small, group, {who: Mark.ATTENDED}, TODAY, at=now)
    step(small, who, Act.COMPLETE, at=now)
    assert participant_copies.open_certificate(me, who, at=now).counts == Counts(attended=1)
    for stranger in (small.birch.identity, court.team.identity, coordinator(small)):
        with pytest.raises(ForbiddenError):
            participant_copies.open_copy(stranger, who, at=now)
