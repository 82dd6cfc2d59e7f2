"""Room for one more: what a program says of its service in one tap, and when that is old.

What lives here: the closed list of household kinds, what may be said, and how exactly it is dated.
What must not: rows, the clock. Nothing of it is public: how full a house is would tell somebody who
waits outside when a bed became free (design 6b: staff alone, and by the day for places to stay).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CapacityStatus, Labelled, Need

REMIND_AFTER = timedelta(days=7)
"""A figure that is older asks for a new one. Source: issue; connectwithiris.org (7 days)."""
MOST_PLACES = 999
LONGEST_NOTE = 300
DATED_BY_DAY = frozenset({Need.EMERGENCY_SHELTER, Need.IMMEDIATE_SAFETY, Need.HOUSING})


class Household(Labelled):
    """Who a place is for. The order is the order on screen."""

    SINGLE = "single"
    WITH_CHILDREN = "with-children"
    MANY_CHILDREN = "many-children"
    WITH_PETS = "with-pets"


STATUSES = (
    CapacityStatus.CAPACITY,
    CapacityStatus.NO_CAPACITY,
    CapacityStatus.WAITLIST,
    CapacityStatus.ADDITIONAL_ASSESSMENT,
    CapacityStatus.UNKNOWN,
)
"""The order of the buttons."""


@dataclass(frozen=True, slots=True)
class RoomSaid:
    """What somebody says of a service: a code, numbers by household kind, a note for colleagues."""

    status: CapacityStatus
    households: Mapping[Household, int] = field(default_factory=dict)
    note: str = field(default="", repr=False)

    @property
    def available(self) -> int | None:
        """Return how many places there are in all; None when no number was said."""
        return sum(self.households.values()) if self.households else None


def read_room(status: str, numbers: Mapping[str, str], note: str) -> RoomSaid:
    """Return what was said, checked.

    Args:
        numbers: by household kind, as typed; an empty text means "not said".

    Raises:
        InvalidInputError: field `status`, a household kind, or `note`.
    """
    try:
        chosen = CapacityStatus(status)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field="status") from error
    households = {
        kind: _read_number(kind, text)
        for kind in Household
        if (text := (numbers.get(kind.value) or "").strip())
    }
    words = " ".join(note.split())
    if len(words) > LONGEST_NOTE:
        raise InvalidInputError(
            phrase("Use %(count)s characters at most.", count=LONGEST_NOTE), field="note"
        )
    if chosen is CapacityStatus.NO_CAPACITY and any(households.values()):
        raise InvalidInputError(
            phrase("It says full and gives places as well: leave one of them out."), field="status"
        )
    return RoomSaid(chosen, households, words)


def _read_number(kind: Household, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(MOST_PLACES)):
        raise InvalidInputError(
            phrase("Use a whole number from 0 to %(most)s.", most=MOST_PLACES), field=kind.value
        )
    return int(text)


def dated(at: datetime, needs: Collection[Need], timezone: str) -> datetime:
    """Return the moment under which a figure is kept: of a place to stay, the day alone.

    The day begins at midnight where the network is.
    """
    if not DATED_BY_DAY.intersection(needs):
        return at
    day = at.astimezone(ZoneInfo(timezone)).date()
    return datetime.combine(day, time(), ZoneInfo(timezone))


def is_old(updated_at: datetime | None, at: datetime) -> bool:
    """Return True when nothing was said yet, or what was said is older than a week."""
    return updated_at is None or at - updated_at > REMIND_AFTER
