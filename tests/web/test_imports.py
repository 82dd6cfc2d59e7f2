"""The import desk: a file goes in, is checked, decided on, written, and can be taken back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from ccr.services import import_desk, import_work
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.keeping import ImportRun, RecordAlias
from ccr.storage.queries import verification
from ccr.storage.queries.importing import PlanWriter
from tests.directory_rows import Statements
from tests.package_builders import ORGANIZATION, SERVICE, csv_text
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
NEW = "/directory/imports/new"
TABLE = (
    "Agency,Program,Phone,Street,City,State,ZIP,Private\r\n"
    "Fern House,Food pantry,518-555-0150,12 Elm Street,Troy,NY,12180,no\r\n"
    "Fern House,Legal help,518-555-0151,12 Elm Street,Troy,NY,12180,no\r\n"
)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))
        broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
        assert broken == {}


@pytest.fixture
def at_desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    """Return the same on one engine: for what asks nothing special of the database."""
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def package(**changes: object) -> bytes:
    """Return a sound package as one JSON file."""
    import json

    organization = {**ORGANIZATION, "services": [{**SERVICE, **changes}]}
    return json.dumps([organization]).encode()


def upload(desk: Desk, data: bytes, name: str = "list.json", **fields: str) -> TestResponse:
    visitor = desk[COORDINATOR]
    visitor.open(NEW)
    return visitor.send(
        NEW, {"file": (io.BytesIO(data), name), "source": "county", **fields}, follow=False
    )


def work(desk: Desk) -> bool:
    """Let the worker do what waits, as it would within a second."""
    from ccr.adapters.clock import utc_now

    db.session.rollback()
    done = import_work.work_once(desk.app.extensions["ccr_world"], at=utc_now())
    db.session.rollback()
    return done


def run_of(answer: TestResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"]


def act(desk: Desk, address: str, name: str, **fields: object) -> TestResponse:
    page = text_of(desk[COORDINATOR].open(address))
    version = page.partition('name="version"')[2].partition('value="')[2].partition('"')[0]
    return desk[COORDINATOR].send(f"{address}/{name}", {"version": version, **fields}, follow=False)


def services() -> set[str]:
    found = set(db.session.scalars(select(ServiceRow.name).where(ServiceRow.source == "county")))
    db.session.rollback()
    return found


def state(address: str) -> str:
    found = db.session.scalar(
        select(ImportRun.state).where(ImportRun.id == UUID(address.rpartition("/")[2]))
    )
    db.session.rollback()
    return str(found)


def folder(desk: Desk, address: str) -> Path:
    data: Path = desk.app.extensions["ccr_world"].settings.data_dir
    return data / "imports" / address.rpartition("/")[2]


def test_a_table_goes_from_its_columns_to_the_directory_and_back(desk: Desk) -> None:
    address = run_of(upload(desk, TABLE.encode("cp1252"), "Our list.csv"))
    page = text_of(desk[COORDINATOR].open(address))
    assert "What do its columns mean?" in page
    assert "CRLF" in page
    assert not work(desk)
    chosen = ["organization_name", "name", "phone", "address_1", "city", "state_province"]
    chosen += ["postal_code", "private_flag"]
    fields = {f"column-{at}": target for at, target in enumerate(chosen)}
    without = act(desk, address, "columns", **{**fields, "column-1": ""})
    assert without.status_code == 422
    assert "Say which column holds the name of each service." in text_of(without)
    assert run_of(act(desk, address, "columns", **fields)) == address
    assert 'role="progressbar"' in text_of(desk[COORDINATOR].open(address))
    assert work(desk)
    page = text_of(desk[COORDINATOR].open(address))
    assert "Checked: waits for you" in page
    assert services() == set()
    report = desk[COORDINATOR].open(f"{address}/report.csv")
    assert report.mimetype == "text/csv"
    assert text_of(report).startswith("\ufefftable,line,level,field,id,text")
    run_of(act(desk, address, "start"))
    assert work(desk)
    assert services() == {"Food pantry", "Legal help"}
    assert state(address) == "done"
    assert not folder(desk, address).exists()
    run_of(act(desk, address, "undo"))
    assert work(desk)
    assert services() == set()
    page = text_of(desk[COORDINATOR].open(address))
    assert "5 removed" in page, page[page.index("<main") :]
    # The next table of this source is filled in as this one was.
    again = run_of(upload(desk, TABLE.encode(), "Our list.csv"))
    assert "as it was said last time" in text_of(desk[COORDINATOR].open(again))


def test_two_clicks_have_one_effect_and_a_cancelled_run_writes_nothing(desk: Desk) -> None:
    address = run_of(upload(desk, package()))
    assert work(desk)
    version = {"version": "3"}
    visitor = desk[COORDINATOR]
    visitor.open(address)
    first = visitor.send(f"{address}/start", version, follow=False)
    second = visitor.send(f"{address}/start", version, follow=False)
    assert sorted([first.status_code, second.status_code]) == [303, 409]
    assert visitor.send(f"{address}/cancel", follow=False).status_code == 303
    assert not work(desk)
    assert (state(address), services()) == ("cancelled", set())
    assert not folder(desk, address).exists()
    assert visitor.send(f"{address}/undo", version, follow=False).status_code == 409


def test_a_run_that_is_being_written_stops_when_asked(desk: Desk, monkeypatch) -> None:
    address = run_of(upload(desk, package()))
    work(desk)
    run_of(act(desk, address, "start"))
    store = import_desk.store_of(desk.app.extensions["ccr_world"])
    writing = PlanWriter.write

    def write_then_stop(self, plan):
        writing(self, plan)
        store.ask_to_stop(UUID(address.rpartition("/")[2]))

    monkeypatch.setattr(PlanWriter, "write", write_then_stop)
    assert work(desk)
    assert (state(address), services()) == ("cancelled", set())


def test_a_dead_workers_run_begins_anew_once_and_then_fails_in_words(at_desk: Desk, now) -> None:
    desk = at_desk
    world = desk.app.extensions["ccr_world"]
    address = run_of(upload(desk, package()))
    for count, wanted in enumerate(("checking", "failed")):
        with unit_of_work():
            db.session.execute(update(ImportRun).values(alive_at=now))
        import_work.tidy(world, at=now + timedelta(seconds=59))
        assert state(address) == "checking"
        import_work.tidy(world, at=now + timedelta(seconds=61))
        assert state(address) == wanted, count
    assert "The worker stopped twice" in text_of(desk[COORDINATOR].open(address))
    assert not folder(desk, address).exists()


def test_what_is_kept_is_kept_for_a_day_and_a_week(at_desk: Desk, now) -> None:
    desk = at_desk
    world = desk.app.extensions["ccr_world"]
    address = run_of(upload(desk, package()))
    work(desk)
    assert folder(desk, address).stat().st_mode & 0o077 == 0
    import_work.tidy(world, at=now + timedelta(hours=23))
    assert folder(desk, address).exists()
    import_work.tidy(world, at=now + timedelta(hours=25))
    assert (state(address), folder(desk, address).exists()) == ("cancelled", False)
    assert desk[COORDINATOR].open(f"{address}/report.csv").status_code == 200
    import_work.tidy(world, at=now + timedelta(days=8))
    assert desk[COORDINATOR].open(f"{address}/report.csv").status_code == 404


def test_a_row_that_is_here_already_updates_the_record_it_is_said_to_be(desk: Desk) -> None:
    with unit_of_work():
        ours = db.session.execute(
            select(MemberRow.id, MemberRow.name).where(MemberRow.source.is_(None)).limit(1)
        ).one()
    before = db.session.scalar(select(func.count()).select_from(MemberRow))
    import json

    data = json.dumps([{**ORGANIZATION, "name": ours.name, "services": [SERVICE]}]).encode()
    address = run_of(upload(desk, data))
    work(desk)
    page = text_of(desk[COORDINATOR].open(address))
    assert "Perhaps here already" in page
    assert "Same name" in page
    run_of(act(desk, address, "start", same=["member:o1", "member:never-seen"]))
    work(desk)
    assert db.session.scalar(select(func.count()).select_from(MemberRow)) == before
    assert db.session.scalars(select(RecordAlias.record_id)).all() == [ours.id]
    run_of(act(desk, address, "undo"))
    work(desk)
    assert services() == set()
    assert db.session.scalars(select(RecordAlias.record_id)).all() == []


REFUSED = (
    ("list.exe", b"x", "Choose a ZIP, CSV"),
    ("list.csv", b"", "This file is empty."),
    ("list.csv", b"%PDF-1.7 abc", "PDF"),
    ("list.xlsx", b"PK\x03\x04 cut off", ""),
)


def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(at_desk: Desk) -> None:
    desk = at_desk
    for name, data, said in REFUSED:
        answer = upload(desk, data, name)
        assert answer.status_code == 422, name
        assert said in text_of(answer)
        assert not list((folder(desk, "/x").parent).glob("*"))
    address = run_of(upload(desk, b'[{"id": "o1", "name": "Cut o', "list.json"))
    work(desk)
    assert "Not imported" in text_of(desk[COORDINATOR].open(address))
    assert state(address) == "failed"
    assert not folder(desk, address).exists()


def test_nobody_but_coordinators_of_the_network_sees_imports(at_desk: Desk, now) -> None:
    desk = at_desk
    address = run_of(upload(desk, package()))
    for who in ("alder.worker", "birch.agency_admin"):
        visitor = desk[who]
        for path in ("/directory/imports", NEW, address, f"{address}/report.csv"):
            assert visitor.open(path).status_code == 404, (who, path)
        assert visitor.send(f"{address}/start", follow=False).status_code == 404
    assert desk["anonymous"].open(address).headers["Location"] == "/sign-in"


def test_a_large_body_is_taken_in_here_alone_and_from_the_signed_in_alone(at_desk: Desk) -> None:
    desk = at_desk

    def send(visitor, path: str) -> int:
        # Written by hand: the test client would keep so large a form in a file that it leaves open.
        parts = {"csrf_token": visitor.token, "source": "big"}
        body = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (name.encode(), value.encode())
            for name, value in parts.items()
        )
        body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
        body += TABLE.encode() * 10_000 + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        with visitor.client.post(path, data=body, content_type=kind) as answer:
            return answer.status_code

    coordinator, stranger = desk[COORDINATOR], desk["anonymous"]
    coordinator.open(NEW)
    stranger.open("/sign-in")
    assert send(coordinator, NEW) == 303
    assert send(coordinator, "/directory") == 413
    assert send(stranger, NEW) == 413


def test_the_pages_take_few_statements_however_much_there_is(at_desk: Desk) -> None:
    desk = at_desk
    address = run_of(upload(desk, package()))
    work(desk)
    for path in ("/directory/imports", NEW, address, f"{address}/progress"):
        with Statements() as run:
            assert desk[COORDINATOR].open(path).status_code == 200
        assert len(run.texts) <= 12, path


def test_naughty_text_breaks_no_form_of_the_desk(at_desk: Desk) -> None:
    desk = at_desk
    from tests.web.test_bad_input import NAUGHTY

    address = run_of(upload(desk, TABLE.encode(), "table.csv"))
    for value in NAUGHTY[:-4:3]:
        for act_name, fields in (
            ("columns", {"column-0": value, "kind-0": value, "constant-organization_name": value}),
            ("sheet", {"sheet": value}),
            ("start", {"take": value, "same": value, "version": value}),
            ("undo", {"version": value}),
        ):
            answer = desk[COORDINATOR].send(f"{address}/{act_name}", fields, follow=False)
            assert answer.status_code in {303, 404, 409, 422}, (act_name, value[:40])
    answer = upload(desk, csv_text([SERVICE]).encode(), "../../\u202ea\x00b.csv")
    assert answer.status_code in {303, 422}
