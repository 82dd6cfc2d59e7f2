"""The hard limits of routing, told for many services at a time.

What lives here: which rows a limit stops, by the columns. What must not: why, in words; a limit
that ccr.domain.eligibility does not state. The area and the way there are told by the searches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from ccr.domain.answering import coverage_now
from ccr.domain.eligibility import wanted_language
from ccr.domain.matching import Search
from ccr.domain.populations import known_match
from ccr.domain.reasons import language_mode
from ccr.domain.taxonomy import CapacityStatus, CoverageMode, Known, Track, Urgency
from ccr.engine.columns import (
    LANGUAGE_BITS,
    NEVER,
    NOT_FOR_TRACK,
    ONLY_FOR_GENDER,
    OUTSIDE_AGES,
    REFUSES,
    ROOM,
    Columns,
    Fact,
    Trait,
    microseconds,
    need_bits,
)
from ccr.engine.postings import Array


class Limits:
    """The limits of one search, as masks over columns."""

    def __init__(self, columns: Columns, search: Search) -> None:
        request, weights = search.request, search.weights
        self._columns, self._search = columns, search
        self._unnamed = Trait.NOT_OFFERED.value
        if request.track is Track.ABUSIVE_PARTNER:
            self._unnamed |= Trait.VICTIM_SERVICES.value
        elif request.track is not Track.OTHER:
            self._unnamed |= Trait.APIP.value
        self._forbidden = self._unnamed | Trait.CLOSED.value | NOT_FOR_TRACK[request.track]
        if request.age_band is not None:
            self._forbidden |= OUTSIDE_AGES[request.age_band]
        if request.gender in ONLY_FOR_GENDER:
            asked = ONLY_FOR_GENDER[request.gender]
            self._forbidden |= sum(ONLY_FOR_GENDER.values()) - asked
        for access in request.access:
            self._forbidden |= REFUSES[access]
        self._wanted = need_bits(request.needs)
        known = columns.members.known
        self._excluded = [known[m.int] for m in request.excluded_members if m.int in known]
        own = request.sender_compartment_id
        self._own = None if own is None else columns.compartments.known.get(own.int)
        self._fresh = microseconds(request.at - timedelta(days=weights.capacity_fresh_days))
        self._outdated = microseconds(request.at - timedelta(days=weights.outdated_days))

    def helping(self, rows: Array) -> Array:
        """Return for these rows whether the service helps with one of the needs."""
        helping: Array = (self._columns.table[rows, Fact.NEEDS] & self._wanted) != 0
        return helping

    def named(self, rows: Array) -> Array:
        """Return for these rows whether the service may be named at all."""
        facts = self._columns.table[rows]
        marks: Array = (facts[:, Fact.TRAITS] & self._unnamed) != 0
        self._mark_unnamed(facts, marks)
        return self._columns.there[rows] & ~marks

    def outdated(self, facts: Array) -> Array:
        """Return for these rows of facts whether the listing is outdated."""
        verified = facts[:, Fact.VERIFIED_AT]
        old: Array = (verified != NEVER) & (verified < self._outdated)
        return old

    def passed(self, rows: Array) -> tuple[Array, Array]:
        """Return those of these rows that meet a need and that no limit stops, and their facts."""
        table = self._columns.table
        meets = self.helping(rows)
        meets &= (table[rows, Fact.TRAITS] & self._forbidden) == 0
        rows = rows[meets & self._columns.there[rows]]
        facts = table[rows]
        stopped = (facts[:, Fact.ROOM] == ROOM[CapacityStatus.NO_CAPACITY]) & (
            facts[:, Fact.ROOM_SAID_AT] >= self._fresh
        )
        self._mark_unnamed(facts, stopped)
        wanted = wanted_language(self._search.request)
        if wanted is not None:
            stopped |= self._without(wanted, rows, facts)
        stopped |= self._told(facts[:, Fact.PEOPLE], self._for_others)
        left = ~stopped
        rows, facts = rows[left], facts[left]
        if self._search.request.urgency is Urgency.IMMEDIATE and len(rows):
            left = ~self._told(facts[:, Fact.ANSWERING], self._silent)
            rows, facts = rows[left], facts[left]
        return rows, facts

    def _mark_unnamed(self, facts: Array, marks: Array) -> None:
        """Mark excluded members and the sender's own compartment."""
        for member in self._excluded:
            marks |= facts[:, Fact.MEMBER] == member
        if self._own is not None:
            marks |= facts[:, Fact.COMPARTMENT] == self._own

    def _without(self, wanted: str, rows: Array, facts: Array) -> Array:
        """Return for these rows whether languages are stated and the wanted one is not among."""
        spoken = facts[:, Fact.SPEAKS]
        number = self._columns.languages.known.get(wanted)
        bit = 0 if number is None else 1 << min(number, LANGUAGE_BITS)
        without: Array = (spoken != 0) & ((spoken & bit) == 0)
        if number is not None and number >= LANGUAGE_BITS:
            # One bit for many: the listing itself tells.
            for i in np.flatnonzero((spoken & bit) != 0).tolist():
                service = self._columns.services[rows[i]]
                without[i] = language_mode(service, wanted) is None
        return without

    @staticmethod
    def _told(numbers: Array, stops: Callable[[int], bool]) -> Array:
        """Return for these numbers of examples whether the limit stops them; -1 is no number."""
        told = np.zeros(len(numbers), bool)
        if not len(numbers) or numbers.max() < 0:
            return told
        for number in set(numbers.tolist()):
            if number >= 0 and stops(number):
                told |= numbers == number
        return told

    def _for_others(self, number: int) -> bool:
        service = self._columns.people.examples[number]
        match = known_match(service, self._search.request)
        return bool(service.populations) and match is Known.NO

    def _silent(self, number: int) -> bool:
        service, request = self._columns.answering.examples[number], self._search.request
        now = coverage_now(service, request.needs, request.at, self._search.hours)
        return now.mode is CoverageMode.NOBODY
