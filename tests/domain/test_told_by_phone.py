"""When a call was: within a day, after sending, never ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.told_by_phone import WITHIN, checked_told_at
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def test_a_call_that_was_not_timed_is_one_of_this_moment():
    assert checked_told_at(None, sent_at=NOW - WITHIN, at=NOW) == NOW


def test_the_minute_of_sending_counts_as_after_it():
    sent_at = NOW.replace(second=40)
    typed = NOW.replace(second=0)
    assert checked_told_at(typed, sent_at=sent_at, at=NOW + MINUTE) == sent_at


@pytest.mark.parametrize(
    ("told_at", "sent_at"),
    [
        (NOW + MINUTE, NOW - WITHIN),
        (NOW - 2 * MINUTE, NOW - MINUTE),
        (NOW - WITHIN - MINUTE, NOW - 2 * WITHIN),
    ],
)
def test_a_call_ahead_before_sending_or_too_long_ago_is_refused(told_at, sent_at):
    with pytest.raises(InvalidInputError) as refusal:
        checked_told_at(told_at, sent_at=sent_at, at=NOW)
    assert refusal.value.field == "told_at"


minutes = st.integers(-3_000, 3_000).map(lambda n: NOW + n * MINUTE)


@given(minutes, minutes)
def test_whatever_is_taken_lies_between_sending_and_now_and_within_a_day(told_at, sent_at):
    try:
        kept = checked_told_at(told_at, sent_at=min(sent_at, NOW), at=NOW)
    except InvalidInputError:
        return
    assert max(min(sent_at, NOW), NOW - WITHIN) <= kept <= NOW
