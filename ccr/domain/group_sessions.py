"""Sessions of a group: who was there, what counts as the first one, and how a slip is put right.

What lives here: the rules. What must not: storing, or telling anybody (R32).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ccr.domain.errors import InvalidInputError
from ccr.domain.participant_words import EventKind
from ccr.domain.participants import Event, Participant
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_groups import Group
from ccr.domain.taxonomy import Labelled

LONGEST_BACK = timedelta(days=60)
"""A session is written down within two months. Our choice: an order is judged by it."""


class Mark(Labelled):
    """Whether somebody was there."""

    ATTENDED = "attended"
    MISSED = "missed"
    EXCUSED = "excused"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _MARKS[self]


_MARKS = {
    Mark.ATTENDED: phrase("There"),
    Mark.MISSED: phrase("Missed"),
    Mark.EXCUSED: phrase("Excused"),
}
_KINDS = {
    Mark.ATTENDED: EventKind.SESSION_ATTENDED,
    Mark.MISSED: EventKind.SESSION_MISSED,
    Mark.EXCUSED: EventKind.SESSION_EXCUSED,
}


def sessions_by_day(events: Iterable[Event]) -> dict[date, EventKind]:
    """Return each day's session as it was recorded last."""
    ordered = sorted(events, key=lambda event: event.position)
    return {event.on: event.kind for event in ordered if event.kind.is_session}


def kind_of(mark: Mark, events: Iterable[Event], on: date) -> EventKind:
    """Return as what a mark is kept: the first session that is missed is its own kind (R55).

    It is the first when nothing was attended on another day, and none was called the first
    before. An excused session is no failure, and does not make the next one the second.
    """
    if mark is not Mark.MISSED:
        return _KINDS[mark]
    others = {kind for day, kind in sessions_by_day(events).items() if day != on}
    settled = {EventKind.SESSION_ATTENDED, EventKind.FIRST_SESSION_MISSED}
    return EventKind.SESSION_MISSED if others & settled else EventKind.FIRST_SESSION_MISSED


def check_session_day(participants: Iterable[Participant], on: date, today: date) -> None:
    """Refuse a day to come, one too long ago, or one before somebody was enrolled.

    Raises:
        InvalidInputError: on the field `on`.
    """
    if not today - LONGEST_BACK <= on <= today:
        raise InvalidInputError(
            phrase("Give the day of the session: not to come, and within the last two months."),
            field="on",
        )
    if any(one.enrolled_on is not None and on < one.enrolled_on for one in participants):
        raise InvalidInputError(
            phrase("Somebody here was not enrolled yet on that day. Leave them out."), field="on"
        )


def last_session_day(group: Group, today: date) -> date:
    """Return the newest day on which the group met by its calendar."""
    return today - timedelta(days=(today.weekday() - group.weekday) % 7)
