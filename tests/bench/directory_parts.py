"""What services of a large directory are made of: real places, invented values, and their shares.

What lives here: vocabularies with how often each is met, the towns of the gazetteer with how many
people they draw, and pools of values that many services share, so that a million fit into memory.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any

import numpy as np

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import (
    Area,
    Capacity,
    Coverage,
    Language,
    Point,
)
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    Known,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
)
from tests.builders import NOW
from tests.package_builders import REFERENCE

GAZETTEER = Gazetteer.load(REFERENCE / "us_zip.csv")
NEEDS = (
    Need.COUNSELING, Need.FOOD, Need.HOUSING, Need.MENTAL_HEALTH, Need.ADVOCACY, Need.MEDICAL,
    Need.ECONOMIC, Need.CHILDREN, Need.SUPPORT_GROUP, Need.EMERGENCY_SHELTER, Need.FAMILY_LAW,
    Need.SUBSTANCE_USE, Need.EMPLOYMENT, Need.HOTLINE, Need.CHILD_CARE, Need.PROTECTION_ORDER,
    Need.SAFETY_PLANNING, Need.TRANSPORT, Need.IMMIGRATION_LAW, Need.ELDER, Need.IMMEDIATE_SAFETY,
    Need.CULTURALLY_SPECIFIC, Need.CRIMINAL_JUSTICE_ADVOCACY, Need.FAITH_SUPPORT,
    Need.INTERPRETATION, Need.DISABILITY_ACCESS, Need.FORENSIC_EXAM, Need.SCHOOL_SUPPORT,
    Need.SUPERVISED_VISITATION, Need.ABUSIVE_PARTNER_INTERVENTION, Need.PETS, Need.SUPERVISION,
    Need.WORKPLACE_SAFETY, Need.TECHNOLOGY_SAFETY,
)  # fmt: skip
"""Every need, most often offered first; the n-th is offered 1/n times as often as the first."""
POPULARITY = 1 / np.arange(1, len(NEEDS) + 1)
POPULARITY /= POPULARITY.sum()
LANGUAGES = (
    "es", "zh", "vi", "ar", "ru", "ko", "fr", "ht", "pt", "so", "ur", "bn", "pl", "hi", "my", "uk",
)  # fmt: skip
HOURS = (
    "24/7",
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 08:30-16:30",
    "Mo-Fr 08:00-16:00",
    "Mo-Fr 09:00-17:00; PH off",
    "Mo-Fr 08:00-12:00,13:00-17:00",
    "Mo-Th 09:00-19:00; Fr 09:00-16:00",
    "Mo-Sa 08:00-20:00",
    "Mo-Fr 10:00-18:00; Sa 10:00-14:00",
    "Mo,We,Fr 10:00-15:00",
    "Tu,Th 13:00-19:00",
    "Mo-Su 07:00-23:00",
    "Sa,Su 10:00-16:00",
    "We 17:30-20:30",
    "Mo-Fr 18:00-08:00; Sa,Su 00:00-24:00",
)
HOURS_SHARE = (10, 20, 8, 6, 8, 6, 6, 5, 5, 3, 2, 3, 1, 1, 2)
_OFFICE = "Mo-Fr 09:00-17:00"
COVERAGE: tuple[tuple[Coverage, ...], ...] = (
    (),
    (Coverage(None, CoverageMode.STAFFED, _OFFICE),),
    (Coverage(None, CoverageMode.STAFFED, "24/7"),),
    (
        Coverage(None, CoverageMode.STAFFED, _OFFICE),
        Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0142"),
    ),
    (
        Coverage(None, CoverageMode.STAFFED, "Mo-Fr 08:00-20:00"),
        Coverage(None, CoverageMode.ON_CALL_PHONE, "Sa,Su 08:00-20:00", "518-555-0142"),
    ),
    (Coverage(None, CoverageMode.NOBODY, "24/7"),),
)
COVERAGE_SHARE = (35, 35, 8, 12, 7, 3)
STATUSES = (
    ServiceStatus.ACTIVE,
    ServiceStatus.TEMPORARILY_CLOSED,
    ServiceStatus.INACTIVE,
    ServiceStatus.DEFUNCT,
)
_EN = Language("en", LanguageMode.STAFF)
_ALL_TRACKS = frozenset(Track)
TRACKS = (
    _ALL_TRACKS,
    frozenset[Track](),
    frozenset({Track.SURVIVOR, Track.CHILD}),
    frozenset({Track.CHILD}),
    frozenset({Track.SURVIVOR}),
)
POPULATIONS = (frozenset[Population](), *(frozenset({p}) for p in Population))
AGES = ((None, None), (18, None), (13, None), (None, 17), (18, 59), (60, None))
MOST_SITES = 3
_POOL = 5000
KM_A_DEGREE = 111
SERVICES_A_STATE = 2000
LARGE_STATES = (
    "CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI", "NJ", "VA", "WA", "AZ", "TN", "MA",
)  # fmt: skip
"""Where a directory of less than the whole country may lie."""


@dataclass(frozen=True, slots=True)
class Town:
    """A ZIP of the gazetteer, and how many services and searches it draws."""

    zip_code: str
    city: str
    state: str
    county: str
    county_fips: str
    point: Point


@cache
def towns() -> tuple[Town, ...]:
    """Return every ZIP by which a search may start, by county."""
    with (REFERENCE / "us_zip.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return tuple(
        Town(code, city, state, county, fips, Point(float(lat), float(lon)))
        for code, city, state, county, fips, lat, lon in sorted(rows, key=lambda row: row[4])
        if GAZETTEER.zip_place(code) is not None
    )


@cache
def crowds(seed: int, size: int) -> np.ndarray[Any, Any]:
    """Return the share of services and searches that each town has, for a directory of a size.

    A county weighs as its number of places to the power of 1.5, times chance: the largest hundred
    of three thousand hold about two of five. ZIPs of post boxes share a point and count once. A
    small directory is that of a few states: as many as make 2,000 services a state, at least one.
    """
    rng = np.random.default_rng([seed, 1])
    counties = np.unique([town.county_fips for town in towns()], return_inverse=True)[1]
    first = {town.point: number for number, town in reversed([*enumerate(towns())])}
    counts = np.zeros(len(counties))
    counts[[*first.values()]] = 1
    places = np.bincount(counties, counts)
    weight = counts * (places**0.5 * rng.lognormal(0, 0.7, len(places)))[counties]
    weight *= rng.lognormal(0, 0.8, len(counties))
    states = np.array([town.state for town in towns()])
    chosen = rng.permutation(LARGE_STATES)[: max(size // SERVICES_A_STATE, 1)]
    if size < SERVICES_A_STATE * len(LARGE_STATES):
        weight[~np.isin(states, chosen)] = 0
    share: np.ndarray[Any, Any] = weight / weight.sum()
    return share


KINDS = (
    CompartmentKind.GENERAL,
    CompartmentKind.VICTIM_SERVICES,
    CompartmentKind.APIP,
    CompartmentKind.COORDINATION,
)
EXTENTS = (AreaExtent.COUNTY, AreaExtent.STATE, AreaExtent.NATION, AreaExtent.ZIP, None)
CHANCES = {
    "confidential": 0.04,
    "do_not_refer": 0.01,
    "populations_only": 0.3,
    "in_person": 0.98,
    "by_phone": 0.15,
    "virtual": 0.05,
}


@cache
def needs_of(numbers: tuple[int, ...]) -> frozenset[Need]:
    """Return these needs; equal sets are one object."""
    distinct = tuple(sorted(set(numbers)))
    return frozenset(NEEDS[n] for n in numbers) if distinct == numbers else needs_of(distinct)


class Areas:
    """Service areas by home and extent, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, AreaExtent | None, int], tuple[Area, ...]] = {}
        counties: dict[str, set[str]] = defaultdict(set)
        for town in towns():
            counties[town.state].add(town.county_fips)
        self._counties = {state: sorted(found) for state, found in counties.items()}
        self._zips: dict[str, list[str]] = defaultdict(list)
        for town in towns():
            self._zips[town.county_fips].append(town.zip_code)

    def of(self, town: Town, extent: AreaExtent | None, wide: int) -> tuple[Area, ...]:
        """Return the areas of a service at home in a town; `wide`: 0 to 3, how many neighbours."""
        home = town.zip_code if extent is AreaExtent.ZIP else town.county_fips
        key = (home, extent, wide)
        if key not in self._made:
            self._made[key] = tuple(self._codes(town, extent, wide))
        return self._made[key]

    def _codes(self, town: Town, extent: AreaExtent | None, wide: int) -> Iterator[Area]:
        if extent is AreaExtent.NATION:
            yield Area(extent, "US")
        elif extent is AreaExtent.STATE:
            yield Area(extent, town.state)
        elif extent is AreaExtent.COUNTY:
            found = self._counties[town.state]
            first = found.index(town.county_fips)
            codes = islice(found, first, first + 1 + max(wide - 1, 0))
            yield from (Area(extent, code) for code in codes)
        elif extent is AreaExtent.ZIP:
            found = self._zips[town.county_fips]
            first = found.index(town.zip_code)
            yield from (Area(extent, code) for code in found[first : first + 2 + wide])


