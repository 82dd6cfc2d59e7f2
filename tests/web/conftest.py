"""A browser without a browser: signs in as a test person and checks every page it is shown."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ccr.storage.db import db
from tests.people import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def _alone(call: Callable[..., TestResponse], *args: Any, **kwargs: Any) -> TestResponse:
    """Make a request as a server would: without the application context of the test around it."""
    response = contextvars.Context().run(call, *args, **kwargs)
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


@pytest.fixture
def visitor(sqlite_app: Flask) -> Visitor:
    """Return somebody who has just opened a browser."""
    return Visitor(sqlite_app.test_client())


@pytest.fixture
def another_visitor(sqlite_app: Flask) -> Visitor:
    """Return somebody else, with a browser of their own."""
    return Visitor(sqlite_app.test_client())
