"""Filters, groups and facets against the plain meaning of each, on random directories."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from ccr.domain.areas import by_area_alone, in_area_of
from ccr.domain.checking import NOT_PROPOSED_AFTER
from ccr.domain.geography import distance_km
from ccr.domain.listing_search import BY_DISTANCE, Day, Group, Hours, ListingQuery, Sort, Way
from ccr.domain.taxonomy import Access, AgeBand, Known, Need, Track
from ccr.engine.listing_index import ListingIndex, group_of
from tests.bench.routing import RandomDirectory
from tests.builders import HOURS, NOW

ZONE = "America/New_York"


@pytest.fixture(scope="module")
def directory() -> RandomDirectory:
    return RandomDirectory(11, 300)


@pytest.fixture(scope="module")
def index(directory: RandomDirectory) -> ListingIndex:
    services = directory.snapshot.services
    return ListingIndex(services, {s.id: number for number, s in enumerate(services)})


def ids(index: ListingIndex, query: ListingQuery, **more):
    found = index.find(query, None, (), at=NOW, timezone=ZONE, hours=HOURS, **more)
    return [index.services[row].id for row in found.rows]


QUERIES = {
    "needs": (ListingQuery(needs=frozenset({Need.ADVOCACY})), lambda s: Need.ADVOCACY in s.needs),
    "language": (
        ListingQuery(language="es"),
        lambda s: not s.languages or any(lang.code == "es" for lang in s.languages),
    ),
    "track": (
        ListingQuery(track=Track.CHILD),
        lambda s: not s.tracks or Track.CHILD in s.tracks,
    ),
    "access": (
        ListingQuery(access=frozenset({Access.WHEELCHAIR})),
        lambda s: s.accessibility.get(Access.WHEELCHAIR) is not Known.NO,
    ),
    "age": (
        ListingQuery(age=AgeBand.TEEN),
        lambda s: (s.minimum_age or 0) <= 17 and (s.maximum_age is None or s.maximum_age >= 13),
    ),
    "way": (ListingQuery(way=Way.BY_PHONE), lambda s: s.by_phone),
    "checked": (
        ListingQuery(checked=True),
        lambda s: s.last_verified_at is not None and NOW - s.last_verified_at <= NOT_PROPOSED_AFTER,
    ),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_filter_leaves_out_what_surely_does_not_fit_and_nothing_else(
    name: str, index: ListingIndex, directory: RandomDirectory
) -> None:
    query, fits = QUERIES[name]
    found = ids(index, query)
    assert len(found) == len(set(found))
    assert set(found) == {s.id for s in directory.snapshot.services if fits(s)}


def test_hours_that_are_not_known_stay_in_the_list(
    index: ListingIndex, directory: RandomDirectory
) -> None:
    found = set(ids(index, ListingQuery(hours=Hours.TONIGHT)))
    for service in directory.snapshot.services:
        if service.opening_hours is None or service.opening_hours == "24/7":
            assert service.id in found
    assert len(found) < len(directory.snapshot.services)


def test_a_day_leaves_out_what_is_surely_closed_on_it(
    index: ListingIndex, directory: RandomDirectory
) -> None:
    """NOW is a Thursday; hours there are all week, Monday to Friday, to Saturday, or not known."""
    services = {s.id: s for s in directory.snapshot.services}
    by_day = {day: set(ids(index, ListingQuery(day=day))) for day in Day}
    assert by_day[Day.THURSDAY] == set(services)
    closed = {i for i, s in services.items() if s.opening_hours == "Mo-Fr 09:00-17:00"}
    also = {i for i, s in services.items() if s.opening_hours == "Mo-Sa 08:00-20:00"}
    assert closed
    assert by_day[Day.SATURDAY] == set(services) - closed
    assert by_day[Day.SUNDAY] == set(services) - closed - also


def test_no_radius_cuts_off_and_bands_hold_what_they_say(
    index: ListingIndex, directory: RandomDirectory
) -> None:
    near = directory.towns[0]
    query = ListingQuery(near=near)
    found = index.find(query, None, (), at=NOW, timezone=ZONE, hours=HOURS)
    places = {index.services[r].id: (group_of(g), km) for r, g, km in zip(
        found.rows, found.groups, found.km, strict=True)}  # fmt: skip
    for service in directory.snapshot.services:
        if by_area_alone(service):
            assert (service.id in places) is in_area_of(service, near)
        else:
            group, km = places[service.id]
            true_km = min(distance_km(near.point, s.point) for s in service.sites if s.point)
            assert km == pytest.approx(true_km, rel=0.01)
            assert group in {*BY_DISTANCE, Group.ELSEWHERE}
    for group in BY_DISTANCE:  # nearest first
        far = [km for g, km in zip(found.groups, found.km, strict=True) if group_of(g) is group]
        assert far == sorted(far)
    order = [group_of(group) for group in found.groups]
    assert order == sorted(order, key=list(Group).index)


def test_a_hidden_service_reads_the_same_from_everywhere_in_its_area(
    index: ListingIndex, directory: RandomDirectory
) -> None:
    seen = {}
    for town in directory.towns:
        for shift in (0.0, 0.2):
            point = type(town.point)(town.point.lat + shift, town.point.lon - shift)
            near = type(town)(**{**{f: getattr(town, f) for f in town.__slots__}, "point": point})
            found = index.find(
                ListingQuery(near=near), None, (), at=NOW, timezone=ZONE, hours=HOURS
            )
            hidden = [
                (index.services[row].id, group_of(group))
                for row, group in zip(found.rows, found.groups, strict=True)
                if index.services[row].confidential
            ]
            assert all(
                math.isnan(km)
                for row, km in zip(found.rows, found.km, strict=True)
                if index.services[row].confidential
            )
            assert all(group in {Group.AREA, Group.WIDE} for _, group in hidden)
            assert seen.setdefault(town.label, hidden) == hidden


def test_facets_count_what_the_list_holds(index: ListingIndex) -> None:
    query = ListingQuery(language="es")
    found = index.find(query, None, (), at=NOW, timezone=ZONE, hours=HOURS)
    services = [index.services[row] for row in found.rows]
    for code, count in found.facets["needs"].items():
        assert count == sum(Need(code) in s.needs for s in services)
    for code, count in found.facets["category"].items():
        assert count == sum(s.member.category.value == code for s in services)


def test_the_order_is_by_name_or_by_last_check_and_never_by_chance(index: ListingIndex) -> None:
    everything = index.find(
        ListingQuery(sort=Sort.CHECKED), None, (), at=NOW, timezone=ZONE, hours=HOURS
    )
    checked = [index.services[row].last_verified_at for row in everything.rows]
    known = [at for at in checked if at is not None]
    assert known == sorted(known, reverse=True)
    assert checked[: len(known)] == known
    assert ids(index, ListingQuery()) == ids(index, ListingQuery())


def told(index: ListingIndex, query: ListingQuery, text=None):
    found = index.find(
        query, text, ("service",) if text is not None else (), at=NOW, timezone=ZONE, hours=HOURS
    )
    lines = [
        (index.services[row].id, int(group), None if math.isnan(km) else round(float(km), 6))
        for row, group, km in zip(found.rows, found.groups, found.km, strict=True)
    ]
    return lines, found.facets


@pytest.mark.parametrize("seed", range(3))
def test_an_index_that_followed_finds_what_one_built_anew_finds(seed):
    """Listings change, go and come, round after round; names, needs, areas and texts among it."""
    rng = random.Random(seed)
    source = RandomDirectory(seed, 240, centres=4)
    others = list(source.snapshot.services[120:])
    held = {s.id: s for s in source.snapshot.services[:120]}
    numbers = {service_id: number for number, service_id in enumerate(held)}
    index = ListingIndex(held.values(), numbers)
    for round_ in range(1, 5):
        changed = dict.fromkeys(rng.sample(sorted(held), 5))
        changed |= {i: replace(rng.choice(others), id=i) for i in rng.sample(sorted(held), 6)}
        changed |= {s.id: s for s in rng.sample(others, 6)}
        held = {i: s for i, s in {**held, **changed}.items() if s}
        numbers = {i: numbers.get(i, 1000 * round_ + n) for n, i in enumerate(held)}
        index = index.followed(changed, {i: numbers[i] for i in changed if i in held})
        anew = ListingIndex(held.values(), numbers)
        some = rng.sample(sorted(numbers.values()), 40)
        near = rng.choice(source.towns)
        for query, _ in QUERIES.values():
            for asked in (query, replace(query, near=near), replace(query, sort=Sort.NAME)):
                assert told(index, asked) == told(anew, asked)
                with_text = (index.rows_of(some), anew.rows_of(some))
                assert told(index, asked, with_text[0]) == told(anew, asked, with_text[1])
