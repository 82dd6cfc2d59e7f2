"""When a receiver may reach a person, or the person calls: what a pause of the contact clock is.

What lives here: the two ways to wait, in days and parts of a day, as moments of a clock. What must
not: an hour, a number or a reason a person gave; anything a sender is shown. Source: R64, R77.

A day and a part of it is all that is kept: enough to call at the right time, and too little to
tell anybody when somebody is alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class Wait(Labelled):
    """Who reaches whom, and when (R64: without a word on it, the person calls)."""

    THEY_CALL = "they-call"
    SAFE_WINDOW = "safe-window"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _WAIT_LABELS[self]


class PartOfDay(Labelled):
    """A part of a day, as coarse as it is kept."""

    WHOLE_DAY = "whole-day"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _PART_LABELS[self]


_HOURS: dict[PartOfDay, tuple[int, int]] = {
    # From, until, on the wall of the network. Our choice, ADR 0026.
    PartOfDay.WHOLE_DAY: (8, 21),
    PartOfDay.MORNING: (8, 12),
    PartOfDay.AFTERNOON: (12, 17),
    PartOfDay.EVENING: (17, 21),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of the contact clock (aware UTC).

    Attributes:
        until: when it ends by itself.
        by: the end of the safe window that opens then: what was due before is due by it. None
            when the person calls: what was left of the clock is left then too.
    """

    wait: Wait
    until: datetime
    by: datetime | None = None


def pause_of(wait: Wait, day: date, part: PartOfDay, timezone: str, *, at: datetime) -> Pause:
    """Return the pause for a day and a part of it.

    Raises:
        InvalidInputError: field "until": the part is over, or the safe window is open now.
    """
    start, end = (
        datetime.combine(day, time(hour), tzinfo=ZoneInfo(timezone)).astimezone(UTC)
        for hour in _HOURS[part]
    )
    if end <= at:
        raise InvalidInputError(phrase("This time is over. Choose a later one."), field="until")
    if wait is Wait.THEY_CALL:
        return Pause(wait, end)
    if start <= at:
        raise InvalidInputError(
            phrase("This time has begun: call now, or choose a later one."), field="until"
        )
    return Pause(wait, start, end)


def wait_line(reason: str | None) -> Phrase | None:
    """Return what the record of a hold says of who reaches whom, or None."""
    return Wait(reason).label if reason in set(Wait) else None


_WAIT_LABELS = {
    Wait.THEY_CALL: phrase("The person calls us. We do not call."),
    Wait.SAFE_WINDOW: phrase("We call, but only at this time."),
}
_PART_LABELS = {
    PartOfDay.WHOLE_DAY: phrase("Any time that day"),
    PartOfDay.MORNING: phrase("Morning, 8 to 12"),
    PartOfDay.AFTERNOON: phrase("Afternoon, 12 to 17"),
    PartOfDay.EVENING: phrase("Evening, 17 to 21"),
}
