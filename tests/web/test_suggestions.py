"""Anybody tells that a public listing is wrong; nothing on the page tells whether anybody did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from ccr.services.suggesting import MOST_IN_A_WINDOW
from ccr.storage.db import db
from ccr.storage.models.keeping import ListingProposal
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, settled, text_of

CANARY = "qzvexor the blue door"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def kept() -> list[ListingProposal]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(ListingProposal)))


def tell(desk: Desk, path: str, *, came_from: str = "203.0.113.9", **data: str) -> TestResponse:
    browser = desk["anonymous"].client
    answer = browser.post(
        path, data={"issue": "phone"} | data, environ_base={"REMOTE_ADDR": came_from}
    )
    db.session.rollback()
    return answer


def page_of(desk: Desk, path: str) -> str:
    return settled(text_of(desk["anonymous"].open(path)))


def test_what_anybody_tells_is_sealed_without_who_or_when(desk: Desk, now: datetime) -> None:
    path = f"/es/services/{desk.small.birch_service_id}/suggest"
    before = page_of(desk, path.removesuffix("/suggest"))
    answer = tell(desk, path, words=CANARY)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{path}/thanks"
    assert "Set-Cookie" not in answer.headers
    row = kept()[0]
    assert (row.kind, row.account_id, row.compartment_id) == ("suggestion", None, None)
    assert CANARY not in (row.words_sealed or "")
    assert (row.created_at.hour, row.created_at.date()) == (0, now.date())
    assert page_of(desk, path.removesuffix("/suggest")) == before
    admin = desk["birch.agency_admin"]
    shown = text_of(admin.open(f"/directory/proposals/{row.id}"))
    assert CANARY in shown
    assert "203.0.113.9" not in shown
    assert desk["cedar.agency_admin"].open(f"/directory/proposals/{row.id}").status_code == 404
    admin.send(f"/directory/proposals/{row.id}/refuse", {"version": "1"})
    assert kept()[0].words_sealed is None


def test_of_a_private_address_nothing_but_the_list_is_taken(desk: Desk) -> None:
    path = f"/services/{desk.small.cedar_service_id}/suggest"
    page = text_of(desk["anonymous"].open(path))
    assert "<textarea" not in page
    assert "It has moved" not in page
    assert tell(desk, path, words=CANARY).status_code == 303
    assert [row.words_sealed for row in kept()] == [None]
    assert tell(desk, path, issue="moved").status_code == 422


def test_too_much_from_one_place_is_answered_the_same_and_not_kept(desk: Desk) -> None:
    path = f"/services/{desk.small.birch_service_id}/suggest"
    answers = {
        (a.status_code, a.headers["Location"])
        for a in (tell(desk, path) for _ in range(MOST_IN_A_WINDOW + 3))
    }
    assert len(answers) == 1
    assert len(kept()) == MOST_IN_A_WINDOW
    assert tell(desk, path, came_from="198.51.100.7").status_code == 303
    assert len(kept()) == MOST_IN_A_WINDOW + 1


def test_machines_and_other_sites_leave_nothing(desk: Desk) -> None:
    path = f"/services/{desk.small.birch_service_id}/suggest"
    assert tell(desk, path, more="https://example.org").status_code == 303
    browser = desk["anonymous"].client
    foreign = browser.post(path, data={"issue": "phone"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    wrong = browser.post(path, data={"issue": "", "words": CANARY})
    assert wrong.status_code == 422
    assert CANARY in text_of(wrong)
    assert kept() == []
