"""Opening hours at a moment, for many services at once: each text is read once for a while.

What lives here: until when an answer holds, so that the next search need not ask again. What must
not: how hours are read (ccr.domain.answering), what waiting costs (ccr.domain.matching).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from ccr.domain.answering import HoursReader, calendar_or_none
from ccr.engine.columns import NEVER, microseconds
from ccr.engine.postings import Array

_FOR_GOOD = np.iinfo(np.int64).max
NOT_KNOWN, NO_OPENING = -1, _FOR_GOOD
"""Among minutes to wait: the hours are not known; no opening is known."""
_A_MINUTE = 60_000_000
_SPAN = timedelta(hours=6)
_MOST_SPANS = 8
_ROOM = 64

Pattern = tuple[str, str]
"""OSM opening-hours text and time zone."""


class HoursNow:
    """What one reader of hours says of numbered patterns, kept for as long as it holds."""

    def __init__(self, hours: HoursReader) -> None:
        self._hours = hours
        self._spans: dict[datetime, _Answers] = {}
        self._asking = threading.Lock()

    def waits(self, patterns: Sequence[Pattern], numbers: Array, at: datetime) -> Array:
        """Return for these numbers of patterns the minutes until somebody is there.

        0: open now. NOT_KNOWN: not stated (number -1) or not readable. NO_OPENING: closed, and no
        opening is known. Minutes that have begun count in full.
        """
        now = microseconds(at)
        # Threads ask of different moments: what is read must be what was found to hold.
        with self._asking:
            answers = self._answers(patterns, at)
            known = (answers.since[numbers] <= now) & (now < answers.until[numbers])
            if not known.all():
                for number in np.unique(numbers[~known]).tolist():
                    answers.ask(number, patterns, self._hours, at)
            opens = answers.opens[numbers]
        waits = -((now - opens) // _A_MINUTE)
        waits[opens == NEVER] = 0
        waits[opens == NOT_KNOWN] = NOT_KNOWN
        waits[opens == NO_OPENING] = NO_OPENING
        return waits

    def _answers(self, patterns: Sequence[Pattern], at: datetime) -> _Answers:
        """Return the answers for the hours around a moment; a few such spans are kept."""
        span = at.replace(hour=at.hour // 6 * 6, minute=0, second=0, microsecond=0)
        answers = self._spans.get(span)
        if answers is None or answers.room < len(patterns):
            answers = _Answers(len(patterns) + _ROOM)
            kept = list(self._spans.items())[1 - _MOST_SPANS :]
            self._spans = dict([*kept, (span, answers)])
        return answers


class _Answers:
    """For each pattern when it opens (NEVER for "is open"), and from when until when that holds."""

    def __init__(self, room: int) -> None:
        self.room = room
        # The last place answers for number -1: hours that nobody stated.
        self.since = np.full(room + 1, _FOR_GOOD)
        self.until = np.full(room + 1, NEVER)
        self.opens = np.full(room + 1, NOT_KNOWN)
        self.since[-1], self.until[-1] = NEVER, _FOR_GOOD

    def ask(
        self, number: int, patterns: Sequence[Pattern], hours: HoursReader, at: datetime
    ) -> None:
        text, timezone = patterns[number]
        calendar = calendar_or_none(text, timezone, hours)
        change = None if calendar is None else calendar.next_change(at)
        until = _FOR_GOOD if change is None else microseconds(change)
        if calendar is None:
            opens = NOT_KNOWN
        elif calendar.is_open(at):
            opens = NEVER
        else:
            opens = NO_OPENING if change is None else until
        self.opens[number] = opens
        self.until[number] = until
        self.since[number] = microseconds(at)
