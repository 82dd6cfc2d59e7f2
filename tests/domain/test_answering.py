"""Who answers at a moment: which row counts, until when, and which number to call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ccr.domain.answering import HoursOnce, calendar_or_none, coverage_now
from ccr.domain.directory import Coverage
from ccr.domain.taxonomy import CoverageMode, Need
from tests.builders import HOURS, NOW, make_service

STAFFED, ON_CALL, NOBODY = CoverageMode.STAFFED, CoverageMode.ON_CALL_PHONE, CoverageMode.NOBODY
FIVE = datetime(2026, 11, 12, 22, 0, tzinfo=UTC)
SEVEN = datetime(2026, 11, 13, 0, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
UNREADABLE = "what they say"


def told(*rows, needs=(Need.ADVOCACY,), at=NOW, **changes):
    """Return mode, end, number and words of who answers, for rows of (mode, hours[, phone])."""
    coverage = tuple(row if isinstance(row, Coverage) else Coverage(None, *row) for row in rows)
    now = coverage_now(make_service(coverage=coverage, **changes), needs, at, HOURS)
    return now.mode, now.until, now.phone, str(now.text)


def test_staff_read_until_they_go_home_and_can_be_called():
    assert told((STAFFED, "Mo-Fr 09:00-17:00")) == (
        STAFFED,
        FIVE,
        "518-555-0118",
        "Someone reads this now.",
    )


def test_of_two_that_read_now_the_later_end_counts():
    rows = (STAFFED, "Mo-Fr 09:00-17:00"), (STAFFED, "Mo-Fr 12:00-19:00")
    assert told(*rows)[:2] == (STAFFED, SEVEN)


def test_who_reads_around_the_clock_has_no_end_whoever_else_goes_home():
    assert told((STAFFED, "Mo-Fr 09:00-17:00"), (STAFFED, "24/7"))[:2] == (STAFFED, None)


def test_staff_who_read_on_monday_do_not_end_before_those_who_read_now():
    rows = (STAFFED, "Mo 09:00-17:00"), (STAFFED, "Mo-Fr 09:00-17:00")
    assert told(*rows)[:2] == (STAFFED, FIVE)


def test_staff_win_over_a_phone_and_a_phone_over_nobody():
    reads, calls, none = (STAFFED, "24/7"), (ON_CALL, "24/7", "518-555-0142"), (NOBODY, "24/7")
    assert told(none, calls, reads)[0] is STAFFED
    assert told(none, calls)[0] is ON_CALL
    assert told(none)[0] is NOBODY


def test_the_number_on_call_is_the_rows_own_or_else_the_services():
    words = "Nobody reads this. Call now: "
    assert told((ON_CALL, "24/7", "518-555-0142"))[1:] == (
        None,
        "518-555-0142",
        words + "518-555-0142",
    )
    assert told((ON_CALL, "24/7"))[2:] == ("518-555-0118", words + "518-555-0118")


def test_the_first_number_that_is_on_call_now_is_the_one_to_call():
    later = (ON_CALL, "Mo-Fr 20:00-23:00", "518-555-0101")
    first, second = (ON_CALL, "24/7", "518-555-0142"), (ON_CALL, "24/7", "518-555-0199")
    assert told(later, first, second)[2] == "518-555-0142"


def test_a_phone_on_call_says_when_staff_read_next():
    week = (STAFFED, "Mo 09:00-17:00")
    assert told(week, (ON_CALL, "24/7", "518-555-0142")) == (
        ON_CALL,
        MONDAY,
        "518-555-0142",
        "Nobody reads this before Mon 09:00. Call now: 518-555-0142",
    )


def test_a_phone_that_is_off_at_the_moment_is_nobody():
    assert told((ON_CALL, "Mo-Fr 20:00-23:00", "518-555-0142")) == (
        NOBODY,
        None,
        None,
        "Nobody reads this. Their phone: 518-555-0118",
    )


def test_nobody_now_says_the_soonest_that_somebody_reads():
    rows = (STAFFED, "Mo 09:00-17:00"), (STAFFED, "Th 19:00-21:00"), (STAFFED, "off")
    assert told(*rows) == (
        NOBODY,
        SEVEN,
        None,
        "Nobody reads this before 19:00 today. Their phone: 518-555-0118",
    )


def test_nobody_ever_and_no_phone_is_said_shortly():
    assert told((NOBODY, "24/7"), phone=None) == (NOBODY, None, None, "Nobody reads this.")


def test_what_is_not_known_is_a_call_and_not_a_no():
    unknown = (None, None, "518-555-0118", "Who reads this is not known: call first.")
    assert told() == unknown
    assert told((STAFFED, UNREADABLE), (ON_CALL, UNREADABLE)) == unknown


def test_hours_that_cannot_be_read_do_not_hide_those_that_can():
    assert told((STAFFED, UNREADABLE), (STAFFED, "24/7"))[0] is STAFFED


def test_a_row_for_one_of_the_needs_counts_before_the_rows_for_all():
    food = Coverage(Need.FOOD, NOBODY, "24/7")
    everything = Coverage(None, STAFFED, "24/7")
    assert told(everything, food, needs=(Need.ADVOCACY, Need.FOOD))[0] is NOBODY
    assert told(everything, food, needs=(Need.ADVOCACY,))[0] is STAFFED


@pytest.mark.parametrize("text", [None, "", UNREADABLE])
def test_hours_not_stated_or_not_readable_are_no_calendar(text):
    assert calendar_or_none(text, "America/New_York", HOURS) is None


def test_hours_are_those_of_the_place_where_the_service_is():
    pacific = {"timezone": "America/Los_Angeles"}
    assert told((STAFFED, "Mo-Fr 12:00-17:00"), **pacific)[0] is NOBODY
    assert told((STAFFED, "Mo-Fr 11:00-17:00"), **pacific)[0] is STAFFED


def test_in_one_search_each_text_is_read_once_for_each_time_zone():
    read = []

    class Reader:
        def calendar(self, text, timezone):
            read.append((text, timezone))
            return HOURS.calendar(text, timezone)

    once = HoursOnce(Reader())
    for _ in range(2):
        assert once.calendar("24/7", "America/New_York").is_open(NOW)
        assert not once.calendar("off", "America/New_York").is_open(NOW)
        assert once.calendar("24/7", "America/Chicago").is_open(NOW)
    assert read == [
        ("24/7", "America/New_York"),
        ("off", "America/New_York"),
        ("24/7", "America/Chicago"),
    ]
