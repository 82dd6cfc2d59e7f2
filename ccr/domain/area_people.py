"""How many people live where: a table that a coordinator brings, such as one of the census.

What lives here: reading the table, line by line, and what it says of an area. What must not:
anybody who was ever served. These are inhabitants, so that no gate stands before them (design 2.7
is about people in referrals).

A table has a code (ZIP, ZCTA, county FIPS or a census GEOID), how many people, and, if wanted, how
many speak a language, in columns named by its code ("es" or "language_es").
Source of the codes: US Census Bureau, GEOIDs of summary levels 050 (county) and 860 (ZCTA).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ccr.domain.errors import InvalidInputError
from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import AreaExtent

MOST_BYTES = 900_000
MOST_LINES = 50_000
MOST_KEPT = 4_000
MOST_PEOPLE = 50_000_000
MOST_TOLD = 20
"""Lines that were not kept and are told one by one; the others are counted."""
_ZIP_HEADS = frozenset({"zip", "zipcode", "zip_code", "zcta", "zcta5"})
_COUNTY_HEADS = frozenset({"county_fips", "fips", "county", "countyfips"})
_EITHER_HEADS = frozenset({"geoid", "geo_id", "code"})
_PEOPLE_HEADS = frozenset({"population", "people", "pop", "total", "b01003_001e", "p1_001n"})
_GEOID = re.compile(r"(?:(050\d{4})US|(86\d[A-Z0-9]{4})US)?(\d{5})", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AreaPeople:
    """The people of one area, and how many of them speak a language at home."""

    extent: AreaExtent
    code: str
    people: int
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What was kept of a table, and what was not.

    Attributes:
        kept: one row an area; the last line of an area counts.
        elsewhere: how many known areas lie in states that the network is not in.
        refused: (line of the file, why), the first ones.
        refused_count: how many lines were not kept.
    """

    kept: tuple[AreaPeople, ...]
    elsewhere: int
    refused: tuple[tuple[int, Phrase], ...]
    refused_count: int


@dataclass(frozen=True, slots=True)
class _Columns:
    code: int
    extent: AreaExtent | None
    people: int
    languages: tuple[tuple[int, str], ...]


def read_people(
    content: bytes, *, state_of: Callable[[AreaExtent, str], str | None], states: Iterable[str]
) -> ReadTable:
    """Return what a table says.

    state_of: the state of a county or ZIP, or None for a code that is none. states: those kept.

    Raises:
        InvalidInputError: nothing in it can be read: too large, not text, no such columns, no line.
    """
    lines = _lines(content)
    heads = next(lines, None)
    if heads is None:
        raise InvalidInputError(phrase("The file is empty."), field="file")
    columns, wanted = _columns(heads), frozenset(states)
    kept: dict[tuple[AreaExtent, str], AreaPeople] = {}
    refused: list[tuple[int, Phrase]] = []
    elsewhere = refused_count = 0
    for number, cells in enumerate(lines, start=2):
        if number > MOST_LINES:
            raise InvalidInputError(
                phrase("The table has more than %(most)s lines.", most=MOST_LINES), field="file"
            )
        if not any(cell.strip() for cell in cells):
            continue
        try:
            row = _row(cells, columns)
            state = _known(state_of(row.extent, row.code))
        except InvalidInputError as error:
            refused_count += 1
            if len(refused) < MOST_TOLD:
                refused.append((number, error.phrase))
            continue
        if state not in wanted:
            elsewhere += 1
            continue
        kept[row.extent, row.code] = row
    if len(kept) > MOST_KEPT:
        raise InvalidInputError(
            phrase("More than %(most)s areas of the network’s states.", most=MOST_KEPT),
            field="file",
        )
    rows = tuple(kept[key] for key in sorted(kept))
    return ReadTable(rows, elsewhere, tuple(refused), refused_count)


def written(rows: Iterable[AreaPeople]) -> str:
    """Return rows as a table that read_people reads alike."""
    rows = list(rows)
    languages = sorted({code for row in rows for code in row.languages})
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["geoid", "population", *(f"language_{code}" for code in languages)])
    for row in rows:
        level = "0500000US" if row.extent is AreaExtent.COUNTY else "860Z200US"
        spoken = [row.languages.get(code, "") for code in languages]
        table.writerow([f"{level}{row.code}", row.people, *spoken])
    return text.getvalue()


