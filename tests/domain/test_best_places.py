"""Where one more service would help most: what is reached as it is, and which places add most."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.area_people import AreaPeople, PeopleTable
from ccr.domain.best_places import GREEDY_BOUND, Covered, Placing, best_places, covered_zips
from ccr.domain.directory import Area, Point, Service
from ccr.domain.geography import distance_km, travel_minutes
from ccr.domain.people_affected import Affected, people_of_counties, people_of_zips, weights_of
from ccr.domain.taxonomy import AreaExtent, Need, Transport
from ccr.engine.place_covers import ZipReach, best_zips
from tests.builders import make_member, make_site
from tests.domain.test_gaps import county, matrix, serving

AREAS = "123456789"
PLACES = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from(AREAS)))
WEIGHTS = st.fixed_dictionaries({area: st.integers(0, 50) for area in AREAS})
GREENE, ALBANY = "36039", "36001"
ZIPS = {GREENE: ("12414", "12451"), ALBANY: ("12207", "12208", "12210")}


def gained(covers, weights, covered, chosen) -> float:
    reached = frozenset().union(*(covers[place] for place in chosen)) - covered
    return sum(weights[area] for area in reached)


@settings(max_examples=60)
@given(PLACES, WEIGHTS, st.frozensets(st.sampled_from(AREAS)), st.integers(1, 3))
def test_the_first_place_is_the_best_and_several_keep_the_bound_that_is_told(
    covers, weights, covered, most
) -> None:
    found = best_places(covers, weights, covered, most)
    chosen = [choice.place for choice in found.choices]
    best = {
        n: max((gained(covers, weights, covered, c) for c in combinations(covers, n)), default=0)
        for n in range(1, most + 1)
    }
    assert gained(covers, weights, covered, chosen) == found.gained
    assert (found.choices[0].gained if found.choices else 0) == best[1]
    assert found.at_least >= GREEDY_BOUND
    assert found.gained >= found.at_least * best[min(most, len(covers) or 1)] - 1e-9
    assert most > 1 or found.at_least == 1


def test_shares_are_of_what_nobody_reaches_now() -> None:
    found = best_places(
        {"x": frozenset("12"), "y": frozenset("3")}, {"1": 30, "2": 10, "3": 20}, frozenset("2"), 2
    )
    assert [(c.place, c.gained, c.share) for c in found.choices] == [
        ("x", 30, pytest.approx(0.6)),
        ("y", 20, pytest.approx(0.4)),
    ]
    assert (found.missing, found.at_least) == (50, 1)


POINTS = st.lists(
    st.builds(Point, st.floats(42.0, 43.2), st.floats(-74.5, -73.2)), min_size=1, max_size=25
)


@settings(max_examples=40)
@given(POINTS, st.data(), st.sampled_from((15, 30, 60)), st.integers(1, 3))
def test_the_fast_form_reaches_and_chooses_what_the_rule_does(points, data, minutes, most) -> None:
    zips = {f"{12000 + n}": point for n, point in enumerate(points)}
    weights = {code: float(data.draw(st.integers(0, 9))) for code in zips}
    covered = data.draw(st.frozensets(st.sampled_from(sorted(zips))))
    covers = {
        place: frozenset(
            code
            for code, point in zips.items()
            if travel_minutes(distance_km(here, point), Transport.CAR) <= minutes
        )
        for place, here in zips.items()
    }
    reach = ZipReach(zips, minutes)
    assert {code: reach.of_point(point) for code, point in zips.items()} == covers
    assert best_zips(reach, weights, covered, most) == best_places(covers, weights, covered, most)


def test_without_a_zip_there_is_no_best_place() -> None:
    assert best_zips(ZipReach({}, 30), {}, frozenset(), 2) == Placing((), 0, 1)


def reached(*services: Service, near: dict[str, frozenset[str]]) -> Covered:
    found = matrix(*services)
    cells = found.line(Need.EMERGENCY_SHELTER.value)
    return covered_zips(cells, lambda fips: ZIPS[fips], lambda s: near[s.name])


def test_a_confidential_service_covers_the_area_it_states_and_is_asked_for_no_distance() -> None:
    """The distances asked for are of the public service alone: the others would be a KeyError."""
    member = make_member()
    shelter = Need.EMERGENCY_SHELTER
    found = reached(
        serving(member, shelter, name="Hidden", areas=county(GREENE), confidential=True),
        serving(member, shelter, name="Open", areas=county(ALBANY), sites=(make_site(),)),
        serving(member, shelter, name="No place", areas=county(ALBANY)),
        near={"Open": frozenset({"12207", "12414"})},
    )
    assert found == Covered(
        near=frozenset({"12207"}),
        by_area=frozenset(ZIPS[GREENE]),
        unplaced=frozenset({"12208", "12210"}),
    )
    assert found.reached == {"12207", *ZIPS[GREENE]}


def test_a_service_reaches_only_the_zips_that_it_counts_for() -> None:
    at_zip = serving(
        make_member(),
        Need.EMERGENCY_SHELTER,
        name="Open",
        areas=(Area(AreaExtent.ZIP, "12414"),),
        sites=(make_site(),),
    )
    assert reached(at_zip, near={"Open": frozenset({"12414", "12451"})}).near == {"12414"}


def test_people_are_counted_once_and_the_areas_nobody_counted_are_told() -> None:
    rows = [
        AreaPeople(AreaExtent.ZIP, "12414", 5_000),
        AreaPeople(AreaExtent.ZIP, "12451", 700),
    ]
    table = PeopleTable(rows, lambda fips: ZIPS[fips])
    counties = people_of_counties([GREENE, ALBANY, GREENE], table, lambda fips: ZIPS[fips])
    assert counties == Affected(areas=2, known=1, people=5_700, zips=5)
    assert people_of_zips(["12414", "12207"], table) == Affected(2, 1, 5_000, 2)
    assert weights_of(["12414", "12207"], table) == ({"12207": 0.0, "12414": 5_000.0}, True)
    nothing = PeopleTable((), lambda fips: ZIPS[fips])
    assert weights_of(["12414"], nothing) == ({"12414": 1.0}, False)
