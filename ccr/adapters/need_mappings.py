"""From our needs to the terms of other vocabularies: tables of ids, read from data/reference.

What lives here: reading. The judgement is in the tables; terms of others are named by id alone.
Open Eligibility is by the Open Eligibility Project (CC BY-SA 3.0); Gravity's SDOH categories are
from the SDOH Clinical Care guide of HL7 (CC0 1.0).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ccr.config import PROJECT_ROOT
from ccr.domain.taxonomy import Need

REFERENCE = PROJECT_ROOT / "data" / "reference"


class Relation(StrEnum):
    """What the other term is, seen from our need (as in SKOS)."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    """It covers more than the need."""
    NARROWER = "narrower"
    """It is a part of the need."""
    RELATED = "related"
    """People who have the one often have the other; neither stands for the other."""


class OtherVocabulary(StrEnum):
    """A vocabulary that needs are mapped to."""

    OPEN_ELIGIBILITY = "open-eligibility-2.0"
    GRAVITY = "gravity-sdoh-category"


@dataclass(frozen=True, slots=True)
class NeedMapping:
    """One line: a need, a term of another vocabulary by its id, and how the two stand."""

    need: Need
    code: str
    relation: Relation


_FILES = {
    OtherVocabulary.OPEN_ELIGIBILITY: ("need_open_eligibility.csv", "oe2_id"),
    OtherVocabulary.GRAVITY: ("need_gravity.csv", "category"),
}


@cache
def need_mappings(vocabulary: OtherVocabulary, folder: Path = REFERENCE) -> tuple[NeedMapping, ...]:
    """Return the lines of one table in the order of the file.

    Raises:
        ValueError: a line names an unknown need or relation, or no code.
    """
    name, column = _FILES[vocabulary]
    with (folder / name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    if any(not line[column] for line in lines):
        msg = f"{name} has a line without a code"
        raise ValueError(msg)
    return tuple(
        NeedMapping(Need(line["need"]), line[column], Relation(line["relation"])) for line in lines
    )
