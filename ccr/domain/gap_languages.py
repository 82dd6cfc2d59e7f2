"""Languages that many people of a county speak, and no service there.

What lives here: who counts as many. What must not: anybody served; these are inhabitants.
Source of the line: the safe harbor of the U.S. Department of Justice for written translation, five
per cent or 1,000 people, whichever is less (67 Fed. Reg. 41455, 41464, June 18, 2002).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccr.domain.area_people import AreaPeople, PeopleTable
from ccr.domain.gaps import PHONE_LINES, County, GapMatrix

MANY_PEOPLE = 1000
MANY_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Unspoken:
    """A language of many in a county that no listing of a local service names."""

    county: County
    language: str
    speakers: int
    people: int


def is_many(speakers: int, area: AreaPeople) -> bool:
    """Return True for five per cent of the people or 1,000 of them, whichever is less."""
    return speakers > 0 and speakers >= min(MANY_PEOPLE, MANY_SHARE * area.people)


def unspoken(matrix: GapMatrix, people: PeopleTable | None) -> Iterator[Unspoken]:
    """Yield languages of many that no service speaks which counts for the county.

    Old facts count: they are a reason to call. A phone for the whole state is not there, and a
    service for the whole state fills no cell.
    """
    if people is None:
        return
    for county in matrix.counties:
        area = people.county(county.fips)
        if area is None:
            continue
        spoken = _spoken(matrix, county)
        for language in sorted(area.languages):
            speakers = area.languages[language]
            if language not in spoken and is_many(speakers, area):
                yield Unspoken(county, language, speakers, area.people)


def _spoken(matrix: GapMatrix, county: County) -> frozenset[str]:
    lines = (line for line in matrix.lines if line not in PHONE_LINES)
    cells = (matrix.cell(line, county.fips) for line in lines)
    return frozenset(
        language.code
        for cell in cells
        for service in (*cell.checked, *cell.unchecked)
        for language in service.languages
    )
