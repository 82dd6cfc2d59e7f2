"""The fast forms of the nearest services give what the domain gives, for every area and edit."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Point, Service
from ccr.domain.geography import distance_km
from ccr.domain.nearest_services import nearest_two
from ccr.engine import nearest_two as nearest
from ccr.engine.compiled import AVAILABLE
from ccr.engine.nearest_two import BLOCK, NOBODY, NearestOfAll, nearest_among
from tests.builders import TROY, make_service, make_site

SPOTS = tuple(Point(42 + i / 7, -74 - i / 9) for i in range(5))
POINTS = st.one_of(
    st.sampled_from(SPOTS),
    st.builds(Point, st.floats(41.5, 43.5), st.floats(-75.5, -73.0)),
    # Millimetres apart, where chords alone cannot tell who is nearer.
    st.builds(lambda n: Point(42 + n * 1e-8, -74.0), st.integers(-3, 3)),
    st.sampled_from([Point(64.8, -147.7), Point(21.3, -157.9), Point(-42.0, 106.0)]),
)


def sited(*points: Point) -> Service:
    return make_service(sites=tuple(make_site(TROY, point=point) for point in points))


SERVICES = st.lists(
    st.one_of(
        st.lists(POINTS, min_size=1, max_size=3).map(lambda points: sited(*points)),
        st.just(make_service(confidential=True)),
        st.just(make_service(sites=(make_site(point=None),))),
    ),
    max_size=9,
    unique_by=lambda s: s.id,
)


@settings(max_examples=50, deadline=None)
@given(SERVICES, st.lists(POINTS, min_size=1, max_size=4))
def test_two_of_few_are_those_of_the_domain(services: list[Service], points: list[Point]) -> None:
    of = nearest_among(services)
    for point in points:
        assert of(point) == nearest_two(point, services)


def test_a_confidential_service_is_in_no_place_of_the_order() -> None:
    hidden, one = make_service(confidential=True), sited(TROY.point)
    for found in (nearest_two(TROY.point, [hidden, one]), nearest_among([hidden, one])(TROY.point)):
        assert [near.service for near in found] == [one]
        assert (found[0].km, found[0].minutes) == (0.0, 0)
    assert nearest_two(TROY.point, [hidden]) == ()


def spec(areas: list[Point], sources: list[Point], rows: set[int]) -> list[int]:
    return [
        min((distance_km(area, sources[row]), row) for row in rows)[1] if rows else NOBODY
        for area in areas
    ]


MANY = st.lists(POINTS, min_size=1, max_size=3 * BLOCK)


@pytest.fixture(params=[True, False], ids=["compiled", "arrays"])
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param and not AVAILABLE:
        pytest.skip("numba is not installed")
    monkeypatch.setattr(nearest, "AVAILABLE", request.param)
    return bool(request.param)


@pytest.mark.usefixtures("compiled")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(MANY, st.lists(POINTS, min_size=1, max_size=12), st.data())
def test_all_areas_have_the_nearest_source_of_a_group_and_follow_edits(
    areas: list[Point], sources: list[Point], data: st.DataObject
) -> None:
    numbers = st.sets(st.integers(0, len(sources) - 1))
    groups = {0: set(data.draw(numbers)), 1: set(range(len(sources)))}
    table = NearestOfAll(areas, sources)
    for group, rows in groups.items():
        assert list(table.find(group, rows)) == spec(areas, sources, rows)
    row = data.draw(st.integers(0, len(sources) - 1))
    point = data.draw(st.one_of(st.none(), POINTS))
    now = data.draw(st.sets(st.sampled_from([0, 1])))
    table.follow(row, point, now)
    if point is not None:
        sources = [*sources[:row], point, *sources[row + 1 :]]
    for group, rows in groups.items():
        held = rows - {row} | ({row} if point is not None and group in now else set())
        assert list(table.nearest[group]) == spec(areas, sources, held)
