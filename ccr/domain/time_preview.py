"""What other time rules would do, shown on made-up referrals: never on one that somebody sent.

What lives here: ten moments that are awkward for clocks, and when each clock is due under two sets
of rules. What must not: the clock itself, rows, words for a page.
"""

from __future__ import annotations

import calendar as almanac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from ccr.domain.clocks import ClockKind, OpenCalendar, due_at
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import NeedGroup, group_of
from ccr.domain.taxonomy import Need, Urgency
from ccr.domain.time_rules import EVERY_NEED, TimeRules

_DAY = timedelta(days=1)
_USUAL = (
    Need.ADVOCACY,
    Need.HOUSING,
    Need.IMMEDIATE_SAFETY,
    Need.PROTECTION_ORDER,
    Need.EMERGENCY_SHELTER,
    Need.COUNSELING,
    Need.ABUSIVE_PARTNER_INTERVENTION,
    Need.FAMILY_LAW,
    Need.MEDICAL,
    Need.SAFETY_PLANNING,
)
_MONDAY, _TUESDAY, _WEDNESDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 1, 2, 4, 5, 6
_MARCH, _NOVEMBER = 3, 11


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up referral: when it is sent, and what for.

    Attributes:
        moment: the words for the moment.
        at: when it is sent (aware UTC).
    """

    moment: Phrase
    at: datetime
    urgency: Urgency
    need: Need


@dataclass(frozen=True, slots=True)
class Dues:
    """When each clock is due under one set of rules (aware UTC).

    The answer counts from the sending; the others as if somebody had accepted, and reached the
    person, at that same moment.
    """

    answer: datetime
    first_contact: datetime
    outcome: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """One made-up referral under the rules that count and under the proposed ones."""

    example: Example
    before: Dues
    after: Dues

    @property
    def changed(self) -> bool:
        """Return True when any clock is due at another time."""
        return self.before != self.after


def compare(
    before: TimeRules,
    after: TimeRules,
    scopes: Sequence[str],
    calendar: OpenCalendar,
    timezone: str,
    *,
    at: datetime,
) -> tuple[Comparison, ...]:
    """Return the ten made-up referrals under both rules, in the order of their moments.

    Args:
        scopes: those in which the rules differ; the referrals ask for needs in them.
        calendar: when the made-up partner reads.
    """
    found = []
    for example in examples(scopes, timezone, at=at):
        dues = [_dues(rules, example, calendar) for rules in (before, after)]
        found.append(Comparison(example, *dues))
    return tuple(found)


def examples(scopes: Sequence[str], timezone: str, *, at: datetime) -> tuple[Example, ...]:
    """Return ten made-up referrals ahead of `at`, for needs in these scopes."""
    zone = ZoneInfo(timezone)
    today = at.astimezone(zone).date()
    needs = islice(cycle(_needs_in(scopes)), len(_MOMENTS))
    found = []
    for (words, day_of, hour, urgency), need in zip(_MOMENTS, needs, strict=True):
        local = datetime.combine(day_of(today), time(*hour), tzinfo=zone)
        found.append(Example(words, local.astimezone(UTC), urgency, need))
    return tuple(found)


def _needs_in(scopes: Sequence[str]) -> tuple[Need, ...]:
    """Return needs to try changes of these scopes on: those of the scopes, or usual ones."""
    found: list[Need] = []
    for scope in scopes:
        part, _, code = scope.partition(":")
        if part == "need":
            found.append(Need(code))
        elif part == "group":
            found += [need for need in Need if group_of(need) is NeedGroup(code)]
    if not found or EVERY_NEED in scopes:
        found += [need for need in _USUAL if need not in found]
    return tuple(dict.fromkeys(found))


def _dues(rules: TimeRules, example: Example, calendar: OpenCalendar) -> Dues:
    spans = rules.spans([example.need])

    def due(kind: ClockKind) -> datetime:
        return due_at(kind, example.urgency, example.at, calendar, spans=spans)

    return Dues(due(ClockKind.ANSWER), due(ClockKind.FIRST_CONTACT), due(ClockKind.OUTCOME))


# --- moments that are awkward for clocks ---------------------------------------------------------


def _next(weekday: int) -> Callable[[date], date]:
    """Return the first such weekday after a day."""
    return lambda today: today + ((weekday - today.weekday() - 1) % 7 + 1) * _DAY


def _yearly(day_in: Callable[[int], date]) -> Callable[[date], date]:
    """Return the first such day of a year after a day."""
    return lambda today: next(
        day for year in (today.year, today.year + 1) if (day := day_in(year)) > today
    )


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th such weekday of a month."""
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (n - 1)) * _DAY


def _leap_eve(today: date) -> date:
    """Return the next 28 February before a leap day."""
    year = today.year
    while not almanac.isleap(year) or date(year, 2, 28) <= today:
        year += 1
    return date(year, 2, 28)


_MOMENTS: tuple[tuple[Phrase, Callable[[date], date], tuple[int, int], Urgency], ...] = (
    (phrase("On a Monday morning"), _next(_MONDAY), (10, 0), Urgency.STANDARD),
    (phrase("On a Friday evening"), _next(_FRIDAY), (18, 30), Urgency.STANDARD),
    (phrase("In the night of a Saturday"), _next(_SATURDAY), (2, 6), Urgency.IMMEDIATE),
    (phrase("In the night of a Wednesday"), _next(_WEDNESDAY), (3, 0), Urgency.HIGH),
    (
        phrase("On the eve of Thanksgiving"),
        _yearly(lambda year: _nth(year, _NOVEMBER, 3, 4) - _DAY),
        (16, 0),
        Urgency.STANDARD,
    ),
    (
        phrase("On Christmas Eve"),
        _yearly(lambda year: date(year, 12, 24)),
        (15, 0),
        Urgency.HIGH,
    ),
    (
        phrase("At the end of the year"),
        _yearly(lambda year: date(year, 12, 31)),
        (16, 30),
        Urgency.STANDARD,
    ),
    (
        phrase("The day before the clocks go forward"),
        _yearly(lambda year: _nth(year, _MARCH, _SUNDAY, 2) - _DAY),
        (12, 0),
        Urgency.HIGH,
    ),
    (
        phrase("The Friday before the clocks go back"),
        _yearly(lambda year: _nth(year, _NOVEMBER, _SUNDAY, 1) - 2 * _DAY),
        (16, 0),
        Urgency.STANDARD,
    ),
    (phrase("The day before a leap day"), _leap_eve, (14, 0), Urgency.STANDARD),
)
