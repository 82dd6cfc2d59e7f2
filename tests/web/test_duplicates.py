"""Duplicates on the site: found, compared, merged; old addresses lead on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select

from ccr.services import duplicates
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow, ServiceRow
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def twin_of(service_id: UUID) -> UUID:
    """Return a second record of a service, with other words on how to start."""
    with unit_of_work():
        row = db.session.execute(
            select(ServiceRow.__table__).where(ServiceRow.id == service_id)
        ).one()
        values = {**row._mapping, "id": uuid4(), "application_process": "Walk in"}
        db.session.execute(insert(ServiceRow), [values | {"source": None, "source_id": None}])
    return values["id"]


def test_a_pair_is_found_compared_and_merged_and_the_old_address_leads_on(
    desk: Desk, now: datetime
) -> None:
    kept = desk.small.birch_service_id
    gone = twin_of(kept)
    visitor = desk[COORDINATOR]
    assert "has not been looked through yet" in text_of(visitor.open("/directory/duplicates"))
    assert "looking through" in text_of(visitor.send("/directory/duplicates/look"))
    duplicates.search_when_due(desk.app.extensions["ccr_world"], at=now)
    with Statements() as run:
        page = text_of(visitor.open("/directory/duplicates"))
    assert len(run.texts) <= 12
    assert "1 pair" in page
    address = f"/directory/duplicates/services/{kept}/{gone}"
    with Statements() as run:
        page = text_of(visitor.open(address))
    assert len(run.texts) <= 12
    assert "Walk in" in page
    versions = {"kept_version": "1", "gone_version": "1"}
    choice = {"field-application_process": "gone"}
    assert visitor.send(address, {"kept_version": "9"}, follow=False).status_code == 409
    answer = visitor.send(address, {**versions, **choice}, follow=False)
    assert answer.status_code == 303, text_of(answer)
    assert visitor.send(address, {**versions, **choice}, follow=False).status_code == 404
    for who in (COORDINATOR, "alder.worker"):
        moved = desk[who].open(f"/directory/services/{gone}")
        assert (moved.status_code, moved.headers["Location"]) == (
            303,
            f"/directory/services/{kept}",
        )
    assert "Walk in" in text_of(visitor.open(f"/directory/services/{kept}"))
    public = desk["anonymous"].open(f"/services/{gone}")
    assert public.status_code in {303, 404}
    assert "No duplicates were found" in text_of(visitor.open("/directory/duplicates"))


def test_a_service_with_an_open_referral_is_not_the_one_that_goes(desk: Desk) -> None:
    sent_to = desk.small.birch_service_id
    other = twin_of(sent_to)
    desk.send()
    visitor = desk[COORDINATOR]
    address = f"/directory/duplicates/services/{other}/{sent_to}"
    assert "is under way" in text_of(visitor.open(address))
    versions = {"kept_version": "1", "gone_version": "1"}
    answer = visitor.send(address, versions, follow=False)
    assert answer.status_code == 422
    assert "is under way" in text_of(answer)
    swapped = f"/directory/duplicates/services/{sent_to}/{other}"
    assert visitor.send(swapped, versions, follow=False).status_code == 303


def test_nobody_but_coordinators_compares_and_odd_addresses_are_not_there(desk: Desk) -> None:
    kept = desk.small.birch_service_id
    pair = f"/directory/duplicates/services/{kept}/{kept}"
    for path in ("/directory/duplicates", pair):
        assert desk["alder.worker"].open(path).status_code == 404
    visitor = desk[COORDINATOR]
    visitor.open("/directory/duplicates?page=x")
    member = db.session.scalar(select(MemberRow.id).limit(1))
    for path in (pair, f"/directory/duplicates/places/{kept}/{member}"):
        assert visitor.open(path).status_code == 404
        assert visitor.send(path, follow=False).status_code == 404
        assert visitor.send(f"{path}/apart", follow=False).status_code == 404
