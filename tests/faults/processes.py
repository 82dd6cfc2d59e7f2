"""The web server and the worker as processes of their own, to be killed, and a caller of pages."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from ccr.config import PROJECT_ROOT, Settings

PATIENCE_SECONDS = 90
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def environment(settings: Settings, port: int = 0) -> dict[str, str]:
    """Return the environment in which a process serves the database of these settings."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CCR_")},
        "CCR_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": "" if settings.on_sqlite else settings.database_url,
        "CCR_SECRET_KEY": settings.secret_key,
        "CCR_PASSWORD_SALT": settings.password_salt,
        "CCR_TOTP_SECRET": settings.totp_secret,
        "CCR_BIND": f"127.0.0.1:{port}",
        "CCR_LOG_LEVEL": "warning",
    }


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A process and those it made, in a group of their own."""

    command: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT_ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill_all(self) -> None:
        """Kill the whole tree without a warning."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_one(self, number: int) -> bool:
        """Kill one of the processes it made; False when there is none at this moment."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(children[number % len(children)]), signal.SIGKILL)
        return True


def web(settings: Settings, port: int) -> Running:
    """Return the web server as run.sh starts it."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    return Running(command, environment(settings, port))


def worker(settings: Settings) -> Running:
    """Return the worker of the jobs."""
    return Running([sys.executable, "-m", "ccr.jobs.worker"], environment(settings))


@dataclass
class Caller:
    """Somebody who is signed in, at a browser that gives up when the server dies."""

    port: int
    cookie: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Return the status and the page.

        Raises:
            OSError, http.client.HTTPException: no whole answer came.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": f"session={self.cookie}"}
            if data is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                headers["Origin"] = f"http://127.0.0.1:{self.port}"
            body = urlencode(data) if data is not None else None
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            for header in answer.headers.get_all("Set-Cookie") or ():
                if header.startswith("session="):
                    self.cookie = header.split(";")[0].removeprefix("session=")
            return answer.status, page
        finally:
            connection.close()

    def press(self, page: str, path: str) -> int:
        """Send the form of a page that goes to this path; return the status."""
        form = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.DOTALL)
        if form is None:
            return 0
        return self.ask("POST", path, dict(_HIDDEN.findall(form[0])))[0]


def wait_for(port: int) -> None:
    """Wait until somebody answers at this port."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if Caller(port, "").ask("GET", "/healthz")[0] == 200:
                return
        time.sleep(0.05)
    raise TimeoutError
