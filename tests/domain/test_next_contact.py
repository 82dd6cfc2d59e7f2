from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import ClockKind, Side, start_clock
from ccr.domain.errors import InvalidInputError
from ccr.domain.next_contact import (
    LEAST_OPEN,
    ContactWay,
    DayPart,
    NextContact,
    answer_by,
    checked_contact,
    read_out,
)
from ccr.domain.projection import view_for_sender
from ccr.domain.referral_states import Action, State
from ccr.domain.taxonomy import Urgency
from tests.builders import NOW
from tests.referral_builders import Always, Week, accepted, sent, story_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# NOW is Thursday 14:05 in New York; the week closes at 17:00.
TOMORROW = NextContact(ContactWay.CALLS, date(2026, 11, 13), DayPart.AFTERNOON)


def due(contact_at, *, calendar=None, due_at=NOW + 5 * DAY):
    return answer_by(due_at, contact_at, at=NOW, calendar=calendar or Week())


def test_a_part_of_a_day_begins_in_the_days_of_the_network():
    assert TOMORROW.begins("America/New_York") == NOW + 21 * HOUR + timedelta(minutes=55)


def test_an_answer_is_due_an_hour_before_the_contact_while_somebody_is_there():
    assert due(TOMORROW.begins("America/New_York")) == NOW + 20 * HOUR + timedelta(minutes=55)


def test_before_a_morning_contact_it_is_due_when_they_close_the_evening_before():
    morning = NextContact(ContactWay.COMES, date(2026, 11, 13), DayPart.MORNING)
    assert due(morning.begins("America/New_York")) == NOW.replace(hour=22, minute=0)


def test_no_contact_or_a_late_one_changes_nothing():
    assert due(None) == NOW + 5 * DAY
    assert due(NOW + 30 * DAY) == NOW + 5 * DAY


def test_with_less_than_two_open_hours_the_partner_keeps_its_own_time():
    assert due(NOW + 2 * HOUR) == NOW + 5 * DAY
    assert due(NOW + 9 * DAY, calendar=Always(open=False), due_at=NOW + 20 * DAY) == NOW + 20 * DAY


@given(
    hours=st.integers(min_value=0, max_value=24 * 40),
    urgency=st.sampled_from(list(Urgency)),
    calendar=st.sampled_from([Week(), Always(), Always(open=False)]),
)
def test_never_later_never_past_and_never_with_too_little_time(hours, urgency, calendar):
    clock = start_clock(ClockKind.ANSWER, urgency, NOW, calendar)
    contact = NOW + hours * HOUR
    found = answer_by(clock.due_at, contact, at=NOW, calendar=calendar)
    assert NOW <= found <= clock.due_at
    if found != clock.due_at:
        assert found - NOW >= LEAST_OPEN
        assert found < contact


@pytest.mark.parametrize("days", [-1, 61, None])
def test_a_day_that_is_past_too_far_or_missing_is_refused(days):
    day = None if days is None else NOW.date() + timedelta(days=days)
    with pytest.raises(InvalidInputError) as refusal:
        checked_contact(ContactWay.CALLS, day, DayPart.ANY, today=NOW.date())
    assert refusal.value.field == "next_day"
    assert checked_contact(None, day, DayPart.ANY, today=NOW.date()) is None


def said(story, at=NOW + 2 * HOUR):
    view = view_for_sender(story.referral, story.events, None, at, clocks=story.clocks.values())
    return str(read_out(view, member="Legal Aid", due="Friday 14:00"))


def test_what_is_read_out_says_how_it_stands_and_what_can_be_done():
    assert said(sent()) == "Legal Aid has not answered yet. They answer by Friday 14:00."
    assert said(accepted()) == "Legal Aid takes it. Call them and say your four words."
    assert "choose somebody else" in said(story_in(State.DECLINED))
    assert said(accepted(), NOW + 20 * DAY).startswith("Legal Aid took it.")


@pytest.mark.parametrize("state", [s for s in State if s is not State.DRAFT])
def test_there_are_words_for_every_state_and_the_same_whatever_follows_acceptance(state):
    words = said(story_in(state))
    assert "Legal Aid" in words
    if state in {State.IN_PROGRESS, State.ON_HOLD, State.CONNECTED}:
        assert words == said(accepted())
    closed = accepted().act(Action.CLOSE, Side.RECEIVER, NOW + 90 * timedelta(minutes=1))
    assert said(closed) == said(accepted())
