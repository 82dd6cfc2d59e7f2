"""Distance, travel time and boxes."""

from __future__ import annotations

import math

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Point
from ccr.domain.geography import Box, box_around, distance_km, travel_minutes, valid_point
from ccr.domain.taxonomy import Transport

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
    box = box_around(Point(89.99, 10), 5)
    assert (box.west, box.east) == (-180, 180)


def test_boxes_that_only_touch_meet():
    assert Box(0, 0, 1, 1).meets(Box(1, 1, 2, 2))
    assert not Box(0, 0, 1, 1).meets(Box(1.1, 0, 2, 1))
