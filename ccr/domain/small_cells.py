"""The one gate for numbers about people (R95, R96, design 2.7, ADR 0012).

What lives here: which figures may leave, and as what. What must not: reading rows, formatting.

The rule, simple so that it holds: a quarter is cut once, by need group over the whole network. A
count of 11 or more is shown as it is, unless one member, taking its own away, would be left with
ten or fewer. Everything else is one class, "not shown": zero to ten and what could be seen through
read the same, because a member that took part in 8 learns from "0-10" that at most 2 are left. What
became of what was sent is a part of it; parts are shown only while, for whoever looks, 11 or more
are left over beside them, so that every part that is not shown can be anything from zero to ten. A
year is published only for a group of which no quarter was shown, and only from 11 to 30. A figure
that was published is frozen. Source: CMS cell size suppression policy (k = 11); the rest is ours,
attacked by tests/safety/figure_solver.py (ADR 0012, 0029).
"""

from __future__ import annotations

import re
from collections import Counter
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
    NO_ROOM = "no-room"
    OUTSIDE_AREA = "outside-area"
    LANGUAGE = "language"
    CANNOT_TAKE = "cannot-take"
    EXPIRED = "expired"
    WAITING = "waiting"
    ACCEPTED = "accepted"


PARTS_OF_SENT = (
    Measured.NO_ROOM,
    Measured.OUTSIDE_AREA,
    Measured.LANGUAGE,
    Measured.CANNOT_TAKE,
    Measured.EXPIRED,
    Measured.WAITING,
    Measured.ACCEPTED,
)
"""What became of what was sent, each referral in one at most; what is asked about first, first."""
ANSWERED_PARTS = frozenset(PARTS_OF_SENT) - {Measured.EXPIRED, Measured.WAITING}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the gate let it out: a number above ten, or None for "not shown"."""

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

    def least_left(self, taken: Iterable[Count] = ()) -> int:
        """Return how many are left for whoever sees most: without these, and without their own.

        Each of `taken` is a part of this count.
        """
        parts = tuple(taken)
        known = Counter(self.known_to)
        for part in parts:
            known.subtract(part.known_to)
        left = self.total - sum(part.total for part in parts)
        return left - max((own for own in known.values() if own > 0), default=0)

    @property
    def may_be_shown(self) -> bool:
        """Return True when 11 or more are left for every member that takes its own away."""
        return self.least_left() >= LEAST_SHOWN


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that is counted of a quarter, before the gate.

    Attributes:
        parts: of what was sent, by what became of it (PARTS_OF_SENT); a referral is in one at most.
        unmet: how often a need found nothing; no member is known.
    """

    sent: Mapping[NeedGroup, Count]
    answered: Mapping[NeedGroup, Count]
    parts: Mapping[Measured, Mapping[NeedGroup, Count]]
    unmet: Mapping[NeedGroup, Count]


def gate(period: str, counted: Counted) -> tuple[Figure, ...]:
    """Return everything that may be published together of a quarter."""
    return (
        *gate_quarter(period, Measured.SENT, counted.sent),
        *gate_unmet(period, counted.unmet),
        *gate_parts(period, counted.sent, counted.parts),
        *gate_medians(period, counted.answered, counted.sent, counted.parts),
    )


def gate_quarter(
    period: str, measure: Measured, counts: Mapping[NeedGroup, Count], *, least: int = LEAST_SHOWN
) -> tuple[Figure, ...]:
    """Return what may be said of a quarter, one figure a need group: nothing else, and no total.

    A group that is not counted counts as zero. `least`: below it nothing is shown.
    """
    figures = []
    for group in NeedGroup:
        count = counts.get(group, Count())
        shown = count.total >= least and count.may_be_shown
        figures.append(Figure(period, measure, group, count.total if shown else None))
    return tuple(figures)


def gate_unmet(period: str, unmet: Mapping[NeedGroup, Count]) -> tuple[Figure, ...]:
    """Return how often a need found nothing, where 22 or more did.

    The counters know no member, so no member's own part can be taken away; with 22, one that
    pressed half of them still leaves 11.
    """
    return gate_quarter(period, Measured.UNMET, unmet, least=2 * LEAST_SHOWN)


def gate_parts(
    period: str,
    sent: Mapping[NeedGroup, Count],
    parts: Mapping[Measured, Mapping[NeedGroup, Count]],
) -> tuple[Figure, ...]:
    """Return what may be said of what became of the referrals sent in a quarter.

    A part is shown when it may be shown by itself and, beside all parts shown before it, leaves 11
    or more for every member. What is left takes up whatever a part that is not shown lacks or has,
    so such a part can be anything from zero to ten. Whether a part is shown depends on numbers that
    are shown and on what is left, never on a number from zero to ten.
    """
    return tuple(
        Figure(period, measure, group, parts[measure][group].total)
        for group in NeedGroup
        for measure in _shown_parts(group, sent, parts)
    )


def _shown_parts(
    group: NeedGroup,
    sent: Mapping[NeedGroup, Count],
    parts: Mapping[Measured, Mapping[NeedGroup, Count]],
) -> list[Measured]:
    shown: list[Measured] = []
    whole = sent.get(group, Count())
    taken: list[Count] = []
    for measure in PARTS_OF_SENT:
        part = parts.get(measure, {}).get(group, Count())
        if part.may_be_shown and whole.least_left([*taken, part]) >= LEAST_SHOWN:
            shown.append(measure)
            taken.append(part)
    return shown


def gate_medians(
    period: str,
    answered: Mapping[NeedGroup, Count],
    sent: Mapping[NeedGroup, Count],
    parts: Mapping[Measured, Mapping[NeedGroup, Count]],
) -> tuple[Figure, ...]:
    """Return the median minutes to an answer, by need group, rounded up to whole hours.

    Only where 11 or more answers were given, also without those of any one member. That a median is
    there says so; where no part of the answered is shown, 22 must be left over for every member, or
    what stayed without an answer would be narrowed.
    """
    figures = []
    for group, count in sorted(answered.items()):
        shown = _shown_parts(group, sent, parts)
        left = sent.get(group, Count()).least_left(parts[m][group] for m in shown)
        told = bool(ANSWERED_PARTS.intersection(shown))
        enough = left >= (LEAST_SHOWN if told else 2 * LEAST_SHOWN)
        if enough and len(count.minutes) >= LEAST_SHOWN and count.may_be_shown:
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

    Only groups of which no quarter was shown, and only sums from which no quarter can be narrowed:
    with four hidden parts of 0 to 10, a sum of 11 to 30 leaves each all of 0 to 10. Empty searches
    know no member and need 22 (see gate_unmet). Parts of what was sent have no year.
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
        least = LEAST_SHOWN * (2 if measure is Measured.UNMET else 1)
        if least <= whole.total <= MOST_HIDDEN * (QUARTERS - 1) and whole.may_be_shown:
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
