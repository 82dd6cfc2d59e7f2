"""The fast form of routing: the answer of ccr.domain.routing without reading the whole directory.

What lives here: which services to judge, nearest first, and when to stop. What must not: a rule.
Columns rule out what certainly cannot be proposed; whatever is left is judged by the domain. Travel
is a lower bound of the effective minutes, since no drawback is negative, so the search ends once
the next service could not be better than the last one kept. The great circle, less one per cent,
is a lower bound of the geodesic (measured on WGS84: 0.9943 to 1.0057 of it).
"""

from __future__ import annotations

import copy
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import UUID

import numpy as np

from ccr.domain.answering import HoursReader
from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Agreement, DirectorySnapshot, Member, Service
from ccr.domain.eligibility import left_out, left_out_as_outdated
from ccr.domain.geography import travel_minutes
from ccr.domain.matching import (
    Candidate,
    Search,
    Trip,
    candidate_for,
    drawbacks,
    judge_by_area,
    search_for,
)
from ccr.domain.plans import Door, best_by_mask, plans_for
from ccr.domain.routing import (
    area_order,
    choose_by_area,
    finished,
    map_area_doors,
    map_doors,
    room_for_outdated,
)
from ccr.domain.routing_request import MAX_WHY_NOT, CostPart, LeftOut, RouteAnswer, RouteRequest
from ccr.domain.taxonomy import Transport
from ccr.domain.weights import DEFAULT, Weights
from ccr.domain.why_not import (
    AREA_PLACES,
    OTHER_PLACES,
    by_area_to_name,
    fixed_place,
    to_name,
)
from ccr.engine.columns import Columns
from ccr.engine.postings import Array
from ccr.engine.site_points import SitePoints, in_order

LOWER, UPPER = 0.99, 1.01
"""Factors from the great circle to bounds of the geodesic."""
_ABOUT_A_METRE = 0.001
MOST_GONE = 500
"""So many rows may be gone before an index is built anew, whatever its size."""


