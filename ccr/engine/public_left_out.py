"""Which services with a public point are named as left out, found nearest first.

What lives here: how far to look. What must not: why, in words; that is the domain's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ccr.domain.eligibility import left_out, left_out_as_outdated
from ccr.domain.freshness import outdated
from ccr.domain.matching import Search, Trip
from ccr.domain.routing_request import LeftOut
from ccr.domain.why_not import OTHER_PLACES, may_be_named, to_name
from ccr.engine.columns import Fact, Trait, need_bits
from ccr.engine.drawbacks import km_beyond
from ccr.engine.geodesic_bounds import SPHERE_HIGH, SPHERE_LOW, bounds_km
from ccr.engine.postings import Array
from ccr.engine.public_search import PublicSearch
from ccr.engine.public_services import PublicServices
from ccr.engine.service_areas import EVERYWHERE, among
from ccr.engine.sites import Blocks, Sites

_A_METRE = 0.001


@dataclass(frozen=True, slots=True)
class PublicLeftOut:
    """What one search leaves out.

    The domain names nearest first by great circles, so a little further is looked than the last
    one found.
    """

    services: PublicServices
    search: Search
    found: PublicSearch

    def named(self, places: int) -> list[LeftOut]:
        """Return at most so many services left out, nearest first."""
        stopped = self._nearest(self._helping(), places, self._stopped)
        if len(stopped) < places:
            others = min(OTHER_PLACES, places - len(stopped))
            stopped += self._nearest(self._others(), others, self._why)
        return to_name(stopped, self.search.request, self.search.weights, places=places)

    def _nearest(
        self,
        rows: Iterator[tuple[int, float, float]],
        places: int,
        why: Callable[[int], LeftOut | None],
    ) -> list[LeftOut]:
        """Return those left out among rows, and a few further away than the last one wanted."""
        stopped: list[LeftOut] = []
        seen: set[int] = set()
        last_km = np.inf
        for row, low, high in rows:
            if low > last_km:
                break
            item = None if row in seen else why(row)
            seen.add(row)
            if item is None or not may_be_named(item, self.search.request):
                continue
            stopped.append(item)
            if len(stopped) == places:
                last_km = high * SPHERE_HIGH / SPHERE_LOW + _A_METRE
        return stopped

    def _helping(self) -> Iterator[tuple[int, float, float]]:
        """Yield the rows that help with a need and are not proposed without more ado."""
        ranked = self.found.ranked
        proposable = np.sort(ranked.rows[~ranked.old])

        def wanted(rows: Array) -> Array:
            left: Array = rows[self.found.limits.named(rows) & ~among(rows, proposable)]
            return left

        lists = [self.services.blocks(need, EVERYWHERE) for need in self.search.request.needs]
        yield from nearest_first(lists, self.services.sites, self.found.place, wanted)

    def _others(self) -> Iterator[tuple[int, float, float]]:
        """Yield the rows within reach that help with none of the needs but with others."""
        request = self.search.request
        needs = need_bits(request.needs)
        reach_km = km_beyond(self.search.weights.reach, request.transport)

        def wanted(rows: Array) -> Array:
            facts = self.services.columns.table[rows]
            other = (facts[:, Fact.NEEDS] & needs) == 0
            other &= (facts[:, Fact.TRAITS] & Trait.HAS_NEEDS.value) != 0
            left: Array = rows[other & self.found.limits.named(rows)]
            return left

        everything = [self.services.everything()]
        for entry in nearest_first(everything, self.services.sites, self.found.place, wanted):
            if entry[1] * SPHERE_LOW > reach_km:
                return
            yield entry

    def _stopped(self, row: int) -> LeftOut | None:
        """Return why a service that helps with a need is left out, or None when it is not."""
        item = self._why(row)
        if item is not None:
            return item
        service = self.found.service(row)
        old = outdated(service, self.search.request.at, self.search.weights)
        return left_out_as_outdated(service) if old and row not in self.found.old_proposed else None

    def _why(self, row: int) -> LeftOut | None:
        """Return why a service is left out, or None when it is not."""
        search, service = self.search, self.found.service(row)
        trip = Trip(service, search.request)
        return left_out(
            service,
            search.request,
            hours=search.hours,
            weights=search.weights,
            within_reach=lambda: trip.minutes <= search.weights.reach,
        )


def nearest_first(
    lists: Sequence[Blocks], sites: Sites, place: Array, wanted: Callable[[Array], Array]
) -> Iterator[tuple[int, float, float]]:
    """Yield the wanted rows of all lists with their least and most km, by ascending chord.

    A row that is in several lists comes several times.
    """
    streams = [blocks.nearest(place) for blocks in lists if len(blocks.rows)]
    known_to = [0.0] * len(streams)
    waiting, chords = np.zeros(0, np.int64), np.zeros(0)
    while streams:
        next_one = int(np.argmin(known_to))
        rows, known_to[next_one] = next(streams[next_one])
        rows = wanted(rows)
        waiting = np.concatenate([waiting, rows])
        chords = np.concatenate([chords, sites.chords(rows, place)])
        edge = min(known_to)
        ready = np.flatnonzero(chords <= edge)
        ready = ready[np.argsort(chords[ready], kind="stable")]
        low, high = bounds_km(chords[ready])
        yield from zip(waiting[ready].tolist(), low.tolist(), high.tolist(), strict=True)
        if edge == np.inf:
            return
        later = chords > edge
        waiting, chords = waiting[later], chords[later]
