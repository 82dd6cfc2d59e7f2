"""A month of the simulated network: nothing is forgotten, and it is the worker's doing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.bench.year import NOW, Size, late_at, play

MONTH = Size(members=6, referrals=14, days=40, leavers=3, absences=4, pauses=1)


def test_after_every_event_of_a_month_nothing_is_without_owner_and_clock_or_late(sqlite_app):
    told = play(sqlite_app, MONTH, seed=6, chasing=True)
    assert told.broken == []
    assert told.sent > 8
    assert told.run["reminded"] > 5
    assert told.run["escalated"] > 0
    assert told.waiting_for_long == 0


def test_without_the_worker_the_same_check_finds_what_is_forgotten(sqlite_app):
    told = play(sqlite_app, replace(MONTH, referrals=6), seed=6, chasing=False)
    assert told.sent > 3
    assert late_at(NOW + timedelta(days=40))
