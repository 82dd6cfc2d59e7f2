from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from ccr.services.operations import JOBS, beat, job_health


def beat_all(at: datetime) -> None:
    for name in JOBS:
        beat(name, at=at)


def test_jobs_that_never_ran_are_silent(app: Flask, now: datetime) -> None:
    health = job_health(at=now)
    assert health.silent == JOBS
    assert health.last is None
    assert not health.is_well


def test_jobs_that_just_ran_are_well(app: Flask, now: datetime) -> None:
    beat_all(now)
    assert job_health(at=now).is_well


@pytest.mark.parametrize(("minutes", "well"), [(10, True), (11, False)])
def test_ten_minutes_of_silence_are_borne(
    app: Flask, now: datetime, minutes: int, well: bool
) -> None:
    beat_all(now)
    assert job_health(at=now + timedelta(minutes=minutes)).is_well is well


def test_one_failing_job_is_named_although_the_worker_lives(app: Flask, now: datetime) -> None:
    beat_all(now)
    later = now + timedelta(minutes=30)
    beat("worker", at=later)
    beat("outbox", at=later)
    beat("letters", at=later)
    beat("consultations", at=later)
    health = job_health(at=later)
    assert health.silent == ("clocks",)
    assert health.last == now


def test_a_late_beat_never_replaces_a_later_one(app: Flask, now: datetime) -> None:
    beat_all(now)
    beat("clocks", at=now - timedelta(hours=1))
    assert job_health(at=now).last == now
