"""The directory as columns: one row for each public site, and what limits can be told from it.

What lives here: numpy arrays built once from a snapshot, and the test that says "certainly left
out". What must not: a rule that ccr.domain does not state. The test may only be wrong on the side
of care: a row that it does not rule out is judged by the domain itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from ccr.domain.areas import is_placeless
from ccr.domain.directory import Place, Service
from ccr.domain.eligibility import wanted_language
from ccr.domain.matching import is_remote_too
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Gender,
    Known,
    ServiceStatus,
    Track,
)
from ccr.domain.weights import Weights
from ccr.engine.postings import Array, joined_arrays, postings

NEVER = np.iinfo(np.int64).min
"""Stands for "no date" among microseconds."""
OLDEST = 1000
"""Stands for "no highest age": beyond the end of every age band."""
LANGUAGE_BITS = 62
"""So many languages have a bit of their own; the others share one more."""

_NO_ROWS: Array = np.array([], np.int64)
_TRACKS = {track: 1 << i for i, track in enumerate(Track)}
_ACCESS = {access: 1 << i for i, access in enumerate(Access)}
_GENDERS = {gender: i for i, gender in enumerate(Gender)}
_KINDS = {kind: i for i, kind in enumerate(CompartmentKind)}


def microseconds(at: datetime) -> int:
    """Return a moment as whole microseconds, exactly."""
    return (at - datetime(1970, 1, 1, tzinfo=at.tzinfo)) // timedelta(microseconds=1)


class AreaColumns:
    """Which of a list of services cover which place."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._by_area = postings(
            ((area.extent, area.code if area.extent is not AreaExtent.NATION else ""), row)
            for row, service in enumerate(services)
            for area in service.areas
        )
        self._by_state = postings(
            ((area.extent, area.code[:2]), row)
            for row, service in enumerate(services)
            for area in service.areas
            if area.extent is AreaExtent.COUNTY
        )
        self._by_site = postings(
            (site.county_fips, row)
            for row, service in enumerate(services)
            if not service.areas
            for site in service.sites
        )
        self.unstated = np.array([not s.areas for s in services], bool)
        self.placeless = np.array([is_placeless(s) for s in services], bool)
        self.some_zips = np.array(
            [any(a.extent is AreaExtent.ZIP for a in s.areas) for s in services], bool
        )

    def __add__(self, other: AreaColumns) -> AreaColumns:
        """Return both lists of services as one."""
        both: AreaColumns = joined_arrays(self, other, len(self.unstated))
        return both

    def covering(self, place: Place) -> Array:
        """Return for every service whether one of its areas covers the place."""
        keys = [
            (AreaExtent.NATION, ""),
            (AreaExtent.STATE, place.state),
            (AreaExtent.COUNTY, place.county_fips),
            (AreaExtent.ZIP, place.zip_code),
        ]
        return self._marked([self._by_area.get(key) for key in keys])

    def sited_in_county(self, place: Place) -> Array:
        """Return for every service whether it states no area but has a site in the county."""
        return self._marked([self._by_site.get(place.county_fips)])

    def touching(self, place: Place) -> Array:
        """Return for every service whether one of its areas touches the state of the place."""
        return self._marked(
            [
                self._by_area.get((AreaExtent.NATION, "")),
                self._by_area.get((AreaExtent.STATE, place.state)),
                self._by_state.get((AreaExtent.COUNTY, place.county_fips[:2])),
            ]
        )

    def _marked(self, found: Iterable[Array | None]) -> Array:
        marks = np.zeros(len(self.unstated), bool)
        for rows in found:
            if rows is not None:
                marks[rows] = True
        return marks


class _Codes:
    """Numbers for members, compartments and languages, given as they are first met."""

    def __init__(self) -> None:
        self.members: dict[UUID, int] = {}
        self.compartments: dict[UUID, int] = {}
        self.languages: dict[str, int] = {}

    def take(self, services: Iterable[Service]) -> None:
        for service in services:
            self.members.setdefault(service.member.id, len(self.members))
            self.compartments.setdefault(service.compartment_id, len(self.compartments))
            for language in service.languages:
                self.languages.setdefault(language.code, len(self.languages))


