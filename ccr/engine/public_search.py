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
from ccr.engine.columns import Fact, Trait, need_bits
from ccr.engine.compiled import held
from ccr.engine.drawbacks import km_beyond, waiting
from ccr.engine.hours_now import HoursNow
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.public_services import PublicServices
from ccr.engine.question import Question
from ccr.engine.service_areas import NATION, NATION_REMOTE, SOME_ZIPS, UNSTATED, joined_rows
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


_NO_ROWS: Array = np.zeros(0, np.int64)
_NO_KM: Array = np.zeros(0)
_NO_MARKS: Array = np.zeros(0, bool)
_NOTHING = Ranked(_NO_ROWS, _NO_ROWS, _NO_KM, _NO_KM, _NO_ROWS, _NO_MARKS)


class PublicSearch:
    """One search among the services with a public point."""

    def __init__(self, services: PublicServices, search: Search, hours: HoursNow) -> None:
        self._services, self._search, self._hours = services, search, hours
        self._question = Question(services.columns, search)
        self.limits = Limits(services.columns, self._question)
        self.place = place_of(search.request.near.point)

    @cached_property
    def ranked(self) -> Ranked:
        """Return all that may be proposed, as far away as the answer can ask for."""
        found = self._judged(*self._rows_within_reach())
        if not self._enough(found):
            more = self._judged(self._far_rows(), _NO_ROWS)
            found = Ranked(*map(np.concatenate, zip(found, more, strict=True)))
        order = np.lexsort((found.rows, found.low, found.minutes))
        if len(order) > 1:
            # A row found by several areas has the same place each time.
            again = np.zeros(len(order), bool)
            np.equal(found.rows[order[1:]], found.rows[order[:-1]], out=again[1:])
            order = order[~again]
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

        Of those that serve the nation, and of those that may, the ones out of reach are left away.
        Rows that meet none of the needs may be among them, and some may come twice.
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
        return np.concatenate(covered), np.concatenate(unknown)

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

    def _judged(self, covered: Array, unknown: Array) -> Ranked:
        """Return those that may be proposed, in no order, some perhaps twice.

        Args:
            covered: rows of which a stated area covers the place.
            unknown: rows of which that is not known: proposed within reach alone.
        """
        both = [
            self._reached(self._held(rows), remote=remote)
            for rows, remote in ((covered, True), (unknown, False))
            if len(rows)
        ]
        if not both:
            return _NOTHING
        held = Held(*map(np.concatenate, zip(*both, strict=True)))
        facts = self._services.columns.table[held.rows]
        answered = self.limits.answered(facts)
        if not answered.all():
            held, facts = Held(*(column[answered] for column in held)), facts[answered]
        trips = np.minimum(held.least, self._search.weights.reach)
        minutes = trips + held.others
        minutes += waiting(self._hours, self._services.columns, self._search, facts)
        return Ranked(
            held.rows,
            minutes,
            held.low,
            held.high,
            facts[:, Fact.NEEDS] & self._question.wanted,
            self.limits.outdated(facts),
        )

    def _held(self, rows: Array) -> Held:
        services = self._services
        return held(services.columns, services.sites, self._question, rows, self.place)

    def _reached(self, held: Held, *, remote: bool) -> Held:
        """Return those within reach, `least` being exact, and with `remote` those by phone too."""
        reach, request = self._search.weights.reach, self._search.request
        for i in np.flatnonzero((held.least != held.most) & (held.least <= reach)).tolist():
            held.least[i] = Trip(self.service(held.rows[i]), request).minutes
        stays = held.least <= reach
        if remote and not stays.all():
            far = np.flatnonzero(~stays)
            traits = self._services.columns.table[held.rows[far], Fact.TRAITS]
            stays[far] = (traits & Trait.REMOTE_TOO.value) != 0
        return held if stays.all() else Held(*(column[stays] for column in held))

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
