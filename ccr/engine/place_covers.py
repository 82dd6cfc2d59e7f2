"""The fast forms of reach and of `ccr.domain.best_places`: thousands of ZIPs against one another.

What lives here: chords and their bounds, which settle nearly every pair, and the greedy choice on
arrays. What must not: a rule; a confidential service, which has no point to come here with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

import numpy as np

from ccr.domain.best_places import Choice, Placing, least_share
from ccr.domain.directory import Point, Service
from ccr.domain.geography import distance_km
from ccr.engine.area_reach import limit_km
from ccr.engine.geodesic_bounds import bounds_km, lengths, place_of, places
from ccr.engine.postings import Array

CHUNK = 128
"""ZIPs that are held against their neighbours at a time."""


class ZipReach:
    """Which ZIPs are within some minutes by car of a point, of a service, of one another."""

    def __init__(self, points: Mapping[str, Point], minutes: int) -> None:
        """Points: the middle of each ZIP by its code."""
        self._limit = limit_km(minutes)
        self.codes = sorted(points)
        self._points = [points[code] for code in self.codes]
        self._spots = places(self._points)
        # Along the axis on which they are spread most, whoever is near stands near in a row.
        axis = int(np.ptp(self._spots, axis=0).argmax()) if self.codes else 0
        self._order = np.argsort(self._spots[:, axis], kind="stable")
        self._along = self._spots[self._order, axis]
        self._axis = axis
        self._known: dict[UUID, frozenset[str]] = {}

    def of_service(self, service: Service) -> frozenset[str]:
        """Return the ZIPs near any public site; none of a confidential service, ever."""
        if service.confidential:
            return frozenset()
        if service.id not in self._known:  # one that serves many counties is asked about often
            points = [site.point for site in service.sites if site.point is not None]
            self._known[service.id] = frozenset().union(*map(self.of_point, points))
        return self._known[service.id]

    def of_point(self, point: Point) -> frozenset[str]:
        """Return the ZIPs whose middles are within the minutes of a point."""
        spot = place_of(point)
        rows = self._between(spot[self._axis], spot[self._axis])
        near = self._near(lengths(self._spots[rows] - spot), rows, lambda _: point)
        return frozenset(self.codes[row] for row in rows[near])

    def covers(self) -> tuple[Array, Array]:
        """Return, for each ZIP as a place, the rows of the ZIPs near it: (starts, rows) in a row.

        A place's rows are rows[starts[n]:starts[n + 1]], ascending; it is always near itself.
        """
        mine: list[Array] = []
        theirs: list[Array] = []
        for first in range(0, len(self.codes), CHUNK):
            block = self._order[first : first + CHUNK]
            along = self._along[first : first + CHUNK]
            rows = self._between(along[0], along[-1])
            here, there = (np.repeat(block, len(rows)), np.tile(rows, len(block)))
            chords = lengths(self._spots[here] - self._spots[there])
            close = np.flatnonzero(chords <= self._limit[1])
            here, there, chords = here[close], there[close], chords[close]
            near = self._near(chords, there, partial(self._point_of, here))
            mine.append(here[near])
            theirs.append(there[near])
        if not mine:
            return np.zeros(1, int), np.zeros(0, int)
        of, rows = np.concatenate(mine), np.concatenate(theirs)
        order = np.argsort(of * len(self.codes) + rows)
        starts = np.searchsorted(of[order], np.arange(len(self.codes) + 1))
        return starts, rows[order]

    def _between(self, low: float, high: float) -> Array:
        """Return the rows that may be within the limit of anything between two places of a row."""
        beyond = self._limit[1]
        first, last = np.searchsorted(self._along, (low - beyond, high + beyond))
        found: Array = self._order[first : last + 1]
        return found

    def _point_of(self, rows: Array, place: int) -> Point:
        return self._points[int(rows[place])]

    def _near(self, chords: Array, rows: Array, point_of: Callable[[int], Point]) -> Array:
        low, high = bounds_km(chords)
        within, beyond = self._limit
        near: Array = high <= within
        for place in np.flatnonzero(~near & (low < beyond)):
            zip_point = self._points[int(rows[place])]
            near[place] = distance_km(point_of(int(place)), zip_point) <= within
        return near


def best_zips(
    reach: ZipReach, weights: Mapping[str, float], covered: frozenset[str], most: int
) -> Placing:
    """Return what best_places does when every ZIP is a place for one more service."""
    starts, rows = reach.covers()
    left = np.array(
        [0.0 if code in covered else weights.get(code, 0.0) for code in reach.codes], float
    )
    missing = float(left.sum())
    choices: list[Choice] = []
    gained, best = 0.0, missing
    while len(left):
        gains = np.add.reduceat(left[rows], starts[:-1])
        best = min(best, gained + float(np.sort(gains)[::-1][:most].sum()))
        place = int(gains.argmax())
        if gains[place] <= 0 or len(choices) == most:
            break
        won = float(gains[place])
        choices.append(Choice(reach.codes[place], won, won / missing))
        gained += won
        left[rows[starts[place] : starts[place + 1]]] = 0.0
    return Placing(tuple(choices), missing, least_share(gained, best))
