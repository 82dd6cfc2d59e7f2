"""A hidden place has no place in the database: the database itself refuses one, on both engines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    LocationRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from tests.people import Team, make_network, make_team

PLACES = {
    "address_1": "1 Main Street",
    "address_2": "Floor 2",
    "city": "Troy",
    "state_province": "NY",
    "postal_code": "12180",
    "county_fips": "36083",
    "transportation": "Bus 80",
    "description": "Behind the library",
}


@pytest.fixture
def team(app: Flask, now: datetime) -> Team:
    return make_team(make_network(at=now), "Alder House", at=now)


def add_service(team: Team, now: datetime, *, confidential: bool) -> UUID:
    with unit_of_work():
        service = ServiceRow(
            id=uuid4(),
            network_id=team.identity.network_id,
            member_id=team.member_id,
            compartment_id=team.compartment_id,
            name="Beds",
            confidential=confidential,
            updated_at=now,
        )
        db.session.add(service)
    return service.id


def location(team: Team, now: datetime, **fields: object) -> LocationRow:
    return LocationRow(
        id=uuid4(),
        network_id=team.identity.network_id,
        member_id=team.member_id,
        confidential=True,
        location_type="virtual",
        updated_at=now,
        **fields,
    )


@pytest.mark.parametrize("field", sorted(PLACES))
def test_a_hidden_location_with_any_place_is_refused(team: Team, now: datetime, field: str) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(location(team, now, **{field: PLACES[field]}))


def test_a_hidden_location_with_coordinates_is_refused(team: Team, now: datetime) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(location(team, now, latitude=42.7, longitude=-73.7))


def test_a_hidden_location_without_a_place_is_kept(team: Team, now: datetime) -> None:
    with unit_of_work():
        db.session.add(location(team, now))


def test_a_hidden_service_cannot_be_tied_to_a_public_place(team: Team, now: datetime) -> None:
    service_id = add_service(team, now, confidential=True)
    with unit_of_work():
        public = LocationRow(
            id=uuid4(),
            network_id=team.identity.network_id,
            member_id=team.member_id,
            confidential=False,
            location_type="physical",
            city="Troy",
            updated_at=now,
        )
        db.session.add(public)
    for claimed in (True, False):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add(
                ServiceAtLocationRow(
                    id=uuid4(),
                    network_id=team.identity.network_id,
                    service_id=service_id,
                    location_id=public.id,
                    confidential=claimed,
                )
            )


def test_a_service_with_a_public_place_cannot_be_made_hidden_by_a_flag(
    team: Team, now: datetime
) -> None:
    service_id = add_service(team, now, confidential=False)
    with unit_of_work():
        public = LocationRow(
            id=uuid4(),
            network_id=team.identity.network_id,
            member_id=team.member_id,
            confidential=False,
            location_type="physical",
            city="Troy",
            updated_at=now,
        )
        db.session.add(public)
        db.session.flush()
        db.session.add(
            ServiceAtLocationRow(
                id=uuid4(),
                network_id=team.identity.network_id,
                service_id=service_id,
                location_id=public.id,
                confidential=False,
            )
        )
    with pytest.raises(IntegrityError), unit_of_work():
        row = db.session.get(ServiceRow, service_id)
        assert row is not None
        row.confidential = True


def test_a_hidden_service_with_a_zip_as_its_area_is_refused(team: Team, now: datetime) -> None:
    service_id = add_service(team, now, confidential=True)
    for claimed in (True, False):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add(
                ServiceAreaRow(
                    id=uuid4(),
                    service_id=service_id,
                    confidential=claimed,
                    extent="zip",
                    code="12180",
                )
            )
