"""When a person can be reached, as a pause of the contact clock (R64, R77)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import ClockKind, ClockState, start_clock
from ccr.domain.errors import InvalidInputError
from ccr.domain.safe_windows import PartOfDay, Wait, pause_of, wait_line
from ccr.domain.taxonomy import Urgency
from tests.referral_builders import Always

ZONE = "America/New_York"
CALL, WINDOW = Wait
HOUR = timedelta(hours=1)
# Thursday 12 November 2026, 02:00 in New York.
START = datetime(2026, 11, 12, 7, 0, tzinfo=UTC)


def day_clock():
    return start_clock(ClockKind.FIRST_CONTACT, Urgency.HIGH, START, Always())


def held(wait, day, part, at=START):
    pause = pause_of(wait, day, part, ZONE, at=at)
    return pause, day_clock().pause(at, pause.until, by=pause.by)


def test_r1_a_day_clock_with_a_safe_window_at_hour_30_is_due_at_the_window_not_overdue():
    # Hour 30 is Friday 08:00: the morning.
    pause, clock = held(WINDOW, date(2026, 11, 13), PartOfDay.MORNING)
    assert pause.until == START + 30 * HOUR
    assert clock.state(START + 29 * HOUR) is ClockState.PAUSED
    open_now = clock.resume(pause.until)
    assert open_now.due_at == START + 34 * HOUR
    assert open_now.state(pause.until) is ClockState.RUNNING
    assert open_now.state(START + 34 * HOUR) is ClockState.OVERDUE


def test_a_window_before_the_due_time_moves_nothing():
    _, clock = held(WINDOW, date(2026, 11, 12), PartOfDay.MORNING)
    assert clock.due_at == day_clock().due_at


def test_calling_before_the_window_after_all_leaves_what_was_left():
    _, clock = held(WINDOW, date(2026, 11, 20), PartOfDay.EVENING)
    assert clock.resume(START).due_at == day_clock().due_at
    assert clock.resume(START + 3 * HOUR).due_at == day_clock().due_at + 3 * HOUR


def test_when_the_person_calls_the_clock_waits_for_the_agreed_day_and_keeps_what_was_left():
    pause, clock = held(CALL, date(2026, 11, 16), PartOfDay.AFTERNOON, START + 4 * HOUR)
    assert pause.until == datetime(2026, 11, 16, 22, 0, tzinfo=UTC)
    assert pause.by is None
    assert clock.due_at == pause.until + 20 * HOUR
    assert clock.resume(START + 5 * HOUR).due_at == START + 25 * HOUR


@pytest.mark.parametrize(
    ("wait", "day", "part", "words"),
    [
        (CALL, date(2026, 11, 11), PartOfDay.EVENING, "over"),
        (WINDOW, date(2026, 11, 11), PartOfDay.EVENING, "over"),
        (WINDOW, date(2026, 11, 12), PartOfDay.WHOLE_DAY, "begun"),
    ],
)
def test_a_time_that_is_over_or_open_now_is_refused(wait, day, part, words):
    at = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
    with pytest.raises(InvalidInputError) as refused:
        pause_of(wait, day, part, ZONE, at=at)
    assert refused.value.field == "until"
    assert words in str(refused.value.phrase)


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 3, 14), date(2028, 2, 29)])
def test_parts_of_a_day_follow_the_wall_clock_on_odd_days(day):
    at = datetime(2026, 10, 1, tzinfo=UTC)
    parts = [pause_of(WINDOW, day, part, ZONE, at=at) for part in list(PartOfDay)[1:]]
    for first, then in pairwise(parts):
        assert first.by == then.until
    whole = pause_of(WINDOW, day, PartOfDay.WHOLE_DAY, ZONE, at=at)
    assert (whole.until, whole.by) == (parts[0].until, parts[-1].by)


@given(
    st.sampled_from(Wait),
    st.dates(date(2026, 11, 13), date(2027, 1, 20)),
    st.sampled_from(PartOfDay),
    st.integers(0, 3000),
)
def test_no_wait_brings_a_due_time_forward_and_an_answer_never_waits(wait, day, part, later):
    pause, clock = held(wait, day, part)
    assert clock.due_at >= day_clock().due_at
    assert clock.resume(START + later * HOUR).due_at >= day_clock().due_at
    assert clock.resume(pause.until).due_at == clock.due_at
    answer = start_clock(ClockKind.ANSWER, Urgency.HIGH, START, Always())
    assert answer.pause(START, pause.until, by=pause.by) == answer


def test_the_record_says_who_reaches_whom():
    assert wait_line("they-call") == CALL.label
    assert wait_line("moved") is None
    assert wait_line(None) is None
    assert all(str(code.label) for code in [*Wait, *PartOfDay])
