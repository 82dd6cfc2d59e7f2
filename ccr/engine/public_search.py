"""One search among the services with a public point: who is proposed, at what cost, in what order.

What lives here: which rows to look at, and their order. What must not: a rule. Rows are found by
the areas that cover the place and by what lies within reach; limits and drawbacks are told of all
of them at once. No drawback is negative, so what is further than the reach can be left for later.
Order is by effective minutes, then distance, then id; where the bounds of a distance leave it open,
the domain measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ccr.domain.directory import Service
from ccr.domain.matching import Search, Trip
from ccr.domain.plans import MOST_PLANS, Door
from ccr.domain.routing import room_for_outdated
from ccr.engine.columns import Fact, Trait, need_bits
from ccr.engine.drawbacks import Drawbacks, km_beyond, trip_bounds
from ccr.engine.hours_now import HoursNow
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.public_services import PublicServices
from ccr.engine.service_areas import NATION, NATION_REMOTE, SOME_ZIPS, UNSTATED, among, joined_rows
from ccr.engine.sites import place_of


class Ranked(NamedTuple):
    """Rows that may be proposed, by minutes and least km; all arrays of one length.

    Attributes:
        minutes: effective minutes.
        low, high: km to the nearest site, at least and at most.
        met: which of the needs each meets, as the bits of Fact.NEEDS.
        old: whether the listing is outdated.
    """

    rows: Array
    minutes: Array
    low: Array
    high: Array
    met: Array
    old: Array


class PublicSearch:
    """One search among the services with a public point."""

    def __init__(self, services: PublicServices, search: Search, hours: HoursNow) -> None:
        self._services, self._search = services, search
        self.limits = Limits(services.columns, search)
        self._drawbacks = Drawbacks(services.columns, search, hours)
        self._wanted = need_bits(search.request.needs)
        self.place = place_of(search.request.near.point)

    @cached_property
    def ranked(self) -> Ranked:
        """Return all that may be proposed, as far away as the answer can ask for."""
        covered, unknown = self._rows_within_reach()
        found = self._judged(joined_rows([covered, unknown]), covered)
        if not self._enough(found):
            far = self._far_rows()
            far = far[~among(far, covered)]
            more = self._judged(far, far)
            found = Ranked(*map(np.concatenate, zip(found, more, strict=True)))
        order = np.lexsort((found.low, found.minutes))
        return Ranked(*(column[order] for column in found))

    def partners(self) -> list[tuple[int, int]]:
        """Return the rows proposed with their minutes, in order: at most as many as asked for."""
        return self._first(np.flatnonzero(self._proposable), self._search.request.limit)

    @cached_property
    def _proposable(self) -> Array:
        """Return for all ranked whether they may be proposed: current, or making up (R97)."""
        proposable: Array = ~self.ranked.old
        if self.old_proposed:
            proposable |= np.isin(self.ranked.rows, self.old_proposed)
        return proposable

    @cached_property
    def old_proposed(self) -> list[int]:
        """Return the rows of outdated listings that make up for missing ones, in order (R97)."""
        old = self.ranked.old
        room = room_for_outdated(int(np.count_nonzero(~old)), self._search.weights)
        return [row for row, _ in self._first(np.flatnonzero(old), room)] if room else []

    def doors(self) -> Iterator[tuple[int, Door]]:
        """Yield the first doors for every mask of needs met, bit i for needs[i]."""
        ranked, needs, may = self.ranked, self._search.request.needs, self._proposable
        for met in np.unique(ranked.met[may]).tolist():
            mask = sum(1 << i for i, need in enumerate(needs) if met & need_bits([need]))
            for row, minutes in self._first(np.flatnonzero(may & (ranked.met == met)), MOST_PLANS):
                service = self.service(row)
                yield mask, Door(service.id, minutes, (self._km(service), service.id))

    def service(self, row: int) -> Service:
        """Return the service of a row."""
        return self._services.columns.services[row]

    def _rows_within_reach(self) -> tuple[Array, Array]:
        """Return the rows that state an area that covers the place, and those that may serve it.

        Of those that serve the nation, and of those that may, the ones out of reach are left away;
        rows that meet none of the needs may be among them.
        """
        request, weights, areas = self._search.request, self._search.weights, self._services.areas
        near, blocks = request.near, self._services.blocks
        km = km_beyond(weights.reach, request.transport)
        covered = [areas.in_county(near), areas.in_zip(near), areas.in_state(near)]
        unknown = []
        for need in request.needs:
            covered.append(blocks(need, NATION).within(self.place, km))
            unknown.append(blocks(need, UNSTATED).within(self.place, km))
            if near.zip_code is None:
                unknown.append(blocks(need, SOME_ZIPS).within(self.place, km))
        return joined_rows(covered), joined_rows(unknown)

    def _far_rows(self) -> Array:
        """Return the rows that serve the nation by phone or online, however far away."""
        of_need = self._services.areas.of_need
        return joined_rows(of_need(need, NATION_REMOTE) for need in self._search.request.needs)

    def _enough(self, near: Ranked) -> bool:
        """Return True when nothing beyond the reach could still be in the answer."""
        request, weights = self._search.request, self._search.weights
        wanted = max(request.limit, weights.least_options, 1)
        better = ~near.old & (near.minutes < weights.reach)
        return len(request.needs) == 1 and int(np.count_nonzero(better)) >= wanted

    def _judged(self, rows: Array, covered: Array) -> Ranked:
        """Return those of these rows that may be proposed, in no order.

        Args:
            covered: those of which a stated area covers the place, ascending.
        """
        rows, facts = self.limits.passed(rows)
        low, high = self._services.sites.bounds_km(rows, self.place)
        trips = self._trips(rows, low, high)
        stays = trips <= self._search.weights.reach
        if not stays.all():
            far = np.flatnonzero(~stays)
            remote = (facts[far, Fact.TRAITS] & Trait.REMOTE_TOO.value) != 0
            stays[far] = remote & self._stated(rows[far], facts[far], covered)
            trips = np.minimum(trips, self._search.weights.reach)[stays]
            rows, facts, low, high = rows[stays], facts[stays], low[stays], high[stays]
        return Ranked(
            rows,
            trips + self._drawbacks.minutes(rows, facts),
            low,
            high,
            facts[:, Fact.NEEDS] & self._wanted,
            self.limits.outdated(facts),
        )

    def _stated(self, rows: Array, facts: Array, covered: Array) -> Array:
        """Return for these rows whether a stated area covers the place."""
        if self._search.request.near.zip_code is None:
            return among(rows, covered)
        stated: Array = (facts[:, Fact.TRAITS] & Trait.NO_AREA.value) == 0
        return stated

    def _trips(self, rows: Array, low: Array, high: Array) -> Array:
        """Return the whole minutes of the trips, exactly as far as they are within reach."""
        request, reach = self._search.request, self._search.weights.reach
        least, most = trip_bounds(low, high, request.transport)
        for i in np.flatnonzero((least != most) & (least <= reach)).tolist():
            least[i] = Trip(self.service(rows[i]), request).minutes
        return least

    def _first(self, which: Array, most: int) -> list[tuple[int, int]]:
        """Return the first of these numbers of the ranked, in exact order: rows and minutes."""
        ranked = self.ranked
        first: list[tuple[int, int]] = []
        at = 0
        while at < len(which) and len(first) < most:
            end = at + 1
            while end < len(which) and self._open_order(which[at:end], which[end]):
                end += 1
            together = which[at:end].tolist()
            if len(together) > 1:
                together.sort(key=self._exact_place)
            first += [(int(ranked.rows[i]), int(ranked.minutes[i])) for i in together]
            at = end
        return first[:most]

    def _open_order(self, before: Array, after: int) -> bool:
        """Return True when the bounds do not tell that `after` comes after all of `before`."""
        ranked = self.ranked
        return bool(
            ranked.minutes[before[0]] == ranked.minutes[after]
            and ranked.low[after] <= ranked.high[before].max()
        )

    def _exact_place(self, number: int) -> tuple[float, object]:
        service = self.service(self.ranked.rows[number])
        return (self._km(service), service.id)

    def _km(self, service: Service) -> float:
        return Trip(service, self._search.request).km
