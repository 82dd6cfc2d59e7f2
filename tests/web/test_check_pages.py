"""Listings kept true: on the desk, and by a link that works once and tells a scanner nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ccr.domain.directory_history import Act
from ccr.services import check_links
from ccr.services.delivery import deliver
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import VerificationLink
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.directory import directory_version
from ccr.storage.queries.directory_changes import history_of
from tests.directory_rows import Statements
from tests.loop import world
from tests.small_directory import grow
from tests.web.check_desk import (
    WEDNESDAY_NOON,
    age,
    checked,
    desk_on_a_wednesday,
    mailed,
    value,
)
from tests.web.journey import Desk, text_of

PAGE = "/directory/checks"
COORDINATOR = "coordination.coordinator"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with desk_on_a_wednesday(app) as made:
        yield made


def test_what_is_due_is_listed_for_its_program_and_for_the_coordinator(desk: Desk) -> None:
    mine = text_of(desk["birch.advocate"].open(PAGE))
    assert "Check is due" in mine
    assert "Checked 6 months ago" in mine
    assert "Nothing is due" in text_of(desk["alder.worker"].open(PAGE))
    everything = text_of(desk[COORDINATOR].open(PAGE))
    assert "Birch" in everything
    assert "Most to check" in everything


def test_still_true_is_noted_by_role_and_member_and_known_to_routing(desk: Desk) -> None:
    birch, who = desk.small.birch_service_id, desk["birch.advocate"]
    before = directory_version(desk.small.network_id)
    seen = value(text_of(who.open(PAGE)))
    assert who.send(PAGE, {"seen": seen}, follow=False).status_code == 303
    assert checked(desk, birch) == (WEDNESDAY_NOON, "advocate, Birch Advocates (demo)")
    assert directory_version(desk.small.network_id) > before
    assert [c.act for c in history_of(desk.small.network_id, [birch])] == [Act.VERIFIED]
    assert "Nothing is due" in text_of(who.open(PAGE))


def test_a_listing_that_changed_since_it_was_seen_is_not_noted(desk: Desk) -> None:
    birch, who = desk.small.birch_service_id, desk["birch.advocate"]
    seen = value(text_of(who.open(PAGE)))
    with unit_of_work():
        db.session.execute(
            update(ServiceRow).where(ServiceRow.id == birch).values(version=ServiceRow.version + 1)
        )
    assert who.send(PAGE, {"seen": seen}, follow=False).status_code == 409
    assert checked(desk, birch)[0] == WEDNESDAY_NOON - timedelta(days=200)


def test_another_programs_listing_is_not_there(desk: Desk) -> None:
    who = desk["alder.worker"]
    who.open(PAGE)
    sent = {"seen": f"{desk.small.birch_service_id} 1"}
    assert who.send(PAGE, sent, follow=False).status_code == 404
    assert who.send(PAGE, {"seen": "x"}, follow=False).status_code == 400


def test_the_list_takes_as_many_statements_with_twice_the_listings(desk: Desk) -> None:
    counts = []
    for _ in range(2):
        grow(desk.small, 6, at=WEDNESDAY_NOON - timedelta(days=300))
        desk[COORDINATOR].open(PAGE)
        with Statements() as run:
            assert desk[COORDINATOR].open(PAGE).status_code == 200
        counts.append(len(run.texts))
    assert counts[0] == counts[1] <= 12


def test_intervals_are_the_coordinators_and_within_bounds(desk: Desk) -> None:
    me = desk[COORDINATOR]
    me.open("/directory/rules")
    wrong = me.send("/directory/rules", {"usual_days": "3", "often_days": "90"}, follow=False)
    assert wrong.status_code == 422
    assert 'value="3"' in text_of(wrong)
    right = {"usual_days": "201", "often_days": "60"}
    assert me.send("/directory/rules", right, follow=False).status_code == 303
    assert "Nothing is due" in text_of(desk["birch.advocate"].open(PAGE))
    assert desk["birch.agency_admin"].open("/directory/rules").status_code == 404


def test_a_mailed_link_works_once_and_opening_it_tells_and_changes_nothing(desk: Desk) -> None:
    birch, anybody = desk.small.birch_service_id, desk["anonymous"]
    (token,) = mailed(desk)
    first = anybody.open(f"/check/{token}")
    assert "Set-Cookie" not in first.headers
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "Birch" not in text_of(first)
    scanned = anybody.open("/check/" + "x" * 43)
    assert scanned.status_code == 200  # what a scanner sees is the same for every token
    listing = text_of(anybody.client.post(f"/check/{token}", data={"step": "look"}))
    assert "Birch legal advocacy" in listing
    version = re.search(r'name="version" value="(\d+)"', listing)
    assert version
    sent = {"step": "confirm", "version": version[1]}
    assert anybody.client.post(f"/check/{token}", data=sent).status_code == 200
    assert checked(desk, birch) == (WEDNESDAY_NOON, "agency_admin, Birch Advocates (demo)")
    for step in ("look", "confirm"):
        again = anybody.client.post(f"/check/{token}", data={**sent, "step": step})
        assert again.status_code == 410


def test_a_check_on_the_desk_ends_the_link(desk: Desk) -> None:
    (token,) = mailed(desk)
    who = desk["birch.advocate"]
    who.send(PAGE, {"seen": value(text_of(who.open(PAGE)))}, follow=False)
    answer = desk["anonymous"].client.post(f"/check/{token}", data={"step": "look"})
    assert answer.status_code == 410


def test_the_link_of_somebody_who_left_or_that_ran_out_is_none(desk: Desk) -> None:
    (token,) = mailed(desk)
    post = desk["anonymous"].client.post
    with unit_of_work():
        db.session.execute(update(Account).values(active=False))
    assert post(f"/check/{token}", data={"step": "look"}).status_code == 404
    with unit_of_work():
        db.session.execute(update(Account).values(active=True))
    assert post(f"/check/{token}", data={"step": "look"}).status_code == 200
    desk.clock.shift(timedelta(days=14, seconds=1))  # type: ignore[attr-defined]
    assert post(f"/check/{token}", data={"step": "look"}).status_code == 404


def test_guessing_is_slowed_down(desk: Desk) -> None:
    post = desk["anonymous"].client.post
    answers = [
        post("/check/" + f"{number}" * 43, data={"step": "look"}).status_code for number in range(7)
    ]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_hidden_place_is_named_with_its_area_alone(desk: Desk) -> None:
    age(desk, desk.small.cedar_service_id, 200)
    (token,) = mailed(desk)
    page = text_of(desk["anonymous"].client.post(f"/check/{token}", data={"step": "look"}))
    assert "Cedar" in page
    for word in ("What to do first", "Their own website", "Hours"):
        assert word not in page


def test_the_worker_tells_each_administrator_twice_at_most_and_never_twice_for_one_run(
    desk: Desk,
) -> None:
    def links() -> int:
        found = db.session.scalar(select(func.count()).select_from(VerificationLink))
        db.session.rollback()
        return int(found or 0)

    place, told = world(), []
    for day in (0, 0, 1, 15, 30, 60):
        at = WEDNESDAY_NOON + timedelta(days=day)
        made = check_links.remind(place, at=at)
        if day in (0, 15):
            told.append(made)
    assert links() == 2
    assert told[:2] == [1, 0]
    assert db.session.scalar(select(func.count()).select_from(OutboxItem)) == 2
    db.session.rollback()


def test_a_program_with_many_listings_due_gets_a_digest_a_day_and_none_is_left_out(
    desk: Desk,
) -> None:
    grow(desk.small, 25, at=WEDNESDAY_NOON - timedelta(days=300))
    with unit_of_work():  # all of it is one program's
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id != desk.small.dune_service_id)
            .values(
                member_id=desk.small.birch.member_id,
                compartment_id=desk.small.birch.compartment_id,
                last_verified_at=WEDNESDAY_NOON - timedelta(days=300),
            )
        )
    place, made = world(), []
    for day in range(2):
        at = WEDNESDAY_NOON + timedelta(days=day)
        made += [check_links.remind(place, at=at), check_links.remind(place, at=at)]
        deliver(place, at=at)
    assert made[1] == made[3] == 0
    assert 0 < made[0] <= 20
    told = db.session.scalars(select(VerificationLink.service_id)).all()
    db.session.rollback()
    assert len(set(told)) == len(told) == made[0] + made[2] >= 25


@pytest.mark.parametrize("hours", [-12, 12, 72])
def test_nobody_is_mailed_at_night_or_on_a_weekend(desk: Desk, hours: int) -> None:
    assert check_links.remind(world(), at=WEDNESDAY_NOON + timedelta(hours=hours)) == 0


def test_the_mail_names_nobody_and_nothing(desk: Desk) -> None:
    mailed(desk)
    folder = world().settings.data_dir / "outbox"
    (file,) = folder.glob("*.eml")
    text = file.read_text()
    assert "Birch" not in text.replace("birch.admin@example.org", "")
    assert "advocacy" not in text
    assert str(desk.small.birch_service_id) not in text
