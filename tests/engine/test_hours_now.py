"""Hours told for many services at once are those read one by one, however often one asks."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.answering import calendar_or_none
from ccr.engine.hours_now import NO_OPENING, NOT_KNOWN, HoursNow

ZONE = "America/New_York"
PATTERNS = [
    ("Mo-Fr 09:00-17:00; PH off", ZONE),
    ("24/7", ZONE),
    ("Sa 10:00-14:00", "America/Los_Angeles"),
    ("off", ZONE),
    ("nonsense", ZONE),
    ("Mo-Su 22:00-02:00", ZONE),
]
START = datetime(2026, 3, 7, 4, 0, tzinfo=UTC)  # the clocks change on the 8th
HOURS = HoursBook("NY")


def expected(at: datetime) -> list[int]:
    waits = []
    for text, zone in PATTERNS:
        calendar = calendar_or_none(text, zone, HOURS)
        if calendar is None:
            waits.append(NOT_KNOWN)
        elif calendar.is_open(at):
            waits.append(0)
        else:
            opens = calendar.next_change(at)
            waits.append(
                NO_OPENING if opens is None else -int((at - opens) // timedelta(minutes=1))
            )
    return waits


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 4 * 24 * 3600), min_size=1, max_size=12))
def test_waits_are_those_of_the_calendars_at_any_sequence_of_moments(seconds):
    now = HoursNow(HOURS)
    for second in seconds:
        at = START + timedelta(seconds=second, microseconds=second % 7)
        assert now.waits(PATTERNS, np.arange(len(PATTERNS)), at).tolist() == expected(at)


def test_hours_that_nobody_stated_are_not_known():
    waits = HoursNow(HOURS).waits(PATTERNS, np.array([-1, 1, -1]), START)
    assert waits.tolist() == [NOT_KNOWN, 0, NOT_KNOWN]


def test_a_text_is_read_once_until_its_answer_changes(monkeypatch):
    asked = []

    class Counted:
        def calendar(self, text, timezone):
            asked.append(text)
            return HOURS.calendar(text, timezone)

    now = HoursNow(Counted())
    for minute in range(0, 180, 10):
        now.waits(PATTERNS[:1], np.array([0]), START + timedelta(hours=2, minutes=minute))
    assert len(asked) == 1


@pytest.mark.parametrize("patterns", [1, 200])
def test_patterns_may_be_added_while_it_is_used(patterns):
    now = HoursNow(HOURS)
    assert now.waits(PATTERNS[:1], np.array([0]), START).tolist() == expected(START)[:1]
    more = [*PATTERNS[:1], *[PATTERNS[1]] * patterns]
    assert now.waits(more, np.array([patterns]), START).tolist() == [0]


def test_an_answer_for_one_moment_is_never_read_for_another():
    """Another thread asks of another moment just after the times were compared."""
    open_at, closed_at = START + timedelta(hours=11), START + timedelta(hours=9, minutes=50)
    number, pattern = np.array([0]), [("Sa 10:00-14:00", ZONE)]
    now, told = HoursNow(HOURS), []
    now.waits(pattern, number, closed_at)

    class Interrupted(np.ndarray):
        """Times that let the other thread in as soon as they were looked at."""

        def __getitem__(self, key):
            found = super().__getitem__(key)
            if not told:
                told.append(True)
                other = threading.Thread(target=now.waits, args=(pattern, number, open_at))
                other.start()
                other.join(timeout=0.2)
                threads.append(other)
            return found

    threads: list[threading.Thread] = []
    (answers,) = now._spans.values()
    answers.until = answers.until.view(Interrupted)
    waits = now.waits(pattern, number, closed_at).tolist()
    for thread in threads:
        thread.join()
    assert waits == [-int((closed_at - opens(pattern[0], closed_at)) // timedelta(minutes=1))]


def opens(pattern, at):
    return HOURS.calendar(*pattern).next_change(at)