class Pools:
    """A few thousand each of the values that many services share."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        days = rng.exponential(6, _POOL).tolist()
        statuses = rng.choice(len(_ROOM), _POOL, p=_ROOM_SHARE).tolist()
        free = rng.integers(1, 9, _POOL).tolist()
        self._capacities = [
            Capacity(
                _ROOM[status],
                places if _ROOM[status] is CapacityStatus.CAPACITY else 0,
                "places",
                None if n % 40 == 0 else NOW - timedelta(minutes=int(day * 1440)),
            )
            for n, (day, status, places) in enumerate(zip(days, statuses, free, strict=True))
        ]
        ages = rng.integers(0, 500 * 1440, _POOL).tolist()
        self._moments = [NOW - timedelta(minutes=age) for age in ages]
        self._languages = [self._spoken() for _ in range(400)]
        self._accessibilities = [self._access() for _ in range(200)]

    def capacities(self, count: int) -> list[Capacity | None]:
        """Return a capacity for two services of three."""
        return self._drawn(self._capacities, count, none=0.35)

    def moments(self, count: int) -> list[Any]:
        """Return when listings were verified; never for one of eight."""
        return self._drawn(self._moments, count, none=0.12)

    def languages(self, count: int) -> list[tuple[Language, ...]]:
        """Return the languages of so many services."""
        return self._drawn(self._languages, count)

    def accessibilities(self, count: int) -> list[dict[Access, Known]]:
        """Return what is known of access to so many services."""
        return self._drawn(self._accessibilities, count)

    def _drawn(self, pool: list[Any], count: int, none: float = 0.0) -> list[Any]:
        numbers = self._rng.integers(0, len(pool), count)
        numbers[self._rng.random(count) < none] = -1
        return [None if n < 0 else pool[n] for n in numbers.tolist()]

    def _spoken(self) -> tuple[Language, ...]:
        chance = self._rng.random()
        if chance < 0.12:
            return ()
        others = self._rng.geometric(
            0.35, int(self._rng.choice([0, 1, 2, 4], p=[0.5, 0.3, 0.1, 0.1]))
        )
        modes = (LanguageMode.STAFF, LanguageMode.INTERPRETER)
        spoken = {
            LANGUAGES[min(int(n) - 1, len(LANGUAGES) - 1)]: modes[int(self._rng.integers(0, 2))]
            for n in others
        }
        return (_EN, *(Language(code, mode) for code, mode in spoken.items()))

    def _access(self) -> dict[Access, Known]:
        stated = self._rng.random(len(Access)) < 0.4
        yes = self._rng.random(len(Access)) < 0.75
        return {
            access: Known.YES if yes[n] else Known.NO
            for n, access in enumerate(Access)
            if stated[n]
        }


_ROOM = (
    CapacityStatus.CAPACITY,
    CapacityStatus.NO_CAPACITY,
    CapacityStatus.WAITLIST,
    CapacityStatus.ADDITIONAL_ASSESSMENT,
    CapacityStatus.UNKNOWN,
)
_ROOM_SHARE = (0.5, 0.18, 0.15, 0.07, 0.1)
