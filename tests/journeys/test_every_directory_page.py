"""Every page of the directory that needs a record in its address is fit to be seen.

A listing with a place, a past and a proposal; a pair of duplicates; a term of another vocabulary;
and an import at each of its steps: opened by whoever keeps them, in English, wide and light, or
in Spanish, narrow and dark. What is checked of each: tests/journeys/people_at_screens.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.adapters.clock import utc_now
from ccr.services import accounts, term_mapping
from ccr.storage.db import db
from ccr.storage.models.directory import LocationRow
from tests.journeys.conftest import app_in, serving
from tests.journeys.test_every_page import LOOKS
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_duplicates import twin_of
from tests.web.test_imports import act, package, run_of, upload, work
from tests.web.test_listing_pages import edit, waiting
from tests.web.test_vocabularies import carrying

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ADMIN, COORDINATOR = "birch.agency_admin", "coordination.coordinator"
TABLE = b"Agency,Program,Phone,City,State\nFern House,Food pantry,518-555-0150,Troy,NY\n"


@dataclass(frozen=True)
class Kept:
    """A site whose directory is being worked on, and the pages of each person."""

    url: str
    small: SmallDirectory
    pages: dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    with app_in(folder, sqlite_template) as app:
        small = make_small_directory(at=utc_now(), name="Kept network")
        pages = {COORDINATOR: tuple(_coordinators(app, small)), ADMIN: tuple(_admins(app, small))}
    with serving(folder) as url:
        yield Kept(url, small, pages)


def _coordinators(app: Flask, small: SmallDirectory) -> Iterator[str]:
    """Do what leaves something to see, and yield where it is seen."""
    desk, listing = Desk(app, small), f"/directory/services/{small.birch_service_id}"
    assert edit(desk, ADMIN, "what", alternate_name="The blue door").status_code == 303
    assert edit(desk, ADMIN, "contact", **{"phones-0-number": "518-555-0177"}).status_code == 303
    yield f"/directory/proposals/{waiting(desk)[0].id}"
    carrying(small, utc_now(), 2)
    (term,) = term_mapping.list_terms(accounts.terminal_identity()).items
    yield f"/directory/terms/{term.id}"
    yield f"/directory/duplicates/services/{small.dune_service_id}/{twin_of(small.dune_service_id)}"
    yield f"/network/members/{small.birch.member_id}"
    yield f"{listing}/history"
    yield f"{listing}/confidential"
    yield run_of(upload(desk, TABLE, "Our list.csv"))
    checked = run_of(upload(desk, package(), source="other"))
    yield run_of(upload(desk, b'[{"id": "o1", "name": "Cut o', source="cut"))
    work(desk)
    work(desk)
    written = run_of(upload(desk, package(id="s9", name="Written"), source="third"))
    yield checked
    work(desk)
    act(desk, written, "start")
    work(desk)
    assert "Undo this import" in text_of(desk[COORDINATOR].open(written))
    yield written
    yield run_of(upload(desk, package(), source="waits"))


def _admins(app: Flask, small: SmallDirectory) -> Iterator[str]:
    desk, listing = Desk(app, small), f"/directory/services/{small.birch_service_id}"
    yield f"/directory/proposals/{waiting(desk)[0].id}"
    yield from (f"{listing}/edit/{section}" for section in ("hours", "taking"))
    desk[ADMIN].open(f"{listing}/places/new")
    place = {"name": "Front", "address_1": "1 Main St", "city": "Troy", "postal_code": "12180"}
    answer = desk[ADMIN].send(f"{listing}/places/new", place, follow=False)
    assert answer.status_code == 303, text_of(answer)
    made = db.session.scalar(select(LocationRow.id).where(LocationRow.address_1 == "1 Main St"))
    yield f"{listing}/places/new"
    yield f"{listing}/places/{made}"


def looks() -> list[Any]:
    """Return how pages are looked at: every other one in each look; all in both with --full."""
    return [
        pytest.param(look, part, id=f"{look}, from {part}", marks=marks)
        for number, look in enumerate(LOOKS)
        for part, marks in ((number, ()), (1 - number, pytest.mark.full))
    ]


@pytest.mark.parametrize(("look", "part"), looks())
def test_pages_of_one_record_are_fit_to_be_seen(
    chromium: Browser, kept: Kept, look: str, part: int
) -> None:
    from tests.journeys.people_at_screens import at_screen

    how: dict[str, Any] = LOOKS[look]
    for who, paths in kept.pages.items():
        person = at_screen(chromium, kept.url, axe=True, **how)
        person.sign_in(kept.small.emails[who])
        for path in paths[part::2]:
            answer = person.page.goto(f"{kept.url}{path}")
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            assert person.page.locator("html").get_attribute("lang") == how["locale"][:2]
            person.look()
        person.leave()
