"""A member's own facts: who changes them, what waits for a second person, what is remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.storage.db import db
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import ListingProposal
from ccr.storage.queries import verification
from ccr.storage.queries.listing_state import member_state
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.check_desk import form_of
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
ADMIN = "birch.agency_admin"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))
    assert {c.__name__: f for c in verification.CHECKS if (f := c())} == {}


def path_of(desk: Desk, team: str = "birch") -> str:
    return f"/directory/members/{getattr(desk.small, team).member_id}"


def held(desk: Desk, team: str = "birch") -> dict[str, Any]:
    found = member_state(desk.small.network_id, getattr(desk.small, team).member_id).fields
    db.session.rollback()
    return found


def opened(desk: Desk, who: str, team: str = "birch") -> dict[str, str]:
    return form_of(text_of(desk[who].open(path_of(desk, team))))


def waiting() -> list[ListingProposal]:
    found = list(
        db.session.scalars(select(ListingProposal).where(ListingProposal.state == "waiting"))
    )
    db.session.rollback()
    return found


def test_words_show_at_once_and_are_remembered_and_found(desk: Desk) -> None:
    me = desk[ADMIN]
    typed = opened(desk, ADMIN) | {
        "name": "Larch Advocates",
        "website": "https://larch.example.org",
        "email": "office@larch.example.org",
    }
    assert me.send(path_of(desk), typed, follow=False).status_code == 303
    assert held(desk)["name"] == "Larch Advocates"
    assert held(desk)["email"] == "office@larch.example.org"
    past = text_of(me.open(f"{path_of(desk)}/history"))
    assert f'href="{path_of(desk)}"><span>Back to the member' in past
    assert "Larch Advocates" in past
    assert "Birch Advocates (demo)" in past
    assert "Larch" in text_of(desk["alder.worker"].open("/directory?words=larch"))


def test_a_phone_waits_for_a_second_person_at_the_desk_of_the_members_listings(desk: Desk) -> None:
    typed = opened(desk, ADMIN) | {"phones-0-number": "518-555-0123"}
    assert desk[ADMIN].send(path_of(desk), typed, follow=False).status_code == 303
    assert held(desk)["phones"] == []
    (kept,) = waiting()
    listing = f"/directory/services/{desk.small.birch_service_id}/edit"
    assert "change waits" not in text_of(desk[ADMIN].open(listing))
    assert "Waits for a second person:" in text_of(desk[ADMIN].open(path_of(desk)))
    path = f"/directory/proposals/{kept.id}"
    assert "This is your own" in text_of(desk[ADMIN].open(path))
    page = text_of(desk[COORDINATOR].open(path))
    assert "The member itself" in page
    assert "(518) 555-0123" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    stale = desk[COORDINATOR].send(f"{path}/accept", {"version": "77"}, follow=False)
    assert stale.status_code == 409
    done = desk[COORDINATOR].send(f"{path}/accept", {"version": version[1]}, follow=False)
    assert done.status_code == 303
    assert [phone["number"] for phone in held(desk)["phones"]] == ["(518) 555-0123"]
    past = text_of(desk[ADMIN].open(f"{path_of(desk)}/history"))
    assert "confirmed by" in past


def test_ones_own_newer_phone_replaces_the_older_and_can_be_taken_back(desk: Desk) -> None:
    for number in ("518-555-0123", "518-555-0124"):
        typed = opened(desk, ADMIN) | {"phones-0-number": number}
        desk[ADMIN].send(path_of(desk), typed, follow=False)
    (kept,) = waiting()
    assert kept.changes["after"]["phones"][0]["number"] == "(518) 555-0124"
    back = desk[ADMIN].send(f"/directory/proposals/{kept.id}/withdraw", {}, follow=False)
    assert back.headers["Location"].endswith(path_of(desk))
    assert waiting() == []


def test_of_two_who_save_one_wins_and_the_other_reads_both_versions(desk: Desk) -> None:
    first, second = opened(desk, ADMIN), opened(desk, COORDINATOR)
    desk[COORDINATOR].send(path_of(desk), second | {"description": "Theirs"}, follow=False)
    answer = desk[ADMIN].send(path_of(desk), first | {"description": "Mine"}, follow=False)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Theirs" in page
    assert held(desk)["description"] == "Theirs"
    again = desk[ADMIN].send(path_of(desk), form_of(page), follow=False)
    assert again.status_code == 303
    assert held(desk)["description"] == "Mine"


def test_what_cannot_be_used_is_kept_in_the_form(desk: Desk) -> None:
    typed = opened(desk, ADMIN) | {"name": " ", "website": "javascript:x", "email": "nobody"}
    answer = desk[ADMIN].send(path_of(desk), typed, follow=False)
    assert answer.status_code == 422
    for words in ("Give it a name.", "javascript:x", "Not a web address", "Not an e-mail address"):
        assert words in text_of(answer)


@pytest.mark.parametrize("field", ["description", "alternate_name"])
def test_a_member_with_a_hidden_service_takes_no_street(desk: Desk, field: str) -> None:
    typed = opened(desk, COORDINATOR, "cedar") | {field: "Behind 12 Mill Street"}
    before = held(desk, "cedar")
    answer = desk[COORDINATOR].send(path_of(desk, "cedar"), typed, follow=False)
    assert answer.status_code == 422
    assert "leave out streets" in text_of(answer)
    assert held(desk, "cedar") == before


def test_another_programs_member_is_not_there_nor_for_staff_who_edit_nothing(desk: Desk) -> None:
    for who in ("alder.agency_admin", "birch.advocate", "coordination.auditor"):
        for path in (path_of(desk), f"{path_of(desk)}/history"):
            assert desk[who].open(path).status_code == 404, who
    desk["alder.agency_admin"].open("/account")
    sent = desk["alder.agency_admin"].send(path_of(desk), {"name": "X"}, follow=False)
    assert sent.status_code == 404


def test_a_member_without_listings_keeps_its_phone_at_once(desk: Desk) -> None:
    alder = desk.small.alder.member_id
    rows = db.session.scalars(select(ServiceRow.id).where(ServiceRow.member_id == alder)).all()
    db.session.rollback()
    assert rows == []
    typed = opened(desk, COORDINATOR, "alder") | {"phones-0-number": "518-555-0123"}
    desk[COORDINATOR].send(path_of(desk, "alder"), typed, follow=False)
    assert [phone["number"] for phone in held(desk, "alder")["phones"]] == ["(518) 555-0123"]


def test_its_public_places_stand_below_with_the_way_to_change_them(desk: Desk) -> None:
    page = text_of(desk[ADMIN].open(path_of(desk)))
    ways = re.findall(r'href="(/directory/services/[^"]+/places/[^"]+)"', page)
    assert ways
    assert desk[ADMIN].open(ways[0]).status_code == 200
    assert "/places/" not in text_of(desk[COORDINATOR].open(path_of(desk, "cedar")))


def test_the_pages_take_few_statements_and_are_reached_from_where_one_is(desk: Desk) -> None:
    me = desk[COORDINATOR]
    for path in (path_of(desk), f"{path_of(desk)}/history"):
        me.open(path)
        with Statements() as run:
            assert me.open(path).status_code == 200
        assert len(run.texts) <= 12
    member = desk.small.birch.member_id
    for start in (
        f"/network/members/{member}",
        f"/directory/services/{desk.small.birch_service_id}/edit",
    ):
        assert f'href="{path_of(desk)}"' in text_of(me.open(start))
