from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from huey import PostgresHuey, SqliteHuey

from ccr.config import Settings
from ccr.jobs.queue import make_queue, prepare_queue
from tests.conftest import settings_for
from tests.jobs.conftest import OpenQueue


def run_next(queue: Any) -> bool:
    """Run one waiting task; tell whether there was one."""
    task = queue.dequeue()
    if task is not None:
        queue.execute(task)
    return task is not None


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def queue_with_task(
    settings: Settings, open_queue: OpenQueue, done: list[str]
) -> tuple[Any, Callable[[str], None]]:
    queue = open_queue(settings)
    return queue, queue.task(name="note")(done.append)


def test_making_a_queue_touches_nothing(tmp_path: Path) -> None:
    make_queue(settings_for(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_preparing_twice_is_harmless(settings: Settings, open_queue: OpenQueue) -> None:
    prepare_queue(open_queue(settings))


def test_a_task_runs_once_on_either_database(
    queue_with_task: tuple[Any, Callable[[str], None]], done: list[str]
) -> None:
    queue, note = queue_with_task
    note("first")
    assert run_next(queue)
    assert not run_next(queue)
    assert done == ["first"]


def test_a_task_that_we_did_not_sign_is_not_run(
    queue_with_task: tuple[Any, Callable[[str], None]],
    settings: Settings,
    open_queue: OpenQueue,
    done: list[str],
) -> None:
    queue, _ = queue_with_task
    stranger = open_queue(
        Settings(
            data_dir=settings.data_dir, database_url=settings.database_url, secret_key="x" * 40
        )
    )
    stranger.task(name="note")(done.append)("forged")
    with pytest.raises(ValueError, match="mismatch"):
        run_next(queue)
    assert done == []


def test_the_embedded_queue_has_its_own_file_without_wal(
    sqlite_settings: Settings, open_queue: OpenQueue
) -> None:
    queue = open_queue(sqlite_settings)
    assert isinstance(queue, SqliteHuey)
    path = sqlite_settings.data_dir / "queue.db"
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert queue.storage.conn.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.postgres
def test_on_postgresql_the_queue_has_tables_of_its_own(
    postgres_settings: Settings, open_queue: OpenQueue
) -> None:
    assert isinstance(open_queue(postgres_settings), PostgresHuey)
    address = postgres_settings.database_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'huey%' ORDER BY 1"
        ).fetchall()
    assert [n for (n,) in names] == ["huey_counter", "huey_kv", "huey_schedule", "huey_task"]
