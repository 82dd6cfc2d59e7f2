"""What the demo network did before today, as weights: who sends what to whom, and how it goes.

What lives here: reading those tables of data/demo. What must not: chance, and any single referral
(`ccr.services.demo_history`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ccr.domain.taxonomy import Need, Urgency


@dataclass(frozen=True, slots=True)
class Flow:
    """One stream of referrals, by keys of the tables.

    Attributes:
        weight: how many there are, beside the other streams.
        course, season: names that `ccr.services.demo_courses` knows.
        urgency: percent of each urgency; what is left of a hundred is standard.
    """

    sender: str
    service: str
    needs: tuple[Need, ...]
    weight: int
    course: str
    season: str
    urgency: dict[Urgency, int]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One referral that is open when the demo is loaded: sent so long ago, now in this state."""

    sender: str
    service: str
    needs: tuple[Need, ...]
    urgency: Urgency
    hours_ago: float
    state: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """How often a search for a need finds nothing in a county, in a quarter."""

    county_fips: str
    need: Need
    per_quarter: int
    season: str


@dataclass(frozen=True, slots=True)
class PastTables:
    """All three tables."""

    flows: tuple[Flow, ...]
    open_work: tuple[OpenWork, ...]
    unmet: tuple[Unmet, ...]


def read_past(folder: Path) -> PastTables:
    """Return the tables of the past.

    Raises:
        ValueError, KeyError: a table holds a word that is not in our vocabularies.
    """
    return PastTables(
        flows=tuple(_flow(line) for line in _lines(folder / "flows.csv")),
        open_work=tuple(
            OpenWork(
                line["sender"], line["service"], _needs(line["needs"]), Urgency(line["urgency"]),
                float(line["hours_ago"]), line["state"],
            )
            for line in _lines(folder / "open_work.csv")
        ),
        unmet=tuple(
            Unmet(line["county"], Need(line["need"]), int(line["per_quarter"]), line["season"])
            for line in _lines(folder / "unmet_needs.csv")
        ),
    )  # fmt: skip


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _needs(text: str) -> tuple[Need, ...]:
    return tuple(Need(code) for code in text.split(";"))


def _flow(line: dict[str, str]) -> Flow:
    shares = (pair.partition(":") for pair in line["urgency"].split(";") if pair)
    return Flow(
        sender=line["sender"],
        service=line["service"],
        needs=_needs(line["needs"]),
        weight=int(line["weight"]),
        course=line["course"],
        season=line["season"],
        urgency={Urgency(name): int(percent) for name, _, percent in shares},
    )
