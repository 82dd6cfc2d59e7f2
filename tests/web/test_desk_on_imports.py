"""The coordinator's desk on directories that came from files: thin, without places, without needs.

Every page opens, none counts out of nothing, and each that has nothing yet says what to do next.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from ccr.policy.identity import Role
from ccr.services import accounts, importing
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts as rows
from tests.people import PASSWORD_HASH, make_network
from tests.shared_data import SHARED, needs_shared
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

START = "/network/overview"
FURTHER = (
    "/network/gaps/distances", "/network/gaps/population", "/network/gaps/register",
    "/network/gaps/print", "/network/unmet", "/network/indicators", "/network/programs",
    "/network/agreements/new", "/network/expected", "/network/what-if", "/network/council/actions",
    "/network/council/about-us", "/network/council/report", "/network/council/training",
    "/network/council/survey", "/network/council/announcements",
)  # fmt: skip
NO_COUNTY = "A county appears here when"
NEXT_ON_AN_EMPTY_DESK = {
    START: NO_COUNTY,
    "/network/gaps": NO_COUNTY,
    "/network/gaps/distances": NO_COUNTY,
    "/network/gaps/print": NO_COUNTY,
    "/network/gaps/register": "Open the gaps, choose the one that matters most",
    "/network/unmet": "once a county is known",
    "/network/indicators": "nothing yet of what this is counted out of",
    "/network/agreements": "This takes two listed members",
    "/network/agreements/new": "This takes two listed members",
    "/network/graph": "Import a directory or add members",
    "/network/what-if": "When members and services are in the directory",
    "/network/council": "This takes a listed member",
    "/network/council/actions": "This takes a listed member",
    "/network/council/training": "This takes a listed member",
    "/network/council/survey": "it takes five members that answer",
    "/network/members": "Members come with a directory import",
}


def _pages(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Yield every page of the desk and its words; of pages that are alike, one."""
    todo, kinds = deque((START, *FURTHER)), set()
    while todo:
        path = todo.popleft()
        kind = re.sub(r"[0-9a-f-]{36}|=[^&]*|20\d\dQ\d", "*", path)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = visitor.open(path)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            whole = text_of(answer)
            todo.extend(html.unescape(at) for at in re.findall(r'href="(/network[^"#]*)', whole))
            main = whole.partition("<main")[2].partition("</main>")[0]
            yield path, re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


@needs_shared
@pytest.mark.parametrize(
    ("package", "counties"),
    [
        ("hsds-3.2.3-examples/service_list.json", False),  # one service, no place and no area
        ("hsds-3.2.3-examples/csv", False),  # one member, in no county that anybody knows
        ("hsds11-sample/all_resources", True),
    ],
)
def test_the_whole_desk_works_on_an_imported_directory(
    sqlite_app: Flask, now: datetime, package: str, counties: bool
) -> None:
    with time_machine.travel(now, tick=False):
        pages = _desk_of(sqlite_app, now, package)
    assert len(pages) >= 20
    assert (NO_COUNTY in pages["/network/gaps"]) is not counties
    for path, words in pages.items():
        assert "0 of 0" not in words, path
    assert "Nothing is missing by the rules" not in pages["/network/gaps/print"]


def test_an_empty_network_says_on_every_page_what_to_do_next(
    sqlite_app: Flask, now: datetime
) -> None:
    with time_machine.travel(now, tick=False):
        pages = _desk_of(sqlite_app, now, None)
    silent = {p for p, said in NEXT_ON_AN_EMPTY_DESK.items() if said not in pages[p]}
    assert silent == set()
    report = next(words for path, words in pages.items() if re.search(r"report/20", path))
    assert NO_COUNTY in report
    assert "every program for abusive partners has victim services" not in report


def _desk_of(app: Flask, now: datetime, package: str | None) -> dict[str, str]:
    network_id = make_network("My network", at=now)
    if package is not None:
        operator, path = accounts.terminal_identity("My network"), SHARED / "data" / package
        world = app.extensions["ccr_world"]
        assert importing.import_package(operator, world, path, at=now).written
    with unit_of_work():
        rows.add_account(
            rows.coordination_compartment(network_id), email="coordinator@example.org",
            password_hash=PASSWORD_HASH, roles=frozenset({Role.COORDINATOR}), at=now,
        )  # fmt: skip
    people = SimpleNamespace(emails={"coordinator": "coordinator@example.org"})
    return dict(_pages(Desk(app, people)["coordinator"]))  # type: ignore[arg-type]
