"""Points on the sphere for looking through listings: great-circle distances.

What lives here: bounds and candidates. What must not: an order that anybody sees; that is made of
geodesic distances, in the domain.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from ccr.domain.directory import Point, Service
from ccr.engine.postings import Array

EARTH_RADIUS_KM = 6371.0088


class SitePoints:
    """The public sites of a list of services as unit vectors, in the order of the services.

    Every service must have a site with a point.
    """

    def __init__(self, services: Sequence[Service]) -> None:
        points = [[site.point for site in s.sites if site.point is not None] for s in services]
        counts = np.array([len(found) for found in points], np.int64)
        self._unit = _unit_vectors([point for found in points for point in found])
        self._ends = np.cumsum(counts)
        self._counts = counts

    def __add__(self, other: SitePoints) -> SitePoints:
        """Return both lists of services as one."""
        both = copy.copy(self)
        both._unit = np.concatenate([self._unit, other._unit])
        both._counts = np.concatenate([self._counts, other._counts])
        both._ends = np.concatenate([self._ends, other._ends + len(self._unit)])
        return both

    def nearest_km(self, rows: Array, point: Point) -> Array:
        """Return for these services the great-circle km to the nearest site of each."""
        if not len(rows):
            return np.array([], float)
        counts = self._counts[rows]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
        sites = np.repeat(self._ends[rows] - counts, counts) + within
        apart = self._unit[sites] - _unit_vectors([point])[0]
        half = np.minimum(np.sqrt(np.einsum("ij,ij->i", apart, apart)) / 2, 1.0)
        km: Array = 2 * EARTH_RADIUS_KM * np.arcsin(half)
        nearest: Array = np.minimum.reduceat(km, ends - counts)
        return nearest


def _unit_vectors(points: Sequence[Point]) -> Array:
    degrees = np.array([(p.lat, p.lon) for p in points], float).reshape(-1, 2)
    lat, lon = np.radians(degrees).T
    across = np.cos(lat)
    return np.stack([across * np.cos(lon), across * np.sin(lon), np.sin(lat)], axis=-1)
