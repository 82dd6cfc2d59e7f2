"""Late members in three words and a week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ccr.domain.late_answers import LateState, late_state, week_of


@pytest.mark.parametrize(
    ("late_for", "answered", "state"),
    [
        (timedelta(hours=1), None, LateState.LATE),
        (timedelta(days=6, hours=23), None, LateState.LATE),
        (timedelta(days=7), None, LateState.SILENT),
        (timedelta(days=9), timedelta(days=10), LateState.SILENT),
        (timedelta(days=9), timedelta(days=9), LateState.ANSWERING),
        (timedelta(days=9), timedelta(0), LateState.ANSWERING),
    ],
)
def test_a_late_member_is_silent_late_or_answering(
    now: datetime, late_for: timedelta, answered: timedelta | None, state: LateState
) -> None:
    last = now - answered if answered is not None else None
    assert late_state(now - late_for, last, now) is state


def test_a_week_begins_on_monday_on_the_wall_of_the_network(now: datetime) -> None:
    assert week_of(now, "America/New_York") == date(2026, 11, 9)
    monday_in_utc = datetime.fromisoformat("2026-11-09T03:00:00+00:00")
    assert week_of(monday_in_utc, "America/New_York") == date(2026, 11, 2)
