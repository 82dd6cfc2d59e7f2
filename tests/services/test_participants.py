"""Participants: opened under a code, brought on, and what follows from a failure (R14, R55)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from ccr.domain.authority_reports import Missing, ReportKind
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.domain.participant_states import Act, Step
from ccr.domain.participant_words import EndReason, EventKind, ReferralSource, Screening
from ccr.domain.participants import Order, ParticipantState
from ccr.services import consultation_prompts, participants, program_desk
from tests.coordination import coordinator, sign_protocol
from tests.loop import world
from tests.program_people import Court, loaded, make_court, make_group, opened, step
from tests.small_directory import SmallDirectory, make_small_directory

DAY = timedelta(days=1)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def court(small: SmallDirectory, now: datetime) -> Court:
    return make_court(small, at=now)


def tasks(small: SmallDirectory, at: datetime) -> list[tuple[ReportKind, UUID | None, date | None]]:
    due = program_desk.desk(small.dune.identity, at=at).tasks
    return [(task.kind, task.authority_member_id, task.due_on) for task in due]


def prompts(small: SmallDirectory) -> list[Trigger]:
    return [one.trigger for one in consultation_prompts.open_prompts(small.dune.identity)]


def test_r55_the_first_missed_intake_is_a_task_of_today_that_names_the_authority(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = opened(small, court.order(), at=now)
    step(small, who, Act.MISS_INTAKE, at=now)
    named = court.team.member_id
    assert tasks(small, now) == [(ReportKind.NONCOMPLIANCE, named, date(2026, 11, 12))]
    assert prompts(small) == [Trigger.MISSED_FIRST_SESSION]
    (report,) = participants.open_page(small.dune.identity, who).reports
    assert (report.facts.missing, report.facts.on) == (Missing.INTAKE, date(2026, 11, 12))
    step(small, who, Act.MISS_INTAKE, at=now)
    assert len(tasks(small, now)) == len(prompts(small)) == 1  # one that waits is one


def test_whoever_comes_by_themselves_is_reported_to_nobody(
    small: SmallDirectory, now: datetime
) -> None:
    who = opened(small, at=now)
    step(small, who, Act.MISS_INTAKE, at=now)
    assert tasks(small, now) == []
    assert prompts(small) == [Trigger.MISSED_FIRST_SESSION]


def test_termination_makes_a_status_report_due_and_prompts_a_consultation(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = opened(small, court.order(), at=now)
    for act in (Act.ATTEND_INTAKE, Act.ENROL, Act.TERMINATE):
        after = step(small, who, act, at=now)
    assert after.state is ParticipantState.TERMINATED
    assert [kind for kind, _, _ in tasks(small, now)] == [ReportKind.STATUS]
    assert prompts(small) == [Trigger.TERMINATION]
    with pytest.raises(IllegalTransitionError):
        step(small, who, Act.TERMINATE, at=now)


def test_r14_mandated_implies_that_an_authority_is_named(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = small.dune.identity
    wrong = {
        "authority": court.order(authority_id=None),
        "source": court.order(source=ReferralSource.SELF),
        "mandated": court.order(mandated=False),
        "outside": court.order(outside="Troy City Court"),
        "ordered_on": court.order(ordered_on=now.date() + DAY),
    }
    for field, order in wrong.items():
        with pytest.raises(InvalidInputError) as refused:
            participants.open_participant(who, world(), order, None, at=now)
        assert refused.value.field == field
    for stranger in (small.birch.member_id, small.alder.member_id):
        with pytest.raises(InvalidInputError, match="of the list"):
            order = court.order(authority_id=stranger)
            participants.open_participant(who, world(), order, None, at=now)
    outside = Order(ReferralSource.PROBATION, mandated=True, outside=" Ulster  County Probation ")
    found = loaded(small, opened(small, outside, at=now))
    assert found.order.outside == "Ulster County Probation"


def test_a_new_participant_has_a_code_of_four_words_and_two_clocks(
    small: SmallDirectory, now: datetime
) -> None:
    found = loaded(small, opened(small, at=now))
    assert len(found.code.split()) == 4
    # 12 November in New York; the days end at midnight there, five hours behind.
    assert found.intake_due_at.isoformat() == "2026-11-27T05:00:00+00:00"
    assert found.enrol_due_at.isoformat() == "2026-12-11T05:00:00+00:00"
    events = participants.open_page(small.dune.identity, found.id).events
    assert [(event.kind, event.reason) for event in events] == [(EventKind.OPENED, "self")]


def test_two_that_record_at_once_do_not_both_win(small: SmallDirectory, now: datetime) -> None:
    who = opened(small, at=now)
    wanted = Step(Act.ATTEND_INTAKE, now.date(), screening=Screening.TRAUMA_FIRST)
    participants.record(small.dune.identity, who, 1, wanted, at=now)
    with pytest.raises(StaleError):
        participants.record(small.dune.identity, who, 1, wanted, at=now)
    assert loaded(small, who).screening is Screening.TRAUMA_FIRST


def test_the_last_place_in_a_group_is_given_once(small: SmallDirectory, now: datetime) -> None:
    group = make_group(small, places=1)
    first, second = opened(small, at=now), opened(small, at=now)
    for who in (first, second):
        step(small, who, Act.ATTEND_INTAKE, at=now)
    step(small, first, Act.ENROL, at=now, group_id=group.id)
    with pytest.raises(InvalidInputError, match="full"):
        step(small, second, Act.ENROL, at=now, group_id=group.id)
    assert loaded(small, second).state is ParticipantState.INTAKE_DONE
    step(small, first, Act.TERMINATE, at=now, reason=EndReason.FEES)
    step(small, second, Act.ENROL, at=now, group_id=group.id)


def test_nobody_but_the_program_reads_or_opens_a_participant(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    who = opened(small, court.order(), at=now)
    for stranger in (
        small.alder.identity,
        small.birch.identity,
        small.cedar.identity,
        court.team.identity,
        coordinator(small),
    ):
        for use in (
            lambda who_asks: participants.open_page(who_asks, who),
            lambda who_asks: participants.list_page(who_asks, None),
            lambda who_asks: program_desk.desk(who_asks, at=now),
            lambda who_asks: participants.open_participant(
                who_asks, world(), court.order(), None, at=now
            ),
        ):
            with pytest.raises(ForbiddenError):
                use(stranger)


def test_another_programs_participant_is_not_there(small: SmallDirectory, now: datetime) -> None:
    who = opened(small, at=now)
    other = replace(small.dune.identity, compartment_id=small.birch.compartment_id)
    with pytest.raises(NotFoundError):
        participants.open_page(other, who)


def test_the_desk_says_how_its_own_protocol_stands(small: SmallDirectory, now: datetime) -> None:
    me = small.dune.identity
    assert program_desk.desk(me, at=now).protocol.is_red
    sign_protocol(
        small, small.birch, signed_on=date(2025, 1, 1), expires_on=now.date() + timedelta(days=1)
    )
    assert not program_desk.desk(me, at=now).protocol.is_red
    assert program_desk.desk(me, at=now + DAY).protocol.is_red


def test_the_list_counts_each_state_and_shows_who_waits_longest_first(
    small: SmallDirectory, now: datetime
) -> None:
    second = opened(small, at=now)
    first = opened(small, at=now - DAY)
    over = opened(small, at=now - 2 * DAY)
    step(small, over, Act.WITHDRAW, at=now, reason=EndReason.OWN_DECISION)
    page, counts = participants.list_page(small.dune.identity, None)
    assert [one.id for one in page.items] == [first, second, over]
    assert counts == {ParticipantState.AWAITING_INTAKE: 2, ParticipantState.WITHDRAWN: 1}
    page, _ = participants.list_page(small.dune.identity, ParticipantState.WITHDRAWN)
    assert [one.id for one in page.items] == [over]
