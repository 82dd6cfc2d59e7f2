"""Days on which nobody of a program reads its inbox: added as a span, opened again one by one.

What lives here: which days may be kept. What must not: why a program is closed, which nobody asks.
The clocks count them as closed (`ccr.services.reading_hours`). Source: R76, ADR 0026.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

LONGEST_SPAN = timedelta(days=31)
FURTHEST = timedelta(days=400)
MOST_DAYS = 120
_DAY = timedelta(days=1)


def with_span(
    days: Iterable[date], first: date | None, last: date | None, *, today: date
) -> frozenset[date]:
    """Return the days with those from `first` to `last`; what is past is left out.

    Raises:
        InvalidInputError: field "first" or "last": missing, past, too far, too long, too many.
    """
    if first is None:
        raise InvalidInputError(phrase("Say on which day."), field="first")
    last = last or first
    if not today <= first <= today + FURTHEST:
        raise InvalidInputError(
            phrase("The day lies in the next %(days)s days.", days=FURTHEST.days), field="first"
        )
    if not first <= last < first + LONGEST_SPAN:
        raise InvalidInputError(
            phrase(
                "The last day is not before the first, and within %(days)s days of it.",
                days=LONGEST_SPAN.days,
            ),
            field="last",
        )
    span = {first + n * _DAY for n in range((last - first).days + 1)}
    found = to_come({*days, *span}, today=today)
    if len(found) > MOST_DAYS:
        raise InvalidInputError(
            phrase("At most %(most)s closed days are kept.", most=MOST_DAYS), field="first"
        )
    return found


def to_come(days: Iterable[date], *, today: date) -> frozenset[date]:
    """Return those of the days that are not past."""
    return frozenset(day for day in days if day >= today)
