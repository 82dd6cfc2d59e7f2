"""When somebody at a partner reads a referral: the open hours that answer clocks run in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.clocks import OpenCalendar
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Need
from ccr.storage.queries.receivers import Receiver

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


def reading_calendar(hours: HoursBook, receiver: Receiver, needs: Collection[Need]) -> OpenCalendar:
    """Return when somebody reads referrals of these needs.

    What is said about who reads comes first, then the opening hours, then the business week: text
    that cannot be read never makes a clock that does not run.
    """
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
