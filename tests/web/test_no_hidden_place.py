"""A house that hid: every page, answer and file of the site is read, and nothing leads to it.

The routes are found in the site's own map, so that a page of tomorrow is read as well. Before it
hides, the same sweep finds it in many places: one that can find nothing proves nothing.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.services import delivery, exporting, hiding
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import CapacityRow, PhoneRow, ServiceRow
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.web.access import PUBLIC, access_of
from tests.hidden_house import TELLS, House, coordinator_of, import_the_house, plant
from tests.loop import dump, world
from tests.pdf_text import pages_of
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, settled, unpacked
from tests.web.public_pages import ask

PEOPLE = ("coordination.coordinator", "birch.agency_admin", "alder.worker")
"""Whoever sees most of the directory: its keeper, the house's own agency, and another's worker."""
SEARCHES = ("Birch", "Pinyon", "desk", "rides", "legal")
QUERIES = {
    "/hsds": (
        "/hsds/services?full=true",
        "/hsds/services?search=pinyon&full=true",
        "/hsds/services?format=ndjson&full=true",
        "/hsds/organizations?full=true&full_service=true",
        "/hsds/service_at_locations?postcode=12180&proximity=90000&full=true",
        "/hsds/service_at_locations?full=true",
    ),
    "/directory/county-sheet": ("/directory/county-sheet?county=36083",),
    "/network/gaps": ("/network/gaps?county=36083", "/network/gaps/table.csv"),
}
EVERY_ZIP = "/distances/all.csv"
"""It has a row for every ZIP of every county, whoever is there: its first cells tell nothing."""
NEAR = {"near": "12180", "needs": ["advocacy", "pets", "family-law"], "transport": "car"}
NOT_READ = re.compile(r"\.static$|^static$|logout|two_factor|^home\.exit$")
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}")
"""Ids and sums: among thousands of them one has a ZIP code's digits by chance."""


@dataclass
class Sweep:
    """Everything that was read, and where something was found."""

    app: Flask
    small: SmallDirectory
    house: House
    read: list[str] = field(default_factory=list)
    found: set[tuple[str, str]] = field(default_factory=set)

    def look(self, where: str, text: str | bytes) -> None:
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        self.read.append(where)
        text = RANDOM.sub("", text.casefold())
        self.found |= {(where, word) for word in TELLS if word in text}

    def answer(self, where: str, answer: TestResponse) -> None:
        assert answer.status_code < 500 or where.endswith("/readyz"), (where, answer.status_code)
        # The length of a page can be the digits of a ZIP code by chance.
        headers = [pair for pair in answer.headers if pair[0] != "Content-Length"]
        self.look(where, f"{headers}\n")
        for name, text in readable(answer.get_data()):
            lists_every_zip = where.endswith(EVERY_ZIP)
            told = text.replace(",36083,12138,", ",36083,,") if lists_every_zip else text
            self.look(f"{where}{name}", told)

    def named(self, argument: str) -> tuple[UUID, ...]:
        """Return the records that an id in an address may be of."""
        house = self.house
        records = {
            "service_id": (house.edited, house.imported, house.sibling),
            "member_id": (self.small.birch.member_id,),
            "location_id": house.locations,
            "run_id": (house.waiting_run,),
            "referral_id": (house.edited,),
            "draft_id": (house.edited,),
        }
        return records.get(argument, (house.edited, house.imported, house.merged_away[0]))

    def paths(self, rule: Rule) -> Iterator[str]:
        """Yield the addresses of a route, for each record that its argument may name."""
        values: list[dict[str, object]] = [{}]
        for name in sorted(rule.arguments - set(rule.defaults or {})):
            kind = type(rule._converters[name]).__name__
            told: list[object] = ["es"] if name == "language" else ["1"]
            if kind == "UUIDConverter":
                told = list(self.named(name))
            elif kind == "AnyConverter":
                told = [next(iter(sorted(rule._converters[name].items)))]  # type: ignore[attr-defined]
            values = [{**value, name: one} for value in values for one in told]
        with self.app.test_request_context():
            for value in values:
                if built := rule.build(value, append_unknown=False):
                    yield built[1]


