"""Every sentence is said in Spanish too, with the same values in it, in the words of the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PLACES = re.compile(r"%\((\w+)\)s|%%")
LOADED = re.compile(r"\b(batterer|perpetrator|please|sorry|oops)\b|!", re.IGNORECASE)
PROMISES = re.compile(
    r"\b(guarantees?|cures?|will stop|proven to reduce|completely safe|anonymous|"
    r"clears your (?:tracks|history))\b",
    re.IGNORECASE,
)


PROMISES_ES = re.compile(
    r"\b(garantiza\w*|garantía de|cura|curan|dejará de|va a dejar de|está probado que reduce|"
    r"demostrado que reduce|completamente segur[oa]|anónim[oa])\b",
    re.IGNORECASE,
)
GUIDES = (
    "advocates.md", "coordinators.md", "guideline.md", "joining.md", "public-pages.md",
    "workers.md",
)  # fmt: skip
QUOTED = re.compile(r"[“\"`][^”\"`]*[”\"`]")


def catalogue() -> Catalog:
    with (ROOT / "ccr/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def spanish() -> dict[object, Message]:
    return {message.id: message for message in catalogue() if message.id}


def said() -> Iterator[object]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "phrase": None}
    methods = [("ccr/**.py", "python"), ("templates/**.html", "jinja2")]
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT),
        methods,
        keywords=keywords,
        directory_filter=lambda path: (
            "/." not in path and "node_modules" not in path and not path.endswith("/tests")
        ),
    ):
        yield tuple(message) if isinstance(message, (list, tuple)) else message


def test_every_sentence_has_its_spanish(spanish: dict[object, Message]) -> None:
    missing = {
        message
        for message in said()
        if message not in spanish or not all(_parts(spanish[message].string))
    }
    assert missing == set()


def _parts(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (list, tuple)) else (str(text),)


def test_spanish_keeps_every_value(spanish: dict[object, Message]) -> None:
    for message in spanish.values():
        wanted = {match for part in _parts(message.id) for match in PLACES.findall(part)}
        for part in _parts(message.string):
            assert set(PLACES.findall(part)) <= wanted, message.id
        kept = {match for part in _parts(message.string) for match in PLACES.findall(part)}
        assert kept == wanted, message.id


def test_screens_use_the_words_of_the_house() -> None:
    for message in said():
        for part in _parts(message):
            assert not LOADED.search(part), part


def test_r13_screens_promise_nothing() -> None:
    for message in said():
        for part in _parts(message):
            assert not PROMISES.search(part), part


def test_r13_the_spanish_promises_nothing_either(spanish: dict[object, Message]) -> None:
    for message in spanish.values():
        for part in _parts(message.string):
            assert not PROMISES_ES.search(part), part


def test_r13_no_template_promises_anything_beside_its_sentences() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        shown = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
        assert not PROMISES.search(shown), path


def test_r13_pages_for_people_promise_nothing_but_quote_what_is_banned() -> None:
    """Guides that members read; what stands in quotes is quoted as banned."""
    for name in GUIDES:
        text = QUOTED.sub("", (ROOT / "docs" / name).read_text())
        found = PROMISES.search(text) or PROMISES_ES.search(text)
        assert not found, (name, found)
