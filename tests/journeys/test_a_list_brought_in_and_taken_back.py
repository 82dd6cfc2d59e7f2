"""A coordinator brings a table in: columns, check, import, undo, with the worker in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
TABLE = (
    "Agency,Program,Phone,Street,City,State,ZIP,Private\r\n"
    "Fern House,Food pantry,518-555-0150,12 Elm Street,Troy,NY,12180,no\r\n"
    "Fern House,Quiet rooms,518-555-0151,14 Elm Street,Troy,NY,12180,yes\r\n"
)


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own: what is imported changes what another journey would see."""
    from tests.journeys.conftest import made_site

    with made_site(tmp_path, sqlite_template) as made:
        yield made


def worker_works(site: Site) -> None:
    """Do what the worker does within a second, in this process."""
    from ccr.adapters.clock import utc_now
    from ccr.app import create_app
    from ccr.services import import_work
    from ccr.storage.db import db
    from tests.conftest import settings_for

    app = create_app(settings_for(site.folder))
    with app.app_context():
        assert import_work.work_once(app.extensions["ccr_world"], at=utc_now())
        db.session.remove()
        db.engine.dispose()


@pytest.mark.full
def test_a_table_is_brought_in_and_taken_back(
    chromium: Browser, site: Site, tmp_path: Path
) -> None:
    from tests.journeys.people_at_screens import at_screen

    file = tmp_path / "Our list.csv"
    file.write_bytes(TABLE.encode())
    person = at_screen(chromium, site.url, axe=True)
    page = person.page
    person.sign_in(site.small.emails["coordination.coordinator"])
    person.go("/directory/imports/new")
    page.set_input_files("#file", str(file))
    person.write("Source", "county-list")
    person.press("Upload and check")
    assert "What do its columns mean?" in person.look()
    person.press("Check the file")
    assert "You may leave this page" in person.look()
    worker_works(site)
    # The page asks for itself each second, and opens the check when it is done.
    page.get_by_role("button", name="Import now").wait_for()
    checked = person.look()
    assert "What would change" in checked
    assert "12 Elm" not in checked
    person.press("Import now")
    worker_works(site)
    page.get_by_role("button", name="Undo this import").wait_for()
    assert "Imported" in person.look()
    person.go("/directory")
    assert "Quiet rooms" in person.look()
    page.go_back()
    person.press("Undo this import")
    worker_works(site)
    page.get_by_text("removed").wait_for()
    person.look()
    person.leave()
