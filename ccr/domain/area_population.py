"""How many people live where, and which languages they speak: facts of a census, nobody's records.

What lives here: reading a table that a coordinator brings, and what it says of a county or a ZIP.
What must not: rows, files, anything about people served. These are public counts of whole areas, so
that they need no gate (R95 is about people served).

A table has a heading, a column for the area (a county by its FIPS code, or a ZIP), a column for
the people, and further columns for languages, named by their codes. ACS tables fit once their
columns are renamed: https://data.census.gov, B01003 for people, C16001 or B16001 for languages.

Spoken by many is, by our choice, 1,000 people or 5 per cent of a county. Source of the share: the
safe harbor of the Department of Justice for written translations (67 FR 41455, 2002).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import AreaExtent

MANY_PEOPLE, MANY_SHARE = 1000, 0.05
MOST_ROWS, MOST_PROBLEMS, MOST_PEOPLE = 50_000, 10, 400_000_000
LONGEST_HEADING = 60
_COUNTY = frozenset({"county_fips", "fips", "county", "county_code", "geoid", "geo_id"})
_ZIP = frozenset({"zip", "zip_code", "zcta", "zcta5"})
_PEOPLE = frozenset({"population", "people", "total", "total_population"})
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,9}")
_GEO_ID = re.compile(r"(?:[0-9A-Z]{7}US)?(\d{1,5})", re.ASCII)
"""Five digits, with what the Census puts in front; a spreadsheet may have eaten leading zeros."""


@dataclass(frozen=True, slots=True)
class AreaPeople:
    """The people of an area.

    Attributes:
        people: all of them.
        languages: people by the language they speak at home, by code; absent is not known.
    """

    people: int
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Population:
    """What is known of the people of many areas.

    Attributes:
        counties, zips: by FIPS code and by ZIP; some ZIPs have the digits of a county elsewhere.
        source: where the counts come from, as the coordinator wrote it.
    """

    counties: Mapping[str, AreaPeople] = field(default_factory=dict)
    zips: Mapping[str, AreaPeople] = field(default_factory=dict)
    source: str = ""

    def of_county(self, fips: str, zips: Sequence[str]) -> AreaPeople | None:
        """Return the people of a county; without a row of its own, the sum of its ZIPs' rows."""
        if fips in self.counties:
            return self.counties[fips]
        known = [self.zips[code] for code in zips if code in self.zips]
        if not known:
            return None
        spoken = {code for area in known for code in area.languages}
        return AreaPeople(
            sum(area.people for area in known),
            {code: sum(area.languages.get(code, 0) for area in known) for code in sorted(spoken)},
        )


