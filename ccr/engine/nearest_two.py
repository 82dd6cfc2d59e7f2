"""The fast forms of `ccr.domain.nearest_services`: few areas with two each, or all areas with one.

What lives here: chords with their bounds. What must not: an order that the bounds leave open, which
the domain measures; a confidential service, which has no point to come here with.

All areas: the areas stand in blocks that are near one another. No source can be the nearest of an
area of a block that is further from its centre than the nearest source plus the width of the block,
so that only a few sources are held against the areas of each. Where two remain closer than the
bounds can tell, geodesics decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ccr.domain.directory import Point, Service
from ccr.domain.geography import distance_km
from ccr.domain.nearest_services import MOST, Near, nearest_two
from ccr.engine.compiled import AVAILABLE
from ccr.engine.geodesic_bounds import (
    A_MILLIMETRE,
    ARC_ENDS_KM,
    MOST_RADIUS_KM,
    bounds_km,
    lengths,
    place_of,
    places,
)
from ccr.engine.nearest_scan import ROUGHLY_KM, scan
from ccr.engine.postings import Array

BLOCK = 32
NOBODY = -1
NEAR_ENOUGH, NEAR_ENOUGH_KM = 1.05, 1.0
"""No chord reaches further than these make of it; what is further needs no closer look."""


def nearest_among(services: Sequence[Service]) -> Callable[[Point], tuple[Near, ...]]:
    """Return what gives nearest_two of these services for any point."""
    public = [s for s in services if not s.area_only]
    sites = [(row, site.point) for row, s in enumerate(public) for site in s.sites if site.point]
    rows = np.array([row for row, _ in sites], int)
    spots = places([point for _, point in sites])

    def of(point: Point) -> tuple[Near, ...]:
        if len(public) <= MOST:
            return nearest_two(point, public)
        low, high = bounds_km(lengths(spots - place_of(point)))
        at_least, at_most = (np.full(len(public), np.inf) for _ in range(2))
        np.minimum.at(at_least, rows, low)
        np.minimum.at(at_most, rows, high)
        line = np.partition(at_most, MOST - 1)[MOST - 1]
        return nearest_two(point, [public[row] for row in np.flatnonzero(at_least <= line)])

    return of


class NearestOfAll:
    """For every area and every group of sources (such as a need), which source is nearest.

    Follows an edit of one source without looking at the others again.
    """

    def __init__(self, areas: Sequence[Point], sources: Sequence[Point]) -> None:
        """Order the areas in blocks; the sources are numbered as they stand."""
        self._area_points, self._source_points = areas, list(sources)
        spots = places(list(areas))
        self._order = _in_blocks(spots)
        self._areas = spots
        self._sources = places(self._source_points)
        padded = np.resize(self._order, -(-len(areas) // BLOCK) * BLOCK) if len(areas) else None
        if padded is not None:
            padded[len(areas) :] = self._order[-1]
            self._blocks = self._areas[padded].reshape(-1, BLOCK, 3)
            self._padded = padded
            self._centres = self._blocks.mean(axis=1)
            across = self._blocks - self._centres[:, None]
            self._radii = np.sqrt(np.einsum("ijk,ijk->ij", across, across)).max(axis=1)
        self._groups_of: dict[int, set[int]] = {}
        self.members: dict[int, Array] = {}
        self.nearest: dict[int, Array] = {}
        self.chords: dict[int, Array] = {}

    def find(self, group: int, rows: Iterable[int]) -> Array:
        """Return the row of the nearest source of a group for each area; NOBODY in no group."""
        held = np.unique(np.fromiter(rows, int))
        self.members[group] = held
        for row in held:
            self._groups_of.setdefault(int(row), set()).add(group)
        self.nearest[group], self.chords[group] = self._found(held)
        return self.nearest[group]

    def follow(self, row: int, point: Point | None, groups: Iterable[int]) -> None:
        """Put source `row` where it is now, in these groups alone; None takes it out of all."""
        now = set(groups) if point is not None else set()
        before = self._groups_of.get(row, set())
        moved = point is not None and point != self._source_points[row]
        for group in before if moved else before - now:
            self._drop(group, row)
        self._groups_of[row] = now
        if point is None:
            return
        self._source_points[row], self._sources[row] = point, place_of(point)
        for group in now:
            self._add(group, row)

    def _drop(self, group: int, row: int) -> None:
        held = self.members[group] = self.members[group][self.members[group] != row]
        lost = np.flatnonzero(self.nearest[group] == row)
        if not len(held):
            self.nearest[group][lost], self.chords[group][lost] = NOBODY, np.inf
            return
        chords = _apart(self._areas[lost], self._sources[held])
        least = chords.min(axis=1)
        near = chords <= (_reach(least + ROUGHLY_KM) + ROUGHLY_KM)[:, None]
        rows = held[chords.argmin(axis=1)]
        self.nearest[group][lost] = rows
        self.chords[group][lost] = lengths(self._areas[lost] - self._sources[rows])
        for place in np.flatnonzero(near.sum(axis=1) > 1):
            self._settle(group, int(lost[place]), held)

    def _add(self, group: int, row: int) -> None:
        held = self.members.get(group, np.empty(0, int))
        if row in held:
            return
        self.members[group] = np.sort(np.append(held, row))
        if group not in self.nearest:
            self.find(group, [row])
            return
        chords = lengths(self._areas - self._sources[row])
        known = self.chords[group]
        close = np.flatnonzero(chords <= known * NEAR_ENOUGH + NEAR_ENOUGH_KM)
        nearer, before = chords[close], known[close]
        sure = _reach(nearer) < before
        doubted = close[~sure & (nearer <= _reach(before))]
        self.nearest[group][close[sure]], known[close[sure]] = row, nearer[sure]
        for area in doubted:
            self._settle(group, int(area), self.members[group])

    def _settle(self, group: int, area: int, held: Array) -> None:
        """Find the nearest source of one area among those held."""
        if not len(held):
            self.nearest[group][area], self.chords[group][area] = NOBODY, np.inf
            return
        chords = lengths(self._sources[held] - self._areas[area])
        row = self._exact(area, held[chords <= _reach(chords.min())])
        self.nearest[group][area] = row
        self.chords[group][area] = float(np.linalg.norm(self._sources[row] - self._areas[area]))

    def _exact(self, area: int, rows: Array) -> int:
        if len(rows) == 1:
            return int(rows[0])
        point = self._area_points[area]
        return min((distance_km(point, self._source_points[int(row)]), int(row)) for row in rows)[1]

    def _found(self, held: Array) -> tuple[Array, Array]:
        """Return the nearest of the sources held, and its chord, for every area."""
        count = len(self._areas)
        if not len(held) or not count:
            return np.full(count, NOBODY), np.full(count, np.inf)
        scanned = scan if AVAILABLE else scan_by_arrays
        places_of, apart, several = scanned(
            self._blocks, self._centres, self._radii, self._sources[held]
        )
        nearest, chords = np.empty(count, int), np.empty(count)
        nearest[self._padded] = held[places_of].ravel()
        chords[self._padded] = apart.ravel()
        for area in np.unique(self._padded[several.ravel()]):
            rows = lengths(self._sources[held] - self._areas[area])
            row = self._exact(int(area), held[rows <= _reach(rows.min())])
            nearest[area] = row
            chords[area] = float(np.linalg.norm(self._sources[row] - self._areas[area]))
        return nearest, chords


def scan_by_arrays(
    blocks: Array, centres: Array, radii: Array, spots: Array
) -> tuple[Array, Array, Array]:
    """Return what nearest_scan.scan does, where nothing is compiled; it may doubt more."""
    from_centres = _apart(centres, spots)
    line = _reach(from_centres.min(axis=1) + radii + ROUGHLY_KM) + radii + ROUGHLY_KM
    rows, columns = np.nonzero(from_centres <= line[:, None])
    starts = np.searchsorted(rows, np.arange(len(centres)))
    across = blocks[rows] - spots[columns][:, None]
    squares = np.einsum("ijk,ijk->ij", across, across)
    least = np.minimum.reduceat(squares, starts, axis=0)
    near = squares <= (_reach(np.sqrt(least)) ** 2)[rows]
    first = np.minimum.reduceat(np.where(near, columns[:, None], len(spots)), starts, axis=0)
    several = np.add.reduceat(near, starts, axis=0) > 1
    return first, np.sqrt(least), several


def _reach(chords: Array) -> Array:
    """Return the chords up to which a geodesic may be no longer than one over these chords."""
    flat = np.atleast_1d(np.asarray(chords, float)).ravel()
    tells = flat < ARC_ENDS_KM - 1
    _, high = bounds_km(np.where(tells, flat, 0.0))
    reach = 2 * MOST_RADIUS_KM * np.sin((high + A_MILLIMETRE) / (2 * MOST_RADIUS_KM))
    reach = np.where(tells, reach, np.inf)
    found: Array = reach.reshape(np.shape(chords))
    return found


def _apart(ones: Array, others: Array) -> Array:
    """Return the chords between all of two lists of places, to within ROUGHLY_KM.

    Squares of 6,378 km leave 20 cm in the sixteenth digit.
    """
    squares = (
        np.einsum("ij,ij->i", ones, ones)[:, None]
        + np.einsum("ij,ij->i", others, others)
        - 2 * ones @ others.T
    )
    found: Array = np.sqrt(np.maximum(squares, 0.0))
    return found


def _in_blocks(spots: Array) -> Array:
    """Return the areas in an order in which every BLOCK in a row are near one another."""
    order = np.arange(len(spots))
    parts, done = [order], []
    while parts:
        part = parts.pop()
        if len(part) <= BLOCK:
            done.append(part)
            continue
        here = spots[part]
        axis = int(np.ptp(here, axis=0).argmax())
        half = max(BLOCK, len(part) // 2 // BLOCK * BLOCK)
        split = np.argpartition(here[:, axis], half)
        parts += [part[split[half:]], part[split[:half]]]
    return np.concatenate(done) if done else order
