"""Somebody looks for help, in either language, by mouse or by keyboard, with and without script.

Every page on the way is run through axe, at 1280 and 390 px, light and dark; nothing is asked of
another host, and the browser keeps no cookie and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ccr.adapters.clock import utc_now
from tests.journeys.conftest import app_in, serving
from tests.journeys.people_at_screens import Keyboard, Mouse, Person, at_screen
from tests.public_directory import PLANTED, make_public_directory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STORED = """
async () => [
  document.cookie,
  localStorage.length,
  sessionStorage.length,
  (await indexedDB.databases()).length,
  (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]
"""
NOTHING = ["", 0, 0, 0, 0, 0]


@dataclass(frozen=True)
class Words:
    """What stands on the buttons of one language."""

    find: str
    ride: str
    more: str
    wishes: str
    paper: str
    programs: str
    nothing: str
    numbers: str


WORDS = {
    "en": Words(
        find="Find help",
        ride="ride",
        more="More kinds of help",
        wishes="Only show places",
        paper="Print a short, plain list",
        programs="Show programs",
        nothing="We found no place for this",
        numbers="A person answers.",
    ),
    "es": Words(
        find="Buscar ayuda",
        ride="ride",
        more="Más tipos de ayuda",
        wishes="Solo mostrar lugares",
        paper="Imprimir una lista corta",
        programs="Mostrar programas",
        nothing="No encontramos un lugar",
        numbers="Le contesta una persona.",
    ),
}


@pytest.fixture(scope="module")
def public_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with the public directory, served until all have left."""
    folder = tmp_path_factory.mktemp("public")
    with app_in(folder, sqlite_template):
        make_public_directory(at=utc_now())
    with serving(folder) as url:
        yield url


def ask(person: Person, words: Words, *, need: str = "ride", near: str = "12180") -> None:
    if need not in {"talk", "safe-place", "court-order"}:
        person.unfold(words.more)
    person.tick("help", need)
    person.hand.write(person.page.locator("main input[name=near]"), near)
    person.press(words.find)


def look(person: Person) -> str:
    text = person.look()
    for planted in PLANTED:
        assert planted.casefold() not in text.casefold(), planted
    assert "911" in text
    return text


def the_whole_way(person: Person, language: str, *, script: bool = True) -> None:
    """Find, read one listing, print a list; find nothing; read every page there is."""
    words, start = WORDS[language], f"/{language}/"
    person.go(start)
    look(person)
    ask(person, words, near="")
    look(person)  # what is missing is said, what was typed is kept
    assert person.page.locator("input[name=help]:checked").count() == 1
    person.hand.write(person.page.locator("main input[name=near]"), "Tory")
    person.press(words.find)
    look(person)
    person.press("Troy, NY")  # did you mean
    assert "Alder rides (demo)" in look(person)
    person.hand.press(person.page.locator("article h3 a").first)
    look(person)
    person.go(start)
    ask(person, words, need="talk")
    found = look(person)
    assert "Cedar advocacy (demo)" in found
    assert "518-555-0142" in found
    person.press(words.paper)
    person.look()
    assert person.page.title().startswith(("List", "Lista"))
    assert person.page.locator("[data-print]").is_visible() is script
    person.go(start)
    ask(person, words, need="pet")
    assert words.nothing in look(person)
    person.go(f"/{language}/about-programs")
    look(person)
    person.hand.write(person.page.locator("main input[name=near]"), "12180")
    person.press(words.programs)
    assert "Dune groups (demo)" in look(person)
    for path in ("safety", "your-information", "just-numbers"):
        person.go(f"/{language}/{path}")
        text = look(person)
    assert words.numbers in text


def kept_nothing(person: Person) -> None:
    """Check that the browser holds no cookie and stored nothing."""
    assert person.context.cookies() == []
    if person.page.evaluate("() => 1") == 1:
        assert person.page.evaluate(STORED) == NOTHING
    assert person.context.storage_state() == {"cookies": [], "origins": []}


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 1280, "light"), ("es", 390, "dark")]
    + ([("en", 390, "light"), ("es", 1280, "dark")] if "CCR_TEST_FULL" in os.environ else []),
)
def test_help_is_found_and_every_page_on_the_way_is_clean(
    chromium: Browser, public_url: str, language: str, width: int, theme: str
) -> None:
    person = at_screen(chromium, public_url, axe=True, width=width, theme=theme)
    the_whole_way(person, language)
    kept_nothing(person)
    person.leave()


def test_help_is_found_by_the_keyboard_alone(chromium: Browser, public_url: str) -> None:
    person = at_screen(chromium, public_url, hand=Keyboard())
    the_whole_way(person, "en")
    kept_nothing(person)
    person.leave()


@pytest.mark.parametrize("hand", [Mouse(), Keyboard()])
def test_help_is_found_without_script(chromium: Browser, public_url: str, hand: Mouse) -> None:
    person = at_screen(chromium, public_url, hand=hand, script=False)
    the_whole_way(person, "es", script=False)
    assert person.context.cookies() == []
    person.leave()


def test_enter_in_the_place_searches_for_what_was_typed_and_not_for_a_guess(
    chromium: Browser, public_url: str
) -> None:
    person = at_screen(chromium, public_url)
    person.go("/")
    ask(person, WORDS["en"], need="talk", near="Tory")
    field = person.page.locator("main input[name=near]")
    field.fill("Albany")
    field.press("Enter")
    person.page.wait_for_url("**/find")
    person.page.locator("article").first.wait_for()
    assert "Albany, NY" in person.page.locator("h1").inner_text()
    person.leave()


def test_a_search_leaves_no_word_in_the_history_and_nothing_to_fill_in(
    chromium: Browser, public_url: str
) -> None:
    person = at_screen(chromium, public_url)
    person.go("/")
    ask(person, WORDS["en"], need="court-order", near="12180")
    assert person.page.url == f"{public_url}/find"
    person.go("/")
    for field in person.page.locator("form input, form select, form").all():
        told = field.get_attribute("autocomplete")
        inside = field.evaluate("e => e.form ? e.form.autocomplete : e.autocomplete")
        assert "off" in {told, inside}
    person.secrets += ["court", "12180"]
    person.leave()


def test_the_list_is_printed_without_the_page_around_it(chromium: Browser, public_url: str) -> None:
    person = at_screen(chromium, public_url)
    person.go("/")
    ask(person, WORDS["en"], need="talk")
    person.press(WORDS["en"].paper)
    person.page.wait_for_url("**/short-list")
    person.page.emulate_media(media="print")
    on_paper = person.page.locator("body").inner_text()
    assert "518-555-0142" in on_paper
    for word in ("carry paper", "Exit", "Help nearby", "911", "Use this page", "advocacy", "Demo"):
        assert word not in on_paper, word
    person.leave()