def readable(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield (part, text) of an answer: what is packed is unpacked."""
    if body.startswith(b"%PDF-"):
        yield ".pdf", " ".join(pages_of(body))
        # A line end in the middle of a street hides it from no reader.
        yield ".pdf joined", "".join(pages_of(body))
    elif body.startswith(b"PK"):
        for name, text in unpacked(body).items():
            yield f"!{name}", text
    elif body.startswith(b"\x1f\x8b"):
        yield ".gz", gzip.decompress(body).decode("utf-8", "replace")
    else:
        text = body.decode("utf-8", "replace")
        yield "", text
        if "\r\n " in text:
            yield " unfolded", text.replace("\r\n ", "")


@pytest.fixture
def sweep(app: Flask, now: datetime, tmp_path: Path) -> Iterator[Sweep]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        yield Sweep(app, small, plant(small, tmp_path / "planted", at=now))


def read_pages(sweep: Sweep, people: tuple[str, ...], rooms: str = "") -> None:
    """Open every page of the site, or of these rooms, as everybody who may."""
    desk = Desk(sweep.app, sweep.small)
    seen: set[str] = set()
    for who in ("anonymous", *people):
        for rule in sweep.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or NOT_READ.search(rule.endpoint):
                continue
            if not re.match(rooms, rule.rule):
                continue
            open_to_all = access_of(sweep.app, rule.endpoint) == PUBLIC
            if open_to_all is not (who == "anonymous"):
                continue
            for path in sweep.paths(rule):
                answer = desk[who].open(path)
                sweep.answer(f"{who} {path}", answer)
                seen.add(rule.rule)
        for start, queries in QUERIES.items():
            if any(rule.startswith(start) for rule in seen):
                for query in queries:
                    sweep.answer(f"{who} {query}", desk[who].open(query))
    read_searches(sweep, desk)


def read_searches(sweep: Sweep, desk: Desk) -> None:
    """Ask every search from beside the house; nobody types what it must not say."""
    anybody = sweep.app.test_client()
    for start in ("", "/es"):
        for help_ in ("talk", "pet", "legal"):
            answer = ask(anybody, f"{start}/find", {"help": [help_], "near": "12180"}).response
            sweep.answer(f"POST {start}/find {help_}", answer)
    for who in PEOPLE:
        visitor = desk[who]
        visitor.open("/directory")
        for words in SEARCHES:
            sweep.answer(f"{who} {words}", visitor.send("/directory", {"words": words}))
        for urgency in ("standard", "immediate"):
            asked = {**NEAR, "urgency": urgency, "track": "survivor"}
            sweep.answer(f"{who} /desk/find", visitor.send("/desk/find", asked))


def read_files(sweep: Sweep) -> None:
    """Make every kind of file that the site makes, as those who may take them."""
    desk = Desk(sweep.app, sweep.small)
    visitor = desk["birch.agency_admin"]
    visitor.open("/directory/export")
    for kind in exporting.FORMATS:
        answer = visitor.send("/directory/export", {"format": kind, "county": "36083"})
        assert answer.status_code == 200, kind
        sweep.answer(f"file {kind}", answer)


def read_storage(sweep: Sweep) -> None:
    """Read every row, every file of the data folder, and the database's own file and log."""
    for table, rows in dump().items():
        sweep.look(f"table {table}", repr(rows))
    data_dir = world().settings.data_dir
    for path in sorted(data_dir.rglob("*")):
        if path.is_file() and "planted" not in path.parts:
            for name, text in readable(path.read_bytes()):
                sweep.look(f"disk {path.relative_to(data_dir)}{name}", text)


def test_a_hidden_house_is_on_no_page_in_no_answer_and_in_no_file(
    sweep: Sweep, now: datetime, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sweep.app.config["PROPAGATE_EXCEPTIONS"] = False
    # Before: the sweep finds it, in rows, pages, searches, open data and files alike.
    read_storage(sweep)
    read_files(sweep)
    read_searches(sweep, Desk(sweep.app, sweep.small))
    before = {where for where, _ in sweep.found}
    for start in ("table location", "table directory_change", "table service_text", "disk "):
        assert any(where.startswith(start) for where in before), start
    for kind in exporting.FORMATS:
        assert any(where.startswith(f"file {kind}") for where in before), kind
    for search in ("POST /find", "POST /es/find", "alder.worker /desk/find"):
        assert any(where.startswith(search) for where in before), search

    me = coordinator_of(sweep.small)
    lines = hiding.preview(me, sweep.house.imported).hides
    hiding.hide(me, world(), sweep.house.imported, {i.id: i.version for i in lines}, at=now)
    import_the_house("Test network", tmp_path / "planted" / "again", at=now)
    sweep.found.clear()
    sweep.read.clear()
    capfd.readouterr()
    if db.engine.dialect.name == "sqlite":
        read_pages(sweep, PEOPLE)
    else:  # the pages are the same; what the database hands out may not be
        read_pages(sweep, PEOPLE[:1], r"/(directory|hsds|services|network)")
    read_files(sweep)
    delivery.deliver(world(), at=now + timedelta(minutes=5))
    read_storage(sweep)
    sweep.look("log", capfd.readouterr().err)
    assert sweep.found == set()
    assert len(sweep.read) > 150
    # It is still found by its name, and still says how to get its help.
    answer = Desk(sweep.app, sweep.small)["alder.worker"].open(
        f"/directory/services/{sweep.house.edited}"
    )
    assert "Birch welcome desk" in answer.get_data(as_text=True)


OPEN_DATA = (
    "/hsds/services?full=true",
    "/hsds/services/{cedar}",
    "/hsds/organizations?full=true&full_service=true",
    "/hsds/service_at_locations?full=true",
    "/hsds/services?modified_after=2026-11-12&full=true",
    "/services/{cedar}",
    "/es/services/{cedar}",
)


def test_what_staff_write_of_a_confidential_listing_changes_nothing_that_anybody_sees(
    sqlite_app: Flask, now: datetime
) -> None:
    """Neither a fact nor a time of open data tells that a hidden place was edited (case 10)."""
    later = now + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        small = make_small_directory(at=now)
        cedar, client = small.cedar_service_id, sqlite_app.test_client()
        name = "Cedar advocacy (demo)"

        def seen() -> list[tuple[str, str]]:
            raise_directory_version(small.network_id)
            db.session.commit()
            pages = [path.format(cedar=cedar) for path in OPEN_DATA]
            shown = [(p, settled(client.get(p).get_data(as_text=True))) for p in pages]
            made = exporting.export(coordinator_of(small), world(), "csv", at=later)
            return [*shown, ("csv", b"".join(made.pieces).decode())]

        before = seen()
        assert sum(name in text for _, text in before) >= 6
        with unit_of_work():
            db.session.add(
                PhoneRow(
                    network_id=small.network_id,
                    service_id=cedar,
                    number="518-555-0190",
                    is_private=True,
                )
            )
            db.session.execute(
                update(CapacityRow)
                .where(CapacityRow.service_id == cedar)
                .values(note="Two beds", available=2, updated_at=later)
            )
            row = db.session.get(ServiceRow, cedar)
            assert row is not None
            row.description = "We listen. The house is at 12 Elm Street."
            row.url = "https://cedar.example.org/elm"
            row.email = "house@cedar.example.org"
            row.updated_at, row.version = later, row.version + 1
            record_changes(
                small.network_id,
                [Change(RecordKind.SERVICE, cedar, Act.EDITED, later, {"url": None}, {"url": "x"})],
            )
        after = dict(seen())
        # Of its words only those that tell no street may be seen: one sentence was added.
        allowed = dict(before)
        assert {path for path, text in after.items() if "We listen." in text}
        for path, text in after.items():
            for word in ("Elm", "cedar.example.org", "0190", "Two beds", later.isoformat()[:16]):
                assert word not in text.replace(allowed[path], ""), (path, word)
        with unit_of_work():
            db.session.execute(
                update(ServiceRow).where(ServiceRow.id == cedar).values(description="")
            )
        assert seen() == before
