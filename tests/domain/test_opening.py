"""Opening hours in words: until when, when again, and the week, with both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.opening import OpenState, clock_time, day_words, opening_at, week_ahead

BOOK = HoursBook()
ZONE = "America/New_York"
THURSDAY = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
"""14:05 in New York."""
HOURS = (
    "24/7",
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 09:00-12:00,13:00-17:30",
    "Tu,Th 10:00-19:00; Sa 10:00-14:00",
    "Fr,Sa 20:00-02:00",
    "Mo 00:00-24:00",
    "Mo-Su 08:00-24:00",
    "off",
)


def words(hours: str, at: datetime = THURSDAY) -> str:
    return str(opening_at(BOOK.calendar(hours, ZONE), at, ZONE).text)


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (0, 30, "12:30 a.m."),
        (1, 0, "1 a.m."),
        (9, 5, "9:05 a.m."),
        (11, 59, "11:59 a.m."),
        (12, 0, "noon"),
        (12, 15, "12:15 p.m."),
        (13, 45, "1:45 p.m."),
        (19, 0, "7 p.m."),
    ],
)
def test_the_time_of_day_is_said_as_people_in_the_us_say_it(
    hour: int, minute: int, said: str
) -> None:
    assert str(clock_time(datetime(2026, 11, 12, hour, minute, tzinfo=UTC))) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("24/7", "Open 24 hours"),
        ("Mo-Fr 09:00-17:00", "Open now, until 5 p.m."),
        ("Mo-Th 09:00-14:00", "Closed. Opens Mon 9 a.m."),
        ("Fr 09:00-12:00", "Closed. Opens Fri 9 a.m."),
        ("Th 15:30-18:00", "Closed. Opens today 3:30 p.m."),
        ("Dec 24 10:00-12:00", "Closed. Opens Dec 24, 2026"),
        ("Th 12:00-24:00; Fr 00:00-24:00; Sa 00:00-20:00", "Open now"),
        ("off", "Closed. Call to check"),
    ],
)
def test_what_is_known_is_said_with_its_next_change(hours: str, said: str) -> None:
    assert words(hours) == said


def test_hours_that_are_not_known_are_never_called_closed() -> None:
    found = opening_at(None, THURSDAY, ZONE)
    assert found.state is OpenState.UNKNOWN
    assert str(found.text) == "Hours: call to check"


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    week = week_ahead(BOOK.calendar("Fr 20:00-02:00", ZONE), THURSDAY, ZONE)
    assert [str(w) for w in day_words(week[1])] == ["8 p.m. to 2 a.m."]
    assert [str(w) for w in day_words(week[2])] == ["Closed"]


def test_a_week_without_end_is_seven_whole_days() -> None:
    week = week_ahead(BOOK.calendar("24/7", ZONE), THURSDAY, ZONE)
    assert [[str(w) for w in day_words(day)] for day in week] == [["Open 24 hours"]] * 7


def test_a_split_day_has_two_spans_in_order() -> None:
    week = week_ahead(
        BOOK.calendar("Th 13:00-17:30; Th 09:00-12:00,13:00-17:30", ZONE), THURSDAY, ZONE
    )
    assert [str(w) for w in day_words(week[0])] == ["9 a.m. to noon", "1 p.m. to 5:30 p.m."]


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2027, 3, 13)])
def test_the_days_on_which_the_clock_changes_keep_their_hours_on_the_wall(day: date) -> None:
    at = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    week = week_ahead(BOOK.calendar("Mo-Su 08:00-20:00", ZONE), at, ZONE)
    assert [[str(w) for w in day_words(hours)] for hours in week] == [["8 a.m. to 8 p.m."]] * 7
    nonstop = week_ahead(BOOK.calendar("24/7", ZONE), at, ZONE)
    assert [[str(w) for w in day_words(hours)] for hours in nonstop] == [["Open 24 hours"]] * 7


@given(
    hours=st.sampled_from(HOURS),
    minutes=st.integers(min_value=0, max_value=366 * 24 * 60),
    later=st.integers(min_value=0, max_value=7 * 24 * 60 - 1),
)
def test_the_week_in_words_is_open_exactly_when_the_calendar_is(
    hours: str, minutes: int, later: int
) -> None:
    calendar = BOOK.calendar(hours, ZONE)
    at = THURSDAY + timedelta(minutes=minutes)
    week = week_ahead(calendar, at, ZONE)
    zone = ZoneInfo(ZONE)
    today = at.astimezone(zone).date()
    assert [day.day for day in week] == [today + timedelta(days=n) for n in range(7)]
    asked = at + timedelta(minutes=later)
    if asked.astimezone(zone).date() > week[-1].day:
        return
    spans = [span for day in week for span in day.spans]
    in_words = any(opens <= asked < closes for opens, closes in spans)
    assert in_words is calendar.is_open(asked)


@given(hours=st.sampled_from(HOURS), minutes=st.integers(min_value=0, max_value=366 * 24 * 60))
def test_the_words_never_contradict_the_calendar(hours: str, minutes: int) -> None:
    at = THURSDAY + timedelta(minutes=minutes)
    calendar = BOOK.calendar(hours, ZONE)
    found = opening_at(calendar, at, ZONE)
    assert (found.state is OpenState.OPEN) is calendar.is_open(at)
    assert str(found.text).startswith("Open" if found.state is OpenState.OPEN else "Closed")
