"""Whose answers are late, said of members and weeks (R79).

What lives here: the three words for a late member. What must not: codes, counts, people, contact
clocks: what happens after acceptance is the receiver's alone (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

SILENT_AFTER = timedelta(days=7)
"""Late without any answer for a week is silent. Our choice."""


class LateState(StrEnum):
    """How a member that owes an answer behaves."""

    SILENT = "silent"
    LATE = "late"
    ANSWERING = "answering"


@dataclass(frozen=True, slots=True)
class LateMember:
    """A member that owes an answer: since which week (its Monday), and how it behaves."""

    member_id: UUID
    member: str
    week: date
    state: LateState


def late_state(since: datetime, last_answer: datetime | None, at: datetime) -> LateState:
    """Return how a member behaves whose oldest owed answer was due at `since`.

    Answering: it has answered something since. Silent: it has not, for a week or longer.
    """
    if last_answer is not None and last_answer >= since:
        return LateState.ANSWERING
    return LateState.SILENT if at - since >= SILENT_AFTER else LateState.LATE


def week_of(since: datetime, timezone: str) -> date:
    """Return the Monday of the week of a moment, on the wall of this zone."""
    day = since.astimezone(ZoneInfo(timezone)).date()
    return day - timedelta(days=day.weekday())
