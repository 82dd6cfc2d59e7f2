"""When somebody at a partner reads a referral: the open hours that answer clocks run in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.clocks import OpenCalendar
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Need
from ccr.storage.queries.receivers import Reads

_MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class JointCalendar:
    """Open whenever one of its calendars is."""

    parts: tuple[OpenCalendar, ...]

    def is_open(self, at: datetime) -> bool:
        """Return True when any part is open."""
        return any(part.is_open(at) for part in self.parts)

    def next_change(self, at: datetime) -> datetime | None:
        """Return when the whole next opens or closes, or None for never."""
        open_now = self.is_open(at)
        moment = at
        for _ in range(_MOST_CHANGES):
            changes = [c for part in self.parts if (c := part.next_change(moment)) is not None]
            if not changes:
                return None
            moment = min(changes)
            if self.is_open(moment) != open_now:
                return moment
        return None


@dataclass(frozen=True, slots=True)
class WithClosedDays:
    """A calendar, less whole days of its place on which nobody is there."""

    calendar: OpenCalendar
    closed: frozenset[date]
    zone: ZoneInfo

    def is_open(self, at: datetime) -> bool:
        """Return True when it is open and the day is not closed."""
        return at.astimezone(self.zone).date() not in self.closed and self.calendar.is_open(at)

    def next_change(self, at: datetime) -> datetime | None:
        """Return when the whole next opens or closes, or None for never."""
        open_now, moment = self.is_open(at), at
        for _ in range(_MOST_CHANGES):
            changes = [c for c in (self.calendar.next_change(moment), self._edge(moment)) if c]
            if not changes:
                return None
            moment = min(changes)
            if self.is_open(moment) != open_now:
                return moment
        return None

    def _edge(self, at: datetime) -> datetime | None:
        """Return the next midnight at which a closed day begins or ends."""
        edges = {day + n * timedelta(days=1) for day in self.closed for n in (0, 1)}
        midnights = (datetime.combine(day, time(), tzinfo=self.zone) for day in edges)
        return min((m.astimezone(UTC) for m in midnights if m > at), default=None)


def reading_calendar(hours: HoursBook, receiver: Reads, needs: Collection[Need]) -> OpenCalendar:
    """Return when somebody reads referrals of these needs.

    What is said about who reads comes first, then the opening hours, then the business week: text
    that cannot be read never makes a clock that does not run. The program's own closed days are
    closed, whatever the hours say.
    """
    calendar = _hours_of(hours, receiver, needs)
    if not receiver.closed_days:
        return calendar
    return WithClosedDays(calendar, receiver.closed_days, _zone(receiver.timezone))


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo("UTC")


def _hours_of(hours: HoursBook, receiver: Reads, needs: Collection[Need]) -> OpenCalendar:
    said = [text for need, text in receiver.reading_hours if need is None or need in needs]
    for texts in (said, [receiver.opening_hours] if receiver.opening_hours else []):
        parts = []
        for text in texts:
            try:
                parts.append(hours.calendar(text, receiver.timezone))
            except InvalidInputError:
                continue
        if parts:
            return JointCalendar(tuple(parts))
    try:
        return hours.business_week(receiver.timezone)
    except InvalidInputError:
        return hours.business_week("UTC")
