"""How much time a clock has left, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import ClockKind, ClockState
from ccr.domain.referral_views import ClockShown
from ccr.domain.time_left import open_time_between, span_words, time_left
from tests.referral_builders import NEW_YORK, Always, Week

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


# Due on Tuesday at 14:00 in a week of 9 to 17.
DUE = local("2026-11-17 14:00")
SHOWN = ClockShown(
    ClockKind.ANSWER, ClockState.RUNNING, local("2026-11-13 12:00"), DUE, in_open_hours=True
)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-17 11:00", "3 business hours left"),
        ("2026-11-16 16:00", "6 business hours left"),
        ("2026-11-14 12:00", "13 business hours left"),
        ("2026-11-17 12:59", "1 business hour left"),
        ("2026-11-17 13:50", "10 business minutes left"),
    ],
)
def test_a_clock_in_open_hours_says_how_many_are_left(at, words):
    left = open_time_between(local(at), DUE, Week())
    assert str(time_left(replace(SHOWN, open_left=left), local(at))) == words


def test_a_clock_that_is_due_while_they_are_closed_says_so():
    clock = replace(SHOWN, due_at=local("2026-11-17 02:05"), open_left=timedelta(0))
    words = "8 h 5 min left, outside open hours"
    assert str(time_left(clock, local("2026-11-16 18:00"))) == words


def test_without_hours_or_with_very_many_the_wall_clock_is_told():
    at = local("2026-11-16 12:00")
    assert str(time_left(SHOWN, at)) == "1 d 2 h left"
    assert str(time_left(replace(SHOWN, open_left=41 * HOUR), at)) == "1 d 2 h left"


def test_late_paused_and_met_clocks_have_nothing_left():
    late = replace(SHOWN, state=ClockState.OVERDUE, open_left=None)
    assert str(time_left(late, DUE + 95 * MINUTE)) == "1 h 35 min late"
    assert time_left(replace(SHOWN, state=ClockState.PAUSED), DUE) == ClockState.PAUSED.label
    assert time_left(replace(SHOWN, state=ClockState.MET), DUE) == ClockState.MET.label


@given(st.integers(0, 20_000), st.integers(0, 3_000), st.sampled_from([Week(), Always()]))
def test_open_time_adds_up_and_is_never_more_than_the_time_itself(start, length, calendar):
    since = local("2026-10-30 00:00") + start * MINUTE
    until, middle = since + length * MINUTE, since + (length // 2) * MINUTE
    whole = open_time_between(since, until, calendar)
    assert timedelta(0) <= whole <= until - since
    assert whole == open_time_between(since, middle, calendar) + open_time_between(
        middle, until, calendar
    )
    assert open_time_between(until, since - MINUTE, calendar) == timedelta(0)


def test_spans_are_told_in_two_parts():
    told = {span: str(span_words(span)) for span in (8 * MINUTE, 10 * HOUR + MINUTE, 76 * HOUR)}
    assert list(told.values()) == ["8 min", "10 h 1 min", "3 d 4 h"]
    assert str(span_words(-HOUR)) == "0 min"
