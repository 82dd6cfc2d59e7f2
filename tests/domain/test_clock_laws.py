"""Laws of clocks, across both changes of the clocks, a leap day, a year's end and odd hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.clocks import (
    CONTACT_CLOCKS,
    IMMEDIATE_AT_MOST,
    LATEST,
    LONGEST,
    MORNING,
    Clock,
    ClockKind,
    Side,
    answer_duty,
    due_at,
    due_steps,
    next_try,
    start_clock,
)
from ccr.domain.taxonomy import Need, Urgency
from ccr.domain.time_rules import EVERY_NEED, TimeRules, broken_laws
from ccr.domain.time_values import TIME_VALUES
from tests.referral_builders import NEW_YORK, Always, Week

HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=5)
ANSWER, FIRST, OUTCOME = ClockKind
ODD_DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2026-03-08",  # the clocks go forward
        "2026-11-01",  # and back
        "2027-03-14",
        "2028-02-28",  # the day before a leap day
        "2028-02-29",
        "2026-12-31",
        "2027-12-31",
        "2026-11-25",  # the eve of Thanksgiving
    )
)


@st.composite
def moments(draw):
    """Moments on a step of five minutes, most of them within three days of an odd day."""
    day = draw(st.sampled_from(ODD_DAYS)) + timedelta(days=draw(st.integers(-3, 3)))
    midnight = datetime.combine(day, time(), tzinfo=NEW_YORK).astimezone(UTC)
    return midnight + draw(st.integers(0, 287)) * MINUTES


@st.composite
def weeks(draw):
    hours = draw(
        st.dictionaries(
            st.integers(0, 6), st.tuples(st.integers(0, 11), st.integers(12, 23)), min_size=1
        )
    )
    closed = draw(st.frozensets(st.sampled_from(ODD_DAYS), max_size=2))
    return Week(hours, frozenset(day.isoformat() for day in closed))


CALENDARS = st.one_of(weeks(), st.sampled_from([Week(), Always(), Always(open=False)]))
KINDS, URGENCIES = st.sampled_from(ClockKind), st.sampled_from(Urgency)


@st.composite
def rules(draw):
    """Rules as a network may set them; those that break a law are never stored."""
    names = draw(st.sets(st.sampled_from(sorted(TIME_VALUES)), max_size=4))
    own = {n: draw(st.integers(TIME_VALUES[n].least, TIME_VALUES[n].most)) for n in names}
    found = TimeRules({EVERY_NEED: own})
    return TimeRules() if next(broken_laws(found, EVERY_NEED), None) else found


NEEDS = st.sets(st.sampled_from([Need.FOOD, Need.ABUSIVE_PARTNER_INTERVENTION]), min_size=1)


def most(kind, urgency):
    if urgency is Urgency.IMMEDIATE and kind is not OUTCOME:
        return IMMEDIATE_AT_MOST
    return LONGEST


@given(KINDS, URGENCIES, moments(), CALENDARS, rules(), NEEDS)
def test_a_clock_is_due_after_its_start_and_never_beyond_the_most(
    kind, urgency, start, calendar, own, needs
):
    spans = own.spans(needs)
    due = due_at(kind, urgency, start, calendar, spans=spans)
    assert start < due <= start + most(kind, urgency)
    assert due == due_at(kind, urgency, start, calendar, spans=spans)
    assert due.utcoffset() == timedelta(0)


@given(KINDS, URGENCIES, moments(), CALENDARS, rules(), st.integers(1, 600))
def test_who_starts_later_is_never_due_earlier(kind, urgency, start, calendar, own, steps):
    spans = own.spans([Need.FOOD])
    first = due_at(kind, urgency, start, calendar, spans=spans)
    later = due_at(kind, urgency, start + steps * MINUTES, calendar, spans=spans)
    # "48 h, else the next working morning" (R76): 48 h that end early on an open morning are kept
    # as they are, and those that ended in the night before get two hours of it.
    waits = any(span.waits_for_morning for span in spans[kind, urgency])
    assert later >= first - (MORNING if waits else timedelta(0))


@settings(max_examples=60)
@given(moments(), weeks(), st.integers(1, 12))
@example(datetime(2026, 3, 8, 6, 30, tzinfo=UTC), Week({6: (0, 12)}), 4)
@example(datetime(2026, 11, 1, 4, 30, tzinfo=UTC), Week({6: (0, 12)}), 4)
def test_open_hours_are_counted_exactly(start, week, hours):
    spans = TimeRules({EVERY_NEED: {"answer_high": hours, "answer_high_most": 24}}).spans([])
    due = due_at(ANSWER, Urgency.HIGH, start, week, spans=spans)
    counted, moment = timedelta(0), start
    while counted < hours * HOUR and moment < start + 24 * HOUR:
        counted += MINUTES if week.is_open(moment) else timedelta(0)
        moment += MINUTES
    assert due == moment


@pytest.mark.parametrize(
    "text", ["24/7", "Mo-Su 22:00-06:00", "Su 00:00-12:00", "Mo-Fr 09:00-17:00"]
)
@pytest.mark.parametrize("day", ODD_DAYS[:6])
def test_the_hours_of_a_listing_are_counted_exactly_on_odd_days(text, day):
    calendar = HoursBook().calendar(text, "America/New_York")
    start = datetime.combine(day, time(0, 30), tzinfo=NEW_YORK).astimezone(UTC)
    due = due_at(ANSWER, Urgency.HIGH, start, calendar)
    counted, moment = timedelta(0), start
    while counted < 4 * HOUR and moment < start + 12 * HOUR:
        counted += 3 * MINUTES if calendar.is_open(moment) else timedelta(0)
        moment += 3 * MINUTES
    assert due == moment


@st.composite
def paused(draw):
    """A contact clock, a pause of it, and the clock as it was."""
    kind, start = draw(st.sampled_from(sorted(CONTACT_CLOCKS))), draw(moments())
    clock = start_clock(kind, draw(URGENCIES), start, draw(CALENDARS))
    at = start + draw(st.integers(0, 4000)) * MINUTES
    until = at + draw(st.integers(1, 9000)) * MINUTES
    by = draw(st.sampled_from([None, until + 4 * HOUR]))
    return clock, at, until, clock.pause(at, until, by=by)


@given(paused(), st.integers(-4000, 12000))
def test_pause_and_resume_obey_their_laws(made, steps):
    clock, at, until, held = made
    # Whenever it goes on, and if the clock of the machine steps back: never due sooner than without
    # the pause, never later than with all of it.
    resumed = held.resume(at + steps * MINUTES)
    assert clock.due_at <= resumed.due_at <= held.due_at
    assert resumed.resume(at) == resumed
    assert (resumed.paused_at, resumed.paused_until, resumed.due_before) == (None, None, None)
    assert held.resume(until).due_at == held.due_at
    # Taken back at once it is as if it had never been.
    assert held.resume(at).due_at == max(clock.due_at, at)
    # A second pause begins where the first is left.
    again = held.pause(at, until)
    assert again.pause(at, until) == again


@given(moments(), URGENCIES, CALENDARS, st.integers(0, 900))
def test_an_answer_never_waits_for_anything(start, urgency, calendar, steps):
    clock = start_clock(ANSWER, urgency, start, calendar)
    at = start + steps * MINUTES
    assert clock.pause(at, at + HOUR) is clock
    assert clock.resume(at) is clock
    handed = clock.hand_to(Side.SENDER).hand_to(Side.RECEIVER)
    assert handed == clock


@given(moments(), KINDS, URGENCIES, st.lists(st.integers(-200, 2000), min_size=2, max_size=6))
def test_steps_are_taken_once_and_in_order_even_if_the_machines_clock_steps_back(
    start, kind, urgency, looks
):
    clock = start_clock(kind, urgency, start, Always())
    taken: list[str] = []
    for look in looks:
        for step in due_steps(clock, clock.due_at + look * MINUTES):
            taken.append(step)
            clock = replace(clock, steps_done=clock.steps_done + 1)
    ladder = [*taken, *clock.steps_left]
    assert len(ladder) == len(set(ladder))
    assert ladder == list(start_clock(kind, urgency, start, Always()).steps_left)
    latest = clock.due_at + max(looks) * MINUTES
    assert due_steps(clock, latest) == ()


@given(moments(), URGENCIES, CALENDARS, rules(), st.integers(0, 500))
def test_a_try_that_reached_nobody_never_makes_the_next_one_due_sooner(
    start, urgency, calendar, own, steps
):
    spans = own.spans([Need.ABUSIVE_PARTNER_INTERVENTION])
    clock = start_clock(FIRST, urgency, start, calendar, spans=spans)
    at = start + steps * MINUTES
    fresh = next_try(clock, at, calendar, spans=spans)
    assert fresh.due_at >= clock.due_at
    # And it is no second fortnight: two days and a weekend, or the first due time.
    assert fresh.due_at <= max(clock.due_at, at + 2 * timedelta(days=1) + LATEST + MORNING)
    assert (fresh.started_at, fresh.steps_done) == (at, 0)


@given(moments(), CALENDARS)
def test_immediate_is_the_receivers_exactly_where_somebody_reads(at, calendar):
    duty = answer_duty(Urgency.IMMEDIATE, at, calendar)
    assert (duty is Side.RECEIVER) == calendar.is_open(at)
    assert answer_duty(Urgency.HIGH, at, calendar) is Side.RECEIVER


def test_the_end_of_time_for_small_computers_is_no_end():
    late = datetime(2038, 1, 18, 20, 0, tzinfo=UTC)
    clock = start_clock(ANSWER, Urgency.STANDARD, late, Week())
    assert clock == Clock(ANSWER, Urgency.STANDARD, Side.RECEIVER, late, clock.due_at)
    assert clock.due_at.isoformat() == "2038-01-19T20:00:00+00:00"
