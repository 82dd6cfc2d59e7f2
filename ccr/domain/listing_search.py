"""Looking for listings: what may be asked, what "unknown" means, and how far is near.

What lives here: the question as values, the groups by distance without a cliff, the hours that
"tonight" and "this weekend" mean. What must not: points of hidden places; there are none.
A filter never leaves out what is not known; it marks it as "call to check". Source: ohana-api#358
(rank, do not cut off), design 2.3 (a hidden place is found by its area alone).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ccr.domain.clocks import OpenCalendar
from ccr.domain.directory import Place
from ccr.domain.taxonomy import Access, AgeBand, Cost, Labelled, Need, Track

PAGE_SIZE = 25


class Way(Labelled):
    """How a service is had."""

    IN_PERSON = "in-person"
    BY_PHONE = "by-phone"
    ONLINE = "online"


class Hours(Labelled):
    """When it is to be open."""

    NOW = "now"
    TONIGHT = "tonight"
    WEEKEND = "weekend"


class Day(Labelled):
    """A day of the week on which it is to be open, the next of its name or today."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Sort(Labelled):
    """The order of the list."""

    BEST = "best"
    NAME = "name"
    CHECKED = "checked"


class Group(Labelled):
    """Where a listing stands to a place, near to far; area groups never depend on distance."""

    WITHIN_5 = "within-5"
    WITHIN_15 = "within-15"
    WITHIN_40 = "within-40"
    FARTHER = "farther"
    AREA = "area"
    WIDE = "wide"
    ELSEWHERE = "elsewhere"
    ANYWHERE = "anywhere"


BANDS_KM = (5.0, 15.0, 40.0)
BY_DISTANCE = (Group.WITHIN_5, Group.WITHIN_15, Group.WITHIN_40, Group.FARTHER)
_TONIGHT = (18, 19, 20, 21, 22, 23)
_DAYTIME = (9, 11, 13, 15, 17, 19)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingQuery:
    """What is looked for. Everything must hold; an empty field asks nothing.

    `words` and `needs` never stand in an address, a log or a saved search (design 6b).
    """

    words: str = field(default="", repr=False)
    needs: frozenset[Need] = field(default=frozenset(), repr=False)
    near: Place | None = field(default=None, repr=False)
    language: str | None = None
    access: frozenset[Access] = frozenset()
    free: bool = False
    way: Way | None = None
    track: Track | None = None
    category: str | None = None
    checked: bool = False
    room: bool = False
    hours: Hours | None = None
    day: Day | None = None
    age: AgeBand | None = None
    sort: Sort = Sort.BEST


def surely_paid(cost: Cost) -> bool:
    """Return True when a service is known to cost something."""
    return cost in {Cost.SLIDING, Cost.PAID}


def moments_of(hours: Hours, at: datetime, timezone: str) -> tuple[datetime, ...]:
    """Return the moments at one of which a service must be open.

    Tonight is from six to midnight of this day where the network is; the weekend is the Saturday
    and Sunday that come next, or today's.
    """
    if hours is Hours.NOW:
        return (at,)
    today = _hour_of(at, timezone)
    if hours is Hours.TONIGHT:
        return tuple(today.replace(hour=hour) for hour in _TONIGHT)
    return _in_daytime(today, {_SATURDAY, _SUNDAY})


def moments_on(day: Day, at: datetime, timezone: str) -> tuple[datetime, ...]:
    """Return the moments of the next such day, or today, at one of which it must be open."""
    return _in_daytime(_hour_of(at, timezone), {list(Day).index(day)})


def _hour_of(at: datetime, timezone: str) -> datetime:
    return at.astimezone(ZoneInfo(timezone)).replace(minute=0, second=0, microsecond=0)


def _in_daytime(today: datetime, weekdays: set[int]) -> tuple[datetime, ...]:
    days = [today + timedelta(days=offset) for offset in range(7)]
    meant = [day for day in days if day.weekday() in weekdays]
    return tuple(day.replace(hour=hour) for day in meant for hour in _DAYTIME)


def surely_closed(calendar: OpenCalendar | None, moments: tuple[datetime, ...]) -> bool:
    """Return True when hours are known and open at none of the moments."""
    return calendar is not None and not any(calendar.is_open(moment) for moment in moments)