def spoken_by_many(area: AreaPeople) -> list[tuple[str, int]]:
    """Return the languages other than English that many speak, most speakers first."""
    many = [
        (code, people)
        for code, people in area.languages.items()
        if code != ENGLISH and (people >= MANY_PEOPLE or 0 < people >= MANY_SHARE * area.people)
    ]
    return sorted(many, key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it was read.

    Attributes:
        extent: what its areas are; None when that cannot be told.
        areas: by code.
        problems: what must be mended before it can be taken, at most MOST_PROBLEMS.
        unknown: codes of areas that are not in the list of counties or ZIPs; they are left out.
    """

    extent: AreaExtent | None
    areas: Mapping[str, AreaPeople]
    problems: tuple[Phrase, ...] = ()
    unknown: int = 0


def read_population(content: bytes, known: Callable[[AreaExtent, str], bool]) -> ReadTable:
    """Return a CSV as areas, or as the list of what is wrong with it. Nothing typed is echoed.

    known: whether there is such a county or ZIP.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused(phrase("The file is no plain text in UTF-8. Save it as “CSV UTF-8”."))
    if "\x00" in text:
        return _refused(phrase("The file is no plain text in UTF-8. Save it as “CSV UTF-8”."))
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heading = [_name(cell) for cell in next(lines, [])]
        columns = _columns(heading)
        return columns if isinstance(columns, ReadTable) else _Reading(columns, known).of(lines)
    except csv.Error:
        return _refused(phrase("The file cannot be read as a table. Save it as “CSV UTF-8”."))


@dataclass(frozen=True, slots=True)
class _Columns:
    extent: AreaExtent
    area: int
    people: int
    languages: Mapping[int, str]


def _name(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell[:LONGEST_HEADING].strip().lower()).strip("_")


def _columns(heading: Sequence[str]) -> _Columns | ReadTable:
    """Return which column is what, or what is wrong with the heading."""
    counties = [n for n, name in enumerate(heading) if name in _COUNTY]
    zips = [n for n, name in enumerate(heading) if name in _ZIP]
    people = [n for n, name in enumerate(heading) if name in _PEOPLE]
    problems = []
    if len(counties) + len(zips) != 1:
        problems.append(phrase("The first line must name one column of areas: county_fips or zip."))
    if len(people) != 1:
        problems.append(phrase("The first line must name one column of people: population."))
    languages = {n: name for n, name in enumerate(heading) if name in LANGUAGE_NAMES}
    if len(set(languages.values())) != len(languages):
        problems.append(phrase("A language has two columns. Leave one."))
    if problems:
        return ReadTable(None, {}, tuple(problems))
    extent = AreaExtent.COUNTY if counties else AreaExtent.ZIP
    return _Columns(extent, (counties or zips)[0], people[0], languages)


class _Reading:
    """Reads the lines below the heading."""

    def __init__(self, columns: _Columns, known: Callable[[AreaExtent, str], bool]) -> None:
        self._columns, self._known = columns, known
        self._problems: list[Phrase] = []
        self._unknown = 0

    def of(self, lines: Iterator[list[str]]) -> ReadTable:
        areas: dict[str, AreaPeople] = {}
        for number, cells in enumerate(lines, 2):
            if number > MOST_ROWS + 1:
                self._problems.append(
                    phrase("The file has more than %(most)s lines.", most=MOST_ROWS)
                )
            if len(self._problems) >= MOST_PROBLEMS:
                break
            if any(cell.strip() for cell in cells):
                self._read(areas, cells, number)
        if not areas and not self._problems:
            self._problems.append(
                phrase("No line has a county or ZIP that we know. Is it the right column?")
            )
        problems = tuple(self._problems[:MOST_PROBLEMS])
        return ReadTable(self._columns.extent, areas, problems, self._unknown)

    def _read(self, areas: dict[str, AreaPeople], cells: list[str], line: int) -> None:
        code = self._code(_cell(cells, self._columns.area), line)
        people = self._count(_cell(cells, self._columns.people), line, empty=False)
        spoken: dict[str, int] = {}
        for column, language in self._columns.languages.items():
            count = self._count(_cell(cells, column), line, empty=True)
            if count is not None:
                spoken[language] = count
        if code is None or people is None:
            return
        if code in areas:
            self._problems.append(phrase("Line %(line)s: this area came before.", line=line))
        elif any(count > people for count in spoken.values()):
            self._problems.append(
                phrase("Line %(line)s: more people speak a language than live there.", line=line)
            )
        elif not self._known(self._columns.extent, code):
            self._unknown += 1
        else:
            areas[code] = AreaPeople(people, spoken)

    def _code(self, text: str, line: int) -> str | None:
        found = _GEO_ID.fullmatch(text)
        if found is None:
            self._problems.append(
                phrase("Line %(line)s: the area is no code of five digits.", line=line)
            )
            return None
        return found[1].zfill(5)

    def _count(self, text: str, line: int, *, empty: bool) -> int | None:
        if not text and empty:
            return None
        number = int(text.replace(",", "")) if _NUMBER.fullmatch(text) and text.isascii() else -1
        if not 0 <= number <= MOST_PEOPLE:
            self._problems.append(
                phrase("Line %(line)s: a count must be a whole number.", line=line)
            )
            return None
        return number


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _refused(problem: Phrase) -> ReadTable:
    return ReadTable(None, {}, (problem,))
