"""Open or not, and until when: time zones, both days the clocks change, and holidays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.adapters.opening_hours import HoursBook, from_weekdays
from ccr.domain.errors import InvalidInputError

BOOK = HoursBook(state="NY")
ZONE = "America/New_York"
NEW_YORK = ZoneInfo(ZONE)
MINUTE = timedelta(minutes=1)
OFFICE = "Mo-Fr 09:00-17:00"
TEXTS = [
    OFFICE,
    "Mo-Fr 09:00-17:00; PH off",
    "24/7",
    "24/7; PH off",
    "Mo-Su 01:15-01:45",
    "Mo-Su 02:15-02:45",
    "Fr-Sa 20:00-04:00",
    "Mo-Fr 08:00-12:00,13:00-16:30; Sa 10:00-12:00; PH 10:00-11:00",
    "Jun-Aug Mo-Fr 09:00-17:00",
    "Mo[1] 10:00-12:00",
    "off",
]


def local(*parts, fold=0):
    return datetime(*parts, tzinfo=NEW_YORK, fold=fold)


def is_open(text, *parts, fold=0, zone=ZONE):
    return BOOK.calendar(text, zone).is_open(local(*parts, fold=fold))


def changes(text, start, count):
    calendar, found = BOOK.calendar(text, ZONE), []
    for _ in range(count):
        start = calendar.next_change(start)
        found.append(start.astimezone(NEW_YORK).strftime("%d %H:%M %z"))
    return found


def test_an_office_is_open_on_a_weekday_in_office_hours():
    assert is_open(OFFICE, 2026, 11, 12, 9, 0)
    assert is_open(OFFICE, 2026, 11, 12, 16, 59)


def test_an_office_is_closed_at_night_and_at_the_weekend():
    assert not is_open(OFFICE, 2026, 11, 12, 8, 59)
    assert not is_open(OFFICE, 2026, 11, 12, 17, 0)
    assert not is_open(OFFICE, 2026, 11, 14, 12, 0)


def test_it_next_opens_on_monday():
    assert changes(OFFICE, local(2026, 11, 13, 18), 2) == ["16 09:00 -0500", "16 17:00 -0500"]


def test_a_change_is_told_in_utc():
    change = BOOK.calendar(OFFICE, ZONE).next_change(local(2026, 11, 12, 10))
    assert change == datetime(2026, 11, 12, 22, tzinfo=UTC)
    assert change.utcoffset() == timedelta(0)


def test_hours_are_those_of_the_time_zone():
    at = datetime(2026, 11, 12, 14, 30, tzinfo=UTC)  # 09:30 in New York, 06:30 in Los Angeles
    assert BOOK.calendar(OFFICE, ZONE).is_open(at)
    assert not BOOK.calendar(OFFICE, "America/Los_Angeles").is_open(at)


def test_a_line_open_day_and_night_never_closes():
    line = BOOK.calendar("24/7", ZONE)
    assert line.is_open(local(2026, 12, 25, 3))
    assert line.next_change(local(2026, 11, 26, 12)) is None


def test_a_service_that_is_closed_for_good_never_opens():
    assert BOOK.calendar("off", ZONE).next_change(local(2026, 11, 26, 12)) is None


def test_a_change_further_than_a_year_away_is_never():
    assert BOOK.calendar("2099 Mo-Fr 09:00-17:00", ZONE).next_change(local(2026, 11, 26)) is None


# -- holidays ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [OFFICE, "Mo-Fr 09:00-17:00; PH off", "24/7; PH off"])
def test_thanksgiving_is_closed(text):
    assert not is_open(text, 2026, 11, 26, 12)
    assert is_open(text, 2026, 11, 27, 12)


def test_the_day_before_thanksgiving_it_next_opens_on_friday():
    assert changes(OFFICE, local(2026, 11, 25, 18), 1) == ["27 09:00 -0500"]


def test_an_observed_holiday_is_closed():
    assert not is_open(OFFICE, 2026, 7, 3, 12)  # Independence Day 2026 is a Saturday


def test_a_holiday_of_the_state_is_closed_in_that_state_only():
    at = local(2027, 2, 12, 12)  # Lincoln's Birthday
    assert not HoursBook(state="NY").business_week(ZONE).is_open(at)
    assert HoursBook(state="VT").business_week(ZONE).is_open(at)


def test_a_state_that_is_not_known_has_the_holidays_of_the_country():
    week = HoursBook(state="ZZ").business_week(ZONE)
    assert not week.is_open(local(2026, 11, 26, 12))
    assert week.is_open(local(2027, 2, 12, 12))


@pytest.mark.parametrize("text", ["24/7", "08:00-20:00", "Mo-Su 08:00-20:00"])
def test_what_is_open_all_week_is_open_on_holidays_unless_it_says_so(text):
    assert is_open(text, 2026, 11, 26, 12)


def test_holidays_with_hours_of_their_own_keep_them():
    text = "Mo-Fr 09:00-17:00; PH 10:00-11:00"
    assert is_open(text, 2026, 11, 26, 10, 30)
    assert not is_open(text, 2026, 11, 26, 12)


# -- the two days on which the clocks change ------------------------------------------------------


def test_in_spring_the_missing_hour_opens_nothing():
    assert changes("Mo-Su 02:15-02:45", local(2026, 3, 7, 12), 2) == [
        "09 02:15 -0400", "09 02:45 -0400",
    ]  # fmt: skip


def test_in_spring_a_span_over_the_missing_hour_is_an_hour_shorter():
    assert changes("Mo-Su 01:00-03:30", local(2026, 3, 7, 12), 2) == [
        "08 01:00 -0500", "08 03:30 -0400",
    ]  # fmt: skip


def test_in_autumn_the_doubled_hour_opens_twice():
    assert changes("Mo-Su 01:15-01:45", local(2026, 10, 31, 12), 4) == [
        "01 01:15 -0400", "01 01:45 -0400", "01 01:15 -0500", "01 01:45 -0500",
    ]  # fmt: skip
    assert is_open("Mo-Su 01:15-01:45", 2026, 11, 1, 1, 30, fold=0)
    assert is_open("Mo-Su 01:15-01:45", 2026, 11, 1, 1, 30, fold=1)


def test_in_autumn_office_hours_stay_nine_to_five_on_the_wall():
    assert changes(OFFICE, local(2026, 10, 30, 12), 2) == ["30 17:00 -0400", "02 09:00 -0500"]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(TEXTS),
    st.integers(0, 730 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE),
    st.floats(0.001, 0.999),
)
def test_nothing_changes_before_the_next_change_and_then_it_does(text, at, share):
    calendar = BOOK.calendar(text, ZONE)
    change = calendar.next_change(at)
    now = calendar.is_open(at)
    end = change or at + timedelta(days=300)
    assert end > at
    assert calendar.is_open(at + (end - at) * share) == now
    if change:
        assert calendar.is_open(change) != now


# -- texts that cannot be read -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "call us", "9-5", "Mo-Fr 9am-5pm", "Monday to Friday", "Mo-Fr 25:00-26:00",
     "sunrise-sunset", "Mo-Fr 09:00-17:00 " * 200],
)  # fmt: skip
def test_a_text_that_cannot_be_read_is_refused_and_never_open(text):
    with pytest.raises(InvalidInputError) as caught:
        BOOK.calendar(text, ZONE)
    assert caught.value.field == "opening_hours"
    assert not BOOK.readable(text)


def test_a_time_zone_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInputError):
        BOOK.calendar("24/7", "America/Nowhere")


def test_hours_that_say_unknown_are_not_open():
    assert not is_open("24/7 unknown", 2026, 11, 12, 12)
    assert not is_open("Mo-Fr 10:00-16:00+", 2026, 11, 12, 17)


def test_a_calendar_is_made_once():
    assert BOOK.calendar(OFFICE, ZONE) is BOOK.calendar(f" {OFFICE} ", ZONE)


# -- rows of an export ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([(d, "9:00am", "5:00 PM") for d in ("Monday", "Tue", "WE", "Thurs", "fri")], OFFICE),
        ([("MO,TU,WE", "09:00", "17:00:00")], "Mo-We 09:00-17:00"),
        ([("Mo", "08:00", "12:00"), ("Mo", "13:00", "17:00")], "Mo 08:00-12:00,13:00-17:00"),
        ([("Mo", "9 a.m.", "12 p.m."), ("We", "9:00", "12:00")], "Mo 09:00-12:00; We 09:00-12:00"),
        ([("MO,TU,WE,TH,FR,SA,SU", "00:00", "00:00")], "24/7"),
        ([("MO,TU,WE,TH,FR,SA,SU", "12:00 AM", "11:59 PM")], "24/7"),
        ([("Friday", "8:00pm", "4:00am")], "Fr 20:00-04:00"),
        ([("Saturday", "10:00", "00:00")], "Sa 10:00-24:00"),
        ([("Mo", "09:00", "17:00"), ("Su", "", "")], "Mo 09:00-17:00"),
        ([], ""),
    ],
)
def test_rows_of_weekday_and_times_become_one_text(rows, text):
    assert from_weekdays(rows) == text
    assert text == "" or BOOK.readable(text)


@pytest.mark.parametrize(
    "row",
    [
        ("Someday", "9:00", "17:00"),
        ("", "9:00", "17:00"),
        ("Mo", "9", "17"),
        ("Mo", "25:00", "26:00"),
        ("Mo", "9:61", "17:00"),
        ("Mo", "13:00pm", "5pm"),
        ("Mo", "9:00", ""),
        ("Mo", "noon", "17:00"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(row):
    with pytest.raises(InvalidInputError):
        from_weekdays([row])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Mo", "Tuesday", "WE", "th", "Fri", "Sat", "Sunday"]),
            st.times().map(lambda t: t.strftime("%H:%M")),
            st.times().map(lambda t: t.strftime("%I:%M %p")),
        ),
        min_size=1,
        max_size=9,
    )
)
@settings(deadline=None)
def test_any_rows_that_can_be_read_make_a_text_that_can_be_read(rows):
    assert BOOK.readable(from_weekdays(rows))


@pytest.mark.parametrize(
    "text", ["2020 Mo 10:00-12:00", "2099 Mo 10:00-12:00", "2020-2021 Tu,We 09:00-17:00; PH off"]
)
def test_years_that_are_past_or_far_ahead_are_not_walked_through(text):
    """Beyond the horizon nothing is looked for: that walk took many seconds, for one listing."""
    calendar = BOOK.calendar(text, ZONE)
    at = datetime(2026, 11, 28, 20, tzinfo=UTC)
    assert calendar.next_change(at) is None
    assert calendar.rules.next_change(at.replace(tzinfo=None)) is None
