"""Members without accounts are asked at their office, by a letter that says nothing; or called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ccr.adapters.mailer import Mail, MailError
from ccr.services import check_letters
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.keeping import ListingProposal, VerificationLink
from ccr.storage.queries import check_letters as queries
from tests.loop import world
from tests.small_directory import grow
from tests.web.check_desk import WEDNESDAY_NOON, age, checked, desk_on_a_wednesday, form_of
from tests.web.journey import Desk, text_of

PAGE = "/directory/checks"
COORDINATOR = "coordination.coordinator"
OFFICE = "office@birch.example.org"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with desk_on_a_wednesday(app) as made:
        change(Account, Account.compartment_id == made.small.birch.compartment_id, active=False)
        change(MemberRow, MemberRow.id == made.small.birch.member_id, email=OFFICE)
        yield made


def change(model: Any, condition: Any, **values: object) -> None:
    with unit_of_work():
        db.session.execute(update(model).where(condition).values(**values))


def written(at: Any = WEDNESDAY_NOON) -> list[str]:
    """Write what is due; return all letters so far, as files."""
    place = world()
    check_letters.write(place, at=at)
    folder = place.settings.data_dir / "outbox"
    return [file.read_text().replace("=\n", "") for file in sorted(folder.glob("*.eml"))]


def links() -> int:
    found = db.session.scalar(select(func.count()).select_from(VerificationLink))
    db.session.rollback()
    return int(found or 0)


def test_an_office_gets_one_letter_that_names_nobody_and_nothing(desk: Desk) -> None:
    (letter,) = written()
    assert f"To: {OFFICE}" in letter
    for words in ("Birch", "advocacy", str(desk.small.birch_service_id)):
        assert words not in letter.replace(OFFICE, "")
    assert len(re.findall(r"/check/[\w-]{43}", letter)) == 1
    assert written() == [letter]
    assert links() == 1


def test_its_link_needs_no_account_and_says_who_checked(desk: Desk) -> None:
    (letter,) = written()
    (token,) = re.findall(r"/check/([\w-]{43})", letter)
    client = desk["anonymous"].client
    page = text_of(client.post(f"/check/{token}", data={"step": "look"}))
    assert "Birch legal advocacy" in page
    assert "Sign in" not in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    sent = {"step": "confirm", "version": version[1]}
    assert client.post(f"/check/{token}", data=sent).status_code == 200
    birch = desk.small.birch_service_id
    assert checked(desk, birch) == (WEDNESDAY_NOON, "mailed-link, Birch Advocates (demo)")


def test_what_an_office_says_has_changed_waits_for_the_coordinator(desk: Desk) -> None:
    (letter,) = written()
    (token,) = re.findall(r"/check/([\w-]{43})", letter)
    client = desk["anonymous"].client
    page = text_of(client.post(f"/check/{token}", data={"step": "change"}))
    sent = form_of(page) | {"step": "send", "closed": "y"}
    assert client.post(f"/check/{token}", data=sent).status_code == 200
    (account,) = db.session.scalars(select(ListingProposal.account_id))
    db.session.rollback()
    assert account is None
    assert "The member, by mailed link" in text_of(desk[COORDINATOR].open("/directory/proposals"))


def test_whoever_has_an_administrator_gets_no_letter(desk: Desk) -> None:
    change(Account, Account.compartment_id == desk.small.birch.compartment_id, active=True)
    assert written() == []


def test_a_hidden_services_own_address_is_never_written_to(desk: Desk) -> None:
    cedar, small = desk.small.cedar_service_id, desk.small
    age(desk, cedar, 200)
    change(Account, Account.compartment_id == small.cedar.compartment_id, active=False)
    change(ServiceRow, ServiceRow.id == cedar, email="inside@cedar.example.org")
    assert written() == []
    change(MemberRow, MemberRow.id == small.cedar.member_id, email="Coordination@cedar.example.org")
    (letter,) = written()
    assert "To: coordination@cedar.example.org" in letter
    assert "inside" not in letter


def test_the_services_own_address_serves_where_its_member_has_none(desk: Desk) -> None:
    change(MemberRow, MemberRow.id == desk.small.birch.member_id, email="two@a.org, three@b.org")
    change(ServiceRow, ServiceRow.id == desk.small.birch_service_id, email="desk@birch.example.org")
    (letter,) = written()
    assert "To: desk@birch.example.org" in letter


def test_where_nobody_can_be_written_to_the_coordinator_reads_that_somebody_has_to_call(
    desk: Desk,
) -> None:
    me = desk[COORDINATOR]
    assert "Its office is asked by mail" in text_of(me.open(PAGE))
    me.open("/directory/rules")
    rules = {"usual_days": "183", "often_days": "90"}
    assert me.send("/directory/rules", rules, follow=False).status_code == 303
    assert "Nobody to write to: call" in text_of(me.open(PAGE))
    assert written() == []
    me.send("/directory/rules", rules | {"letters": "y"}, follow=False)
    change(MemberRow, MemberRow.id == desk.small.birch.member_id, email=None)
    assert "Nobody to write to: call" in text_of(me.open(PAGE))
    assert written() == []


def test_an_office_is_asked_twice_at_most_and_once_a_day(desk: Desk) -> None:
    grow(desk.small, 25, at=WEDNESDAY_NOON - timedelta(days=300))
    birch = desk.small.birch
    change(
        ServiceRow,
        ServiceRow.id != desk.small.dune_service_id,
        member_id=birch.member_id,
        compartment_id=birch.compartment_id,
        last_verified_at=WEDNESDAY_NOON - timedelta(days=300),
    )
    found = db.session.scalar(select(func.count()).select_from(ServiceRow))
    db.session.rollback()
    due = (found or 0) - 1
    counts = []
    for day in (0, 0, 1, 1, 14, 15, 30, 60):
        written(WEDNESDAY_NOON + timedelta(days=day))
        counts.append(links())
    assert counts[:4] == [20, 20, due, due]
    assert counts[-1] == 2 * due


def test_an_import_of_a_whole_state_is_written_to_a_few_a_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_A_DAY", 0)
    assert written() == []


class _Server:
    """A mail server that takes some letters and then fails in a given way."""

    def __init__(self, code: str) -> None:
        self.code = code

    @contextmanager
    def connected(self) -> Iterator[Any]:
        yield self._refuse

    def _refuse(self, _mail: Mail) -> None:
        raise MailError(self.code)


@pytest.mark.parametrize(("code", "left"), [("connect", 0), ("refused", 1)])
def test_what_no_server_took_is_tried_again_and_what_it_refused_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, code: str, left: int
) -> None:
    monkeypatch.setattr(check_letters, "mailer_for", lambda _settings: _Server(code))
    assert check_letters.write(world(), at=WEDNESDAY_NOON) == 0
    assert links() == left


def test_a_letter_that_a_dying_server_may_have_taken_comes_again_as_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[Mail] = []

    class Dying:
        @contextmanager
        def connected(self) -> Iterator[Any]:
            yield self._take

        def _take(self, mail: Mail) -> None:
            came.append(mail)
            if len(came) == 1:
                raise MailError("connect")

    monkeypatch.setattr(check_letters, "mailer_for", lambda _settings: Dying())
    assert check_letters.write(world(), at=WEDNESDAY_NOON) == 1
    assert links() == 1
    assert len(came) == 2
    assert came[0] == came[1]


@pytest.mark.parametrize("hours", [-12, 72])
def test_no_office_is_written_to_at_night_or_on_a_weekend(desk: Desk, hours: int) -> None:
    assert written(WEDNESDAY_NOON + timedelta(hours=hours)) == []