class PeopleTable:
    """The people of a network's areas. A county that no line names is the sum of its ZIPs."""

    def __init__(self, rows: Iterable[AreaPeople], zips_of: Callable[[str], Iterable[str]]) -> None:
        """zips_of: the ZIPs of a county by its FIPS."""
        rows = list(rows)
        self._counties = {r.code: r for r in rows if r.extent is AreaExtent.COUNTY}
        self._zips = {r.code: r for r in rows if r.extent is AreaExtent.ZIP}
        self._zips_of = zips_of

    def __bool__(self) -> bool:
        """Return True when anything is known."""
        return bool(self._counties or self._zips)

    @property
    def has_languages(self) -> bool:
        """Return True when any area says how many speak a language."""
        return any(r.languages for r in (*self._counties.values(), *self._zips.values()))

    def county(self, fips: str) -> AreaPeople | None:
        """Return the people of a county, or None where neither it nor a ZIP of it is known."""
        if fips in self._counties:
            return self._counties[fips]
        rows = [self._zips[code] for code in self._zips_of(fips) if code in self._zips]
        if not rows:
            return None
        languages: dict[str, int] = {}
        for row in rows:
            for code, count in row.languages.items():
                languages[code] = languages.get(code, 0) + count
        people = sum(row.people for row in rows)
        return AreaPeople(AreaExtent.COUNTY, fips, people, languages)

    def zip(self, code: str) -> AreaPeople | None:
        """Return the people of a ZIP, or None."""
        return self._zips.get(code)

    def together(self, counties: Iterable[str], zips: Iterable[str]) -> int | None:
        """Return the people of these counties and of these ZIPs that lie in none of them.

        Each area counts once. What is not known is left out; None when nothing is.
        """
        whole = sorted(set(counties))
        inside = {code for fips in whole for code in self._zips_of(fips)}
        rows = [self.county(fips) for fips in whole]
        rows += [self.zip(code) for code in sorted(set(zips) - inside)]
        known = [row.people for row in rows if row is not None]
        return sum(known) if known else None


def _lines(content: bytes) -> Iterator[list[str]]:
    if len(content) > MOST_BYTES:
        raise InvalidInputError(
            phrase("The file is larger than %(most)s kB. Keep only your state.", most=900),
            field="file",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            phrase("The file is not text in UTF-8. Save it as “CSV UTF-8”."), field="file"
        ) from error
    if "\x00" in text:
        raise InvalidInputError(phrase("The file is not a CSV table."), field="file")
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    return _rows_of(text, mark)


def _rows_of(text: str, mark: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text), delimiter=mark)
    except csv.Error as error:
        raise InvalidInputError(phrase("The file is not a CSV table."), field="file") from error


def _columns(heads: list[str]) -> _Columns:
    names = [re.sub(r"[^a-z0-9]+", "_", head.strip().lower()).strip("_") for head in heads]
    extents = {
        **dict.fromkeys(_ZIP_HEADS, AreaExtent.ZIP),
        **dict.fromkeys(_COUNTY_HEADS, AreaExtent.COUNTY),
        **dict.fromkeys(_EITHER_HEADS, None),
    }
    code = next((n for n, name in enumerate(names) if name in extents), None)
    people = next((n for n, name in enumerate(names) if name in _PEOPLE_HEADS), None)
    if code is None or people is None:
        raise InvalidInputError(
            phrase(
                "The first line must name a column “zip”, “county_fips” or “geoid”, and a column "
                "“population”."
            ),
            field="file",
        )
    spoken = [(n, name.removeprefix("language_")) for n, name in enumerate(names)]
    languages = tuple((n, lang) for n, lang in spoken if lang in LANGUAGE_NAMES and lang != ENGLISH)
    return _Columns(code, extents[names[code]], people, languages)


def _row(cells: list[str], columns: _Columns) -> AreaPeople:
    if len(cells) <= max(columns.code, columns.people):
        raise InvalidInputError(phrase("The line is too short."))
    extent, code = _area(cells[columns.code], columns.extent)
    people = _count(cells[columns.people])
    languages = {
        lang: _count(cells[n])
        for n, lang in columns.languages
        if n < len(cells) and cells[n].strip()
    }
    if any(count > people for count in languages.values()):
        raise InvalidInputError(phrase("More people speak a language than live there."))
    return AreaPeople(extent, code, people, languages)


def _known(state: str | None) -> str:
    if state is None:
        raise InvalidInputError(phrase("No ZIP and no county has this code."))
    return state


def _area(text: str, extent: AreaExtent | None) -> tuple[AreaExtent, str]:
    found = _GEOID.fullmatch(text.strip())
    if found is None and re.fullmatch(r"\d{4}", text.strip(), re.ASCII):
        found = _GEOID.fullmatch("0" + text.strip())  # a spreadsheet took the leading zero
    if found is None:
        raise InvalidInputError(phrase("The code is not five digits."))
    if found[1] or found[2]:
        return (AreaExtent.COUNTY if found[1] else AreaExtent.ZIP), found[3]
    return extent or AreaExtent.COUNTY, found[3]


def _count(text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidInputError(phrase("A count is not a whole number."))
    count = int(text.strip().replace(",", ""))
    if count > MOST_PEOPLE:
        raise InvalidInputError(phrase("A count is too large to be of one area."))
    return count
