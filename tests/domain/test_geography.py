"""Distance, travel time and boxes."""

from __future__ import annotations

import math

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Point
from ccr.domain.geography import (
    Box,
    box_around,
    distance_km,
    nearest_point,
    travel_minutes,
    valid_point,
)
from ccr.domain.taxonomy import Transport
from tests.builders import make_service, make_site

TROY = Point(42.7284, -73.6918)
ALBANY = Point(42.6526, -73.7562)
BUFFALO = Point(42.8864, -78.8784)
POINTS = st.builds(
    Point,
    st.floats(-89, 89, allow_nan=False),
    st.floats(-179, 179, allow_nan=False),
)
KM = st.floats(0, 5000, allow_nan=False)


def test_troy_is_ten_kilometres_from_albany():
    assert distance_km(TROY, ALBANY) == pytest.approx(9.94, abs=0.05)


def test_buffalo_is_four_hundred_and_some_kilometres_from_albany():
    assert distance_km(ALBANY, BUFFALO) == pytest.approx(420, abs=3)


def test_a_place_is_no_distance_from_itself():
    assert distance_km(TROY, TROY) == 0


@settings(deadline=None)
@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways(a, b):
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-6)


@settings(deadline=None)
@given(KM, KM, st.sampled_from(Transport))
def test_further_never_takes_less_time(one, other, transport):
    near, far = sorted((one, other))
    assert travel_minutes(near, transport) <= travel_minutes(far, transport)


@settings(deadline=None)
@given(KM)
def test_a_bus_is_never_quicker_than_a_car_nor_slower_than_walking(km):
    car, bus, foot = (travel_minutes(km, t) for t in Transport)
    assert car <= bus <= foot


@settings(deadline=None)
@given(KM, st.sampled_from(Transport))
def test_travel_time_is_whole_minutes_from_zero_up(km, transport):
    minutes = travel_minutes(km, transport)
    assert isinstance(minutes, int)
    assert minutes >= 0


def test_no_distance_takes_no_time():
    assert [travel_minutes(0, t) for t in Transport] == [0, 0, 0]


def test_ten_kilometres_take_eighteen_minutes_by_car():
    # 13 road km: 10 at 40 km/h and 3 at 70 km/h are 17.6 minutes.
    assert travel_minutes(10, Transport.CAR) == 18


def test_ten_kilometres_take_an_hour_by_bus():
    # 14 road km: 10 at 20 km/h, 4 at 35 km/h and 15 minutes of waiting are 51.9 minutes.
    assert travel_minutes(10, Transport.TRANSIT) == 52


def test_four_and_a_half_road_kilometres_are_an_hour_on_foot():
    assert travel_minutes(4.5 / 1.3, Transport.FOOT) == 60


@pytest.mark.parametrize("km", [-1, math.nan, math.inf])
def test_a_distance_that_is_none_is_refused(km):
    with pytest.raises(ValueError, match="kilometres"):
        travel_minutes(km, Transport.CAR)


@pytest.mark.parametrize(
    ("lat", "lon", "good"),
    [
        (42.7, -73.7, True),
        (0, -73.7, True),
        (90, 180, True),
        (0, 0, False),
        (91, 0, False),
        (42.7, -181, False),
        (math.nan, 1, False),
        (1, math.inf, False),
    ],
)
def test_a_point_has_degrees_that_exist(lat, lon, good):
    assert valid_point(lat, lon) is good


@settings(deadline=None)
@given(
    st.builds(Point, st.floats(-70, 70), st.floats(-150, 150)),
    st.floats(0.1, 200),
    st.floats(0, 360),
)
def test_a_box_around_a_point_holds_all_that_is_near(centre, km, bearing):
    end = geodesic(kilometers=km).destination((centre.lat, centre.lon), bearing)
    assert box_around(centre, km).holds(Point(end.latitude, end.longitude))


def test_a_box_at_the_pole_goes_round_the_globe():
    for lat in (89.99, 90, -90):
        box = box_around(Point(lat, 10), 5)
        assert (box.west, box.east) == (-180, 180)


def test_boxes_that_only_touch_meet():
    assert Box(0, 0, 1, 1).meets(Box(1, 1, 2, 2))
    assert not Box(0, 0, 1, 1).meets(Box(1.1, 0, 2, 1))


def test_a_box_around_a_point_is_hardly_larger_than_it_must_be():
    centre = Point(42.7, -73.7)
    box = box_around(centre, 10)
    edges = [
        Point(box.south, centre.lon),
        Point(box.north, centre.lon),
        Point(centre.lat, box.west),
        Point(centre.lat, box.east),
    ]
    for edge in edges:
        assert 10 <= distance_km(centre, edge) <= 10.3


def test_a_box_ends_at_the_poles_and_at_the_180th_meridian():
    assert box_around(Point(-89.99, 0), 5).south == -90
    assert box_around(Point(89.99, 0), 5).north == 90
    fiji = box_around(Point(-17, 179.99), 50)
    assert fiji.east == 180
    assert fiji.west == pytest.approx(179.51, abs=0.02)
    assert box_around(Point(-17, -179.99), 50).west == -180


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (1, 2, True),
        (3, 4, True),
        (1, 4, True),
        (3, 2, True),
        (0.99, 3, False),
        (3.01, 3, False),
        (2, 1.99, False),
        (2, 4.01, False),
    ],
)
def test_a_box_holds_its_edges_and_nothing_beyond_any_of_them(lat, lon, inside):
    assert Box(south=1, west=2, north=3, east=4).holds(Point(lat, lon)) is inside


@pytest.mark.parametrize(
    ("other", "meet"),
    [
        (Box(3, 2, 4, 4), True),
        (Box(0, 2, 1, 4), True),
        (Box(1, 4, 3, 5), True),
        (Box(1, 1, 3, 2), True),
        (Box(3.01, 2, 4, 4), False),
        (Box(0, 2, 0.99, 4), False),
        (Box(1, 4.01, 3, 5), False),
        (Box(1, 1, 3, 1.99), False),
    ],
)
def test_boxes_meet_along_each_edge_and_not_across_a_gap(other, meet):
    box = Box(south=1, west=2, north=3, east=4)
    assert box.meets(other) is meet
    assert other.meets(box) is meet


def test_the_nearest_public_place_of_a_service_is_taken_and_of_equals_the_western_one():
    sites = [
        make_site(point=None),
        make_site(point=Point(43.0, -73.7)),
        make_site(point=Point(42.8, -73.7)),
        make_site(point=Point(41.0, -73.7)),
    ]
    service = make_service(sites=tuple(sites))
    assert nearest_point(service, Point(42.7, -73.7)) == Point(42.8, -73.7)
    east, west = Point(42.7, -73.6), Point(42.7, -73.8)
    both = make_service(sites=(make_site(point=east), make_site(point=west)))
    assert nearest_point(both, Point(42.7, -73.7)) == west
