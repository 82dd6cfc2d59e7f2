"""The public sites of a list of services, and which of many services are near.

What lives here: places in space, blocks of services that lie together, and the search by blocks.
What must not: rules; an order that anybody sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ccr.domain.directory import Service
from ccr.engine.geodesic_bounds import bounds_km, lengths, places
from ccr.engine.growing import Growing
from ccr.engine.postings import Array

BLOCK = 64
"""So many services of a list, neighbours in Morton order, are looked at or passed over as one."""
_FEW = 4 * BLOCK
"""A list as short as this is looked at in whole."""
_FIRST_BLOCKS = 16
_SCATTERED_KM = 50.0
_MORTON_BITS = 16


def morton_order(services: Sequence[Service]) -> list[int]:
    """Return the numbers of services in an order in which neighbours lie near one another.

    Each must have a site with a point. Source: Morton (1966), bits of both degrees interleaved.
    """
    firsts = [next(s.point for s in service.sites if s.point is not None) for service in services]
    degrees = np.array([(p.lat, p.lon) for p in firsts], float).reshape(-1, 2)
    shares = (degrees + np.array([90, 180])) / np.array([180, 360])
    cells = (shares * (2**_MORTON_BITS - 1)).astype(np.int64)
    key = np.zeros(len(services), np.int64)
    for bit in range(_MORTON_BITS):
        key |= ((cells[:, 0] >> bit) & 1) << (2 * bit + 1) | ((cells[:, 1] >> bit) & 1) << (2 * bit)
    order: list[int] = np.argsort(key, kind="stable").tolist()
    return order


class Sites:
    """Where the public sites of a list of services are. Every service has one with a point."""

    def __init__(self, services: Sequence[Service]) -> None:
        first, more, counts = [], [], []
        for service in services:
            points = [site.point for site in service.sites if site.point is not None]
            first.append(points[0])
            more += points[1:]
            counts.append(len(points) - 1)
        self._counts = Growing(np.array(counts, np.int64))
        self._ends = Growing(np.cumsum(counts, dtype=np.int64))
        self._first = Growing(places(first))
        self._more = Growing(places(more))
        self._spread = Growing(self._spreads(np.arange(len(services))))

    def __len__(self) -> int:
        return len(self._counts.rows)

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """Return the first sites, how many more each service has, where those end, and those."""
        return self._first.rows, self._counts.rows, self._ends.rows, self._more.rows

    def extended(self, services: Sequence[Service]) -> Sites:
        """Return these sites and those of further services; see Growing for who may ask."""
        other, both = Sites(services), Sites.__new__(Sites)
        both._counts = self._counts.extended(other._counts.rows)
        both._ends = self._ends.extended(other._ends.rows + len(self._more.rows))
        both._first = self._first.extended(other._first.rows)
        both._more = self._more.extended(other._more.rows)
        both._spread = self._spread.extended(other._spread.rows)
        return both

    def chords(self, rows: Array, place: Array) -> Array:
        """Return for these services the chord in km from a place to the nearest site of each."""
        nearest = lengths(self._first.rows[rows] - place)
        counts = self._counts.rows[rows]
        several = np.flatnonzero(counts)
        if len(several):
            starts, sites = self._others(rows[several], counts[several])
            others = lengths(self._more.rows[sites] - place)
            nearest[several] = np.minimum(nearest[several], np.minimum.reduceat(others, starts))
        return nearest

    def bounds_km(self, rows: Array, place: Array) -> tuple[Array, Array]:
        """Return for these services the least and the most km to the nearest site of each."""
        return bounds_km(self.chords(rows, place))

    def _others(self, rows: Array, counts: Array) -> tuple[Array, Array]:
        """Return where each service begins in a list of its further sites, and that list."""
        ends = np.cumsum(counts)
        starts = ends - counts
        within = np.arange(ends[-1]) - np.repeat(starts, counts)
        return starts, np.repeat(self._ends.rows[rows] - counts, counts) + within

    def _spreads(self, rows: Array) -> Array:
        """Return for these services the chord from the first site to the furthest other one."""
        spread = np.zeros(len(rows))
        counts = self._counts.rows[rows]
        several = np.flatnonzero(counts)
        if len(several):
            starts, sites = self._others(rows[several], counts[several])
            centres = np.repeat(self._first.rows[rows[several]], counts[several], axis=0)
            apart = lengths(self._more.rows[sites] - centres)
            spread[several] = np.maximum.reduceat(apart, starts)
        return spread

    def scattered(self, rows: Array) -> Array:
        """Return for these services whether their sites lie far apart."""
        scattered: Array = self._spread.rows[rows] > _SCATTERED_KM
        return scattered

    def balls(self, rows: Array) -> tuple[Array, Array]:
        """Return the centre (m, 3) and radius of a ball around each block of these services."""
        spare = -len(rows) % BLOCK
        padded = np.concatenate([rows, np.repeat(rows[-1:], spare)])
        firsts = self._first.rows[padded].reshape(-1, BLOCK, 3)
        centres = firsts.mean(axis=1)
        out = np.sqrt(((firsts - centres[:, None, :]) ** 2).sum(axis=2))
        return centres, (out + self._spread.rows[padded].reshape(-1, BLOCK)).max(axis=1)


class Blocks:
    """A list of rows in Morton order, cut into blocks, to be searched without reading all.

    Services whose sites lie far apart would blow up their blocks; they are always looked at.
    """

    def __init__(self, rows: Array, sites: Sites) -> None:
        self.rows = rows
        scattered = sites.scattered(rows)
        self._always, self._compact = rows[scattered], rows[~scattered]
        self._few = len(self._compact) <= _FEW
        if not self._few:
            self._centres, self._radii = sites.balls(self._compact)

    def within(self, place: Array, km: float) -> Array:
        """Return the rows of all blocks that may hold a site within `km` of a place."""
        if self._few:
            return self.rows
        near = self._of(np.flatnonzero(self._least(place) <= km))
        return np.concatenate([near, self._always]) if len(self._always) else near

    def nearest(self, place: Array) -> Iterator[tuple[Array, float]]:
        """Yield rows and the chord in km within which none is missing, ever further away."""
        if self._few:
            yield self.rows, np.inf
            return
        yield self._always, 0.0
        least = self._least(place)
        taken, more = 0, _FIRST_BLOCKS
        order = np.argpartition(least, min(more, len(least) - 1))
        while True:
            known = order[taken : taken + more]
            taken += len(known)
            rest = order[taken:]
            yield self._of(np.sort(known)), float(least[rest].min()) if len(rest) else np.inf
            if not len(rest):
                return
            more *= 4
            if more < len(rest):
                rest = rest[np.argpartition(least[rest], more)]
            order = np.concatenate([order[:taken], rest])

    def _least(self, place: Array) -> Array:
        return lengths(self._centres - place) - self._radii

    def _of(self, blocks: Array) -> Array:
        numbers = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        found: Array = self._compact[numbers[numbers < len(self._compact)]]
        return found
