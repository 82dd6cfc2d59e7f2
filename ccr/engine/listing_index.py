"""The directory as columns for looking through it: filters, groups by place, and facets.

Read-only and shared by threads; built once per directory version beside the routing index. What a
filter does not know it keeps. A hidden service has no point here: it is grouped by area alone, in
an order that knows nothing of where a search stands (R49).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from ccr.domain.answering import HoursOnce, HoursReader, calendar_or_none
from ccr.domain.areas import by_area_alone, covering_extent, in_area_of
from ccr.domain.checking import NOT_PROPOSED_AFTER
from ccr.domain.directory import Service
from ccr.domain.listing_search import (
    BANDS_KM,
    Group,
    ListingQuery,
    Sort,
    Way,
    moments_of,
    moments_on,
    surely_closed,
    surely_paid,
)
from ccr.domain.search_text import plain_words
from ccr.domain.taxonomy import AreaExtent, CapacityStatus, Known, Need, ServiceStatus
from ccr.engine.columns import NEVER, microseconds
from ccr.engine.geodesic_bounds import place_of
from ccr.engine.postings import Array, joined_arrays, postings
from ccr.engine.service_areas import UNSTATED, AreaLists, covering
from ccr.engine.sites import Sites

MOST_GONE = 500
"""So many rows may be gone before an index is built anew, whatever its size."""
OLDEST = 1000
"""Stands for "no highest age": beyond the end of every age band."""
_GROUPS = list(Group)
_WAYS: Mapping[Way, Callable[[Service], bool]] = {
    Way.IN_PERSON: lambda s: s.in_person,
    Way.BY_PHONE: lambda s: s.by_phone,
    Way.ONLINE: lambda s: s.virtual,
}
_WIDE = {AreaExtent.STATE, AreaExtent.NATION}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in order, each with its group and km (nan for none), and the counts of the facets."""

    rows: Array
    groups: Array
    km: Array
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class ListingIndex:
    """Services, in the order of their names, ready to be filtered."""

    def __init__(self, services: Iterable[Service], numbers: Mapping[UUID, int]) -> None:
        """Build the columns.

        Args:
            numbers: by service, the number of its text in the text index.
        """
        self.services: list[Service] = sorted(services, key=_named_place)
        rows = list(enumerate(self.services))
        self._by_name = self._rank = np.arange(len(rows))
        self._there = np.ones(len(rows), bool)
        self._row_of = {service.id: row for row, service in rows}
        self.by_need = postings((need, row) for row, s in rows for need in s.needs)
        self.by_language = postings((lang.code, row) for row, s in rows for lang in s.languages)
        self.by_category = postings((s.member.category.value, row) for row, s in rows)
        self.by_track = postings((t, row) for row, s in rows for t in s.tracks)
        self._no_language = self._flag(lambda s: not s.languages)
        self._no_track = self._flag(lambda s: not s.tracks)
        self._refusing = postings(
            (access, row)
            for row, s in rows
            for access, k in s.accessibility.items()
            if k is Known.NO
        )
        self._least_age = self._number_of(lambda s: s.minimum_age or 0)
        self._most_age = self._number_of(
            lambda s: OLDEST if s.maximum_age is None else s.maximum_age
        )
        self._paid = self._flag(lambda s: surely_paid(s.cost))
        self._ways = postings(
            (way, row) for row, s in rows for way, offered in _WAYS.items() if offered(s)
        )
        self._no_room = self._flag(
            lambda s: s.capacity is not None and s.capacity.status is CapacityStatus.NO_CAPACITY
        )
        self._checked = self._number_of(
            lambda s: NEVER if s.last_verified_at is None else microseconds(s.last_verified_at)
        )
        self._area_only = self._flag(by_area_alone)
        self._placed = np.flatnonzero(~self._area_only)
        self._sites = Sites([self.services[row] for row in self._placed])
        self._areas = AreaLists(self.services)
        self._number = np.array([numbers.get(s.id, -1) for s in self.services], np.int64)
        self._by_number = np.argsort(self._number, kind="stable")
        self._name_words = [frozenset(plain_words(s.name)) for s in self.services]

    def followed(
        self, changed: Mapping[UUID, Service | None], numbers: Mapping[UUID, int]
    ) -> ListingIndex:
        """Return the index in which these services are so, or gone (None).

        Rows that are gone keep their places and are never found. Only the newest index may be
        followed, by one thread at a time; others may search meanwhile.

        Args:
            numbers: by service, the number of its text, for those that are there.
        """
        now = [service for service in changed.values() if service is not None]
        more = ListingIndex(now, numbers)
        before = len(self.services)
        later: ListingIndex = joined_arrays(self, more, before)
        later.services = [*self.services, *more.services]
        later._name_words = [*self._name_words, *more._name_words]
        later._sites = self._sites.extended([more.services[row] for row in more._placed])
        later._areas = self._areas.joined(AreaLists(more.services, before))
        later._placed = np.concatenate([self._placed, more._placed + before])
        gone = [self._row_of.pop(i) for i in changed if i in self._row_of]
        self._row_of.update((s.id, before + row) for row, s in enumerate(more.services))
        later._there[gone] = False
        later._number[gone] = -1
        later._by_number = np.argsort(later._number, kind="stable")
        later._by_name = self._by_name
        later._order_by_name(more.services, before)
        return later

    @property
    def worn(self) -> bool:
        """Return True when so many rows are gone that it is better built anew."""
        gone = len(self.services) - len(self._row_of)
        return gone > max(MOST_GONE, len(self._row_of) // 5)

    def _order_by_name(self, more: Sequence[Service], first: int) -> None:
        """Put rows from `first` on, which are these services in order, among the others by name."""
        places = [
            bisect_left(
                self._by_name, _named_place(service), key=lambda r: _named_place(self.services[r])
            )
            for service in more
        ]
        self._by_name = np.insert(self._by_name, places, range(first, first + len(more)))
        self._rank = np.empty(len(self._by_name), np.int64)
        self._rank[self._by_name] = np.arange(len(self._by_name))

    def _number_of(self, of: Callable[[Service], int]) -> Array:
        return np.fromiter((of(s) for s in self.services), np.int64, len(self.services))

    def _flag(self, of: Callable[[Service], bool]) -> Array:
        return np.fromiter((of(s) for s in self.services), bool, len(self.services))

    def rows_of(self, numbers: Sequence[int]) -> Array:
        """Return whether each row's text is among these numbers."""
        mask = np.zeros(len(self.services), bool)
        if len(numbers):
            wanted = np.asarray(numbers, np.int64)
            places = np.searchsorted(self._number, wanted, sorter=self._by_number)
            hits = self._by_number[places[places < len(self._by_number)]]
            mask[hits[np.isin(self._number[hits], wanted)]] = True
        return mask

    def with_needs(self, needs: Iterable[Need]) -> Array:
        """Return whether each row meets all of the needs."""
        mask = self._there.copy()
        for need in needs:
            has = np.zeros(len(self.services), bool)
            has[self.by_need.get(need, [])] = True
            mask &= has
        return mask

    def find(
        self,
        query: ListingQuery,
        text: Array | None,
        words: Sequence[str],
        *,
        at: datetime,
        timezone: str,
        hours: HoursReader,
    ) -> Found:
        """Return the rows that the query does not leave out, in order, with facets.

        Args:
            text: which rows have the words; None where no words were typed.
            words: the words, for putting those first whose name has them.
        """
        mask = self._kept(query, at)
        if text is not None:
            mask &= text
        if query.hours is not None:
            self._thin_by_hours(mask, moments_of(query.hours, at, timezone), hours)
        if query.day is not None:
            self._thin_by_hours(mask, moments_on(query.day, at, timezone), hours)
        rows = np.flatnonzero(mask)
        groups, km = self._placed_to(query, rows)
        serving = groups >= 0
        rows, groups, km = rows[serving], groups[serving], km[serving]
        order = self._order(query, rows, groups, km, words)
        facets = self._facets(rows)
        return Found(rows[order], groups[order], km[order], facets)

    def _kept(self, query: ListingQuery, at: datetime) -> Array:
        mask = self.with_needs(query.needs)
        if query.language:
            mask &= self._has(self.by_language, query.language) | self._no_language
        if query.track:
            mask &= self._has(self.by_track, query.track) | self._no_track
        if query.category:
            mask &= self._has(self.by_category, query.category)
        for access in query.access:
            mask &= ~self._has(self._refusing, access)
        if query.age is not None:
            low, high = query.age.years
            mask &= (self._least_age <= high) & (self._most_age >= low)
        if query.free:
            mask &= ~self._paid
        if query.way:
            mask &= self._has(self._ways, query.way)
        if query.room:
            mask &= ~self._no_room
        if query.checked:
            mask &= self._checked >= microseconds(at - NOT_PROPOSED_AFTER)
        return mask

    def _has(self, lists: Mapping[Any, Array], code: object) -> Array:
        mask = np.zeros(len(self.services), bool)
        mask[lists.get(code, [])] = True
        return mask

    def _thin_by_hours(
        self, mask: Array, moments: tuple[datetime, ...], hours: HoursReader
    ) -> None:
        """Leave out what is surely closed; each text of hours is read once."""
        once = HoursOnce(hours)
        closed: dict[tuple[str | None, str], bool] = {}
        for row in np.flatnonzero(mask):
            service = self.services[row]
            key = (service.opening_hours, service.timezone)
            if key not in closed:
                calendar = calendar_or_none(*key, once)
                closed[key] = surely_closed(calendar, moments)
            if closed[key]:
                mask[row] = False

    def _placed_to(self, query: ListingQuery, rows: Array) -> tuple[Array, Array]:
        """Return each row's group (-1: does not serve the place) and km (nan: none)."""
        km = np.full(len(rows), np.nan)
        if query.near is None:
            return np.full(len(rows), _GROUPS.index(Group.ANYWHERE)), km
        groups = np.full(len(rows), -1)
        placed = ~self._area_only[rows]
        among = np.searchsorted(self._placed, rows[placed])
        km[placed], _ = self._sites.bounds_km(among, place_of(query.near.point))
        groups[placed] = np.searchsorted(BANDS_KM, km[placed], side="left")
        far = np.flatnonzero(groups == _GROUPS.index(Group.FARTHER))
        covered = np.zeros(len(self.services), bool)
        for name in (*covering(query.near), UNSTATED):
            covered[self._areas.named(name)] = True
        groups[far[~covered[rows[far]]]] = _GROUPS.index(Group.ELSEWHERE)
        for place in np.flatnonzero(~placed):
            service = self.services[rows[place]]
            if in_area_of(service, query.near):
                extent = covering_extent(service, query.near)
                group = Group.WIDE if extent in _WIDE else Group.AREA
                groups[place] = _GROUPS.index(group)
        return groups, km

    def _order(
        self, query: ListingQuery, rows: Array, groups: Array, km: Array, words: Sequence[str]
    ) -> Array:
        """Return the order: by group, then as sorted; the rank of a row is its place by name.

        The best near a place is the nearest; without a distance (a hidden place never has one)
        names decide.
        """
        if query.sort is Sort.CHECKED:
            checked = self._checked[rows]
            # Never is the longest ago; the smallest number has no opposite.
            latest_first = np.where(checked == NEVER, np.iinfo(np.int64).max, -checked)
            return np.lexsort((self._rank[rows], latest_first, groups))
        if query.sort is Sort.NAME:
            return np.lexsort((self._rank[rows], groups))
        unnamed = np.zeros(len(rows), bool)
        if words:
            wanted = set(words)
            unnamed = np.fromiter(
                (not wanted <= self._name_words[row] for row in rows), bool, len(rows)
            )
        return np.lexsort((self._rank[rows], np.nan_to_num(km), unnamed, groups))

    def _facets(self, rows: Array) -> dict[str, dict[str, int]]:
        """Return how many of these rows carry each code, for each facet."""
        mask = np.zeros(len(self.services), bool)
        mask[rows] = True

        def counted(lists: Mapping[Any, Array]) -> dict[str, int]:
            counts = {str(code): int(mask[found].sum()) for code, found in lists.items()}
            return {code: n for code, n in counts.items() if n}

        return {
            "needs": counted(self.by_need),
            "language": counted(self.by_language),
            "category": counted(self.by_category),
            "way": counted(self._ways),
        }


def _named_place(service: Service) -> tuple[bool, str, str]:
    """Return the place of a service by name: those that take nobody come last."""
    takes = service.status is ServiceStatus.ACTIVE and service.member.active
    return (not takes, service.name.casefold(), str(service.id))


def group_of(code: int) -> Group:
    """Return the group that a number of `Found.groups` stands for."""
    return _GROUPS[code]
