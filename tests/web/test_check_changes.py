"""What has changed, told by a mailed link: proposed once, shown to nobody, decided by another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from ccr.domain.directory_history import Act
from ccr.services import check_links
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import ListingProposal, VerificationLink
from ccr.storage.queries.directory_changes import history_of
from ccr.storage.queries.listing_state import listing_state
from tests.loop import world
from tests.small_directory import PRIVATE_PHONE, PUBLIC_PHONE
from tests.web.check_desk import WEDNESDAY_NOON, age, checked, desk_on_a_wednesday, form_of, mailed
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with desk_on_a_wednesday(app) as made:
        yield made


def post(desk: Desk, token: str, step: str, **typed: str) -> Any:
    return desk["anonymous"].client.post(f"/check/{token}", data={**typed, "step": step})


def opened(desk: Desk, token: str) -> tuple[str, dict[str, str]]:
    page = text_of(post(desk, token, "change"))
    return page, form_of(page)


def proposals() -> list[ListingProposal]:
    found = list(db.session.scalars(select(ListingProposal)))
    db.session.rollback()
    return found


def held(desk: Desk, service_id: UUID) -> dict[str, Any]:
    found = listing_state(desk.small.network_id, service_id).fields
    db.session.rollback()
    return found


def test_what_has_changed_is_proposed_once_and_changes_nothing_before_it_is_confirmed(
    desk: Desk,
) -> None:
    birch = desk.small.birch_service_id
    (token,) = mailed(desk)
    before = held(desk, birch)
    page, typed = opened(desk, token)
    assert PUBLIC_PHONE in page
    assert PRIVATE_PHONE not in page
    typed |= {"description": "Now in Troy on Mondays.", "phones-0-number": "518-555-0177"}
    assert post(desk, token, "send", **typed).status_code == 200
    assert held(desk, birch) == before
    assert post(desk, token, "send", **typed).status_code == 409  # the same press
    typed.pop("once")
    assert post(desk, token, "send", **typed).status_code == 410
    (kept,) = proposals()
    assert (kept.state, kept.kind) == ("waiting", "edit")
    assert kept.changes["after"].keys() == {"description", "phones"}
    assert checked(desk, birch)[0] == WEDNESDAY_NOON - timedelta(days=200)


def test_who_confirms_it_is_somebody_else_and_the_day_of_the_check_is_the_day_it_was_told(
    desk: Desk,
) -> None:
    birch = desk.small.birch_service_id
    (token,) = mailed(desk)
    _, typed = opened(desk, token)
    post(desk, token, "send", **typed | {"phones-0-number": "518-555-0177"})
    desk.clock.shift(timedelta(days=2))  # type: ignore[attr-defined]
    (kept,) = proposals()
    path = f"/directory/proposals/{kept.id}"
    own = desk["birch.agency_admin"]
    assert "This is your own" in text_of(own.open(path))
    assert own.send(f"{path}/accept", {"version": "1"}, follow=False).status_code == 409
    other = desk[COORDINATOR]
    page = text_of(other.open(path))
    assert "The member, by mailed link" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    done = other.send(f"{path}/accept", {"version": version[1]}, follow=False)
    assert done.status_code == 303
    numbers = {phone["number"]: phone["is_private"] for phone in held(desk, birch)["phones"]}
    assert numbers == {"(518) 555-0177": False, PRIVATE_PHONE: True}
    assert checked(desk, birch) == (WEDNESDAY_NOON, "mailed-link, Birch Advocates (demo)")
    assert {c.act for c in history_of(desk.small.network_id, [birch])} == {Act.EDITED, Act.VERIFIED}
    assert "The member, by mailed link" in text_of(other.open(f"/directory/services/{birch}"))


def test_a_refused_change_leaves_the_listing_and_its_check_as_they_were(desk: Desk) -> None:
    birch = desk.small.birch_service_id
    (token,) = mailed(desk)
    before = held(desk, birch)
    _, typed = opened(desk, token)
    post(desk, token, "send", **typed | {"closed": "y"})
    (kept,) = proposals()
    assert kept.changes["after"] == {"status": "inactive"}
    other = desk[COORDINATOR]
    path = f"/directory/proposals/{kept.id}"
    other.open(path)
    assert other.send(f"{path}/refuse", {"version": "1"}, follow=False).status_code == 303
    assert held(desk, birch) == before


def test_what_cannot_be_used_is_kept_in_the_form_and_the_link_with_it(desk: Desk) -> None:
    (token,) = mailed(desk)
    _, typed = opened(desk, token)
    same = post(desk, token, "send", **typed)
    assert same.status_code == 422
    assert "Nothing differs" in text_of(same)
    wrong = typed | {"phones-0-number": "12", "url": "javascript:x", "description": "Kept words"}
    answer = post(desk, token, "send", **wrong)
    assert answer.status_code == 422
    for words in ("Kept words", "javascript:x", "Not a possible phone number", "Not a web address"):
        assert words in text_of(answer)
    assert proposals() == []
    assert post(desk, token, "send", **typed | {"name": "A new name"}).status_code == 200


def test_what_was_typed_before_somebody_else_changed_the_listing_is_kept(desk: Desk) -> None:
    (token,) = mailed(desk)
    _, typed = opened(desk, token)
    with unit_of_work():
        db.session.execute(update(ServiceRow).values(version=ServiceRow.version + 1))
    sent = typed | {"description": "Kept words"}
    answer = post(desk, token, "send", **sent)
    assert answer.status_code == 409
    assert "Kept words" in text_of(answer)
    again = form_of(text_of(answer))
    assert post(desk, token, "send", **again).status_code == 200


def test_of_a_hidden_place_the_form_has_its_name_and_public_numbers_and_takes_no_street(
    desk: Desk,
) -> None:
    cedar = desk.small.cedar_service_id
    age(desk, cedar, 200)
    with unit_of_work():
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id == cedar)
            .values(description="Behind 12 Mill Street", url="https://cedar.example.org")
        )
    (token,) = mailed(desk)
    page, typed = opened(desk, token)
    assert {name.partition("-")[0] for name in typed} <= {
        "once",
        "version",
        "step",
        "name",
        "phones",
    }
    assert "Mill Street" not in page
    assert "cedar.example.org" not in page
    street = typed | {"name": "Cedar, 12 Mill Street", "description": "Planted"}
    assert post(desk, token, "send", **street).status_code == 422
    assert post(desk, token, "send", **typed | {"name": "Cedar two"}).status_code == 200
    (kept,) = proposals()
    assert kept.changes["after"] == {"name": "Cedar two"}


def test_nobody_is_asked_again_while_what_they_told_waits(desk: Desk) -> None:
    (token,) = mailed(desk)
    _, typed = opened(desk, token)
    post(desk, token, "send", **typed | {"name": "A new name"})
    later = WEDNESDAY_NOON + timedelta(days=21)
    assert check_links.remind(world(), at=later) == 0
    with unit_of_work():
        db.session.execute(update(ListingProposal).values(state="refused", decided_at=later))
    assert check_links.remind(world(), at=later) == 1


def test_the_trail_says_which_fields_and_never_what_they_say(desk: Desk) -> None:
    (token,) = mailed(desk)
    _, typed = opened(desk, token)
    post(desk, token, "send", **typed | {"name": "Planted words"})
    tables = db.metadata.tables
    rows = db.session.execute(select(tables["audit_event"])).all()
    told = [row for row in rows if row.verb == "proposed-by-link"]
    assert [row.field_names for row in told] == [["name"]]
    assert "Planted" not in str(rows)
    used = db.session.scalars(select(VerificationLink.used_at)).all()
    db.session.rollback()
    assert all(used)
