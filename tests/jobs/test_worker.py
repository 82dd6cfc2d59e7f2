from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccr.config import PROJECT_ROOT, Settings

COMMAND = [sys.executable, "-m", "ccr.jobs.worker"]
PATIENCE_SECONDS = 60


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return os.environ | {
        "CCR_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "CCR_LOG_LEVEL": "info",
        **more,
    }


@pytest.fixture
def worker(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        COMMAND,
        cwd=PROJECT_ROOT,
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"the worker ended without saying {text}")


def test_the_worker_beats_at_once_and_stops_when_told(
    worker: subprocess.Popen[str], settings: Settings
) -> None:
    wait_for_line(worker, "worker.started")
    if settings.on_sqlite:
        with sqlite3.connect(settings.data_dir / "queue.db") as queue:
            assert queue.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        queue.close()
    time.sleep(1)  # into the consumer's loop
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=PATIENCE_SECONDS)
    assert worker.returncode == 0
    assert "worker.stopped" in said
    assert "job.failed" not in said


def test_a_worker_with_an_unusable_setting_says_so_in_one_line(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    result = subprocess.run(
        COMMAND,
        cwd=PROJECT_ROOT,
        env=environment(settings, DATABASE_URL="mysql://localhost/x"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "DATABASE_URL" in result.stderr
