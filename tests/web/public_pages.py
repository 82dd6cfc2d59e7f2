"""Every public page, opened as anybody would: by address or by form, in both languages."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.public_directory import PublicDirectory

LANGUAGES = ("", "/en", "/es")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
PAGES = ("/safety", "/about-programs", "/your-information", "/just-numbers")
FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/find", {"help": ["talk", "court-order"], "near": "12180"}),
    ("/find", {"help": ["ride"], "near": "Troy", "language": "es", "free": "y", "pets": "y"}),
    ("/find", {"near": "Albany County", "hours": "tonight", "access": ["wheelchair", "deaf"]}),
    ("/find", {"help": ["pet"], "near": "12180"}),
    ("/find", {"help": ["talk"], "near": "Buffalo"}),
    ("/find", {"help": ["talk"], "near": "Tory"}),
    ("/find", {"help": ["talk", "food", "ride", "pet"], "near": ""}),
    ("/about-programs", {"near": "12180"}),
    ("/about-programs", {"near": "Buffalo"}),
    ("/about-programs", {"near": "12 Elm Street"}),
)
"""Answers with and without results, with every wish, nothing found, and every kind of mistake."""


@dataclass(frozen=True)
class Shown:
    """A page as it came."""

    name: str
    response: TestResponse
    sent: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the page with its entities resolved."""
        return unescape(self.response.get_data(as_text=True))

    @property
    def title(self) -> str:
        """Return what stands in the tab and in the history."""
        return "".join(TITLE.findall(self.text))

    @property
    def language(self) -> str:
        """Return the language that the page says it is in."""
        return re.findall(r'<html lang="([a-z]+)"', self.text)[0]


def look(client: FlaskClient, path: str) -> Shown:
    """Open a public page, without the application context of the test around it."""
    return Shown(path, contextvars.Context().run(client.get, path))


def ask(client: FlaskClient, path: str, data: dict[str, Any], **kwargs: Any) -> Shown:
    """Send a public form without any token, as its page does."""
    response = contextvars.Context().run(client.post, path, data=data, **kwargs)
    return Shown(f"POST {path} {data}", response, data)


def every_public_page(app: Flask, made: PublicDirectory) -> Iterator[Shown]:
    """Yield all public pages, each in both languages by path, and without one."""
    client = app.test_client()
    ids = [str(service_id) for service_id in (*made.shown.values(), *made.hidden.values())]
    for language in LANGUAGES:
        addresses = [f"{language}/"] + [f"{language}{page}" for page in PAGES]
        addresses += [f"{language}/services/{service_id}" for service_id in made.shown.values()]
        one = next(iter(made.shown.values()))
        addresses += [f"{language}/services/{one}/{end}" for end in ("suggest", "suggest/thanks")]
        for address in addresses:
            yield look(client, address)
        yield ask(client, f"{language}/services/{one}/suggest", {"issue": ""})
        for path, data in FORMS:
            yield ask(client, f"{language}{path}", data)
        yield ask(client, f"{language}/short-list", {"service_id": ids})