class Columns:
    """What can be told of a list of services, one row each, and the certain limits."""

    def __init__(self, services: Sequence[Service], codes: _Codes | None = None) -> None:
        self.services = services
        self.areas = AreaColumns(services)
        self.by_need = postings(
            (need, row) for row, s in enumerate(services) for need in sorted(s.needs)
        )
        # Numbers are only ever added, so that those who follow may share them.
        self._codes = codes or _Codes()
        self._codes.take(services)
        self._members = self._codes.members
        self._compartments = self._codes.compartments
        self._languages = self._codes.languages
        self._member = self._column(np.int32, lambda s: self._members[s.member.id])
        self._compartment = self._column(np.int32, lambda s: self._compartments[s.compartment_id])
        self._tracks = self._column(
            np.int8, lambda s: sum(_TRACKS[t] for t in s.tracks or frozenset(Track))
        )
        self._kind = self._column(np.int8, lambda s: _KINDS[s.compartment_kind])
        self._least_age = self._column(np.int32, lambda s: s.minimum_age or 0)
        self._most_age = self._column(
            np.int32, lambda s: OLDEST if s.maximum_age is None else s.maximum_age
        )
        self._gender = self._column(np.int8, lambda s: _GENDERS[s.gender_served])
        self._speaks = self._column(np.int64, self._language_bits)
        self._refuses = self._column(
            np.int16,
            lambda s: sum(_ACCESS[a] for a, k in s.accessibility.items() if k is Known.NO),
        )
        self._full_since = self._column(np.int64, _full_since)
        self._verified = self._column(
            np.int64,
            lambda s: NEVER if s.last_verified_at is None else microseconds(s.last_verified_at),
        )
        self.has_needs = self._column(bool, lambda s: bool(s.needs))
        self.remote = self._column(bool, is_remote_too)
        self._closed = self._column(bool, lambda s: s.status is ServiceStatus.TEMPORARILY_CLOSED)
        self._offered = self._column(
            bool,
            lambda s: (
                s.routable
                or (
                    s.status is ServiceStatus.TEMPORARILY_CLOSED
                    and not s.do_not_refer
                    and s.member.active
                )
            ),
        )

    def __len__(self) -> int:
        return len(self.services)

    def replaced(self, gone: Sequence[int], more: Sequence[Service]) -> Columns:
        """Return these columns without the rows that are gone, and with more rows at the end.

        Rows that are gone keep their numbers and are never offered.
        """
        other = Columns(more, self._codes)
        both: Columns = joined_arrays(self, other, len(self))
        both.services = [*self.services, *more]
        both.areas = self.areas + other.areas
        both._offered[list(gone)] = False
        return both

    def helping(self, request: RouteRequest) -> tuple[Array, Array]:
        """Return the rows that meet one of the needs, ascending, and which each meets.

        What is met is a mask: bit i for needs[i].
        """
        found = [self.by_need.get(need, _NO_ROWS) for need in request.needs]
        if len(found) == 1:
            return found[0], np.ones(len(found[0]), np.uint8)
        met = np.zeros(len(self), np.uint8)
        for i, rows in enumerate(found):
            met[rows] |= 1 << i
        helping = np.flatnonzero(met)
        return helping, met[helping]

    def nameable(self, rows: Array, request: RouteRequest) -> Array:
        """Return for these rows whether the service may be proposed or named at all."""
        allowed = self._offered[rows]
        for member in request.excluded_members:
            if member in self._members:
                allowed &= self._member[rows] != self._members[member]
        own = request.sender_compartment_id
        if own is not None and own in self._compartments:
            allowed &= self._compartment[rows] != self._compartments[own]
        if request.track is Track.ABUSIVE_PARTNER:
            allowed &= self._kind[rows] != _KINDS[CompartmentKind.VICTIM_SERVICES]
        elif request.track is not Track.OTHER:
            allowed &= self._kind[rows] != _KINDS[CompartmentKind.APIP]
        return allowed

    def outdated(self, rows: Array, request: RouteRequest, weights: Weights) -> Array:
        """Return for these rows whether the listing is outdated; exactly."""
        line = microseconds(request.at - timedelta(days=weights.outdated_days))
        verified = self._verified[rows]
        old: Array = (verified != NEVER) & (verified < line)
        return old

    def certainly_out(self, rows: Array, request: RouteRequest, weights: Weights) -> Array:
        """Return for these rows whether a limit other than the area certainly stops them."""
        out: Array = self._closed[rows] | ((self._tracks[rows] & _TRACKS[request.track]) == 0)
        if request.age_band is not None:
            low, high = request.age_band.years
            out |= (self._least_age[rows] > high) | (self._most_age[rows] < low)
        if request.gender in {Gender.WOMEN, Gender.MEN}:
            other = Gender.MEN if request.gender is Gender.WOMEN else Gender.WOMEN
            out |= self._gender[rows] == _GENDERS[other]
        wanted = wanted_language(request)
        if wanted is not None:
            spoken = self._speaks[rows]
            out |= (spoken != 0) & ((spoken & self._bit(wanted)) == 0)
        if request.access:
            asked = sum(_ACCESS[access] for access in request.access)
            out |= (self._refuses[rows] & asked) != 0
        line = microseconds(request.at - timedelta(days=weights.capacity_fresh_days))
        out |= (self._full_since[rows] != NEVER) & (self._full_since[rows] >= line)
        return out

    def _bit(self, code: str) -> int:
        """Return the bit of a language; 0 for one that nobody speaks."""
        number = self._languages.get(code)
        return 0 if number is None else 1 << min(number, LANGUAGE_BITS)

    def _language_bits(self, service: Service) -> int:
        bits = 0
        for language in service.languages:
            bits |= self._bit(language.code)
        return bits

    def _column(self, kind: type, value: Callable[[Service], int]) -> Array:
        return np.fromiter(map(value, self.services), kind, len(self.services))


def _full_since(service: Service) -> int:
    """Return the date of a "full" figure in microseconds, or NEVER."""
    capacity = service.capacity
    if (
        capacity is None
        or capacity.updated_at is None
        or capacity.status is not CapacityStatus.NO_CAPACITY
    ):
        return NEVER
    return microseconds(capacity.updated_at)
