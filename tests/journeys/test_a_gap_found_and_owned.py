"""A coordinator finds what is missing, sees why, gives it an owner, and looks at the network.

The same way is gone with the mouse (and axe at 1280 px, light), without script, in Spanish, and by
keyboard alone (and axe at 390 px, dark).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
STEP = "Ask the program and Birch to sign by New Year."


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site of one's own: what one journey promises changes what another would see."""
    from tests.journeys.conftest import made_site

    with made_site(tmp_path, sqlite_template) as made:
        yield made


@contextmanager
def _coordinator(chromium: Browser, site: Site, **how: Any) -> Iterator[Any]:
    from tests.journeys.people_at_screens import at_screen

    person = at_screen(chromium, site.url, **how)
    yield person
    person.leave()


def _in_december(person: Any) -> str:
    """Return a day well within the year from now, as the browser says it."""
    day: str = person.page.evaluate(
        "new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10)"
    )
    return day


def _find_and_own(person: Any, site: Site, *, due: str) -> None:
    person.sign_in(site.small.emails["coordination.coordinator"])
    overview = person.look()
    assert "Act on these first" in overview
    assert "Dune Program (demo)" in overview
    assert "Late answers" in overview
    person.go("/network/gaps")
    gaps = person.look()
    assert "Need by county" in gaps
    cell = person.page.locator("table.gap-table").first.locator("td a").first
    person.hand.press(cell)
    evidence = person.look()
    assert re.search(r"#evidence$", person.page.url)
    assert "Open a cell for its evidence." in evidence
    if person.page.get_by_role("button", name="Take this gap: Dune Program").count():
        person.press("Take this gap: Dune Program")
    else:
        person.press("Change the plan: Dune Program")
    assert "Who takes it on" in person.look()
    person.page.locator("#owner").select_option(label="Birch Advocates (demo)")
    person.write("Next step", STEP)
    person.page.locator("#due_on").fill(due)
    person.page.locator("#effect").select_option("raises")
    person.page.locator("#whom").select_option("survivors")
    person.press("Keep this plan")
    kept = person.look()
    assert "The gap has an owner now." in kept
    assert STEP in kept
    person.go("/network/gaps/print")
    assert "Birch Advocates (demo)" in person.look()


def _look_at_the_network(person: Any) -> None:
    person.go("/network/agreements")
    assert "Promised pathways" in person.look()
    person.page.locator("#pathway-from_member").select_option(label="Alder Hospital (demo)")
    person.page.locator("#pathway-to_member").select_option(label="Birch Advocates (demo)")
    if "Alder Hospital (demo) to Birch" not in person.page.content():
        person.press("Record the pathway")
        assert "The pathway is promised from today on." in person.look()
    person.go("/network/graph")
    picture = person.look()
    assert "If it left the network" in picture
    person.go("/network/graph?view=table")
    table = person.look()
    assert "Alder Hospital (demo)" in table
    assert "Promised only" in table


def test_a_gap_is_found_and_owned_with_the_mouse(chromium: Browser, site: Site) -> None:
    with _coordinator(chromium, site, axe=True) as person:
        _find_and_own(person, site, due=_in_december(person))
        _look_at_the_network(person)


def test_the_picture_comes_to_life_where_it_can(chromium: Browser, site: Site) -> None:
    with _coordinator(chromium, site, axe=True) as person:
        person.sign_in(site.small.emails["coordination.coordinator"])
        _look_at_the_network(person)
        person.go("/network/graph")
        person.look()
        if not person.page.locator(".graph-stage.is-live").count():
            pytest.skip("the front-end files are not installed: the server's picture stands")
        person.page.locator("#graph-search").fill("Alder Hospital (demo)")
        person.page.locator("#graph-search").press("Enter")
        person.page.locator("[data-graph-panel] h2", has_text="Alder Hospital").wait_for()
        assert "member=" in person.page.url
        person.page.locator("#graph-steps").select_option("1")
        person.page.locator("#layer-agreement").uncheck()
        person.page.locator("[data-zoom='in']").click()
        with person.page.expect_download() as picture:
            person.page.locator("[data-graph-png] button").click()
        assert picture.value.suggested_filename == "network.png"
        assert picture.value.path().read_bytes().startswith(b"\x89PNG")
        person.look()


def test_it_works_without_script(chromium: Browser, site: Site) -> None:
    with _coordinator(chromium, site, script=False) as person:
        _find_and_own(person, site, due="2027-01-15")
        _look_at_the_network(person)
        person.go("/network/graph")
        node = person.page.locator("a.node", has_text="Birch").first
        node.click()
        assert "Birch Advocates (demo)" in person.page.locator("#selected").inner_text()


def test_it_works_by_keyboard_on_a_phone_at_night(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import Keyboard

    how = {"hand": Keyboard(), "axe": True, "width": 390, "theme": "dark"}
    with _coordinator(chromium, site, **how) as person:
        _find_and_own(person, site, due=_in_december(person))
        _look_at_the_network(person)
        person.press("Birch Advocates (demo)", role="link")
        assert "If it left the network" in person.look()


@pytest.mark.full
def test_every_page_stands_in_spanish(chromium: Browser, site: Site) -> None:
    from tests.journeys.people_at_screens import Mouse, Person
    from tests.people import PASSWORD

    context = chromium.new_context(locale="es", viewport={"width": 1280, "height": 900})
    person = Person(site.url, context, Mouse(), axe=True)
    person.go("/sign-in")
    person.page.locator("input[name=email]").fill(site.small.emails["coordination.coordinator"])
    person.page.locator("input[name=password]").fill(PASSWORD)
    person.page.locator("main button[type=submit]").first.click()
    for path, words in (
        ("/network/overview", "Atienda esto primero"),
        ("/network/gaps", "Elija una fila de la tabla"),
        ("/network/gaps?row=3&county=36083", "Revisados en los últimos seis meses"),
        ("/network/gaps/print", "Informe de vacíos para el consejo"),
        ("/network/graph", "En toda la red"),
        ("/network/graph?view=table", "Quién puede llegar a quién"),
        ("/network/agreements", "Caminos prometidos"),
    ):
        person.go(path)
        assert words in person.look(), path
    person.leave()
