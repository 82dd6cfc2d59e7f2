"""Schedule rows as OSM opening-hours text, with the words that stood beside them.

A schedule that cannot be read whole gives no hours at all: half a week read as the whole would
send somebody to a locked door. The words stay for people to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ccr.adapters.opening_hours import HoursBook, from_weekdays
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import NoteBook, RowPlace
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MOST_HOURS_TEXT = 500
_NUMBERED = {str(n): day for n, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), 1)}
_OFFSET = re.compile(r"(?<=\d)(?:Z|[+-]\d{2}:?\d{2})$")
_ORDINAL = re.compile(r"[+-]?\d")
_WORDS = {"noon": "12:00", "midnight": "00:00", "12 noon": "12:00", "12 midnight": "00:00"}
_MORNING_ENDS = 12
_SAMPLE = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True)
class ReadHours:
    """OSM text or None when not known, and words for people."""

    opening_hours: str | None = None
    words: str = ""


_BOOK = HoursBook()


def read_hours(
    rows: Iterable[Row], holidays: Iterable[Row], on: date, notes: NoteBook
) -> ReadHours:
    """Return the hours that these schedule rows of one service or place tell."""
    current = [row for row in rows if not _over(row, on, notes)]
    words = "\n".join(
        dict.fromkeys(
            text
            for row in current
            for text in (row.get("description"), row.get("original_text"))
            if text
        )
    )
    if not current:
        return ReadHours(None, words)
    spans: list[tuple[str, str, str]] = []
    for row in current:
        found = _span(row, notes)
        if found is None:
            return ReadHours(None, words or _as_told(current))
        spans.append(found)
    text = _osm_text(tuple(spans))
    if text is None:
        notes.warn(
            current[0].place,
            "opens_at",
            phrase("A weekday or time cannot be read: the hours are not known."),
        )
        return ReadHours(None, words or _as_told(current))
    text = "; ".join([text, *_days_off(holidays, notes)]) if text else ""
    if not text or len(text) > MOST_HOURS_TEXT or not _BOOK.readable(text):
        return ReadHours(None, words or _as_told(current))
    return ReadHours(text, words)


@lru_cache(maxsize=4096)
def _osm_text(spans: tuple[tuple[str, str, str], ...]) -> str | None:
    """Return OSM text, or None; exports repeat the same few weeks."""
    try:
        return from_weekdays(spans)
    except InvalidInputError:
        return None


def _over(row: Row, on: date, notes: NoteBook) -> bool:
    """Return True for a schedule whose last day has passed."""
    for column in ("valid_to", "until"):
        found = re.match(r"\d{4}-\d{2}-\d{2}", row.get(column))
        if found and found[0] < on.isoformat():
            notes.warn(row.place, column, phrase("This schedule has ended: it is left out."))
            return True
    return False


def _span(row: Row, notes: NoteBook) -> tuple[str, str, str] | None:
    """Return (weekdays, opens, closes) of a weekly row, or None with a note."""
    if row.get("freq").upper() not in {"", "WEEKLY"} or row.get("interval") not in {"", "1"}:
        notes.warn(row.place, "freq", phrase("Not a weekly schedule: the hours are not known."))
        return None
    weekday = row.get("weekday", "byday")
    weekday = _NUMBERED.get(weekday, weekday)
    if not weekday or _ORDINAL.search(weekday):
        notes.warn(row.place, "byday", phrase("No weekday here: the hours are not known."))
        return None
    opens, closes = _time(row.get("opens_at")), _time(row.get("closes_at"))
    if bool(opens) != bool(closes) or _backwards(weekday, opens, closes):
        notes.warn(
            row.place,
            "closes_at",
            phrase("It closes before it opens, or a time is missing: the hours are not known."),
        )
        return None
    return weekday, opens, closes


def _time(value: str) -> str:
    value = _WORDS.get(value.lower(), value)
    return _OFFSET.sub("", value)


def _backwards(weekday: str, opens: str, closes: str) -> bool:
    """Return True for "9am to 03:00": a morning opening that ends the next night is a slip.

    An opening from noon on may well end the next morning: an overnight place does.
    """
    if not opens:
        return False
    found = _SAMPLE.search(_osm_text(((weekday, opens, closes),)) or "")
    if found is None:
        return False
    from_minutes = int(found[1]) * 60 + int(found[2])
    to_minutes = int(found[3]) * 60 + int(found[4])
    return to_minutes <= from_minutes < _MORNING_ENDS * 60 and from_minutes != 0


def _as_told(rows: Iterable[Row]) -> str:
    """Return the rows as one line of words each, as the package tells them."""
    lines = []
    for row in rows:
        times = "-".join(t for t in (row.get("opens_at"), row.get("closes_at")) if t)
        lines.append(" ".join(part for part in (row.get("weekday", "byday"), times) if part))
    return "\n".join(line for line in lines if line)


def _days_off(rows: Iterable[Row], notes: NoteBook) -> list[str]:
    """Return OSM rules for days closed every year: the ones written with the year 0001."""
    rules = []
    for row in rows:
        days = [_yearly(row.get(column)) for column in ("start_date", "end_date")]
        if row.get("closed").lower() in {"true", "yes", "1"} and all(days):
            first, last = days
            rules.append(f"{first} off" if first == last else f"{first}-{last} off")
        else:
            notes.info(
                RowPlace(row.table, row.line, row.id),
                "",
                phrase("Hours of a single holiday are not read: public holidays are known."),
            )
    return rules


def _yearly(value: str) -> str | None:
    """Return "Jan 01" for "January 01, 0001" or "0001-01-01", or None for a day of one year."""
    if found := re.fullmatch(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}), 0*1", value):
        return f"{found[1]} {int(found[2]):02}" if found[1] in _MONTHS else None
    if found := re.fullmatch(r"0001-(\d{2})-(\d{2})", value):
        month = int(found[1])
        return f"{_MONTHS[month - 1]} {found[2]}" if 1 <= month <= len(_MONTHS) else None
    return None
