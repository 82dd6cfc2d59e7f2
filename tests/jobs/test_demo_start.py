"""Neither the web server nor the worker starts on a demo database that could reach real people."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccr.config import PROJECT_ROOT, Settings
from ccr.services import accounts

WEB = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
WORKER = [sys.executable, "-m", "ccr.jobs.worker"]
SMTP = {"CCR_MAIL_BACKEND": "smtp", "CCR_SMTP_URL": "smtp://127.0.0.1:9"}
PATIENCE_SECONDS = 60


@pytest.fixture
def data(sqlite_app, sqlite_settings: Settings, now) -> Path:
    accounts.create_network("A network (demo)", is_demo=True, at=now)
    return sqlite_settings.data_dir


def start(command, data: Path, **more: str):
    return subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("CCR_")},
            "CCR_DATA_DIR": str(data),
            "CCR_LOG_LEVEL": "warning",
            **more,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "[::]:0"])
def test_the_web_server_refuses_a_bind_that_others_can_reach(data: Path, bind: str):
    result = start(WEB, data, CCR_BIND=bind)
    assert result.returncode == 2
    assert "served on this machine only" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [WEB, WORKER])
def test_neither_starts_with_real_mail(data: Path, command):
    result = start(command, data, CCR_BIND="127.0.0.1:0", **SMTP)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "sends no real mail" in result.stderr
