"""Opening hours in the words of a public page: open until when, opens when, and the week ahead.

What lives here: a calendar read into words with a.m. and p.m., in the time of the place. What must
not: the clock; who reads or answers (see answering). Hours that are not known are never "closed".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ccr.domain.clocks import OpenCalendar
from ccr.domain.moments import calendar_date
from ccr.domain.phrases import Phrase, phrase

_A_DAY = timedelta(days=1)
_WEEK = 7
_NOON = 12
_MOST_CHANGES = 200
"""Changes within a week beyond which hours are no hours; a bound, so that no text can hang us."""

_OPENS_ON: tuple[Phrase, ...] = (
    phrase("Closed. Opens Mon %(time)s"),
    phrase("Closed. Opens Tue %(time)s"),
    phrase("Closed. Opens Wed %(time)s"),
    phrase("Closed. Opens Thu %(time)s"),
    phrase("Closed. Opens Fri %(time)s"),
    phrase("Closed. Opens Sat %(time)s"),
    phrase("Closed. Opens Sun %(time)s"),
)
DAYS: tuple[Phrase, ...] = (
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
)


class OpenState(StrEnum):
    """Whether somebody is there."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a service is open at a moment, and the words that say so."""

    state: OpenState
    text: Phrase


@dataclass(frozen=True, slots=True)
class DayHours:
    """One local day and when it is open: pairs of aware moments; a whole day is one pair."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]


def clock_time(local: datetime) -> Phrase:
    """Return the time of day in words.

    >>> str(clock_time(datetime(2026, 11, 12, 19, 0))), str(clock_time(datetime(2026, 11, 12)))
    ('7 p.m.', 'midnight')
    """
    if not local.minute and local.hour % _NOON == 0:
        return phrase("noon") if local.hour else phrase("midnight")
    minutes = f":{local.minute:02}" if local.minute else ""
    hour = local.hour % _NOON or _NOON
    if hour == 1:  # Spanish says "la 1" and "las 2"
        return (
            phrase("1%(minutes)s a.m.", minutes=minutes)
            if local.hour < _NOON
            else phrase("1%(minutes)s p.m.", minutes=minutes)
        )
    words = f"{hour}{minutes}"
    return (
        phrase("%(hour)s a.m.", hour=words)
        if local.hour < _NOON
        else phrase("%(hour)s p.m.", hour=words)
    )


def opening_at(calendar: OpenCalendar | None, at: datetime, timezone: str) -> Opening:
    """Return whether it is open at `at` (aware), until when, or when it opens next.

    Args:
        calendar: None when the hours are not stated or cannot be read.
    """
    if calendar is None:
        return Opening(OpenState.UNKNOWN, phrase("Hours: call to check"))
    change = calendar.next_change(at)
    if calendar.is_open(at):
        return Opening(OpenState.OPEN, _until(change, at, timezone))
    return Opening(OpenState.CLOSED, _opens(change, at, timezone))


def _until(change: datetime | None, at: datetime, timezone: str) -> Phrase:
    if change is None:
        return phrase("Open 24 hours")
    if change - at > _A_DAY:
        return phrase("Open now")
    return phrase(
        "Open now, until %(time)s", time=clock_time(change.astimezone(ZoneInfo(timezone)))
    )


def _opens(change: datetime | None, at: datetime, timezone: str) -> Phrase:
    if change is None:
        return phrase("Closed. Call to check")
    zone = ZoneInfo(timezone)
    local = change.astimezone(zone)
    days = (local.date() - at.astimezone(zone).date()).days
    if days == 0:
        return phrase("Closed. Opens today %(time)s", time=clock_time(local))
    if days < _WEEK:
        return phrase(_OPENS_ON[local.weekday()].msgid, time=clock_time(local))
    return phrase("Closed. Opens %(date)s", date=calendar_date(change, timezone))


def week_ahead(calendar: OpenCalendar, at: datetime, timezone: str) -> tuple[DayHours, ...]:
    """Return the hours of seven local days from today.

    A span of less than a day belongs to the day on which it begins, also when it ends after
    midnight; a longer one is cut at each midnight.
    """
    zone = ZoneInfo(timezone)
    today = at.astimezone(zone).date()
    found: dict[date, list[tuple[datetime, datetime]]] = {
        today + n * _A_DAY: [] for n in range(_WEEK)
    }
    start, end = _midnight(today, zone), _midnight(today + _WEEK * _A_DAY, zone)
    for opens, closes in _spans(calendar, start, end):
        for piece in _pieces(opens.astimezone(zone), closes.astimezone(zone), zone):
            if piece[0].date() in found:
                found[piece[0].date()].append(piece)
    return tuple(DayHours(day, tuple(spans)) for day, spans in found.items())


def day_words(hours: DayHours) -> tuple[Phrase, ...]:
    """Return the hours of a day in words, one phrase a span; "Closed" for a day without any."""
    if not hours.spans:
        return (phrase("Closed"),)
    return tuple(_span_words(opens, closes) for opens, closes in hours.spans)


def _span_words(opens: datetime, closes: datetime) -> Phrase:
    whole_days = opens.time() == closes.time() == time() and closes > opens
    if whole_days:
        return phrase("Open 24 hours")
    return phrase("%(start)s to %(end)s", start=clock_time(opens), end=clock_time(closes))


def _spans(
    calendar: OpenCalendar, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans that touch [start, end), the first from `start` at the earliest."""
    moment, is_open = start, calendar.is_open(start)
    for _ in range(_MOST_CHANGES):
        if moment >= end:
            return
        change = calendar.next_change(moment)
        if is_open:
            yield moment, change if change is not None else end
        if change is None:
            return
        moment, is_open = change, not is_open


def _pieces(
    opens: datetime, closes: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield a span as it is, or cut at midnights when it lasts a day or longer."""
    if closes.astimezone(UTC) - opens.astimezone(UTC) < _A_DAY - timedelta(hours=1):
        yield opens, closes
        return
    while opens < closes:
        midnight = _midnight(opens.date() + _A_DAY, zone).astimezone(zone)
        yield opens, min(midnight, closes)
        opens = midnight


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
