"""A browser without a browser: signs in as a test person and checks every page it is shown."""

from __future__ import annotations

import contextvars
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ccr.app import create_app
from ccr.storage.db import db
from tests.conftest import NOW, settings_for
from tests.people import PASSWORD
from tests.public_directory import make_public_directory
from tests.web.public_pages import Shown, every_public_page

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def _alone(call: Callable[..., TestResponse], *args: Any, **kwargs: Any) -> TestResponse:
    """Make a request as a server would: without the application context of the test around it."""
    # A streamed answer is read to its end within that request.
    response = contextvars.Context().run(call, *args, buffered=True, **kwargs)
    # What the test reads next must be what the request wrote.
    db.session.rollback()
    return response


@dataclass
class Visitor:
    """A person at a screen: opens pages, sends forms with the token of the page before."""

    client: FlaskClient
    token: str = ""

    def open(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page and keep its form token."""
        return self._seen(_alone(self.client.get, path, **kwargs))

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True
    ) -> TestResponse:
        """Send a form with the newest token; follow the redirect like a browser."""
        fields = {"csrf_token": self.token, **(data or {})}
        return self._seen(_alone(self.client.post, path, data=fields, follow_redirects=follow))

    def sign_in(
        self, email: str, password: str = PASSWORD, *, follow: bool = False
    ) -> TestResponse:
        """Sign in; returns the answer to the form."""
        self.open("/sign-in")
        return self.send("/sign-in", {"email": email, "password": password}, follow=follow)

    def _seen(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html":
            found = _TOKEN.search(response.get_data(as_text=True))
            if found:
                self.token = found.group(1)
        return response


@pytest.fixture(scope="session")
def public_site(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Flask, list[Shown]]:
    """Return a site with a public directory, and all its public pages; for tests that only look."""
    folder = tmp_path_factory.mktemp("public-site")
    shutil.copy(sqlite_template, folder / "ccr.db")
    app = create_app(settings_for(folder))
    with app.app_context(), time_machine.travel(NOW, tick=False):
        pages = list(every_public_page(app, make_public_directory(at=NOW)))
        db.session.remove()
        db.engine.dispose()
    return app, pages


@pytest.fixture
def built_site(public_site: tuple[Flask, list[Shown]]) -> Flask:
    """Return the site whose public pages were opened."""
    return public_site[0]


@pytest.fixture
def pages(public_site: tuple[Flask, list[Shown]]) -> list[Shown]:
    """Return all public pages as they came."""
    return public_site[1]


@pytest.fixture
def visitor(sqlite_app: Flask) -> Visitor:
    """Return somebody who has just opened a browser."""
    return Visitor(sqlite_app.test_client())


@pytest.fixture
def another_visitor(sqlite_app: Flask) -> Visitor:
    """Return somebody else, with a browser of their own."""
    return Visitor(sqlite_app.test_client())
