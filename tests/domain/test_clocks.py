from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import (
    CONTACT_CLOCKS,
    LATEST,
    STEP_OFFSETS,
    STEPS,
    Clock,
    ClockKind,
    ClockState,
    Side,
    Step,
    due_at,
    due_steps,
    new_options_at,
    start_clock,
)
from ccr.domain.taxonomy import Urgency
from tests.referral_builders import NEW_YORK, Always, Week

ANSWER, FIRST, OUTCOME = ClockKind.ANSWER, ClockKind.FIRST_CONTACT, ClockKind.OUTCOME
NOW_URGENT, HIGH, STANDARD = Urgency.IMMEDIATE, Urgency.HIGH, Urgency.STANDARD
OFFICE = Week()
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("kind", "urgency", "start", "due"),
    [
        # Thursday 14:05, office hours 9 to 17.
        (ANSWER, NOW_URGENT, "2026-11-12 14:05", "2026-11-12 15:05"),
        (FIRST, NOW_URGENT, "2026-11-12 14:05", "2026-11-12 15:05"),
        (ANSWER, HIGH, "2026-11-12 10:00", "2026-11-12 14:00"),
        # 2 h 55 min of Thursday are left, 1 h 5 min of Friday would be due 10:05: 12 h is sooner.
        (ANSWER, HIGH, "2026-11-12 14:05", "2026-11-13 02:05"),
        (FIRST, HIGH, "2026-11-14 02:06", "2026-11-15 02:06"),
        (ANSWER, STANDARD, "2026-11-12 09:00", "2026-11-12 17:00"),
        (ANSWER, STANDARD, "2026-11-12 14:05", "2026-11-13 14:05"),
        # Over a weekend.
        (ANSWER, STANDARD, "2026-11-13 14:05", "2026-11-16 14:05"),
        (ANSWER, STANDARD, "2026-11-14 02:06", "2026-11-16 17:00"),
        # Thanksgiving, 26 November 2026, is closed.
        (ANSWER, STANDARD, "2026-11-25 16:00", "2026-11-27 16:00"),
        (FIRST, STANDARD, "2026-11-10 10:00", "2026-11-12 10:00"),
        # 48 h end at night or at the weekend: the next open morning, two hours into it.
        (FIRST, STANDARD, "2026-11-10 20:00", "2026-11-13 11:00"),
        (FIRST, STANDARD, "2026-11-12 14:05", "2026-11-16 11:00"),
        (FIRST, STANDARD, "2026-11-24 10:00", "2026-11-27 11:00"),
        (OUTCOME, HIGH, "2026-11-12 14:05", "2026-11-26 14:05"),
        # Clocks go back on 1 November 2026 at 02:00: the night has an hour more.
        (ANSWER, NOW_URGENT, "2026-11-01 00:30", "2026-11-01 01:30"),
        (ANSWER, STANDARD, "2026-10-30 14:05", "2026-11-02 14:05"),
        (FIRST, HIGH, "2026-10-31 12:00", "2026-11-01 11:00"),
        # Clocks go forward on 14 March 2027 at 02:00: an hour less.
        (ANSWER, STANDARD, "2027-03-12 16:00", "2027-03-15 16:00"),
        (FIRST, HIGH, "2027-03-13 12:00", "2027-03-14 13:00"),
    ],
)
def test_due_times_over_weekends_holidays_and_changes_of_the_clocks(kind, urgency, start, due):
    week = replace(OFFICE, closed=frozenset({"2026-11-26"}))
    assert due_at(kind, urgency, local(start), week) == local(due)


@pytest.mark.parametrize("kind", list(ClockKind))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_service_that_never_opens_still_has_a_due_time(kind, urgency):
    start = local("2026-11-12 14:05")
    closed = due_at(kind, urgency, start, Always(open=False))
    assert start < closed <= start + max(LATEST, timedelta(days=14))


def test_a_service_open_one_hour_a_week_answers_within_seven_days():
    start = local("2026-11-12 14:05")
    weekly = Week({0: (9, 10)})
    assert due_at(ANSWER, STANDARD, start, weekly) == start + LATEST


def test_around_the_clock_an_answer_is_due_after_its_open_hours():
    start = local("2026-11-14 02:06")
    assert due_at(ANSWER, HIGH, start, Always()) == start + 4 * HOUR
    assert due_at(ANSWER, STANDARD, start, Always()) == start + 8 * HOUR
    assert due_at(FIRST, STANDARD, start, Always()) == start + 48 * HOUR


starts = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(  # noqa: DTZ001
    lambda d: d.replace(tzinfo=UTC)
)
weeks = st.dictionaries(
    st.integers(0, 6),
    st.tuples(st.integers(0, 12), st.integers(13, 23)),
).map(Week)


@given(starts, weeks)
def test_immediate_clocks_ignore_the_calendar(start, week):
    for kind in (ANSWER, FIRST):
        assert due_at(kind, NOW_URGENT, start, week) == start + HOUR


