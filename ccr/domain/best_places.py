"""Where one more service would help most: which ZIPs are within reach, and which place adds most.

What lives here: what counts as within reach of a need, and the choice of places one after another.
What must not: a distance to or from a confidential service, which covers the area that it states
and nothing else; anybody who was ever served.

This is the specification; ccr.engine.place_covers is the fast form of `best_places`.

Sources: Church and ReVelle 1974, "The maximal covering location problem", Papers of the Regional
Science Association 32, 101-118; Nemhauser, Wolsey and Fisher 1978, "An analysis of approximations
for maximizing submodular set functions I", Mathematical Programming 14, 265-294 (choosing the best
again and again reaches at least 1 - 1/e, 63 %, of the best possible cover).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ccr.domain.directory import Service
from ccr.domain.gap_counting import local_zips
from ccr.domain.gaps import Cell

GREEDY_BOUND = 1 - 1 / math.e
"""The least share of the best possible cover that choosing one after another reaches."""


@dataclass(frozen=True, slots=True)
class Covered:
    """The ZIPs that a need reaches as it is.

    Attributes:
        near: within the minutes of a public service that counts for them.
        by_area: in the stated area of a confidential service; a house there is near nobody.
        unplaced: served in person by somebody whose place is not known; not counted as reached.
    """

    near: frozenset[str]
    by_area: frozenset[str]
    unplaced: frozenset[str]

    @property
    def reached(self) -> frozenset[str]:
        """Return what counts as reached."""
        return self.near | self.by_area


def covered_zips(
    cells: Iterable[Cell],
    zips_of: Callable[[str], Collection[str]],
    near: Callable[[Service], Collection[str]],
) -> Covered:
    """Return the ZIPs that the services of one line reach: checked, with room, in person.

    How full a confidential service is changes nothing here, because answers travel.

    Args:
        cells: of one line, by county.
        zips_of: the ZIPs of a county by its FIPS.
        near: the ZIPs within the minutes of a public service; asked of no other.
    """
    found: dict[str, set[str]] = {"near": set(), "by_area": set(), "unplaced": set()}
    for cell in cells:
        zips = frozenset(zips_of(cell.county.fips))
        for service in cell.on_paper.with_room:
            if not service.in_person:
                continue
            serves = local_zips(service, cell.county.fips, zips)
            if service.confidential:
                found["by_area"] |= serves
            elif service.area_only:
                found["unplaced"] |= serves
            else:
                found["near"] |= serves.intersection(near(service))
    reached = found["near"] | found["by_area"]
    return Covered(
        frozenset(found["near"]),
        frozenset(found["by_area"]),
        frozenset(found["unplaced"] - reached),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A place for one more service, and what it would newly cover.

    Attributes:
        gained: weight (people, or ZIPs) within reach for the first time.
        share: of all that is not within reach now, 0 to 1.
    """

    place: str
    gained: float
    share: float


@dataclass(frozen=True, slots=True)
class Placing:
    """Places for several more services, the best first.

    Attributes:
        choices: in the order of their choice; fewer than asked for where no more would be gained.
        missing: weight that is not within reach now.
        at_least: the least share, 0 to 1, of what the best so many places could gain: never below
            GREEDY_BOUND, and 1 for a single place, which is exact.
    """

    choices: tuple[Choice, ...]
    missing: float
    at_least: float

    @property
    def gained(self) -> float:
        """Return the weight that all of them together would newly reach."""
        return sum(choice.gained for choice in self.choices)


def best_places(
    covers: Mapping[str, frozenset[str]],
    weights: Mapping[str, float],
    covered: frozenset[str],
    most: int,
) -> Placing:
    """Return where one more service would newly reach most, then the next beside it, and so on.

    The first is exact; of the same gain, the first by code. What so many places can gain at best is
    never more than what is gained already and the `most` largest further gains, at every step.

    Args:
        covers: place to the areas that are within reach of it.
        weights: people of each area, or 1 where they are not known; never negative.
        covered: areas within reach of a service as it is.
        most: how many services, from 1.
    """
    left = {area for area in weights if area not in covered}
    missing = sum(weights[area] for area in left)
    choices: list[Choice] = []
    gained, best = 0.0, float(missing)
    while True:
        gains = {
            place: sum(weights[area] for area in areas & left) for place, areas in covers.items()
        }
        best = min(best, gained + sum(sorted(gains.values(), reverse=True)[:most]))
        place = min(gains, key=lambda p: (-gains[p], p), default=None)
        if place is None or gains[place] <= 0 or len(choices) == most:
            break
        choices.append(Choice(place, gains[place], gains[place] / missing))
        gained += gains[place]
        left -= covers[place]
    return Placing(tuple(choices), missing, least_share(gained, best))


def least_share(gained: float, best: float) -> float:
    """Return the least share of the best possible that was reached, given a bound on that."""
    return min(1.0, max(GREEDY_BOUND, gained / best)) if best > 0 else 1.0
