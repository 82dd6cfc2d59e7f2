"""Bounds hold the geodesic, and are close enough to leave the domain little to measure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.directory import Point
from ccr.domain.geography import distance_km
from ccr.engine.geodesic_bounds import bounds_km, place_of, places

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
shifts = st.floats(-1.5, 1.5)


def bounds(a: Point, b: Point) -> tuple[float, float]:
    chord = np.linalg.norm(place_of(a) - place_of(b))
    low, high = bounds_km(np.array([chord]))
    return float(low[0]), float(high[0])


@given(points, points)
def test_the_geodesic_lies_between_the_bounds_anywhere_on_earth(a, b):
    low, high = bounds(a, b)
    assert low <= distance_km(a, b) <= high


@given(st.floats(-80, 80), st.floats(-178, 178), shifts, shifts)
def test_the_geodesic_lies_between_the_bounds_nearby(lat, lon, north, east):
    a, b = Point(lat, lon), Point(lat + north, lon + east)
    low, high = bounds(a, b)
    assert low <= distance_km(a, b) <= high


@pytest.mark.parametrize(("km", "apart_m"), [(10, 0.01), (150, 0.08), (1000, 25)])
def test_the_bounds_are_close_together(km, apart_m):
    low, high = bounds_km(np.array([float(km)]))
    assert 0 <= (high - low)[0] * 1000 < apart_m


def test_many_points_and_one_point_become_the_same_places():
    many = [Point(42.7, -73.7), Point(-33.9, 151.2), Point(90, 0)]
    for row, point in zip(places(many), many, strict=True):
        assert np.allclose(row, place_of(point), rtol=0, atol=1e-9)
