"""Which pathways were used in a published year, as the gate lets it out (R92, R95, ADR 0030).

What lives here: which pairs of members may be said to have used a pathway, and what that is beside
what was promised. What must not: reading rows, a count, an order of members.

"Used" says one thing: 11 or more referrals went from one member to the other in the year, for needs
of groups that were shown as a number in all four quarters. Every other pair is one class, zero to
ten, and nothing is said of it. All pairs of a year are told together or none is: they are withheld
when anybody, taking its own away, could narrow one of the zero-to-ten from the shown sums. Nothing
says how much a pathway was used. Source: design 2.7; attacked by tests/safety/figure_solver.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from ccr.domain.small_cells import (
    LEAST_SHOWN,
    MOST_HIDDEN,
    QUARTERS,
    Count,
    Figure,
    Measured,
    NeedGroup,
)

Way = tuple[UUID, UUID]
"""From whom, to whom."""
Groups = frozenset[NeedGroup]
_SOMEBODY = UUID(int=0)
"""A member that sent and was sent nothing: it knows that of all its own ways."""
LEAST_TIMED = 2 * LEAST_SHOWN
"""Whoever has a published answer time was sent so many, beside any one sender's (ADR 0022)."""


@dataclass(frozen=True, slots=True)
class YearSent:
    """What was sent in a year, on its way to the gate.

    Attributes:
        sent: how many referrals went one way, by all need groups of each; never to oneself.
        quarters: what each quarter counted, by need group, with what each member knows of.
        receives: the need groups that a member states or was sent.
        timed: members of whom an answer time of the year is published.
        members: how many members there are to send and take.
    """

    sent: Mapping[tuple[Way, Groups], int]
    quarters: Sequence[Mapping[NeedGroup, Count]]
    receives: Mapping[UUID, Collection[NeedGroup]]
    timed: Collection[UUID]
    members: int


@dataclass(frozen=True, slots=True)
class UsedYear:
    """One published year: the ways that were used, each 11 times or more. Of others nothing."""

    year: str
    ways: frozenset[Way] = field(default_factory=frozenset)


def groups_told(year: str, published: Iterable[Figure]) -> Groups:
    """Return the need groups of which a number was shown in all four quarters of a year."""
    shown = Counter(
        f.group
        for f in published
        if f.measure is Measured.SENT and f.value is not None and f.period.startswith(f"{year}Q")
    )
    return frozenset(group for group, number in shown.items() if number == QUARTERS)


def gate_used(year: str, published: Iterable[Figure], sent: YearSent) -> frozenset[Way]:
    """Return the ways that may be said to have been used: all that were 11 times or more, or none.

    Args:
        year: as in "2026"; its four quarters are published.
        published: every figure that the gate let out.
    """
    figures = tuple(published)
    told = groups_told(year, figures)
    counted: Counter[Way] = Counter()
    for (way, groups), number in sent.sent.items():
        if groups and groups <= told and way[0] != way[1]:
            counted[way] += number
    used = frozenset(way for way, number in counted.items() if number >= LEAST_SHOWN)
    shown = _Shown(used, year, figures, sent)
    return used if all(shown.holds_for(member) for member in shown.lookers) else frozenset()


def leaves_room(year: str, published: Iterable[Figure], sent: YearSent) -> bool:
    """Return True when the answer times of members leave room for ways to other members.

    Each says that 22 or more were sent to that member; together they may leave fewer than ten of a
    shown sum for all the others.
    """
    shown = _Shown(frozenset(), year, tuple(published), sent)
    return all(shown.has_room(member) for member in shown.lookers)


@dataclass(frozen=True, slots=True)
class _Into:
    """What somebody knows of others' ways into the members that state the same need groups.

    Attributes:
        told: how many of these ways would be told.
        least: how many referrals they stand for at the least.
        takers: how many such members there are, without the looker.
    """

    told: int = 0
    least: int = 0
    takers: int = 0

    def __add__(self, other: _Into) -> _Into:
        return _Into(self.told + other.told, self.least + other.least, self.takers + other.takers)


