"""Times and dates in words, in the time zone of the place they are about.

What lives here: weekday, month and moment phrases. What must not: the clock; spans and due times.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ccr.domain.phrases import Phrase, phrase

WEEKDAYS: tuple[Phrase, ...] = (
    phrase("Mon"),
    phrase("Tue"),
    phrase("Wed"),
    phrase("Thu"),
    phrase("Fri"),
    phrase("Sat"),
    phrase("Sun"),
)
MONTHS: tuple[Phrase, ...] = (
    phrase("Jan"),
    phrase("Feb"),
    phrase("Mar"),
    phrase("Apr"),
    phrase("May"),
    phrase("Jun"),
    phrase("Jul"),
    phrase("Aug"),
    phrase("Sep"),
    phrase("Oct"),
    phrase("Nov"),
    phrase("Dec"),
)
_WEEK = 7
_HOURS_TO_COUNT = 48


def weekday_time(at: datetime, timezone: str, *, now: datetime) -> Phrase:
    """Return a moment in words: "17:00 today", "Mon 09:00", or with its date beyond a week.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 12, 21, 20, tzinfo=UTC)
    >>> str(weekday_time(datetime(2026, 11, 16, 14, 0, tzinfo=UTC), "America/New_York", now=now))
    'Mon 09:00'
    """
    zone = ZoneInfo(timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return phrase("%(time)s today", time=time)
    if 0 < days < _WEEK:
        return phrase("%(weekday)s %(time)s", weekday=WEEKDAYS[local.weekday()], time=time)
    return phrase("%(date)s, %(time)s", date=calendar_date(at, timezone), time=time)


def calendar_date(at: datetime, timezone: str) -> Phrase:
    """Return the local date in words, e.g. "Nov 3, 2026"."""
    return day_in_words(at.astimezone(ZoneInfo(timezone)).date())


def day_in_words(day: date) -> Phrase:
    """Return a day in words, e.g. "Nov 3, 2026"."""
    return phrase(
        "%(month)s %(day)s, %(year)s", month=MONTHS[day.month - 1], day=day.day, year=day.year
    )


def age_in_words(since: datetime, now: datetime) -> Phrase:
    """Return how long ago something was: hours below two days, then days."""
    hours = int((now - since) / timedelta(hours=1))
    if hours < 1:
        return phrase("less than an hour ago")
    if hours < _HOURS_TO_COUNT:
        return phrase("%(hours)s h ago", hours=hours)
    return phrase("%(days)s days ago", days=hours // 24)
