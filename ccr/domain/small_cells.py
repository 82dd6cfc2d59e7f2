"""The one gate for numbers about people (R95, R96, design 2.7, ADR 0012).

What lives here: which figures may leave, and as what. What must not: reading rows, formatting.

The rule, simple so that it holds: a quarter is cut once, by need group over the whole network,
into cells that do not overlap. A cell of 11 or more is shown as it is; zero to ten is one class. No
total is ever published, so nothing can be subtracted. A cell that one member could see through,
knowing its own figures, is withheld whole. A year is published only for a group whose four quarters
were all "0-10", and only while each of them could still be anything from zero to ten. A figure that
was published is frozen. Source: CMS cell size suppression policy (k = 11); the interval test is
ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Need

LEAST_SHOWN = 11
MOST_HIDDEN = LEAST_SHOWN - 1
QUARTERS = 4
_PERIOD = re.compile(r"(20\d\d)Q([1-4])")


class NeedGroup(StrEnum):
    """Needs taken together, so that fewer figures are small."""

    SAFETY = "safety"
    LAW = "law"
    HEALTH = "health"
    CHILDREN = "children"
    DAILY_LIFE = "daily-life"
    OWN_WAY = "own-way"
    ABUSIVE_PARTNER = "abusive-partner"

    @property
    def label(self) -> Phrase:
        """Return the words for the group, as the need form has them."""
        return _LABELS[self]


_LABELS = {
    NeedGroup.SAFETY: phrase("Safety and someone beside them"),
    NeedGroup.LAW: phrase("Law and court"),
    NeedGroup.HEALTH: phrase("Health"),
    NeedGroup.CHILDREN: phrase("Children and school"),
    NeedGroup.DAILY_LIFE: phrase("Home, money, daily life"),
    NeedGroup.OWN_WAY: phrase("In their own way"),
    NeedGroup.ABUSIVE_PARTNER: phrase("For an abusive partner"),
}
_OTHER_GROUPS: dict[NeedGroup, frozenset[Need]] = {
    NeedGroup.LAW: frozenset(
        {
            Need.PROTECTION_ORDER,
            Need.FAMILY_LAW,
            Need.IMMIGRATION_LAW,
            Need.CRIMINAL_JUSTICE_ADVOCACY,
        }
    ),
    NeedGroup.HEALTH: frozenset(
        {
            Need.MEDICAL,
            Need.FORENSIC_EXAM,
            Need.COUNSELING,
            Need.SUPPORT_GROUP,
            Need.MENTAL_HEALTH,
            Need.SUBSTANCE_USE,
        }
    ),
    NeedGroup.CHILDREN: frozenset(
        {Need.CHILDREN, Need.CHILD_CARE, Need.SUPERVISED_VISITATION, Need.SCHOOL_SUPPORT}
    ),
    NeedGroup.DAILY_LIFE: frozenset(
        {Need.HOUSING, Need.ECONOMIC, Need.EMPLOYMENT, Need.FOOD, Need.TRANSPORT, Need.PETS}
    ),
    NeedGroup.OWN_WAY: frozenset(
        {
            Need.INTERPRETATION,
            Need.DISABILITY_ACCESS,
            Need.ELDER,
            Need.CULTURALLY_SPECIFIC,
            Need.FAITH_SUPPORT,
        }
    ),
    NeedGroup.ABUSIVE_PARTNER: frozenset({Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION}),
}


def group_of(need: Need) -> NeedGroup:
    """Return the group of a need; what no other group has is about safety."""
    return next((g for g, needs in _OTHER_GROUPS.items() if need in needs), NeedGroup.SAFETY)


class Measured(StrEnum):
    """What is published."""

    SENT = "sent"
    UNMET = "unmet"
    ANSWER_MINUTES = "answer-minutes"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the gate let it out: a number above ten, or None for "0-10"."""

    period: str
    measure: Measured
    group: NeedGroup
    value: int | None

    def __post_init__(self) -> None:
        """Refuse a number that may not leave."""
        if self.value is not None and self.value <= MOST_HIDDEN:
            msg = "a figure is above ten or hidden"
            raise ValueError(msg)


