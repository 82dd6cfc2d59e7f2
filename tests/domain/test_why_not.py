"""Why not: who is named of those left out, how far one looks, and in which order."""

from __future__ import annotations

import math
from uuid import UUID

import pytest

from ccr.domain.directory import Language, Point
from ccr.domain.geography import travel_minutes
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import LanguageMode, Need, Transport
from ccr.domain.weights import Weights
from ccr.domain.why_not import fixed_place, great_circle_km
from tests.builders import (
    HOURS,
    TROY,
    make_member,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)

FRENCH = (Language("fr", LanguageMode.STAFF),)


def named(services, *, weights=None, **changes):
    answer = rank_partners(
        make_snapshot(services),
        make_request(language="es", **changes),
        hours=HOURS,
        weights=weights or Weights(),
    )
    return [item.service.id for item in answer.why_not]


def at(km, **changes):
    """Return a service without Spanish, so many kilometres north by the great circle."""
    north = Point(TROY.point.lat + math.degrees(km / 6371.0088), TROY.point.lon)
    return make_service(sites=(make_site(point=north),), languages=FRENCH, **changes)


def test_with_fifteen_named_that_help_five_others_fill_the_list():
    helping = [at(km) for km in range(1, 16)]
    others = [at(km, needs=frozenset({Need.FOOD})) for km in range(20, 30)]
    assert named([*helping, *others]) == [s.id for s in [*helping, *others[:5]]]


def test_with_eighteen_named_that_help_there_is_room_for_two_others():
    helping = [at(km) for km in range(1, 19)]
    others = [at(km, needs=frozenset({Need.FOOD})) for km in range(20, 30)]
    assert named([*helping, *others]) == [s.id for s in [*helping, *others[:2]]]


def test_others_are_named_as_far_as_the_reach_and_not_a_minute_further():
    other = at(10, needs=frozenset({Need.FOOD}))
    trip = travel_minutes(10, Transport.CAR)
    assert named([other], weights=Weights(reach=trip)) == [other.id]
    assert named([other], weights=Weights(reach=trip - 1)) == []


def test_those_that_help_are_named_from_beyond_the_reach():
    far = at(400)
    assert named([far]) == [far.id]


def test_the_fixed_order_is_by_names_whatever_their_case_and_then_by_id():
    member = make_member(name="ÄLDER House")
    first, second = (
        make_service(confidential=True, member=member, name="Night Desk", id=UUID(int=i, version=4))
        for i in (1, 2)
    )
    assert fixed_place(first) == ("älder house", "night desk", str(first.id))
    assert fixed_place(first) < fixed_place(second)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (Point(0, 0), Point(0, 1), 111.195),
        (Point(60, 10), Point(60, 11), 55.597),
        (Point(42.7284, -73.6918), Point(42.6526, -73.7562), 9.9371),
        (Point(30, 0), Point(60, 90), 7154.413),
        (Point(0, 0), Point(0, 180), 20015.114),
    ],
)
def test_the_great_circle_is_measured_on_a_ball_of_the_size_of_the_earth(a, b, km):
    assert great_circle_km(a, b) == pytest.approx(km, rel=1e-4)
    assert great_circle_km(b, a) == pytest.approx(km, rel=1e-4)
