"""The lines anybody may call, as dated facts (R60)."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from datetime import date

from ccr.config import PROJECT_ROOT

_FILE = PROJECT_ROOT / "data" / "reference" / "hotlines.csv"


@dataclass(frozen=True, slots=True)
class Hotline:
    """A line to call or text; `verified_on` is the day somebody last checked it.

    `chat` is a web address to type, without its scheme: shown as words and never as a link, since
    following one leaves a trail.
    """

    name_en: str
    name_es: str
    phone: str
    tty: str
    text: str
    chat: str
    verified_on: date


@functools.cache
def list_hotlines() -> tuple[Hotline, ...]:
    """Return the lines in the order to show them."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Hotline(
                row["name_en"],
                row["name_es"],
                row["phone"],
                row["tty"],
                row["text"],
                row["chat"],
                date.fromisoformat(row["verified_on"]),
            )
            for row in csv.DictReader(file)
        )
