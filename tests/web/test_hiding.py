"""The page that makes a listing confidential or public: what it says, asks and refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from ccr.cli.directory import command
from ccr.storage.db import db
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import PublicationAuthorization
from tests.directory_rows import Statements
from tests.hidden_house import TELLS, House, plant
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

WHO = "coordination.coordinator"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


@pytest.fixture
def house(desk: Desk, now: datetime, tmp_path: Path) -> House:
    return plant(desk.small, tmp_path, at=now)


def is_confidential(service_id) -> bool:
    found = db.session.get(ServiceRow, service_id)
    assert found is not None
    hidden = found.confidential
    db.session.rollback()
    return hidden


def test_it_says_first_what_goes_then_asks_then_erases(desk: Desk, house: House) -> None:
    visitor = desk[WHO]
    path = f"/directory/services/{house.edited}/confidential"
    listing = text_of(visitor.open(f"/directory/services/{house.edited}"))
    assert path in listing
    with Statements() as run:
        page = text_of(visitor.open(path))
    assert len(run.texts) <= 12
    for words in ("Birch welcome desk (demo)", "Pinyon legal help", "518-555-0164", "Backups made"):
        assert words in page
    # The address that is about to go is not written on one page more.
    assert not [word for word in TELLS if word in page.casefold()]
    seen = re.findall(r'name="listing" value="([^"]+)"', page)
    assert len(seen) == 2

    refused = visitor.send(path, {"listing": seen})
    assert refused.status_code == 422
    assert "Read the list, and set this tick." in text_of(refused)
    half = visitor.send(path, {"listing": seen[:1], "seen": "y"}, follow=False)
    assert half.status_code == 409
    assert not is_confidential(house.edited)

    done = text_of(visitor.send(path, {"listing": seen, "seen": "y"}))
    assert "2 listings are confidential now. Their place is erased here." in done
    assert "What cannot be called back" in done
    assert is_confidential(house.edited)
    assert is_confidential(house.imported)
    again = visitor.send(path, {"listing": seen, "seen": "y"}, follow=False)
    assert again.status_code == 409


def test_a_name_that_holds_the_street_is_said_on_the_page(desk: Desk, house: House) -> None:
    row = db.session.get(ServiceRow, house.edited)
    assert row is not None
    row.name = "77 Canarywell drop-in"
    db.session.commit()
    path = f"/directory/services/{house.edited}/confidential"
    visitor = desk[WHO]
    seen = re.findall(r'name="listing" value="([^"]+)"', text_of(visitor.open(path)))
    answer = visitor.send(path, {"listing": seen, "seen": "y"})
    assert answer.status_code == 422
    assert "Change the name first" in text_of(answer)


def test_public_again_needs_who_signed_and_when(desk: Desk) -> None:
    visitor, cedar = desk[WHO], desk.small.cedar_service_id
    page = text_of(visitor.open(f"/directory/services/{cedar}/confidential"))
    assert "Only the agency that runs the place can allow that, in writing." in page
    signed = {
        "version": "1",
        "operator_name": "R. Director",
        "signed_on": "2026-11-02",
        "confirmed_name": "Cedar advocacy (demo)",
        "note": "Folder 7",
    }
    path = f"/directory/services/{cedar}/public"
    for missing in ("operator_name", "signed_on", "confirmed_name"):
        answer = visitor.send(path, {**signed, missing: ""})
        assert answer.status_code == 422
        assert "Folder 7" in text_of(answer)
    assert visitor.send(path, {**signed, "version": "9"}).status_code == 409
    assert is_confidential(cedar)
    done = text_of(visitor.send(path, signed))
    assert "This listing is public now. It has no address yet." in done
    assert not is_confidential(cedar)
    assert db.session.query(PublicationAuthorization).count() == 1
    assert visitor.send(path, {**signed, "version": "2"}).status_code == 409


def test_others_find_nothing_there(desk: Desk, house: House) -> None:
    path = f"/directory/services/{house.edited}"
    for who in ("alder.worker", "birch.advocate", "alder.agency_admin", "coordination.auditor"):
        for page in ("confidential", "public"):
            assert desk[who].send(f"{path}/{page}", {"seen": "y"}).status_code == 404
        assert desk[who].open(f"{path}/confidential").status_code == 404
    assert "/confidential" not in text_of(desk["alder.agency_admin"].open(path))
    own = text_of(desk["birch.agency_admin"].open(f"{path}/confidential"))
    assert "These belong to other agencies." in own
    assert not is_confidential(house.edited)


def test_the_terminal_asks_and_hides_the_same(desk: Desk, house: House) -> None:
    runner = desk.app.test_cli_runner()
    arguments = ["hide", str(house.imported), "--network", "Test network"]
    asked = runner.invoke(command, arguments, input="n\n")
    assert asked.exit_code == 1
    assert "Pinyon legal help" in asked.output
    assert not is_confidential(house.imported)
    done = runner.invoke(command, [*arguments, "--yes"])
    assert "Confidential now: 2." in done.output
    assert not [word for word in TELLS if word in done.output.casefold()]
    assert is_confidential(house.edited)
