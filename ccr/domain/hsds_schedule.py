"""Opening hours as HSDS schedules: one row for each set of days and times of the week.

Only plain weeks are told so; what cannot be (seasons, every second week, dates) is told in words
and in the attribute that holds the opening hours whole. Source: HSDS 3.2.3 schedule, RFC 5545.
"""

from __future__ import annotations

import re
from typing import Any

from ccr.domain.hsds_profile import made_id

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_RULE = re.compile(r"([A-Z][a-z](?:[-,][A-Z][a-z])*) ([\d:,\-]+)")
_SPAN = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")
_OFF = re.compile(r".+ off")
_END_OF_DAY = "23:59:59"
Span = tuple[str, str, str]


def weekly(opening_hours: str) -> list[Span] | None:
    """Return (days as RFC 5545, opens, closes) for a plain week, or None for any other text.

    >>> weekly("Mo-We,Fr 09:00-17:00; PH off")
    [('MO,TU,WE,FR', '09:00:00', '17:00:00')]
    """
    if opening_hours == "24/7":
        return [(",".join(day.upper() for day in DAYS), "00:00:00", _END_OF_DAY)]
    spans: list[Span] = []
    taken: set[str] = set()
    for rule in (part.strip() for part in opening_hours.split(";")):
        if not rule or _OFF.fullmatch(rule):
            continue
        read = _rule(rule)
        # A later rule for the same day takes the place of an earlier one: that is no plain week.
        if read is None or taken.intersection(read[0]):
            return None
        taken.update(read[0])
        days = ",".join(day.upper() for day in read[0])
        spans += [(days, f"{opens}:00", _closing(closes)) for opens, closes in read[1]]
    return spans or None


def _rule(rule: str) -> tuple[list[str], list[tuple[str, str]]] | None:
    found = _RULE.fullmatch(rule)
    if found is None:
        return None
    days: list[str] = []
    for part in found[1].split(","):
        ends = part.split("-")
        if any(end not in DAYS for end in ends):
            return None
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days += DAYS[first : last + 1] if first <= last else (*DAYS[first:], *DAYS[: last + 1])
    times = [_SPAN.fullmatch(part) for part in found[2].split(",")]
    spans = [(time[1], time[2]) for time in times if time]
    if len(spans) != len(times) or any(not _on_the_clock(t) for span in spans for t in span):
        return None
    return list(dict.fromkeys(days)), spans


def _on_the_clock(text: str) -> bool:
    hour, minute = int(text[:2]), int(text[3:])
    return (hour < 24 and minute < 60) or text == "24:00"  # noqa: PLR2004 -- a day's hours


def _closing(text: str) -> str:
    return _END_OF_DAY if text == "24:00" else f"{text}:00"


def schedule_objects(owner: str, opening_hours: str | None, words: str) -> list[dict[str, Any]]:
    """Return the schedules of one service; its words stand with the first."""
    rows: list[dict[str, Any]] = [
        {
            "id": made_id("schedule", owner, days, opens, closes),
            "freq": "WEEKLY",
            "interval": 1,
            "byday": days,
            "opens_at": opens,
            "closes_at": closes,
        }
        for days, opens, closes in (weekly(opening_hours) if opening_hours else None) or ()
    ]
    if words:
        rows = rows or [{"id": made_id("schedule", owner)}]
        rows[0]["description"] = words
    return rows
