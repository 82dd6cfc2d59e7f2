"""The hard limits of routing, told for many services at a time.

What lives here: which rows a limit stops, by the columns. What must not: why, in words; a limit
that ccr.domain.eligibility does not state. The area and the way there are told by the searches.
"""

from __future__ import annotations

import numpy as np

from ccr.domain.answering import coverage_now
from ccr.domain.eligibility import wanted_language
from ccr.domain.keeping_away import kept_away
from ccr.domain.reasons import language_mode
from ccr.domain.taxonomy import CapacityStatus, CoverageMode, Urgency
from ccr.engine.columns import NEVER, ROOM, Columns, Fact
from ccr.engine.postings import Array
from ccr.engine.question import STOPPED, Question

FULL = ROOM[CapacityStatus.NO_CAPACITY]


class Limits:
    """The limits of one search, over columns."""

    def __init__(self, columns: Columns, question: Question) -> None:
        self._columns, self._question = columns, question

    def helping(self, rows: Array) -> Array:
        """Return for these rows whether the service helps with one of the needs."""
        helping: Array = (self._columns.table[rows, Fact.NEEDS] & self._question.wanted) != 0
        return helping

    def named(self, rows: Array) -> Array:
        """Return for these rows whether the service may be named at all."""
        facts = self._columns.table[rows]
        marks: Array = (facts[:, Fact.TRAITS] & self._question.unnamed) != 0
        self._mark_unnamed(facts, marks)
        return self._columns.there[rows] & ~marks

    def outdated(self, facts: Array) -> Array:
        """Return for these rows of facts whether the listing is outdated."""
        verified = facts[:, Fact.VERIFIED_AT]
        old: Array = (verified != NEVER) & (verified < self._question.outdated)
        return old

    def passed(self, rows: Array) -> tuple[Array, Array]:
        """Return those of these rows that meet a need and that no limit stops, and their facts."""
        rows, facts = self.passed_by_columns(rows)
        left = self.left_by_the_domain(rows, facts)
        return rows[left], facts[left]

    def passed_by_columns(self, rows: Array) -> tuple[Array, Array]:
        """Return the same, before what columns cannot tell."""
        question, table = self._question, self._columns.table
        meets = self.helping(rows) & ((table[rows, Fact.TRAITS] & question.forbidden) == 0)
        rows = rows[meets & self._columns.there[rows]]
        facts = table[rows]
        stopped = (facts[:, Fact.ROOM] == FULL) & (facts[:, Fact.ROOM_SAID_AT] >= question.fresh)
        self._mark_unnamed(facts, stopped)
        stopped |= question.people[facts[:, Fact.PEOPLE]] == STOPPED
        if question.language is not None:
            stopped |= self._without_language(rows, facts)
        return rows[~stopped], facts[~stopped]

    def left_by_the_domain(self, rows: Array, facts: Array) -> Array:
        """Return for these rows whether they pass what columns cannot tell: who answers, where not.

        Seldom asked: when it cannot wait, or when there are places to keep away from.
        """
        left = np.ones(len(facts), bool)
        request, hours = self._question.search.request, self._question.search.hours
        if request.urgency is Urgency.IMMEDIATE:
            numbers = facts[:, Fact.ANSWERING]
            for number in set(numbers.tolist()):
                if self._silent(number):
                    left[numbers == number] = False
        if request.not_near or request.apart_from:
            for i in np.flatnonzero(left).tolist():
                left[i] = not kept_away(self._columns.services[rows[i]], request, hours)
        return left

    def _mark_unnamed(self, facts: Array, marks: Array) -> None:
        """Mark excluded members and the sender's own compartment."""
        for member in self._question.excluded.tolist():
            marks |= facts[:, Fact.MEMBER] == member
        marks |= facts[:, Fact.COMPARTMENT] == self._question.own

    def _without_language(self, rows: Array, facts: Array) -> Array:
        """Return for these rows whether languages are stated and the wanted one is not among."""
        spoken = facts[:, Fact.SPEAKS]
        has = (spoken & self._question.language) != 0
        if self._question.rare_language:
            # One bit for many: the listing itself tells.
            wanted = wanted_language(self._question.search.request) or ""
            for i in np.flatnonzero(has).tolist():
                has[i] = language_mode(self._columns.services[rows[i]], wanted) is not None
        without: Array = (spoken != 0) & ~has
        return without

    def _silent(self, number: int) -> bool:
        service, search = self._columns.answering.examples[number], self._question.search
        now = coverage_now(service, search.request.needs, search.request.at, search.hours)
        return now.mode is CoverageMode.NOBODY
