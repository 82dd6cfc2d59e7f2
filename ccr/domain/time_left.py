"""How much time a clock has left, in the words of whoever has to keep it.

What lives here: open time between two moments, and one sentence. What must not: the due time itself
(`ccr.domain.clocks`), whose hours they are, the clock of the machine.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ccr.domain.clocks import ClockState, OpenCalendar
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_views import ClockShown

_HOUR = timedelta(hours=1)
_A_WORKING_WEEK = timedelta(hours=40)
"""More business hours than this say less than days do."""
_MOST_CHANGES = 2_000
"""Openings and closings looked at: more than ninety days of any hours have."""


def open_time_between(start: datetime, end: datetime, calendar: OpenCalendar) -> timedelta:
    """Return how much of the time from `start` to `end` is open; none when `end` is not later.

    >>> from datetime import UTC
    >>> class Always:
    ...     def is_open(self, at): return True
    ...     def next_change(self, at): return None
    >>> noon = datetime(2026, 11, 12, 17, tzinfo=UTC)
    >>> open_time_between(noon, noon + timedelta(hours=3), Always())
    datetime.timedelta(seconds=10800)
    """
    moment, found = start, timedelta(0)
    for _ in range(_MOST_CHANGES):
        if moment >= end:
            break
        change = calendar.next_change(moment)
        until = end if change is None or change <= moment else min(change, end)
        found += until - moment if calendar.is_open(moment) else timedelta(0)
        moment = until
    return found


def time_left(clock: ClockShown, at: datetime) -> Phrase:
    """Return how long a clock still has, or how late it is, without the due time.

    A clock in the partner's hours that is due at "Tue 14:00" has "3 business hours left" on the
    morning before: `clock.open_left` says how many, where somebody has looked at the hours.
    """
    if clock.state is ClockState.OVERDUE:
        return phrase("%(span)s late", span=span_words(at - clock.due_at))
    if clock.state is not ClockState.RUNNING:
        return clock.state.label
    span = span_words(clock.due_at - at)
    if clock.open_left is None or clock.open_left > _A_WORKING_WEEK:
        return phrase("%(span)s left", span=span)
    if clock.open_left < timedelta(minutes=1):
        return phrase("%(span)s left, outside open hours", span=span)
    return _business_hours(clock.open_left)


def _business_hours(left: timedelta) -> Phrase:
    hours, minutes = left // _HOUR, left // timedelta(minutes=1)
    if not hours:
        return phrase("%(minutes)s business minutes left", minutes=minutes)
    if hours == 1:
        return phrase("1 business hour left")
    return phrase("%(hours)s business hours left", hours=hours)


def span_words(span: timedelta) -> Phrase:
    """Return a span in two parts: "3 d 4 h", "10 h 52 min", "8 min"."""
    minutes = max(span, timedelta(0)) // timedelta(minutes=1)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return phrase("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return phrase("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return phrase("%(minutes)s min", minutes=minutes)
