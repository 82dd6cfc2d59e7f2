"""Couples counseling, family counseling, mediation and anger management are no answer to abuse."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Need, Track
from ccr.services.routing import RouteFields, find_partners
from ccr.storage.db import unit_of_work
from ccr.storage.queries.listing_state import listing_state
from ccr.storage.queries.listing_write import Author, add_service, write_service
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory

NO_ANSWER = ("Couples counseling", "Family Counseling Center", "Mediation", "Anger management")


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def write(small: SmallDirectory, at: datetime, **changes: Any) -> bool:
    state = listing_state(small.network_id, small.birch_service_id)
    with unit_of_work():
        return write_service(state, changes, Author(at, "coordinator", None))


@pytest.mark.parametrize("name", NO_ANSWER)
@pytest.mark.parametrize("need", [Need.COUNSELING, Need.ADVOCACY, Need.SUPPORT_GROUP])
def test_r84_what_is_no_answer_to_abuse_states_none_of_its_needs(
    small: SmallDirectory, now: datetime, name: str, need: Need
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        write(small, now, name=name, needs=[need.value])
    assert refused.value.field == "needs"
    with pytest.raises(InvalidInputError) as renamed:
        write(small, now, name=name)
    assert renamed.value.field == "name"
    assert write(small, now, name=name, needs=["child-care"])


@pytest.mark.parametrize("name", NO_ANSWER)
def test_r84_it_is_proposed_to_nobody_for_abuse_on_either_track(
    small: SmallDirectory, now: datetime, name: str
) -> None:
    fields = {
        "name": name, "needs": ["child-care", "pets"], "status": "active",
        "timezone": "America/New_York",
        "tracks": ["survivor", "abusive-partner"], "areas": [("county", "36083")],
    }  # fmt: skip
    with unit_of_work():
        add_service(
            small.network_id, small.alder.member_id, small.alder.compartment_id, fields,
            Author(now, "coordinator", None),
        )  # fmt: skip
    who = small.birch.identity
    needs = [need.value for need in (Need.COUNSELING, Need.SUPPORT_GROUP, Need.MENTAL_HEALTH)]
    apart = [Need.ABUSIVE_PARTNER_INTERVENTION.value, Need.COUNSELING.value]
    for track, asked in ((Track.SURVIVOR, needs), (Track.ABUSIVE_PARTNER, apart)):
        wanted = RouteFields(needs=asked, near="12180", track=track.value)
        found = find_partners(who, world(), wanted, at=now)
        assert name not in {service.name for service in found.services}


def test_r84_a_new_listing_is_refused_like_a_changed_one(
    small: SmallDirectory, now: datetime
) -> None:
    fields = {"name": "Divorce mediation", "needs": ["family-law"], "status": "active"}
    with pytest.raises(InvalidInputError), unit_of_work():
        add_service(
            small.network_id, small.alder.member_id, small.alder.compartment_id, fields,
            Author(now, "coordinator", None),
        )  # fmt: skip
