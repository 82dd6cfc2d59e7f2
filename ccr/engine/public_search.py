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
from ccr.engine.by_arrays import Held
from ccr.engine.columns import Fact, need_bits
from ccr.engine.compiled import held
from ccr.engine.drawbacks import km_beyond, waiting
from ccr.engine.geodesic_bounds import place_of
from ccr.engine.hours_now import HoursNow
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.public_services import PublicServices
from ccr.engine.question import Question
from ccr.engine.service_areas import (
    NATION,
    NATION_REMOTE,
    SOME_ZIPS,
    UNSTATED,
    county,
    of_zip,
    state,
)


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
        self._services, self._search, self._hours = services, search, hours
        self._question = Question(services.columns, search)
        self.limits = Limits(services.columns, self._question)
        self.place = place_of(search.request.near.point)

    @cached_property
    def ranked(self) -> Ranked:
        """Return all that may be proposed."""
        services, weights = self._services, self._search.weights
        rows, stated = self._rows()
        found = held(services.columns, services.sites, self._question, rows, stated, self.place)
        self._measure_where_open(found)
        minutes = np.minimum(found.least, weights.reach) + found.others
        facts = services.columns.table[found.rows]
        minutes += waiting(self._hours, services.columns, self._search, facts)
        order = np.lexsort((found.rows, found.low, minutes))
        ordered = found.rows[order]
        # A row found by several areas stands beside itself.
        keep = np.ones(len(order), bool)
        np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
        keep &= (found.anywhere | (found.least <= weights.reach))[order]
        keep &= self.limits.left_by_the_domain(found.rows, facts)[order]
        order = order[keep]
        return Ranked(
            found.rows[order],
            minutes[order],
            found.low[order],
            found.high[order],
            facts[order, Fact.NEEDS] & self._question.wanted,
            self.limits.outdated(facts)[order],
        )

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

    def _rows(self) -> tuple[Array, int]:
        """Return the rows that may serve the place, and how many of them state that they do.

        Those that state it come first. Left away are such as are out of reach and need a visit;
        rows that meet none of the needs may be among the others, and some may come twice.
        """
        request, weights, areas = self._search.request, self._search.weights, self._services.areas
        near, blocks = request.near, self._services.blocks
        km = km_beyond(weights.reach, request.transport)
        names = (county(near), of_zip(near.zip_code), state(near), NATION_REMOTE)
        stated, unknown = [], []
        for need in request.needs:
            stated += [areas.of_need(need, name) for name in names]
            stated.append(blocks(need, NATION).within(self.place, km))
            unknown.append(blocks(need, UNSTATED).within(self.place, km))
            if near.zip_code is None:
                unknown.append(blocks(need, SOME_ZIPS).within(self.place, km))
        return np.concatenate(stated + unknown), sum(map(len, stated))

    def _measure_where_open(self, found: Held) -> None:
        """Measure trips of which the bounds leave the minutes open, as far as they may matter."""
        reach, request = self._search.weights.reach, self._search.request
        for i in np.flatnonzero((found.least != found.most) & (found.least <= reach)).tolist():
            found.least[i] = Trip(self.service(found.rows[i]), request).minutes

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
