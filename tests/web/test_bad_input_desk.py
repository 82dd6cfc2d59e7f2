"""Every form of the coordinator's desk, wrongly filled: a clear word, and nothing written.

The forms are read off the pages, so that a new one is tried without anybody writing it down here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from ccr.storage.queries import verification
from tests.directory_rows import Statements
from tests.loop import dump
from tests.network_desk import FilledDesk, fill_desk
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_bad_input import ASIDE, WATCHED, writes

LONG = "x" * 100_000
TEXTS = ("", "\x00", "a\x00b", LONG, "<script>alert(1)</script>", "\u202etxt", "{{ 7 * 7 }}")
DAYS = ("", "2026-02-30", "9999-12-31", "0001-01-01", "1" * 5000, "tomorrow")
NUMBERS = ("-1", "1e309", "²", "٣", "9" * 400)
CODES = ("", "None", "\x00", LONG, "'; DROP TABLE gap;--", "00000000-0000-0000-0000-000000000000")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PLAIN = (
    "/network/gaps", "/network/gaps/population", "/network/gaps/districts", "/network/agreements",
    "/network/agreements/new",
    "/network/expected", "/network/council", "/network/council/actions",
    "/network/council/about-us", "/network/council/training", "/network/council/survey",
    "/network/council/announcements", "/network/gaps/districts",
)  # fmt: skip
ARGUMENTS = (
    "/network/gaps?row=", "/network/gaps?row=3&county=", "/network/gaps?page=",
    "/network/gaps?zips=", "/network/gaps?language=", "/network/gaps?minutes=",
    "/network/gaps/distances?row=", "/network/gaps/print?row=", "/network/unmet?period=",
    "/network/graph?member=", "/network/what-if?ask=", "/network/what-if?ask=leaves&member=",
    "/network/what-if?ask=opens&row=", "/network/what-if?ask=opens&row=3&county=",
    "/network/council/report/", "/network/gaps?zips=districts&county=",
    "/network/pathways?year=", "/network/graph?start=", "/network/graph?year=",
    "/network/gaps/distances/all.csv?row=", "/network/gaps/table.geojson?zips=",
)  # fmt: skip
OWN = "/account/our-part"
HERE = (
    "/network/gaps", "/network/agreements", "/network/expected", "/network/council",
    "/network/what-if", OWN,
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field as the page has it; `kind` is its type, or its tag."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class PageForm:
    """A form that changes something, and its fields filled as somebody would."""

    action: str
    fields: tuple[Field, ...]
    who: str = "coordination.coordinator"
    page: str = ""

    @property
    def kind(self) -> str:
        """Return what it does: forms of one kind differ in ids alone."""
        how = "".join(f" {f.value}" for f in self.fields if f.name == "how")
        return ID.sub("*", self.action) + how

    def data(self) -> dict[str, list[str]]:
        """Return what is sent."""
        sent: dict[str, list[str]] = {}
        for field in self.fields:
            sent.setdefault(field.name, []).append(field.value)
        return sent


class _Forms(HTMLParser):
    """Reads forms: what is chosen or written there, and else the first that can be."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._action: str | None = None
        self._fields: list[Field] = []
        self._select: str | None = None
        self._options: list[str] = []
        self._ticked: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method") == "post":
            self._action, self._fields, self._ticked = at.get("action", ""), [], set()
        elif self._action is None or at.get("name") in {"csrf_token", "once"}:
            return
        elif tag == "select":
            self._select, self._options = at["name"], []
        elif tag == "option":
            self._options.append(at.get("value", ""))
        elif tag == "textarea":
            self._fields.append(Field(at["name"], tag, "Some words."))
        elif tag == "input" and at.get("name"):
            self._input(at)

    def _input(self, at: dict[str, str]) -> None:
        name, kind, value = at["name"], at.get("type", "text"), at.get("value", "")
        if kind in {"radio", "checkbox"}:
            # Two of a group of boxes: an agreement takes two parties.
            if kind == "radio" and name in self._ticked:
                return
            self._ticked.add(name)
        written = {"date": "2026-11-20", "number": "3"}.get(kind, "Some words.")
        self._fields.append(Field(name, kind, value or written))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None and self._action is not None:
            wanted = next((o for o in self._options if o), "")
            self._fields.append(Field(self._select, tag, wanted))
            self._select = None
        elif tag == "form" and self._action is not None:
            self.forms.append(PageForm(self._action, tuple(self._fields)))
            self._action = None


def forms_of(page: str) -> list[PageForm]:
    """Return the forms of the page's main part."""
    reader = _Forms()
    reader.feed(page.partition("<main")[2].partition("</main>")[0])
    return [form for form in reader.forms if form.action.startswith(HERE)]


def bad_values(field: Field) -> tuple[str, ...]:
    """Return what is tried in a field of this kind."""
    if field.kind == "date":
        return DAYS
    if field.kind == "number":
        return NUMBERS
    if field.kind in {"select", "radio", "checkbox", "hidden"}:
        return CODES
    return TEXTS


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))
        broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
        assert broken == {}


def _records() -> dict[str, list[tuple[object, ...]]]:
    return dump(without=ASIDE | WATCHED)


def _forms(desk: Desk, filled: FilledDesk) -> dict[str, PageForm]:
    """Return every form of the desk by its kind; of forms that are alike, the first."""
    who = desk["coordination.coordinator"]
    found: dict[str, PageForm] = {}
    for path in (*PLAIN, *filled.pages(desk.small, "2026Q3")):
        _keep(found, text_of(who.open(path)), "coordination.coordinator", path)
    _keep(found, text_of(desk["birch.agency_admin"].open(OWN)), "birch.agency_admin", OWN)
    _keep(found, text_of(who.send("/network/gaps/plan", {"key": filled.gap_key})))
    file = {"file": (BytesIO(b"geoid,population\n36083,161130\n"), "people.csv")}
    _keep(found, text_of(who.send("/network/gaps/population/look", file)))
    return found


