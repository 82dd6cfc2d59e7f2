"""The fast form of `ccr.domain.gap_questions.mostly_within`: areas of many points at once.

What lives here: chords and their bounds, which settle nearly every pair. What must not: a rule. A
pair that the bounds leave open is measured by the domain itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from ccr.domain.directory import Point, Service
from ccr.domain.geography import distance_km, travel_minutes
from ccr.domain.taxonomy import Known, Transport
from ccr.engine.geodesic_bounds import bounds_km, lengths, places
from ccr.engine.postings import Array

_FURTHEST_KM = 20_100.0
_HALVINGS = 45


@lru_cache(maxsize=64)
def limit_km(minutes: int) -> tuple[float, float]:
    """Return km that are surely within so many minutes by car, and km that surely are not.

    They differ by less than a micrometre, since minutes never fall as km grow.
    """
    within, beyond = 0.0, _FURTHEST_KM
    for _ in range(_HALVINGS):
        middle = (within + beyond) / 2
        if travel_minutes(middle, Transport.CAR) <= minutes:
            within = middle
        else:
            beyond = middle
    return within, beyond


class AreaReach:
    """Whether half or more of an area is within some minutes of a service; areas are kept."""

    def __init__(self, minutes: int, points: Callable[[str], Sequence[Point]]) -> None:
        """Points: the points of an area by its code; none for a code that is none."""
        self._limit = limit_km(minutes)
        self._points = points
        self._areas: dict[str, tuple[Sequence[Point], Array]] = {}

    def __call__(self, service: Service, code: str) -> Known:
        """Return what mostly_within does for the service and the points of the area."""
        if service.confidential:
            return Known.YES
        near = self.near(service, code)
        if not len(near) or service.area_only:
            return Known.UNKNOWN
        return Known.YES if 2 * int(near.sum()) >= len(near) else Known.NO

    def near(self, service: Service, code: str) -> Array:
        """Return which points of an area are within the minutes of a public site; none of others.

        A confidential service is near nothing: no distance is asked of it.
        """
        if code not in self._areas:
            points = self._points(code)
            self._areas[code] = points, places(list(points))
        area, spots = self._areas[code]
        near = np.zeros(len(area), bool)
        for site in service.sites:
            if site.point and not service.confidential:
                near |= self._near(site.point, area, spots)
        return near

    def _near(self, site: Point, area: Sequence[Point], spots: Array) -> Array:
        low, high = bounds_km(lengths(spots - places([site])))
        within, beyond = self._limit
        near: Array = high <= within
        for row in np.flatnonzero(~near & (low < beyond)):
            near[row] = distance_km(area[int(row)], site) <= within
        return near