class _Shown:
    """What anybody can reckon from the shown sums and the ways that would be told."""

    def __init__(
        self,
        used: frozenset[Way],
        year: str,
        figures: Sequence[Figure],
        sent: YearSent,
    ) -> None:
        told = groups_told(year, figures)
        self._used = used
        self._numbers = {
            (f.period, f.group): f.value
            for f in figures
            if f.measure is Measured.SENT
            and f.value is not None
            and f.group in told
            and f.period.startswith(f"{year}Q")
        }
        self._sent = sent
        self._parts = [*_parts_of(told)]
        receives = {m: frozenset(g) & told for m, g in sent.receives.items()}
        self._receives = {m: groups for m, groups in receives.items() if groups}
        knowing = {m for quarter in sent.quarters for c in quarter.values() for m in c.known_to}
        self.lookers: tuple[UUID | None, ...] = (
            None,
            _SOMEBODY,
            *sorted(knowing.union(sent.receives)),
        )

    def has_room(self, looker: UUID | None) -> bool:
        """Return True when every way of others that is not told can be ten."""
        by_groups = self._by_groups(self._into_each(looker))
        left = self._left(looker, with_taken_back=True)
        for part in self._parts:
            whole = sum(n for (_, group), n in left.items() if group in part)
            inside = sum(into.least for of, into in by_groups.items() if of <= part)
            if inside and whole - inside < MOST_HIDDEN:
                return False
        return True

    def holds_for(self, looker: UUID | None) -> bool:
        """Return True when every way of others that is not told can be anything from 0 to 10."""
        by_member, left = self._into_each(looker), self._left(looker)
        by_groups = self._by_groups(by_member)
        senders = self._sent.members - 1 - (looker is not None)
        for part in self._parts:
            near = sum((into for of, into in by_groups.items() if of & part), _Into())
            if not _may_be_nothing(near, _different(part, left), senders):
                return False
        timed = [by_member[m] for m in self._sent.timed if m in by_member]
        return self.has_room(looker) and all(
            _may_be_nothing(into, LEAST_TIMED, senders) for into in timed
        )

    def _by_groups(self, by_member: Mapping[UUID, _Into]) -> dict[Groups, _Into]:
        found: dict[Groups, _Into] = {}
        for member, into in by_member.items():
            groups = self._receives[member]
            found[groups] = found.get(groups, _Into()) + into
        return found

    def _left(
        self, looker: UUID | None, *, with_taken_back: bool = False
    ) -> dict[tuple[str, NeedGroup], int]:
        """Return what is left of each shown number without the looker's own.

        with_taken_back: whatever was counted when the number was shown and is not now (entered in
        error since) may have been the looker's own, who remembers it.
        """
        own = {
            cell: self._own(looker, cell)
            + (self._taken_back(cell) if with_taken_back and looker is not None else 0)
            for cell in self._numbers
        }
        return {cell: number - own[cell] for cell, number in self._numbers.items()}

    def _taken_back(self, cell: tuple[str, NeedGroup]) -> int:
        counted = self._counted(cell)
        return max(0, self._numbers[cell] - (counted.total if counted else 0))

    def _into_each(self, looker: UUID | None) -> dict[UUID, _Into]:
        ways = Counter(to for sender, to in self._used if looker != sender)
        return {
            m: _Into(
                ways[m],
                max(LEAST_SHOWN * ways[m], LEAST_TIMED if m in self._sent.timed else 0),
                1,
            )
            for m in self._receives
            if m != looker
        }

    def _own(self, looker: UUID | None, cell: tuple[str, NeedGroup]) -> int:
        counted = self._counted(cell)
        return counted.known_to.get(looker, 0) if counted and looker else 0

    def _counted(self, cell: tuple[str, NeedGroup]) -> Count | None:
        period, group = cell
        return self._sent.quarters[int(period[-1]) - 1].get(group)


def _may_be_nothing(into: _Into, least: int, senders: int) -> bool:
    """Return True when any one way that is not told can be zero, if `least` went these ways.

    It can when a told way takes up the difference, or when there are so many ways that all the
    others, with ten each, would be enough. Where there is no way at all, there is nothing to tell.
    """
    ways = into.takers * senders
    return into.told > 0 or ways <= 0 or least <= MOST_HIDDEN * (ways - 1)


def _different(groups: Groups, left: Mapping[tuple[str, NeedGroup], int]) -> int:
    """Return how many different referrals of these groups there are at the least."""
    most: Counter[str] = Counter()
    for (period, group), number in left.items():
        if group in groups:
            most[period] = max(most[period], number)
    return most.total()


def _parts_of(groups: Groups) -> Iterator[Groups]:
    """Yield every choice of one or more of these groups: 127 at most."""
    for number in range(1, len(groups) + 1):
        yield from (frozenset(chosen) for chosen in combinations(sorted(groups), number))
