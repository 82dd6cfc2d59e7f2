"""A time of day that somebody types: the last one that a clock here showed."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from ccr.web.presenters.moments import DeskTime


@pytest.mark.parametrize(
    ("now", "shown", "was"),
    [
        ("2026-11-12T19:05", time(14, 5), "2026-11-12T19:05"),  # this very minute
        ("2026-11-12T19:05", time(9, 0), "2026-11-12T14:00"),
        ("2026-11-12T19:05", time(22, 30), "2026-11-12T03:30"),  # not yet today: yesterday
        ("2026-11-01T12:00", time(1, 30), "2026-11-01T06:30"),  # shown twice: the later one
        ("2026-11-01T06:10", time(1, 30), "2026-11-01T05:30"),  # the later one has yet to come
    ],
)
def test_a_time_of_day_is_the_last_one_that_was(now: str, shown: time, was: str) -> None:
    at = datetime.fromisoformat(f"{now}+00:00")
    found = DeskTime("America/New_York", at).last(shown)
    assert found == datetime.fromisoformat(f"{was}+00:00")