def _clock(kind=FIRST, urgency=HIGH, **changes):
    clock = start_clock(kind, urgency, local("2026-11-12 14:05"), Always())
    return replace(clock, **changes)


def test_a_clock_runs_then_is_overdue_then_met():
    clock = _clock()
    assert clock.state(clock.due_at - HOUR) is ClockState.RUNNING
    assert clock.state(clock.due_at) is ClockState.OVERDUE
    assert clock.meet(clock.due_at).state(clock.due_at) is ClockState.MET


def test_the_first_stop_of_a_clock_stands():
    clock = _clock().meet(local("2026-11-12 15:00"))
    assert clock.meet(local("2026-11-12 16:00")) == clock


def test_r1_a_day_clock_with_a_safe_window_at_hour_30_is_due_at_the_window_not_overdue():
    clock = _clock()
    window = clock.started_at + 30 * HOUR
    held = clock.pause(clock.started_at + 24 * HOUR, window)
    assert held.due_at == window
    assert held.state(window - HOUR) is ClockState.PAUSED
    assert held.state(window) is ClockState.OVERDUE


def test_a_pause_keeps_what_was_left():
    clock = _clock()
    held = clock.pause(clock.started_at + 4 * HOUR, clock.started_at + 100 * HOUR)
    assert held.due_at == clock.started_at + 120 * HOUR
    assert held.resume(clock.started_at + 10 * HOUR).due_at == clock.started_at + 30 * HOUR
    assert held.resume(clock.started_at + 500 * HOUR).due_at == held.due_at


def test_pausing_a_paused_clock_starts_a_new_pause():
    clock = _clock()
    twice = clock.pause(clock.started_at, clock.started_at + 50 * HOUR).pause(
        clock.started_at + 10 * HOUR, clock.started_at + 20 * HOUR
    )
    assert twice.due_at == clock.due_at + 20 * HOUR


def test_the_answer_clock_never_pauses():
    clock = _clock(ANSWER)
    assert clock.pause(clock.started_at, clock.started_at + HOUR) == clock
    assert clock.resume(clock.started_at) == clock


def test_a_met_clock_does_not_pause():
    met = _clock().meet(local("2026-11-12 15:00"))
    assert met.pause(met.started_at, met.started_at + HOUR) == met


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_missed_answer_is_reminded_then_escalated_then_gives_new_options(urgency):
    clock = _clock(ANSWER, urgency)
    assert due_steps(clock, clock.due_at - timedelta(seconds=1)) == ()
    assert due_steps(clock, clock.due_at) == (Step.REMIND,)
    offsets = STEP_OFFSETS[urgency]
    assert list(offsets) == list(Step)
    assert sorted(offsets.values()) == list(offsets.values())
    for place, step in enumerate(Step, start=1):
        assert due_steps(clock, clock.due_at + offsets[step]) == tuple(Step)[:place]
        after = replace(clock, steps_done=place)
        assert due_steps(after, clock.due_at + 900 * HOUR) == tuple(Step)[place:]
    assert new_options_at(clock) == clock.due_at + offsets[Step.NEW_OPTIONS]
    assert due_steps(clock.meet(clock.due_at), clock.due_at + 900 * HOUR) == ()


def test_contact_clocks_never_reach_the_sender():
    for (kind, owner), steps in STEPS.items():
        if kind in CONTACT_CLOCKS:
            assert owner is Side.RECEIVER
            assert not {Step.NEW_OPTIONS, Step.COORDINATOR, Step.EXPIRE} & set(steps)
    assert {kind for kind in ClockKind if kind.chases_receiver_alone} == CONTACT_CLOCKS


def test_a_question_moves_the_duty_and_not_the_time():
    clock = _clock(ANSWER)
    asked = replace(clock, steps_done=2, stepped_at=clock.due_at).hand_to(Side.SENDER)
    assert asked.due_at == clock.due_at
    assert asked.stepped_at is None
    assert not {Step.NEW_OPTIONS, Step.EXPIRE} & set(asked.steps_left)
    assert due_steps(asked, asked.due_at + 900 * HOUR) == STEPS[ANSWER, Side.SENDER]
    assert asked.hand_to(Side.SENDER) == asked


def test_a_paused_clock_has_no_step_before_the_end_of_its_pause():
    clock = _clock().pause(local("2026-11-12 15:05"), local("2026-12-01 09:00"))
    assert due_steps(clock, local("2026-12-01 09:00")) == ()
    assert due_steps(clock, clock.due_at) == (Step.REMIND,)


def test_codes_have_labels():
    assert all(str(code.label) for code in [*ClockKind, *ClockState])


def test_a_clock_is_a_plain_value():
    assert _clock() == Clock(FIRST, HIGH, Side.RECEIVER, _clock().started_at, _clock().due_at)
