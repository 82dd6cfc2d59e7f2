"""A site as people meet it: gunicorn on a migrated database of its own, and a real Chromium.

`site` is one server for the whole run, with the small directory of tests/small_directory.py.
`chromium` is one browser; every person in a journey gets a context, and so cookies, of their own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from ccr.adapters.clock import utc_now
from ccr.app import create_app
from ccr.storage.db import db
from tests.conftest import settings_for
from tests.small_directory import SmallDirectory, make_small_directory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """A running site.

    Attributes:
        url: its address without a slash at the end.
        small: who and what is in its directory; everybody's password is `people.PASSWORD`.
        folder: where its data is, for what the worker does while nobody looks.
    """

    url: str
    small: SmallDirectory
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 -- our own
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not start:\n{log.read_text()[-2000:]}")


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of a site that keeps its data in `folder`."""
    kept_out = {
        "DATABASE_URL",
        "CCR_MAIL_BACKEND",
        "CCR_PUBLIC_NETWORK",
        "CCR_REQUIRE_TWO_FACTOR",
    }
    env = {name: value for name, value in os.environ.items() if name not in kept_out}
    return env | {
        "CCR_DATA_DIR": str(folder),
        "CCR_BIND": url.removeprefix("http://"),
        "CCR_WEB_WORKERS": "1",
        "CCR_LOG_LEVEL": "warning",
    }


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the database in this folder; yield the address."""
    url = f"http://127.0.0.1:{_free_port()}"
    env = environment(folder, url)
    log = folder / "gunicorn.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


@contextmanager
def app_in(folder: Path, template: Path) -> Iterator[Flask]:
    """Copy the migrated template into the folder; yield an app on it, to fill it with."""
    shutil.copy(template, folder / "ccr.db")
    app = create_app(settings_for(folder))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def made_site(folder: Path, template: Path) -> Iterator[Site]:
    """Serve the small directory in a database of its own in this folder; yield the site."""
    with app_in(folder, template):
        small = make_small_directory(at=utc_now(), name="Journey network")
    with serving(folder) as url:
        yield Site(url, small, folder)


@pytest.fixture(scope="session")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site that serves until the last journey is over."""
    with made_site(tmp_path_factory.mktemp("site"), sqlite_template) as made:
        yield made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a headless Chromium; skip, and say so, where none is installed."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("journeys: no chromium on this machine (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
