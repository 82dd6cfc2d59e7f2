"""Times and languages in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ccr.domain.languages import LANGUAGE_NAMES, language_name
from ccr.domain.moments import age_in_words, calendar_date, weekday_time
from tests.builders import NOW


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW + timedelta(hours=2), "16:05 today"),
        (NOW + timedelta(hours=11), "Fri 01:05"),
        (NOW + timedelta(days=4), "Mon 14:05"),
        (NOW + timedelta(days=6), "Wed 14:05"),
        (NOW + timedelta(days=7), "Nov 19, 2026, 14:05"),
        (NOW - timedelta(days=1), "Nov 11, 2026, 14:05"),
    ],
)
def test_a_moment_is_said_in_the_place_s_own_time(at, words):
    assert str(weekday_time(at, "America/New_York", now=NOW)) == words


def test_a_date_is_that_of_the_place():
    new_year = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    assert str(calendar_date(new_year, "America/New_York")) == "Dec 31, 2026"
    assert str(calendar_date(new_year, "UTC")) == "Jan 1, 2027"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "less than an hour ago"),
        (0.99, "less than an hour ago"),
        (1, "1 h ago"),
        (47.9, "47 h ago"),
        (48, "2 days ago"),
        (24 * 9, "9 days ago"),
    ],
)
def test_an_age_is_said_in_hours_and_then_in_days(hours, words):
    assert str(age_in_words(NOW - timedelta(hours=hours), NOW)) == words


def test_a_language_without_a_name_keeps_its_code():
    assert str(language_name("es")) == "Spanish"
    assert str(language_name("xx")) == "language xx"
    assert all(str(name) for name in LANGUAGE_NAMES.values())
