"""When a notice may leave: at once, outside of quiet hours, or in the one mail of a person's day.

What lives here: wall-clock rules in the network's time zone. What must not: a clock, rows, or what
a notice says. Times given back are aware UTC, so a change of the clocks moves none by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Urgency

MORNING = time(8)
"""When the mail of the day leaves at the earliest, on the network's wall clock. Our choice."""
LONGEST_CLOSED = timedelta(days=3)
"""The mail of the day waits no longer for its program to open: a long weekend. Our choice."""
_A_DAY = timedelta(days=1)


class Pace(StrEnum):
    """How soon a notice leaves, written with it."""

    NOW = "now"
    """At any hour: immediate danger."""
    EACH = "each"
    """By itself, outside of quiet hours: for whoever asked for a mail for each, and what is
    escalated in high danger."""
    SOON = "soon"
    """In the one mail of the day, which leaves at once where it has not left yet."""
    MORNING = "morning"
    """In the one mail of the day, in the morning of the next day that its program works."""

    @property
    def is_gathered(self) -> bool:
        """Return True for what goes into the one mail of the day."""
        return self in {Pace.SOON, Pace.MORNING}


def pace_of(urgency: Urgency, *, mail_each: bool, escalated: bool = False) -> Pace:
    """Return how soon a notice about something of this urgency leaves.

    `escalated`: it is late, and somebody more is told. In high danger that never waits for the
    next day because the mail of this day has left already.
    """
    if urgency is Urgency.IMMEDIATE:
        return Pace.NOW
    if mail_each or (escalated and urgency is Urgency.HIGH):
        return Pace.EACH
    return Pace.SOON if urgency is Urgency.HIGH else Pace.MORNING


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Wall-clock hours in which only immediate danger is mailed; none when both ends are equal."""

    starts: time = time(20)
    ends: time = time(7)

    def cover(self, wall: time) -> bool:
        """Return True when this wall-clock time is quiet; the end itself is not."""
        wall = wall.replace(fold=0)
        if self.starts <= self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends


def quiet_hours(starts: time, ends: time) -> QuietHours:
    """Return quiet hours that leave at least eight hours of the day for mail.

    Raises:
        InvalidInputError: less is left; field "quiet_until".
    """
    hours = QuietHours(starts, ends)
    if _minutes(starts, ends) > 16 * 60:
        raise InvalidInputError(
            phrase("Leave at least 8 hours of the day for mail."), field="quiet_until"
        )
    return hours


def _minutes(starts: time, ends: time) -> int:
    return ((ends.hour - starts.hour) * 60 + ends.minute - starts.minute) % (24 * 60)


def out_of_quiet(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return `at`, or the end of the quiet hours that it falls into."""
    wall = at.astimezone(zone)
    if not quiet.cover(wall.time()):
        return at
    same_day = wall.time() < quiet.ends
    day = wall.date() if same_day else wall.date() + _A_DAY
    end = datetime.combine(day, quiet.ends, tzinfo=zone)
    # In the hour that comes twice in autumn, the end that is still to come.
    return max(at, end.replace(fold=wall.fold if same_day else 0).astimezone(UTC))


def morning_of(day: date, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when the mail of this day leaves at the earliest."""
    return out_of_quiet(datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC), zone, quiet)


def next_morning(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return the first such moment that is not before `at`."""
    day = at.astimezone(zone).date()
    for ahead in (-_A_DAY, timedelta(), _A_DAY):
        moment = morning_of(day + ahead, zone, quiet)
        if moment >= at:
            return moment
    return morning_of(day + 2 * _A_DAY, zone, quiet)


def due_at(pace: Pace, at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when a notice written at `at` may leave."""
    if pace is Pace.NOW:
        return at
    if pace is Pace.MORNING:
        return next_morning(at, zone, quiet)
    return out_of_quiet(at, zone, quiet)
