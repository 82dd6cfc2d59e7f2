"""Staff find a listing by its words, read it, and say which needs it meets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask

from ccr.adapters.clock import utc_now
from ccr.domain.directory import Service
from ccr.storage.db import db, unit_of_work
from ccr.storage.queries import directory as queries
from ccr.storage.queries import verification
from ccr.storage.queries.listing_write import Author, listing_state, write_service
from tests.small_directory import grow, make_small_directory
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
FIND = {"near": "Troy, NY", "track": "survivor", "urgency": "standard", "transport": "car"}


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def listing(desk: Desk, service_id: UUID) -> Service:
    found = queries.get_service(desk.small.network_id, service_id)
    db.session.rollback()
    return found


def path(service_id: UUID) -> str:
    return f"/directory/services/{service_id}"


def silenced(desk: Desk) -> UUID:
    """Return a listing that says no needs, as many imports leave one."""
    service_id = desk.small.birch_service_id
    with unit_of_work():
        state = listing_state(desk.small.network_id, service_id)
        write_service(state, {"needs": []}, Author(utc_now(), "import"))
    return service_id


def describe(desk: Desk, who: str, service_id: UUID, **fields: object):
    version = listing(desk, service_id).version
    data = {"needs": ["pets"], "tracks": ["survivor"], "version": str(version)} | fields
    desk[who].open("/account")
    return desk[who].send(f"{path(service_id)}/needs", data, follow=False)


def test_a_listing_is_found_by_the_beginning_of_its_words(desk: Desk) -> None:
    worker = desk["alder.worker"]
    assert "Birch legal advocacy (demo)" in text_of(worker.open("/directory"))
    page = text_of(worker.send("/directory", {"words": "furth"}))
    assert "No listing fits all of this" in page
    grow(desk.small, 30, at=datetime(2026, 11, 12, 19, 5).astimezone())
    page = text_of(worker.send("/directory", {"words": "FURTH"}))
    assert "30 listings" in page
    assert "Page 1 of 2" in page
    assert "Page 2 of 2" in text_of(worker.send("/directory", {"words": "furth", "page": "2"}))


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "2.5"])
def test_a_page_that_is_none_is_refused_or_empty(desk: Desk, page: str) -> None:
    desk["alder.worker"].open("/directory")
    answer = desk["alder.worker"].send("/directory", {"words": "birch", "page": page})
    assert answer.status_code in {200, 422}


def test_a_listing_says_what_is_known_and_what_is_not(desk: Desk) -> None:
    page = text_of(desk["alder.worker"].open(path(desk.small.birch_service_id)))
    assert "518-555-0142" in page
    assert "Not known: call to check" in page
    assert "Save the needs" not in page


def test_another_networks_listing_is_not_there(desk: Desk, now: datetime) -> None:
    other = make_small_directory(at=now, name="Another network")
    for service_id in (other.birch_service_id, uuid4()):
        assert desk["alder.worker"].open(path(service_id)).status_code == 404
        answer = desk[COORDINATOR].send(f"{path(service_id)}/needs", {}, follow=False)
        assert answer.status_code == 404


def test_a_coordinator_says_the_needs_and_routing_proposes_it_at_once(desk: Desk) -> None:
    service_id = silenced(desk)
    asked = {**FIND, "needs": "pets"}
    desk["alder.worker"].open("/desk/find")
    assert (
        "Birch legal"
        not in text_of(desk["alder.worker"].send("/desk/find", asked)).split("Why not")[0]
    )
    assert describe(desk, COORDINATOR, service_id).status_code == 303
    page = text_of(desk["alder.worker"].send("/desk/find", asked))
    assert "Birch legal" in page.split("Why not", maxsplit=1)[0]
    found = text_of(desk["alder.worker"].send("/directory", {"words": "pets"}))
    assert "Birch legal advocacy (demo)" in found
    broken = {check.__name__: rows for check in verification.CHECKS if (rows := check())}
    assert broken == {}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("birch.agency_admin", 303),
        (COORDINATOR, 303),
        ("birch.advocate", 404),
        ("alder.worker", 404),
        ("coordination.auditor", 404),
    ],
)
def test_only_its_own_admin_and_the_coordinator_say_the_needs(
    desk: Desk, who: str, status: int
) -> None:
    before = listing(desk, silenced(desk))
    assert describe(desk, who, before.id).status_code == status
    changed = listing(desk, before.id) != before
    assert changed is (status == 303)


def test_of_two_who_change_one_listing_the_second_is_told(desk: Desk) -> None:
    service_id = silenced(desk)
    version = str(listing(desk, service_id).version)
    assert describe(desk, COORDINATOR, service_id, version=version).status_code == 303
    late = describe(desk, "birch.agency_admin", service_id, version=version, needs=["food"])
    assert late.status_code == 409
    assert "It states needs already" in text_of(late)
    assert {need.value for need in listing(desk, service_id).needs} == {"pets"}


@pytest.mark.parametrize(
    "fields", [{"needs": ["no-such-code"]}, {"tracks": []}, {"tracks": ["nobody"]}]
)
def test_codes_that_do_not_exist_change_nothing(desk: Desk, fields: dict[str, object]) -> None:
    before = listing(desk, silenced(desk))
    assert describe(desk, COORDINATOR, before.id, **fields).status_code == 422
    assert listing(desk, before.id) == before


def test_a_program_for_abusive_partners_says_what_it_cannot_do(desk: Desk) -> None:
    limits = "No program can promise that the abuse ends."
    assert limits not in text_of(desk["alder.worker"].open(path(desk.small.birch_service_id)))
    assert limits in text_of(desk["alder.worker"].open(path(desk.small.dune_service_id)))


def test_victim_services_cannot_be_said_to_help_abusive_partners(desk: Desk) -> None:
    needs = ["abusive-partner-intervention"]
    answer = describe(desk, COORDINATOR, silenced(desk), needs=needs)
    assert answer.status_code == 422
    assert "give it a program of its own" in text_of(answer)


def test_a_hidden_listing_shows_its_area_and_no_place(desk: Desk) -> None:
    page = text_of(desk["alder.worker"].open(path(desk.small.cedar_service_id)))
    assert "The address is private" in page
    assert "Albany, NY" not in page
