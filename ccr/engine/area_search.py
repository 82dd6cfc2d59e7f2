"""One search among the services known by area alone: hidden, without a point, or never visited.

What lives here: which rows to look at, and their order. What must not: a rule, and anything that
depends on where in an area the search starts (R49): no points are known here.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from ccr.domain.directory import Place, Service
from ccr.domain.eligibility import left_out_as_outdated
from ccr.domain.freshness import outdated
from ccr.domain.matching import Search, judge_by_area
from ccr.domain.plans import MOST_PLANS, Door
from ccr.domain.routing import room_for_outdated
from ccr.domain.routing_request import LeftOut
from ccr.domain.why_not import AREA_PLACES, by_area_to_name, fixed_place, may_be_named
from ccr.engine.columns import Columns, Fact, need_bits
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.question import Question
from ccr.engine.service_areas import (
    NATION,
    PLACELESS,
    ServiceAreas,
    county,
    joined_rows,
    of_zip,
    sited_in,
    state,
    within_state,
)


class AreaServices:
    """The services known by area alone, with their fixed order. Read-only."""

    def __init__(self, columns: Columns, areas: ServiceAreas, in_order: list[int]) -> None:
        self.columns, self.areas, self._in_order = columns, areas, in_order
        self.places = np.full(len(columns), -1)
        self.places[in_order] = np.arange(len(in_order))

    @classmethod
    def of(cls, services: Sequence[Service]) -> AreaServices:
        """Return these services in their fixed order."""
        ordered = sorted(services, key=fixed_place)
        columns = Columns(ordered)
        return cls(columns, ServiceAreas(columns), list(range(len(ordered))))

    def __len__(self) -> int:
        return len(self.columns)

    def replaced(self, gone: Sequence[int], more: Sequence[Service]) -> AreaServices:
        """Return these services without some rows and with more services at the end."""
        if not gone and not more:
            return self
        columns = self.columns.replaced(gone, more)
        left_behind = set(gone)
        in_order = [row for row in self._in_order if row not in left_behind]
        for row in range(len(self), len(columns)):
            insort(in_order, row, key=lambda r: fixed_place(columns.services[r]))
        return AreaServices(columns, self.areas.followed(columns), in_order)


class AreaSearch:
    """One search among the services known by area alone."""

    def __init__(self, services: AreaServices, search: Search) -> None:
        self._services, self._search = services, search
        self._question = Question(services.columns, search)
        self._limits = Limits(services.columns, self._question)

    @cached_property
    def _able(self) -> Array:
        """Return the rows that no limit stops, in order."""
        rows, widths = self._in_the_area()
        passed, facts = self._limits.passed(rows)
        widths = widths[np.searchsorted(rows, passed)]
        rows, met = passed, np.bitwise_count(facts[:, Fact.NEEDS] & self._question.wanted)
        order = np.lexsort((self._services.places[rows], widths, -met.astype(np.int64)))
        able: Array = rows[order]
        return able

    @cached_property
    def proposed(self) -> Array:
        """Return the rows that may be proposed, in order; outdated ones make up for missing."""
        old = self._limits.outdated(self._services.columns.table[self._able])
        room = room_for_outdated(int(np.count_nonzero(~old)), self._search.weights)
        kept: Array = self._able[~old | (np.cumsum(old) <= room)]
        return kept

    def partners(self, most: int) -> list[Service]:
        """Return the first of them, at most so many."""
        return [self._service(row) for row in self.proposed[:most].tolist()]

    def doors(self) -> Iterator[tuple[int, Door]]:
        """Yield the first doors for every mask of needs met, bit i for needs[i]."""
        needs = self._search.request.needs
        met = self._services.columns.table[self.proposed, Fact.NEEDS] & self._question.wanted
        for bits in np.unique(met).tolist():
            mask = sum(1 << i for i, need in enumerate(needs) if bits & need_bits([need]))
            for place in np.flatnonzero(met == bits)[:MOST_PLANS].tolist():
                service = self._service(self.proposed[place])
                yield mask, Door(service.id, 0, (place,), by_area=True)

    def named(self) -> list[LeftOut]:
        """Return those left out that are named, in their fixed order."""
        request, services = self._search.request, self._services
        rows = joined_rows(self._touching())
        rows = rows[self._limits.helping(rows) & self._limits.named(rows)]
        rows = rows[~np.isin(rows, self.proposed, assume_unique=True)]
        stopped: list[LeftOut] = []
        for row in rows[np.argsort(services.places[rows])].tolist():
            service = self._service(row)
            item = judge_by_area(service, self._search)
            if item is None and outdated(service, request.at, self._search.weights):
                item = left_out_as_outdated(service)
            if item is not None and may_be_named(item, request):
                stopped.append(item)
            if len(stopped) == AREA_PLACES:
                break
        return by_area_to_name(stopped, request)

    @property
    def _near(self) -> Place:
        return self._search.request.near

    def _service(self, row: int) -> Service:
        return self._services.columns.services[row]

    def _in_the_area(self) -> tuple[Array, Array]:
        """Return the rows that are listed for this place, each with how wide its area is."""
        areas, near, needs = self._services.areas, self._near, self._search.request.needs
        by_width = (
            (of_zip(near.zip_code),),
            (county(near), sited_in(near.county_fips)),
            (state(near),),
            (NATION,),
            (PLACELESS,),
        )
        widths = [
            (joined_rows(areas.of_need(need, name) for need in needs for name in names), width)
            for width, names in enumerate(by_width)
        ]
        rows = joined_rows(found for found, _ in widths)
        width_of = np.full(len(rows), len(widths))
        for found, width in reversed(widths):
            width_of[np.searchsorted(rows, found)] = width
        return rows, width_of

    def _touching(self) -> Iterator[Array]:
        """Yield the rows of which an area lies in, or holds, the state of the place."""
        names = (within_state(self._near), state(self._near), NATION)
        for need in self._search.request.needs:
            yield from (self._services.areas.of_need(need, name) for name in names)
