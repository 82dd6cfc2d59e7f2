"""A short list as PDF: what its page prints, a block for each listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ccr.adapters.exports.paper import FACT, SAFETY, STALE, TITLE, Line, Paper, Say
from ccr.domain.phrases import phrase

LONGEST_FACT = 600
"""Characters of one fact: a page of terms belongs to the listing, and a block stays in a column."""


@dataclass(frozen=True, slots=True)
class ListedService:
    """A listing for paper: its name, and what is said of it, in the reader's words.

    Attributes:
        facts: (term, value); a term may be empty.
    """

    name: str
    facts: tuple[tuple[str, str], ...]


def write_list(
    services: Sequence[ListedService], say: Say, *, network: str, day: date, at: datetime
) -> bytes:
    """Return the list as a PDF of whole pages, in the order given."""
    title = say(phrase("Short list"))
    pdf = Paper(title, title, network=network, day=day, at=at, say=say)
    for words in (SAFETY, STALE):
        pdf.across(say(words))
    pdf.begin_columns()
    for service in services:
        lines: list[Line] = [(TITLE, service.name)]
        lines += [(FACT, _fact(term, value)) for term, value in service.facts]
        pdf.block(lines)
    return pdf.whole()


def _fact(term: str, value: str) -> str:
    words = " ".join(value.split())
    if len(words) > LONGEST_FACT:
        words = f"{words[:LONGEST_FACT].rstrip()} …"
    return f"{term}: {words}" if term else words