@dataclass
class Count:
    """A count on its way to the gate: how many, and how many of them each member knows of."""

    total: int = 0
    known_to: dict[UUID, int] = field(default_factory=dict)
    minutes: list[int] = field(default_factory=list)

    def add(self, members: Iterable[UUID], number: int = 1) -> None:
        """Count `number` that these members took part in."""
        self.total += number
        for member in set(members):
            self.known_to[member] = self.known_to.get(member, 0) + number

    @property
    def seen_through(self) -> bool:
        """Return True when one member, taking its own away, would learn that 0 to 10 are left."""
        return any(self.total - own <= MOST_HIDDEN for own in self.known_to.values())


def gate_quarter(
    period: str, measure: Measured, counts: Mapping[NeedGroup, Count]
) -> tuple[Figure, ...]:
    """Return what may be said of a quarter, by need group: nothing else, and no total.

    A group that is not counted counts as zero. A withheld group has no figure at all.
    """
    figures = []
    for group in NeedGroup:
        count = counts.get(group, Count())
        if count.total <= MOST_HIDDEN:
            figures.append(Figure(period, measure, group, None))
        elif not count.seen_through:
            figures.append(Figure(period, measure, group, count.total))
    return tuple(figures)


def gate_medians(
    period: str, answered: Mapping[NeedGroup, Count], sent: Mapping[NeedGroup, Count]
) -> tuple[Figure, ...]:
    """Return the median minutes to an answer, by need group, rounded up to whole hours.

    Only where 11 or more answers were given, and no member could see through them. That a median
    is there says that 11 were answered; so at least 22 must have been sent, or what stayed without
    an answer would be narrowed below "0-10".
    """
    figures = []
    for group, count in sorted(answered.items()):
        enough = sent.get(group, Count()).total >= 2 * LEAST_SHOWN
        if enough and len(count.minutes) >= LEAST_SHOWN and not count.seen_through:
            hours = max(1, -(-int(median(count.minutes)) // 60))
            figures.append(Figure(period, Measured.ANSWER_MINUTES, group, hours * 60))
    return tuple(figures)


def gate_year(
    year: str,
    measure: Measured,
    quarters: Sequence[Mapping[NeedGroup, Count]],
    published: Iterable[Figure],
) -> tuple[Figure, ...]:
    """Return what may be said of a year beside its published quarters.

    Only groups that were "0-10" in all four quarters, and only sums from which no quarter can be
    narrowed: with four hidden parts of 0 to 10, a sum of 11 to 30 leaves each all of 0 to 10.
    """
    hidden = {(f.period, f.group) for f in published if f.measure is measure and f.value is None}
    periods = [f"{year}Q{n}" for n in range(1, QUARTERS + 1)]
    figures = []
    for group in NeedGroup:
        if len(quarters) < QUARTERS or any((p, group) not in hidden for p in periods):
            continue
        whole = Count()
        for quarter in quarters:
            part = quarter.get(group, Count())
            whole.total += part.total
            for member, own in part.known_to.items():
                whole.known_to[member] = whole.known_to.get(member, 0) + own
        if LEAST_SHOWN <= whole.total <= MOST_HIDDEN * (QUARTERS - 1) and not whole.seen_through:
            figures.append(Figure(year, measure, group, whole.total))
    return tuple(figures)


def quarter_of(at: datetime, timezone: str) -> str:
    """Return the quarter of a moment, on the wall of this zone, as "2026Q3"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local.year}Q{(local.month + 2) // 3}"


def previous_quarter(period: str) -> str:
    """Return the quarter before."""
    year, number = _parts(period)
    return f"{year - 1}Q4" if number == 1 else f"{year}Q{number - 1}"


def quarter_bounds(period: str, timezone: str) -> tuple[datetime, datetime]:
    """Return the first moment (UTC) of a quarter and the first after it.

    Raises:
        InvalidInputError: it is no quarter; field "quarter".
    """
    year, number = _parts(period)
    zone = ZoneInfo(timezone)
    first = date(year, 3 * number - 2, 1)
    after = date(year + 1, 1, 1) if number == QUARTERS else date(year, 3 * number + 1, 1)
    return (
        datetime(first.year, first.month, 1, tzinfo=zone).astimezone(UTC),
        datetime(after.year, after.month, 1, tzinfo=zone).astimezone(UTC),
    )


def _parts(period: str) -> tuple[int, int]:
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise InvalidInputError(phrase("Give the quarter as in 2026Q3."), field="quarter")
    return int(found[1]), int(found[2])
