"""Moments in the words of the desk: 24-hour clock, the network's zone, time left in two parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import format_datetime, gettext

from ccr.adapters.clock import utc_now

_DAY_PATTERN = "EEE d MMM"


@dataclass(frozen=True, slots=True)
class DeskTime:
    """How one page tells time: its zone, and the moment it was made."""

    timezone: str
    now: datetime

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.timezone))

    def today(self) -> date:
        """Return the day it is on this page."""
        return self._local(self.now).date()

    def short(self, at: datetime) -> str:
        """Return "14:05" today and "Thu 12 Nov, 14:05" on any other day."""
        local = self._local(at)
        same_day = local.date() == self._local(self.now).date()
        pattern = "HH:mm" if same_day else f"{_DAY_PATTERN}, HH:mm"
        return str(format_datetime(local, pattern, rebase=False))

    def full(self, at: datetime) -> str:
        """Return "Thu 12 Nov, 14:05"."""
        return str(format_datetime(self._local(at), f"{_DAY_PATTERN}, HH:mm", rebase=False))

    def clock(self, at: datetime) -> str:
        """Return "14:05"."""
        return str(format_datetime(self._local(at), "HH:mm", rebase=False))

    def last(self, shown: time) -> datetime:
        """Return the newest moment, aware UTC, at which a clock here showed this time of day.

        An hour that a change of the clocks shows twice is the later of the two that are past.
        """
        today = self._local(self.now).date()
        moments = (
            datetime.combine(day, shown, tzinfo=ZoneInfo(self.timezone)).replace(fold=fold)
            for day in (today, today - timedelta(days=1))
            for fold in (1, 0)
        )
        past = [at for moment in moments if (at := moment.astimezone(UTC)) <= self.now]
        return max(past)

    def day(self, at: datetime) -> str:
        """Return "Thu 12 Nov", or "Today, Thu 12 Nov"."""
        local = self._local(at)
        text = format_datetime(local, _DAY_PATTERN, rebase=False)
        today = local.date() == self._local(self.now).date()
        return str(gettext("Today, %(day)s", day=text)) if today else str(text)

    def left(self, until: datetime) -> str:
        """Return the time from now until then (or since then), as "10 h 52 min" or "3 d 4 h"."""
        span = abs(until - self.now)
        minutes = int(span / timedelta(minutes=1))
        days, rest = divmod(minutes, 24 * 60)
        hours, minutes = divmod(rest, 60)
        if days:
            return str(gettext("%(days)s d %(hours)s h", days=days, hours=hours))
        if hours:
            return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
        return str(gettext("%(minutes)s min", minutes=minutes))


def local_day(at: datetime, timezone: str) -> date:
    """Return the day that it is in a zone."""
    return at.astimezone(ZoneInfo(timezone)).date()


def desk_time() -> DeskTime:
    """Return how this request's page tells time: in its network's zone, now."""
    return DeskTime(g.network.timezone, utc_now())
