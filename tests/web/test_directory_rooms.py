"""The rooms of the directory desk: only what is there, and only for whom it is."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from ccr.domain.taxonomy import CompartmentKind, Regime
from ccr.policy.identity import Identity, Role
from ccr.web.directory_rooms import ROOMS, addresses_of, directory_rooms

EVERYTHING = frozenset(room.path for room in ROOMS)
NOBODY = Identity(
    user_id=uuid4(),
    network_id=uuid4(),
    member_id=uuid4(),
    compartment_id=uuid4(),
    compartment_kind=CompartmentKind.GENERAL,
    regime=Regime.OTHER,
)


def rooms(app: Flask, address: str, *roles: Role, built: frozenset[str] = EVERYTHING):
    with app.test_request_context(address):
        return directory_rooms(built, replace(NOBODY, roles=frozenset(roles)))


def test_a_coordinator_enters_every_room_and_a_worker_only_those_for_workers(sqlite_app) -> None:
    everywhere = rooms(sqlite_app, "/directory", Role.COORDINATOR)
    assert [room["href"] for room in everywhere] == [room.path for room in ROOMS]
    worker = {room["href"] for room in rooms(sqlite_app, "/directory", Role.WORKER)}
    assert "/directory/capacity" in worker
    assert not worker & {"/directory/imports", "/directory/duplicates", "/directory/rules"}


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/directory", "/directory"),
        ("/directory/services/x", "/directory"),
        ("/directory/imports/x/columns", "/directory/imports"),
    ],
)
def test_the_room_that_is_open_is_marked(sqlite_app, address: str, current: str) -> None:
    found = rooms(sqlite_app, address, Role.COORDINATOR)
    assert [room["href"] for room in found if room["current"]] == [current]


def test_there_are_no_rooms_elsewhere_nor_rooms_that_are_not_built(sqlite_app) -> None:
    assert rooms(sqlite_app, "/desk/inbox", Role.WORKER) == []
    assert rooms(sqlite_app, "/directoryx", Role.WORKER) == []
    assert rooms(sqlite_app, "/directory", Role.WORKER, built=frozenset()) == []


def test_the_site_knows_which_rooms_it_has(sqlite_app) -> None:
    assert "/directory" in addresses_of(sqlite_app)