class PartnerIndex:
    """A directory snapshot made ready for many searches. Read-only, safe to share by threads.

    It follows the directory by giving way to another that shares what has not changed.
    """

    def __init__(self, snapshot: DirectorySnapshot) -> None:
        """Build the columns; the time grows with the number of services."""
        self.snapshot = snapshot
        self.services: dict[UUID, Service] = {s.id: s for s in snapshot.services}
        self.members: dict[UUID, Member] = {s.member.id: s.member for s in snapshot.services}
        public = [s for s in snapshot.services if not by_area_alone(s)]
        by_area = sorted((s for s in snapshot.services if by_area_alone(s)), key=fixed_place)
        self.public = Columns(public)
        self.points = SitePoints(public)
        self.by_area = Columns(by_area)
        self._in_fixed_order = list(range(len(by_area)))
        self._row_of = {service.id: row for row, service in enumerate(public)}
        self._area_row_of = {service.id: row for row, service in enumerate(by_area)}
        self.agreements_of: dict[UUID, list[Agreement]] = {}
        for agreement in snapshot.agreements:
            for member_id in agreement.member_ids:
                self.agreements_of.setdefault(member_id, []).append(agreement)

    def followed(self, version: int, changed: Mapping[UUID, Service | None]) -> PartnerIndex:
        """Return the index of a later version, in which these services are so, or gone (None).

        The time hardly grows with the directory. Agreements stay as they are. Only the newest
        index of a directory may be followed, by one thread at a time; others may search meanwhile.
        """
        later = copy.copy(self)
        now = [service for service in changed.values() if service is not None]
        later.services = self.services.copy()
        later.services.update((service.id, service) for service in now)
        for service_id in (i for i, s in changed.items() if s is None):
            later.services.pop(service_id, None)
        later.members = self.members.copy()
        later.members.update((s.member.id, s.member) for s in now)
        later.snapshot = replace(
            self.snapshot, version=version, services=tuple(later.services.values())
        )
        public = [s for s in now if not by_area_alone(s)]
        later.public = self.public.replaced(_taken(self._row_of, changed), public)
        later.points = self.points + SitePoints(public)
        _number(self._row_of, public, len(self.public))
        later._follow_by_area(_taken(self._area_row_of, changed), now)
        return later

    @property
    def worn(self) -> bool:
        """Return True when so many rows are gone that it is better built anew."""
        rows = len(self.public) + len(self.by_area)
        return rows - len(self.services) > max(MOST_GONE, len(self.services) // 5)

    def _follow_by_area(self, gone: Sequence[int], now: Iterable[Service]) -> None:
        before, by_area = len(self.by_area), [s for s in now if by_area_alone(s)]
        self.by_area = self.by_area.replaced(gone, by_area)
        _number(self._area_row_of, by_area, before)
        left_behind = set(gone)
        self._in_fixed_order = [row for row in self._in_fixed_order if row not in left_behind]
        for row in range(before, len(self.by_area)):
            insort(self._in_fixed_order, row, key=lambda r: fixed_place(self.by_area.services[r]))

    def area_rows(self, which: Array) -> Array:
        """Return which of these rows of services known by area alone are left, in fixed order."""
        places = np.full(len(self.by_area), -1)
        places[self._in_fixed_order] = np.arange(len(self._in_fixed_order))
        there = which[places[which] >= 0]
        ordered: Array = there[np.argsort(places[there], kind="stable")]
        return ordered

    def rank(
        self, request: RouteRequest, *, hours: HoursReader, weights: Weights = DEFAULT
    ) -> RouteAnswer:
        """Return the same answer as ccr.domain.routing.rank_partners, sooner."""
        sender = request.sender_member_id
        agreements = self.agreements_of.get(sender, []) if sender is not None else []
        search = search_for(request, agreements, hours=hours, weights=weights)
        area_partners, area_named = _by_area(self, search)
        near = _PublicSearch(self, search)
        partners = near.partners()
        return finished(
            search,
            partners=partners,
            area_partners=area_partners[: request.limit],
            why_not=[*near.why_not(MAX_WHY_NOT - len(area_named)), *area_named],
            plans=plans_for(
                request.needs,
                near.doors(),
                best_by_mask(map_area_doors(area_partners, request)),
                weights,
            ),
        )


def _taken(row_of: dict[UUID, int], ids: Iterable[UUID]) -> list[int]:
    """Return the rows of these services, which are in no row from here on."""
    rows = (row_of.pop(service_id, None) for service_id in ids)
    return [row for row in rows if row is not None]


def _number(row_of: dict[UUID, int], services: Sequence[Service], first: int) -> None:
    row_of.update((service.id, row) for row, service in enumerate(services, start=first))


def _by_area(index: PartnerIndex, search: Search) -> tuple[list[Service], list[LeftOut]]:
    """Return the area partners in order, and those left out that are named."""
    request, columns = search.request, index.by_area
    rows, _ = columns.helping(request)
    rows = index.area_rows(rows[columns.nameable(rows, request)])
    areas = columns.areas
    served = (areas.covering(request.near) | areas.sited_in_county(request.near) | areas.placeless)[
        rows
    ]
    hopeful = rows[served][~columns.certainly_out(rows[served], request, search.weights)]
    able = [s for s in map(columns.services.__getitem__, hopeful) if not judge_by_area(s, search)]
    able.sort(key=lambda service: area_order(service, request))
    kept, old = choose_by_area(able, search)
    dropped = {item.service.id: item for item in old}
    proposed = {service.id for service in kept}
    named: list[LeftOut] = []
    for row in rows[columns.areas.touching(request.near)[rows]]:
        service = columns.services[row]
        if service.id in proposed:
            continue
        stopped = dropped.get(service.id) or judge_by_area(service, search)
        if stopped is not None:
            named.append(stopped)
        if len(named) == AREA_PLACES:
            break
    return kept, by_area_to_name(named, request)


@dataclass(slots=True)
class _Judged:
    """A public service on its way through one search."""

    service: Service
    trip: Trip
    stopped: LeftOut | None
    drawbacks: tuple[CostPart, ...] | None = None
    candidate: Candidate | None = None


@dataclass(slots=True)
class _Kept:
    """The best few candidates so far, in order."""

    most: int
    found: list[Candidate] = field(default_factory=list)

    def add(self, candidate: Candidate) -> None:
        insort(self.found, candidate, key=lambda c: c.rank)
        del self.found[self.most :]

    def too_late(self, least_minutes: int, least_km: float) -> bool:
        """Return True when nothing of at least this cost can still be kept."""
        if len(self.found) < self.most:
            return False
        last = self.found[-1]
        return (least_minutes, least_km) > (last.effective_minutes, last.distance_km)


class _PublicSearch:
    """One search among the services with a public point."""

    def __init__(self, index: PartnerIndex, search: Search) -> None:
        request, weights, columns = search.request, search.weights, index.public
        self._index, self._search = index, search
        rows, met = columns.helping(request)
        nameable = columns.nameable(rows, request)
        rows, met = rows[nameable], met[nameable]
        self._rows, self._met = rows, met
        self._km = index.points.nearest_km(rows, request.near.point)
        self._out = (
            columns.certainly_out(rows, request, weights)
            | self._outside(rows)
            | (self._km * LOWER > _km_beyond(weights.reach, request.transport))
            & ~columns.remote[rows]
        )
        self._old = columns.outdated(rows, request, weights)
        self._judged: dict[int, _Judged] = {}
        self._proposable_old: list[Candidate] = []
        self._current: list[Candidate] = []

    def partners(self) -> list[Candidate]:
        """Return the best partners in order, at most as many as asked for."""
        limit, least = self._search.request.limit, self._search.weights.least_options
        hopeful = ~self._out
        self._current = self._cheapest(hopeful & ~self._old, max(limit, least, 1))
        room = room_for_outdated(len(self._current), self._search.weights)
        if room:
            self._proposable_old = self._cheapest(hopeful & self._old, room)
        both = [*self._current, *self._proposable_old]
        return sorted(both, key=lambda candidate: candidate.rank)[:limit]

    def doors(self) -> dict[int, Door]:
        """Return the best door for each mask of needs met; empty for a single need."""
        request = self._search.request
        if len(request.needs) <= 1:
            return {}
        found = list(self._proposable_old)
        hopeful = ~self._out & ~self._old
        for mask in np.unique(self._met[hopeful]):
            found += self._cheapest(hopeful & (self._met == mask), 1)
        return best_by_mask(map_doors(found, request))

    def why_not(self, places: int) -> list[LeftOut]:
        """Return the services left out that are named, nearest first."""
        request, weights = self._search.request, self._search.weights
        proposed = {candidate.service.id for candidate in self._proposable_old}
        stopped: list[LeftOut] = []
        last_km = np.inf
        for i in self._nearest_first(np.ones(len(self._rows), bool)):
            if self._km[i] > last_km + _ABOUT_A_METRE:
                break
            judged = self._judge(i)
            if judged.stopped is not None:
                stopped.append(judged.stopped)
            elif self._old[i] and judged.service.id not in proposed:
                stopped.append(left_out_as_outdated(judged.service))
            if len(stopped) == places:
                last_km = self._km[i]
        if len(stopped) < places:
            stopped += self._others(min(OTHER_PLACES, places - len(stopped)))
        return to_name(stopped, request, weights, places=places)

    def _others(self, places: int) -> Iterator[LeftOut]:
        """Yield the nearest services that help with none of the needs, at least `places`."""
        columns, search = self._index.public, self._search
        helps = np.zeros(len(columns), bool)
        helps[self._rows] = True
        for need in search.request.needs:
            helps[columns.by_need.get(need, self._rows[:0])] = True
        rows = np.flatnonzero(~helps & columns.has_needs)
        rows = rows[columns.nameable(rows, search.request)]
        km = self._index.points.nearest_km(rows, search.request.near.point)
        last_km = np.inf
        for found, i in enumerate(in_order(km, np.arange(len(km))), start=1):
            minutes = travel_minutes(float(km[i]) * LOWER, search.request.transport)
            if km[i] > last_km + _ABOUT_A_METRE or minutes > search.weights.reach:
                break
            service = columns.services[rows[i]]
            stopped = left_out(
                service, search.request, hours=search.hours, within_reach=lambda: True
            )
            if stopped is not None:
                yield stopped
            if found == places:
                last_km = km[i]

    def _outside(self, rows: Array) -> Array:
        """Return for these rows whether the place lies certainly outside all stated areas."""
        areas, place = self._index.public.areas, self._search.request.near
        outside: Array = ~areas.covering(place)[rows] & ~areas.unstated[rows]
        if place.zip_code is None:
            outside &= ~areas.some_zips[rows]
        return outside

    def _cheapest(self, which: Array, most: int) -> list[Candidate]:
        """Return the best `most` candidates among these, in order."""
        kept = _Kept(most)
        search = self._search
        reach, transport = search.weights.reach, search.request.transport
        for i in self._nearest_first(which):
            least_km = float(self._km[i]) * LOWER
            trip = min(travel_minutes(least_km, transport), reach)
            if kept.too_late(trip, least_km):
                break
            judged = self._judge(i)
            if judged.stopped is not None:
                continue
            if judged.drawbacks is None:
                judged.drawbacks = drawbacks(judged.service, search)
            others = sum(part.minutes for part in judged.drawbacks)
            if kept.too_late(trip + others, least_km):
                continue
            if judged.candidate is None:
                judged.candidate = candidate_for(
                    judged.service, search, judged.trip, judged.drawbacks
                )
            kept.add(judged.candidate)
        return kept.found

    def _judge(self, i: int) -> _Judged:
        """Return the service of the i-th row with the limit that stops it; judged once."""
        judged = self._judged.get(i)
        if judged is None:
            service = self._index.public.services[self._rows[i]]
            trip = Trip(service, self._search.request)
            stopped = left_out(
                service,
                self._search.request,
                hours=self._search.hours,
                weights=self._search.weights,
                within_reach=lambda: self._within_reach(i, trip),
            )
            judged = self._judged[i] = _Judged(service, trip, stopped)
        return judged

    def _within_reach(self, i: int, trip: Trip) -> bool:
        """Return whether the trip is no longer than the reach; measured only when it is close."""
        reach, transport = self._search.weights.reach, self._search.request.transport
        km = float(self._km[i])
        if travel_minutes(km * UPPER + _ABOUT_A_METRE, transport) <= reach:
            return True
        if travel_minutes(km * LOWER, transport) > reach:
            return False
        return trip.minutes <= reach

    def _nearest_first(self, which: Array) -> Iterator[int]:
        """Yield the numbers of these rows, nearest first."""
        return in_order(self._km, np.flatnonzero(which))


@cache
def _km_beyond(reach: int, transport: Transport) -> float:
    """Return a distance in km, to the metre, from which every trip is longer than the reach."""
    low, high = 0.0, 1.0
    while travel_minutes(high, transport) <= reach:
        low, high = high, high * 2
    while high - low > _ABOUT_A_METRE:
        middle = (low + high) / 2
        if travel_minutes(middle, transport) <= reach:
            low = middle
        else:
            high = middle
    return high