def _keep(found: dict[str, PageForm], page: str, who: str = "", path: str = "") -> None:
    for form in forms_of(page):
        found.setdefault(form.kind, replace(form, who=who or form.who, page=path))


def _again(desk: Desk, form: PageForm) -> PageForm:
    """Return the form as its page has it after something was written; the same if it is gone."""
    if not form.page:
        return form
    there: dict[str, PageForm] = {}
    _keep(there, text_of(desk[form.who].open(form.page)), form.who, form.page)
    return there.get(form.kind, form)


def _check(answer, before, run: Statements, where: object) -> dict[str, list[tuple[object, ...]]]:
    """Check one answer; return the records after it."""
    page = text_of(answer)
    assert answer.status_code < 500, where
    assert "Traceback" not in page, where
    assert "<script>alert(1)" not in page, where
    assert answer.headers.get("Location", "/").startswith("/"), where
    if answer.status_code == 422:
        assert 'role="alert"' in page, where
    after = _records() if writes(run) - ASIDE - WATCHED else before
    assert answer.status_code < 400 or after == before, where
    return after


def test_no_field_of_any_form_of_the_desk_breaks_on_bad_input(desk: Desk, now: datetime) -> None:
    found = _forms(desk, fill_desk(desk.small, at=now))
    # Acts without anything to type end what others are tried on: they come last.
    forms = sorted(found.values(), key=lambda form: all(f.kind == "hidden" for f in form.fields))
    before, tried, refused = _records(), 0, 0
    for first in forms:
        form = first
        for number, name in enumerate(first.data()):
            field = next(f for f in form.fields if f.name == name)
            # A third of what could be typed, another third into the next field.
            for value in bad_values(field)[number % 3 :: 3]:
                with Statements() as run:
                    sent = {**form.data(), name: value}
                    answer = desk[form.who].send(form.action, sent, follow=False)
                before = _check(answer, before, run, (form.kind, name, value[:40]))
                refused += answer.status_code >= 400
                tried += 1
                if answer.status_code < 400:
                    form = _again(desk, form)
    assert len(forms) >= 28, sorted(found)
    assert tried >= 4 * len(forms)
    assert refused >= tried / 2


def test_ids_of_another_network_are_not_there(desk: Desk, now: datetime) -> None:
    filled = fill_desk(desk.small, at=now)
    theirs = make_small_directory(at=now, name="Other network")
    foreign = fill_desk(theirs, at=now)
    swap = {str(getattr(filled, n)): str(getattr(foreign, n)) for n in FilledDesk.__slots__}
    for team in ("alder", "birch", "cedar", "dune"):
        ours, other = getattr(desk.small, team), getattr(theirs, team)
        swap[str(ours.member_id)] = str(other.member_id)
        swap[str(ours.compartment_id)] = str(other.compartment_id)
    before, tried = _records(), 0
    for kind, form in _forms(desk, filled).items():
        sent = form.data()
        for at in {*ID.findall(form.action), *(v for f in sent.values() for v in f)}:
            for other in (swap.get(at), str(uuid4()) if at in swap else None):
                if other is None:
                    continue
                changed = {n: [other if v == at else v for v in vs] for n, vs in sent.items()}
                with Statements() as run:
                    path = form.action.replace(at, other)
                    answer = desk[form.who].send(path, changed, follow=False)
                assert answer.status_code in {404, 409, 422}, (kind, at, answer.status_code)
                before = _check(answer, before, run, (kind, at))
                tried += 1
    assert tried >= 30


def test_no_argument_of_an_address_of_the_desk_breaks(desk: Desk, now: datetime) -> None:
    fill_desk(desk.small, at=now)
    who, before = desk["coordination.coordinator"], _records()
    values = [*TEXTS[1:3], TEXTS[4], *DAYS[1:3], *NUMBERS, CODES[4], CODES[5], "2026Q3", "x" * 3000]
    for number, address in enumerate(ARGUMENTS):
        for value in values[number % 3 :: 3]:
            answer = who.open(address + quote(value))
            assert answer.status_code in {200, 404}, (address, value[:40])
            assert "<script>alert(1)" not in text_of(answer), address
    assert _records() == before


TABLES = (
    b"", b"\x00", b"\xff\xfe\x00", b"a;b\n1;2\n", b"geoid,population\n", b'"', LONG.encode(),
    b"geoid,population\n36083,-5\n", b"geoid,population\n99999,5\nx\n",
    b"geoid,population,language_es\n36083,10,11\n",
)  # fmt: skip


def test_a_table_of_people_that_cannot_be_read_says_why_and_keeps_the_old_one(
    desk: Desk, now: datetime
) -> None:
    fill_desk(desk.small, at=now)
    who, before = desk["coordination.coordinator"], _records()
    who.open("/network/gaps/population")
    for content in TABLES:
        file = {"file": (BytesIO(content), "people.csv")}
        looked = who.send("/network/gaps/population/look", file, follow=False)
        kept = who.send("/network/gaps/population/keep", {"table": content.decode("latin-1")})
        for answer in (looked, kept):
            assert answer.status_code in {200, 422}, content[:40]
            assert re.search(r'role="alert"|cannot be kept|No line is', text_of(answer)), content
    assert _records() == before
