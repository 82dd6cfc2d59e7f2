"""Directories of a thousand to a million services in the real counties of the United States.

What lives here: services made by chance from a seed, the same for the same seed and size. Places
are real (the gazetteer's), so that the same requests can be asked of the site by ZIP; everything
else is invented. A country is crowded in few counties and thin in most; needs follow Zipf's law.
Values that are alike are one object, so that a million services fit into about two gigabytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from ccr.domain.directory import (
    Agreement,
    DirectorySnapshot,
    Member,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.taxonomy import (
    AreaExtent,
    Cost,
    Gender,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
)
from ccr.domain.us_time_zones import time_zone_of
from tests.bench.directory_parts import (
    AGES,
    CHANCES,
    COVERAGE,
    COVERAGE_SHARE,
    EXTENTS,
    HOURS,
    HOURS_SHARE,
    KINDS,
    KM_A_DEGREE,
    MOST_SITES,
    NEEDS,
    POPULARITY,
    POPULATIONS,
    STATUSES,
    TRACKS,
    Areas,
    Pools,
    crowds,
    needs_of,
    towns,
)
from tests.builders import NETWORK_ID, NOW

SERVICES_A_MEMBER = 4


def _id(kind: int, number: int) -> UUID:
    """Return a version 4 id; ids are in no order, as real ones are."""
    mixed = (number * 0x9E3779B97F4A7C15) & ((1 << 48) - 1)
    return UUID(int=mixed << 80 | 4 << 76 | kind << 72 | 0x8 << 60 | number)


class LargeDirectory:
    """A directory of so many services.

    Attributes:
        members: with `compartments`, each member's only program, in the same order.
    """

    def __init__(self, seed: int, services: int) -> None:
        self.seed, self.size = seed, services
        self._rng = np.random.default_rng([seed, services])
        count = max(services // SERVICES_A_MEMBER, 3)
        self._homes = self._rng.choice(len(towns()), count, p=crowds(seed, services))
        self._pools = Pools(self._rng)
        self._areas = Areas()
        self.members, self.compartments = self._members(count), [_id(2, n) for n in range(count)]
        self._kinds = self._some(KINDS, (78, 18, 3, 1), count)
        self._sites = [self._member_sites(number) for number in range(count)]
        made = tuple(self._services(services))
        self.snapshot = DirectorySnapshot(NETWORK_ID, 1, made, self._agreements(count))

    def _some(self, values: Sequence[Any], shares: Sequence[float], count: int) -> list[Any]:
        """Return so many of the values by chance."""
        share = np.array(shares, float)
        numbers = self._rng.choice(len(values), count, p=share / share.sum())
        return [values[n] for n in numbers.tolist()]

    def _members(self, count: int) -> list[Member]:
        rng = self._rng
        active, on_ccr, by_phone = (rng.random(count) < p for p in (0.98, 0.3, 0.15))
        return [
            Member(
                _id(1, n),
                f"Member {n}",
                MemberCategory.COMMUNITY,
                Sector.PRIVATE,
                Regime.OTHER,
                active=bool(active[n]),
                on_ccr=bool(on_ccr[n]),
                by_phone=bool(by_phone[n]),
            )
            for n in range(count)
        ]

    def _member_sites(self, number: int) -> tuple[Site, ...]:
        """Return the public places of a member: one to three, near its home."""
        rng, town = self._rng, towns()[self._homes[number]]
        wide = 1 / max(math.cos(math.radians(town.point.lat)), 0.2)
        return tuple(
            Site(
                _id(3, number * MOST_SITES + n),
                "Site",
                town.city,
                town.state,
                town.county_fips,
                town.zip_code,
                Point(
                    round(town.point.lat + north / KM_A_DEGREE, 6),
                    round(town.point.lon + east * wide / KM_A_DEGREE, 6),
                ),
                Precision.ROOFTOP if n else Precision.ZIP,
            )
            for n, (north, east) in enumerate(
                rng.normal(0, 5, (rng.choice([1, 2, 3], p=[0.8, 0.15, 0.05]), 2)).tolist()
            )
        )

    def _agreements(self, count: int) -> tuple[Agreement, ...]:
        """Return as many agreements as half the members, one in five with one of twenty hubs."""
        rng = self._rng
        first = rng.integers(0, count, count // 2)
        second = rng.integers(0, count, count // 2)
        hub = rng.random(count // 2) < 0.2
        second[hub] %= min(20, count)
        ages = rng.integers(0, 900, count // 2).tolist()
        return tuple(
            Agreement(
                frozenset({self.members[a].id, self.members[b].id}),
                NOW.date() - timedelta(days=age),
                NOW.date() - timedelta(days=age - 730),
            )
            for a, b, age in zip(first.tolist(), second.tolist(), ages, strict=True)
            if a != b
        )

    def _services(self, count: int) -> Iterator[Service]:
        made = 0
        while made < count:
            batch = min(50_000, count - made)
            yield from self._batch(made, batch)
            made += batch

    def _batch(self, first: int, count: int) -> Iterator[Service]:
        """Yield services of the numbers from `first` on; chance is drawn for all at once."""
        pools, some = self._pools, self._some
        ages = some(AGES, (45, 30, 8, 5, 6, 6), count)
        drawn: dict[str, list[Any]] = {
            "needs": self._needs(count),
            "areas": some(EXTENTS, (72, 14, 1, 5, 8), count),
            "status": some(STATUSES, (96, 1.5, 1.5, 1), count),
            "tracks": some(TRACKS, (60, 25, 9, 3, 3), count),
            "languages": pools.languages(count),
            "coverage": some(COVERAGE, COVERAGE_SHARE, count),
            "capacity": pools.capacities(count),
            "opening_hours": some((None, *HOURS), (14, *HOURS_SHARE), count),
            "minimum_age": [low for low, _ in ages],
            "maximum_age": [high for _, high in ages],
            "gender_served": some(tuple(Gender), (50, 15, 5, 30), count),
            "populations": some(POPULATIONS, (70, *[2.5] * len(Population)), count),
            "accessibility": pools.accessibilities(count),
            "cost": some(tuple(Cost), (45, 15, 15, 25), count),
            "last_verified_at": pools.moments(count),
            **{name: (self._rng.random(count) < p).tolist() for name, p in CHANCES.items()},
            "sites": (self._rng.random(count) < 0.98).tolist(),
        }
        wide = self._rng.integers(0, 4, count).tolist()
        for n, values in enumerate(zip(*drawn.values(), strict=True)):
            yield self._service(first + n, wide[n], dict(zip(drawn, values, strict=True)))

    def _needs(self, count: int) -> list[frozenset[Need]]:
        """Return one to five needs for each service."""
        numbers = self._rng.choice(len(NEEDS), (count, 5), p=POPULARITY).tolist()
        most = self._some((1, 2, 3, 5), (35, 35, 20, 10), count)
        return [needs_of(tuple(row[:n])) for row, n in zip(numbers, most, strict=True)]

    def _service(self, number: int, wide: int, drawn: dict[str, Any]) -> Service:
        """Return a service at home with its member; `wide` is how far its area reaches."""
        home = number // SERVICES_A_MEMBER % len(self.members)
        town, extent = towns()[self._homes[home]], drawn["areas"]
        if drawn["confidential"]:
            drawn["sites"] = False
            extent = AreaExtent.COUNTY if extent in {None, AreaExtent.ZIP} else extent
        drawn["areas"] = self._areas.of(town, extent, wide)
        drawn["sites"] = self._sites[home] if drawn["sites"] else ()
        drawn["populations_only"] &= bool(drawn["populations"])
        drawn["by_phone"] |= not drawn["in_person"]
        return Service(
            id=_id(4, number),
            network_id=NETWORK_ID,
            member=self.members[home],
            compartment_id=self.compartments[home],
            compartment_kind=self._kinds[home],
            name=f"Service {number}",
            phone="518-555-0118",
            timezone=time_zone_of(town.state) or "America/New_York",
            **drawn,
        )
