from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from ccr.adapters.logs import configure_logs
from ccr.config import Settings
from ccr.jobs import tasks
from ccr.jobs.tasks import JOBS, Job, register, run_job
from ccr.services.operations import job_health
from ccr.services.world import World
from ccr.storage.queries.operations import last_beats
from tests.jobs.conftest import OpenQueue


@pytest.fixture
def world(settings: Settings) -> World:
    return cast("World", SimpleNamespace(settings=settings))


def test_a_job_that_runs_to_its_end_leaves_a_beat(app: Flask, world: World, now: datetime) -> None:
    asked: list[datetime] = []
    job = Job("clocks", lambda _world, at: asked.append(at))
    assert run_job(job, app.app_context, world, at=now)
    assert asked == [now]
    assert last_beats(["clocks"]) == {"clocks": now}


def test_a_job_that_fails_leaves_no_beat_and_is_logged_without_its_message(
    app: Flask, world: World, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_world: World, _at: datetime) -> None:
        raise ValueError("CANARY-NAME-7f3")

    configure_logs("warning")
    assert not run_job(Job("clocks", fail), app.app_context, world, at=now)
    said = capsys.readouterr().err
    assert "job.failed" in said
    assert "ValueError" in said
    assert "CANARY" not in said
    assert last_beats(["clocks"]) == {}


def test_notices_that_fail_keep_no_letter_back(
    app: Flask, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_world: World, *, at: datetime) -> None:
        raise ValueError(at)

    monkeypatch.setattr(tasks, "deliver", fail)
    monkeypatch.setattr(tasks.answer_letters, "deliver", lambda _world, *, at: at)
    for job in JOBS:
        if job.name in {"outbox", "letters"}:
            run_job(job, app.app_context, world, at=now)
    assert last_beats(["outbox", "letters"]) == {"letters": now}


def test_referrals_that_fail_keep_no_enrolment_check_back(
    app: Flask, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[datetime] = []

    def fail(_world: World, *, at: datetime) -> None:
        raise ValueError(at)

    monkeypatch.setattr(tasks, "run_clocks", fail)
    monkeypatch.setattr(
        tasks.participant_clocks, "check_enrolments", lambda _world, *, at: checked.append(at)
    )
    (clocks,) = (job for job in JOBS if job.name == "clocks")
    assert not run_job(clocks, app.app_context, world, at=now)
    assert checked == [now]


def test_a_step_of_upkeep_that_fails_keeps_no_other_back(
    app: Flask, world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fail(*, at: datetime) -> None:
        done.append("first")
        raise ValueError(at)

    monkeypatch.setattr(tasks.put_aside, "forget_expired", fail)
    monkeypatch.setattr(tasks.risk_information, "forget_old", lambda *, at: done.append("last"))
    (upkeep,) = (job for job in JOBS if job.name == "upkeep")
    assert not run_job(upkeep, app.app_context, world, at=now)
    assert done == ["first", "last"]


def test_after_a_failure_the_next_tick_works(app: Flask, world: World, now: datetime) -> None:
    def fail(_world: World, _at: datetime) -> None:
        raise ValueError

    run_job(Job("clocks", fail), app.app_context, world, at=now)
    assert run_job(Job("clocks", lambda *_: None), app.app_context, world, at=now)


def test_every_job_is_due_every_minute(
    app: Flask, world: World, now: datetime, open_queue: OpenQueue
) -> None:
    queue = open_queue(world.settings)
    register(queue, app.app_context, world)
    for minute in range(3):
        due = queue.read_periodic(now + timedelta(minutes=minute))
        assert {task.name for task in due} == {job.name for job in JOBS}


def test_a_tick_that_waited_too_long_is_dropped(
    app: Flask, world: World, now: datetime, open_queue: OpenQueue
) -> None:
    queue = open_queue(world.settings)
    register(queue, app.app_context, world)
    for task in queue.read_periodic(now):
        queue.enqueue(task)
    next_hour = datetime.now() + timedelta(hours=1)  # noqa: DTZ005 -- huey's own naive local time
    while (task := queue.dequeue()) is not None:
        queue.execute(task, next_hour)
    assert last_beats([job.name for job in JOBS]) == {}


def test_one_tick_of_the_queue_makes_the_site_well(
    app: Flask, world: World, open_queue: OpenQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "run_clocks", lambda _world, *, at: at)
    queue = open_queue(world.settings)
    register(queue, app.app_context, world)
    for task in queue.read_periodic(tasks.utc_now()):
        queue.enqueue(task)
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert job_health(at=tasks.utc_now()).is_well
