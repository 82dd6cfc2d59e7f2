"""Hours as flat tables write them: "Mon-Fri 9am-5pm; Sat 10-2" or one cell for each weekday.

What cannot be read whole is kept as words: half a week read as the whole would send somebody to a
locked door.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ccr.adapters.opening_hours import from_weekdays
from ccr.domain.errors import InvalidInputError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALWAYS = re.compile(r"24 ?(?:/|x) ?7|24 hours(?: a day)?,? *(?:7 days(?: a week)?|daily)")
_PART = re.compile(
    r"(?P<days>[a-z][a-z,&. -]*?(?:-| to | through )?[a-z. ]*?)\s*[:,]?\s*"
    r"(?P<times>\d.*|noon.*|closed)"
)
_DAY = re.compile(r"[a-z]+")
_TIMES = re.compile(r"(.+?)\s*(?:-|to)\s*(.+)")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(a\.?m\.?|p\.?m\.?|a|p)?")
_DASHES = re.compile("[\u2010-\u2015]")
Span = tuple[str, str, str]


def spans_of_words(text: str) -> list[Span] | None:
    """Return (weekdays, opens, closes) for each part of a text of hours, or None.

    >>> spans_of_words("Mon-Fri 9am-5pm; Sat 10:00 AM to 2:00 PM")
    [('MO,TU,WE,TH,FR', '9:00 AM', '5:00 PM'), ('SA', '10:00 AM', '2:00 PM')]
    """
    folded = _DASHES.sub("-", " ".join(text.lower().split()))
    if _ALWAYS.fullmatch(folded):
        return [(",".join(_CODES), "00:00", "24:00")]
    spans: list[Span] = []
    for part in re.split(r"\s*[;|\n]\s*", _DASHES.sub("-", text.lower())):
        part = " ".join(part.split()).strip(" .,")  # noqa: PLW2901 -- the same part, tidied
        if not part:
            continue
        found = _PART.fullmatch(part)
        days = _days(found["days"]) if found else None
        if found is None or not days:
            return None
        if found["times"] == "closed":
            spans.append((",".join(days), "", ""))
            continue
        times = _times(found["times"])
        if times is None:
            return None
        spans.append((",".join(days), *times))
    return spans if spans and _readable(spans) else None


def spans_of_days(cells: Mapping[str, str]) -> list[Span] | None:
    """Return spans of a cell per weekday ("Closed" and blank are closed), or None."""
    spans: list[Span] = []
    for day, code in zip(DAYS, _CODES, strict=True):
        text = _DASHES.sub("-", cells.get(day, "").lower().strip())
        if not text or text in {"closed", "-", "n/a"}:
            continue
        if _ALWAYS.fullmatch(text) or text == "24 hours":
            spans.append((code, "00:00", "24:00"))
            continue
        for part in re.split(r"\s*[;,&]\s*", text):
            times = _times(part)
            if times is None:
                return None
            spans.append((code, *times))
    return spans if spans and _readable(spans) else None


def _days(text: str) -> list[str] | None:
    """Return the codes of "Mon-Fri", "Tuesday & Thursday", "daily"; None when one is not a day."""
    text = text.strip(" .:")
    if text in {"daily", "every day", "7 days a week"}:
        return list(_CODES)
    if text in {"weekdays"}:
        return list(_CODES[:5])
    found: list[str] = []
    for part in re.split(r"\s*(?:,|&|\band\b)\s*", text):
        ends = [_day(end) for end in re.split(r"\s*(?:-|\bto\b|\bthrough\b)\s*", part)]
        if not ends or None in ends or len(ends) > 2:  # noqa: PLR2004 -- a range has two ends
            return None
        first, last = _CODES.index(str(ends[0])), _CODES.index(str(ends[-1]))
        found += [_CODES[n % 7] for n in range(first, (last if last >= first else last + 7) + 1)]
    return list(dict.fromkeys(found))


def _day(text: str) -> str | None:
    word = text.strip(" .")
    if not _DAY.fullmatch(word) or len(word) < 2:  # noqa: PLR2004 -- "m" and "t" are two days each
        return None
    met = [c for c, day in zip(_CODES, DAYS, strict=True) if day.startswith(_singular(word))]
    return met[0] if len(met) == 1 else None


def _singular(word: str) -> str:
    return {"tues": "tue", "thurs": "thu", "thur": "thu", "weds": "wed"}.get(
        word,
        word.removesuffix("s") if len(word) > 4 else word,  # noqa: PLR2004 -- "mondays"
    )


def _times(text: str) -> tuple[str, str] | None:
    """Return (opens, closes) with AM or PM; None where noon and midnight cannot be told apart."""
    text = text.replace("noon", "12:00 pm").replace("midnight", "12:00 am").strip()
    text = text.replace("12 12:00", "12:00")
    found = _TIMES.fullmatch(text)
    ends = [_TIME.fullmatch(end.strip()) for end in found.groups()] if found else []
    if len(ends) != 2 or None in ends:  # noqa: PLR2004 -- opens and closes
        return None
    told = [_clock(end) for end in ends if end]
    return (told[0], told[1]) if all(told) else None


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2] or "00"
    half = (found[3] or "").replace(".", "")[:1]
    if half:
        return f"{hour}:{minute} {half.upper()}M"
    # "9-5" may be morning to evening or not; "09:00-17:00" is a 24-hour clock.
    return f"{hour:02}:{minute}" if found[2] and len(found[1]) == 2 else ""  # noqa: PLR2004


def _readable(spans: list[Span]) -> bool:
    try:
        return bool(from_weekdays(spans))
    except InvalidInputError:
        return False
