"""Public addresses are looked up, confidential ones never, and no provider holds anything up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from ccr.adapters.provider_geocoder import ProviderError, ProviderGeocoder
from ccr.domain.directory import Point, Precision
from ccr.domain.errors import NotFoundError
from ccr.domain.geocoding import ProviderAnswer, Verdict
from ccr.policy.identity import Identity, Role
from ccr.services import accounts, geocoding, listing_places
from ccr.services.directory import get_service
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import LocationRow, ServiceAtLocationRow
from ccr.storage.models.finding import LookedUpPlace
from tests.fake_geocoder import drip, fake_geocoder, photon
from tests.loop import world
from tests.people import add_colleague
from tests.small_directory import SmallDirectory, make_small_directory

HERE = Point(42.7312, -73.6911)
TYPED = {
    "name": "Front office", "address_1": "1 Main St", "address_2": "", "city": "Troy",
    "state_province": "NY", "postal_code": "12180", "transportation": "",
}  # fmt: skip


@dataclass
class Provider:
    """Stands in for a configured one, and counts."""

    answers: Any = field(default_factory=lambda: ProviderAnswer(HERE, Precision.ROOFTOP))
    name: str = "photon"
    asked: list[str] = field(default_factory=list)

    def answer(self, words: str) -> ProviderAnswer:
        self.asked.append(words)
        if callable(self.answers):
            return self.answers()
        return self.answers


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    del app
    return make_small_directory(at=now)


@pytest.fixture
def admin(small: SmallDirectory, now: datetime) -> Identity:
    return add_colleague(small.birch, Role.AGENCY_ADMIN, "second.admin@example.org", at=now)


@pytest.fixture
def place_id(small: SmallDirectory, admin: Identity, now: datetime) -> UUID:
    return listing_places.add(admin, world(), small.birch_service_id, TYPED, at=now)


def point(place_id: UUID) -> tuple[Any, ...]:
    db.session.expire_all()
    row = db.session.get(LocationRow, place_id)
    return (row.latitude, row.longitude, row.precision, row.coordinates_from)


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(LookedUpPlace))


def test_a_saved_address_gets_its_point_once_and_the_answer_is_kept(
    small, admin, place_id, now
) -> None:
    provider = Provider()
    here = replace(world(), geocoder=provider)
    assert point(place_id)[2:] == ("zip", "gazetteer")
    assert geocoding.look_up(admin, here, small.birch_service_id, place_id, at=now) is Verdict.EXACT
    assert point(place_id) == (HERE.lat, HERE.lon, "rooftop", "photon")
    assert provider.asked == ["1 Main St, Troy, NY 12180"]
    with unit_of_work():
        db.session.execute(update(LocationRow).values(coordinates_from="gazetteer"))
    later = now + timedelta(days=400)
    assert (
        geocoding.look_up(admin, here, small.birch_service_id, place_id, at=later) is Verdict.EXACT
    )
    assert len(provider.asked) == kept() == 1
    with pytest.raises(NotFoundError):
        geocoding.look_up(small.alder.identity, here, small.birch_service_id, place_id, at=now)


def test_a_street_is_nearer_than_the_zip_and_is_asked_for_again_in_time(
    small, admin, place_id, now
) -> None:
    provider = Provider(ProviderAnswer(HERE, Precision.STREET))
    here = replace(world(), geocoder=provider)
    listing = (small.birch_service_id, place_id)
    assert geocoding.look_up(admin, here, *listing, at=now) is Verdict.STREET
    assert point(place_id) == (HERE.lat, HERE.lon, "street", "photon")
    known = {site.precision for site in get_service(admin, listing[0]).sites}
    assert Precision.STREET in known
    provider.answers = ProviderAnswer(Point(42.7313, -73.6912), Precision.ROOFTOP)
    for later, verdict in ((29, Verdict.STREET), (31, Verdict.EXACT)):
        with unit_of_work():
            db.session.execute(update(LocationRow).values(coordinates_from="gazetteer"))
        at = now + timedelta(days=later)
        assert geocoding.look_up(admin, here, *listing, at=at) is verdict
    assert (len(provider.asked), point(place_id)[2]) == (2, "rooftop")


def test_any_other_answer_leaves_the_middle_of_the_zip(small, admin, place_id, now) -> None:
    def fail() -> ProviderAnswer:
        raise ProviderError

    before = point(place_id)
    for answers, verdict in (
        (ProviderAnswer(Point(40.71, -74.0), Precision.ROOFTOP), Verdict.FAR),
        (ProviderAnswer(HERE, Precision.ZIP), Verdict.ROUGH),
        (ProviderAnswer(None), Verdict.NOTHING),
        (fail, Verdict.UNREACHED),
    ):
        with unit_of_work():
            db.session.execute(delete(LookedUpPlace))
        here = replace(world(), geocoder=Provider(answers))
        assert geocoding.look_up(admin, here, small.birch_service_id, place_id, at=now) is verdict
        assert point(place_id) == before


def test_a_place_that_becomes_hidden_while_it_is_asked_for_keeps_no_point(
    small, admin, place_id, now
) -> None:
    def hidden_meanwhile() -> ProviderAnswer:
        empty = dict.fromkeys(
            ("address_1", "address_2", "city", "state_province", "postal_code", "latitude",
             "longitude", "county_fips", "transportation", "description")
        )  # fmt: skip
        with unit_of_work():
            db.session.execute(
                update(LocationRow)
                .where(LocationRow.id == place_id)
                .values(**empty, confidential=True, location_type="virtual", name="")
            )
        return ProviderAnswer(HERE, Precision.ROOFTOP)

    with unit_of_work():
        db.session.execute(
            delete(ServiceAtLocationRow).where(ServiceAtLocationRow.location_id == place_id)
        )
    here = replace(world(), geocoder=Provider(hidden_meanwhile))
    terminal = accounts.terminal_identity()
    assert geocoding.look_up_all(terminal, here, at=now)[Verdict.OFF] == 1
    assert point(place_id)[:2] == (None, None)
    assert kept() == 0


def test_a_fake_geocoder_is_asked_for_public_addresses_and_for_no_confidential_one(
    small, admin, place_id, now
) -> None:
    terminal = accounts.terminal_identity()
    with fake_geocoder() as fake:
        fake.answer = photon(HERE.lat, HERE.lon)
        provider = ProviderGeocoder("photon", fake.url, 2.0, seconds_between=0.0)
        found = geocoding.look_up_all(terminal, replace(world(), geocoder=provider), at=now)
        assert fake.asked == ["1 Main St, Troy, NY 12180"]
        assert found == {Verdict.EXACT: 1}
        with unit_of_work():
            hidden = db.session.scalar(
                select(func.count()).select_from(LocationRow).where(LocationRow.confidential)
            )
        assert hidden >= 1
        for broken in (drip, b"<html>", {"features": [{}]}):
            fake.answer = broken
            with unit_of_work():
                db.session.execute(update(LocationRow).values(coordinates_from="gazetteer"))
                db.session.execute(delete(LookedUpPlace))
            provider = ProviderGeocoder("photon", fake.url, 0.2, seconds_between=0.0)
            found = geocoding.look_up_all(terminal, replace(world(), geocoder=provider), at=now)
            assert found == {Verdict.UNREACHED: 1}
