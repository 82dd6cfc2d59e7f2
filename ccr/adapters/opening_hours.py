"""Open hours from OSM opening-hours text, with time zones, summer time and public holidays.

What lives here: is somebody there at a moment, and when does that change. What must not: a guess.
A text that cannot be read is refused; it is never treated as open ("call to check").
Wall-clock rules come from opening-hours-py; the step from wall clock to UTC is ours, so that both
days on which the clocks change are right. Source of the syntax: OpenStreetMap, Key:opening_hours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import HolidayBase, country_holidays
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined] # not in its stub

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

FIELD = "opening_hours"
BUSINESS_WEEK = "Mo-Fr 09:00-17:00; PH off"
HORIZON = timedelta(days=366)
"""A change further away than this counts as never."""
MOST_CHARACTERS = 1000
_A_DAY = timedelta(days=1)
_PUBLIC_HOLIDAY = re.compile(r"\bPH\b")
_CLOSED_ON_HOLIDAYS = re.compile(r"\bPH\s+(?:off|closed)\b", re.IGNORECASE)
_SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b", re.IGNORECASE)
_A_WEEK_WITHOUT_HOLIDAYS = tuple(date(2026, 10, 19) + n * _A_DAY for n in range(7))


class Calendar(Protocol):
    """The open hours of one service."""

    def is_open(self, at: datetime) -> bool:
        """Return True when it is open at `at` (aware)."""

    def next_change(self, at: datetime) -> datetime | None:
        """Return when it next opens or closes after `at` (aware UTC), or None for never."""


@dataclass(frozen=True, slots=True)
class _Span:
    """From when until when it is open, or not, and when that changes (None: not within a year)."""

    since: datetime
    until: datetime
    is_open: bool
    change: datetime | None


@dataclass(slots=True)
class _Told:
    """The span told last: most questions are about the present moment."""

    span: _Span | None = None


@dataclass(frozen=True)
class WeeklyHours:
    """Opening hours in one time zone.

    Attributes:
        text: the OSM text.
        rules: the text, parsed, for wall-clock times of one country.
        zone: whose wall clock.
        holidays: days on which it is closed whatever the rules say; None for no such days.
    """

    text: str
    rules: OpeningHours
    zone: ZoneInfo
    holidays: HolidayBase | None
    _told: _Told = field(default_factory=_Told, compare=False, repr=False)

    def is_open(self, at: datetime) -> bool:
        """Return True when it is surely open at `at` (aware); unknown hours are not open."""
        span = self._told.span
        if span is not None and span.since <= at < span.until:
            return span.is_open
        return self._open_on_the_wall(self._wall(at))

    def next_change(self, at: datetime) -> datetime | None:
        """Return when it next opens or closes after `at` (aware UTC); None: not within a year."""
        span = self._told.span
        if span is None or not span.since <= at < span.until:
            change = self._look_ahead(at)
            until = at + _A_DAY if change is None else change
            span = self._told.span = _Span(at, until, self.is_open(at), change)
        return span.change

    def _look_ahead(self, at: datetime) -> datetime | None:
        now = self._open_on_the_wall(self._wall(at))
        moment = at.astimezone(UTC)
        limit = moment + HORIZON
        while moment < limit:
            step = self._next_step(moment)
            if step is None:
                return None
            if self._open_on_the_wall(self._wall(step)) != now:
                return step if step < limit else None
            moment = step
        return None

    def _next_step(self, moment: datetime) -> datetime | None:
        """Return the next moment at which a rule, a holiday or the clock itself may change it."""
        wall = self._wall(moment)
        change = self._next_on_the_wall(wall)
        candidate = min(moment + (change - wall if change else HORIZON), moment + HORIZON)
        shift = self._clock_shift(moment, candidate)
        return candidate if shift is None else shift

    def _clock_shift(self, after: datetime, until: datetime) -> datetime | None:
        """Return the first moment in (after, until] from which the zone's offset differs.

        Looks month by month: no zone we serve changes its offset twice within a month.
        """
        low = after
        while low < until:
            high = min(low + timedelta(days=28), until)
            if self._offset(low) != self._offset(high):
                return self._first_after_shift(low, high)
            low = high
        return None

    def _first_after_shift(self, low: datetime, high: datetime) -> datetime:
        before = self._offset(low)
        while high - low > timedelta(microseconds=1):
            middle = low + (high - low) / 2
            if self._offset(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta(0)

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def _open_on_the_wall(self, wall: datetime) -> bool:
        if self.holidays is not None and wall.date() in self.holidays:
            return False
        return bool(self.rules.is_open(wall))

    def _next_on_the_wall(self, wall: datetime) -> datetime | None:
        change = self.rules.next_change(wall)
        if self.holidays is None:
            return change
        day, last = wall.date(), (change or wall + HORIZON).date()
        closed_today = day in self.holidays
        while day < last:
            day += _A_DAY
            if (day in self.holidays) != closed_today:
                midnight = datetime.combine(day, time())
                return min(midnight, change) if change else midnight
        return change


@dataclass(frozen=True)
class HoursBook:
    """Reads opening hours for services of one state, closed on its public holidays.

    Attributes:
        state: two letters; whose public holidays count.
    """

    state: str = "NY"

    def calendar(self, text: str, timezone: str) -> WeeklyHours:
        """Return the calendar of an OSM text in a time zone (IANA name). Cached.

        A text that says "PH off" is closed on the state's public holidays too. So is a text that
        does not speak of holidays and is closed on some day of every week: whoever keeps office
        hours is not promised on Thanksgiving. Our choice: late is safer than nobody there.

        Raises:
            InvalidInputError: the text or the zone cannot be read; field "opening_hours".
        """
        return _calendar(text.strip(), timezone, self.state)

    def readable(self, text: str) -> bool:
        """Return True when the text can be read."""
        try:
            self.calendar(text, "UTC")
        except InvalidInputError:
            return False
        return True

    def business_week(self, timezone: str) -> WeeklyHours:
        """Return Monday to Friday, 9 to 5, closed on public holidays of country and state."""
        return self.calendar(BUSINESS_WEEK, timezone)


def _unreadable() -> InvalidInputError:
    return InvalidInputError(
        phrase('These hours cannot be read. Write them as in "Mo-Fr 09:00-17:00" or "24/7".'),
        field=FIELD,
    )


@lru_cache(maxsize=8192)
def _calendar(text: str, timezone: str, state: str) -> WeeklyHours:
    if not text or len(text) > MOST_CHARACTERS or _SUN.search(text):
        raise _unreadable()  # the sun needs a place finer than we keep
    try:
        # What does not change within the horizon is not looked for: hours of years that are past
        # would make the library walk through all years it knows, for many seconds.
        rules = OpeningHours(text, country="US", max_interval_days=HORIZON.days + 1)
        zone = ZoneInfo(timezone)
    except (ParserError, ZoneInfoNotFoundError, ValueError):
        raise _unreadable() from None
    closed = _CLOSED_ON_HOLIDAYS.search(text) or (
        not _PUBLIC_HOLIDAY.search(text) and _rests_weekly(rules)
    )
    return WeeklyHours(text, rules, zone, _holidays_of(state) if closed else None)


def _rests_weekly(rules: OpeningHours) -> bool:
    """Return True when the rules leave a whole day of an ordinary week without open hours."""
    for day in _A_WEEK_WITHOUT_HOLIDAYS:
        start = datetime.combine(day, time())
        change = rules.next_change(start)
        if not rules.is_open(start) and (change is None or change >= start + _A_DAY):
            return True
    return False


@lru_cache(maxsize=64)
def _holidays_of(state: str) -> HolidayBase:
    """Return the public holidays of a state; of the country alone for one that is not known."""
    try:
        return country_holidays("US", subdiv=state)
    except NotImplementedError:
        return country_holidays("US")


# -- rows of weekday, opening and closing time ---------------------------------------------------

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*(?:([ap])\.?m?\.?)?", re.IGNORECASE)
_LAST_HOUR, _LAST_MINUTE, _NOON = 24, 59, 12


def from_weekdays(rows: Iterable[Sequence[str]]) -> str:
    """Return OSM text for rows of (weekday, opens, closes), as schedules in exports have them.

    Weekdays are names or their first two letters, one or several ("Monday", "MO", "TH,FR"). Times
    are "9:00am", "9 AM", "09:00", "17:00:00". Rows with neither time are days it is closed. A
    closing time not after the opening time is on the next day. No rows give "".

    >>> from_weekdays([("Monday", "9:00am", "5:00 PM"), ("TU", "09:00", "17:00:00")])
    'Mo-Tu 09:00-17:00'

    Raises:
        InvalidInputError: a weekday or a time cannot be read; field "opening_hours".
    """
    spans: defaultdict[int, set[str]] = defaultdict(set)
    for weekdays, opens, closes in rows:
        days = [_weekday(day) for day in re.split(r"[,;\s]+", weekdays.strip()) if day]
        if not days:
            raise _unreadable()
        if opens.strip() or closes.strip():
            for day in days:
                spans[day].add(f"{_clock_time(opens)}-{_clock_time(closes, closing=True)}")
    if len(spans) == len(_DAYS) and all(span & _ALL_DAY for span in spans.values()):
        return "24/7"
    rules = []
    for first, last, times in _runs(spans):
        days_text = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
        rules.append(f"{days_text} {times}")
    return "; ".join(rules)


_ALL_DAY = {"00:00-24:00", "00:00-00:00", "00:00-23:59"}


def _runs(spans: dict[int, set[str]]) -> list[tuple[int, int, str]]:
    """Return (first day, last day, times) for neighbouring days with the same times."""
    runs: list[tuple[int, int, str]] = []
    for day in sorted(spans):
        times = ",".join(sorted(spans[day]))
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == times:
            runs[-1] = (runs[-1][0], day, times)
        else:
            runs.append((day, day, times))
    return runs


def _weekday(text: str) -> int:
    start = text[:2].title()
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    if start not in _DAYS or not names[_DAYS.index(start)].lower().startswith(
        text.lower().rstrip(".").removesuffix("s")
    ):
        raise _unreadable()
    return _DAYS.index(start)


def _clock_time(text: str, *, closing: bool = False) -> str:
    """Return "HH:MM"; midnight as a closing time is 24:00."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise _unreadable()
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            raise _unreadable()
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    elif match[2] is None:
        raise _unreadable()  # "9" alone may be morning or evening
    if minute > _LAST_MINUTE or hour > _LAST_HOUR or (hour == _LAST_HOUR and minute):
        raise _unreadable()
    if closing and hour == 0 and minute == 0:
        hour = _LAST_HOUR
    return f"{hour:02}:{minute:02}"
