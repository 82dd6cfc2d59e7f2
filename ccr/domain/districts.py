"""Districts: areas that a network draws itself, such as a precinct, a school or a council district.

What lives here: reading a pasted list of ZIPs and counties, and the gap matrix by district. What
must not: the outline of a district, which nobody has given; any place of a service.

A district is a name for ZIPs and counties. A service counts for it by the rule of a county
(ccr.domain.gaps): when it counts for any ZIP or county of it. Where a part of it has nobody,
`unserved` names the ZIPs. A confidential service counts by its stated area alone, as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import DirectorySnapshot, Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.gap_counting import is_wide, local_counties, local_zips
from ccr.domain.gap_questions import EVERYBODY, GapQuestion, Hours
from ccr.domain.gaps import Cell, County, GapMatrix, Within, matrix_of_places
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import one_line

MOST_DISTRICTS = 60
MOST_NAME = 60
MOST_AREAS = 400
"""ZIPs and counties of one district."""
MOST_TEXT = 12_000
MOST_TOLD = 30
"""Entries that are not kept and are named one by one; the others are counted."""
_SHOWN = 60
_ZIP = re.compile(r"(\d{5})(?:-\d{4})?", re.ASCII)
_ZIP_AND_TOWN = re.compile(r"(\d{5})(?:-\d{4})?\s+[^\d\s][^\d]*", re.ASCII)
_SEVERAL = re.compile(r"\d{4,5}(?:-\d{4})?(?:\s+\d{4,5}(?:-\d{4})?)+", re.ASCII)
_SHORT = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class District:
    """A named list of ZIPs and counties of a network; `version` says how often it was changed."""

    id: UUID
    name: str
    zips: tuple[str, ...]
    counties: tuple[str, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class ReadAreas:
    """What was kept of a pasted list, and what was not.

    Attributes:
        refused: (the entry as it was typed, why), the first ones.
        refused_count: how many entries were not kept.
    """

    zips: tuple[str, ...]
    counties: tuple[str, ...]
    refused: tuple[tuple[str, Phrase], ...]
    refused_count: int


@dataclass(frozen=True)
class Atlas:
    """The areas that a list may name.

    Attributes:
        states: two letters each: those the network has counties in.
        state_of_zip, state_of_county: by code; None for a code that is none.
        counties_named: FIPS of the counties of these states that a text names.
    """

    states: frozenset[str]
    state_of_zip: Callable[[str], str | None]
    state_of_county: Callable[[str], str | None]
    counties_named: Callable[[str], Sequence[str]]


def checked_name(text: str) -> str:
    """Return a district's name as one line; raises InvalidInputError on `name`."""
    return one_line(text, field="name", most=MOST_NAME)


def name_key(name: str) -> str:
    """Return what two names have in common that are the same but for case and spaces."""
    return " ".join(name.casefold().split())


def read_areas(text: str, atlas: Atlas) -> ReadAreas:
    """Return what a pasted list says: ZIPs, FIPS codes and names of counties.

    Entries stand on lines of their own, or between commas or semicolons; each counts once.

    Raises:
        InvalidInputError: on `areas`: nothing was pasted, too much, or too many areas.
    """
    if not text.strip():
        raise InvalidInputError(phrase("Give at least one ZIP or county."), field="areas")
    if len(text) > MOST_TEXT or "\x00" in text:
        raise InvalidInputError(
            phrase("The list is longer than %(most)s characters.", most=MOST_TEXT), field="areas"
        )
    zips: set[str] = set()
    counties: set[str] = set()
    refused: dict[str, Phrase] = {}
    for entry in _entries(text, atlas):
        try:
            code, is_zip = _area(entry, atlas)
        except InvalidInputError as error:
            refused.setdefault(entry[:_SHOWN], error.phrase)
        else:
            (zips if is_zip else counties).add(code)
    if len(zips) + len(counties) > MOST_AREAS:
        raise InvalidInputError(
            phrase(
                "A district has at most %(most)s ZIPs and counties. Name whole counties instead.",
                most=MOST_AREAS,
            ),
            field="areas",
        )
    told = tuple(refused.items())[:MOST_TOLD]
    return ReadAreas(tuple(sorted(zips)), tuple(sorted(counties)), told, len(refused))


def _entries(text: str, atlas: Atlas) -> Iterator[str]:
    """Yield entries; "Columbia, NY" is one, and "12180 12182" are two."""
    for line in re.split(r"[\n\r;\t]+", text):
        held = ""
        for piece in (" ".join(part.split()) for part in line.split(",")):
            if held and piece.upper() in atlas.states:
                yield f"{held}, {piece}"
                held = ""
                continue
            yield from _parts(held)
            held = piece
        yield from _parts(held)


def _parts(piece: str) -> Iterator[str]:
    if _SEVERAL.fullmatch(piece):
        yield from piece.split()
    elif piece:
        yield piece


def _area(entry: str, atlas: Atlas) -> tuple[str, bool]:
    """Return the code of an entry, and whether it is a ZIP; raises InvalidInputError."""
    if _SHORT.fullmatch(entry):
        entry = "0" + entry  # a spreadsheet took the leading zero
    if found := _ZIP.fullmatch(entry) or _ZIP_AND_TOWN.fullmatch(entry):
        return _code(found[1], atlas)
    if any(sign.isdigit() for sign in entry):
        raise InvalidInputError(phrase("It is neither five digits nor the name of a county."))
    named = atlas.counties_named(entry)
    if not named:
        raise InvalidInputError(
            phrase("No county of the network’s states has this name. Give a town by its ZIPs.")
        )
    if len(named) > 1:
        raise InvalidInputError(phrase("Counties of several states have this name: add the state."))
    return named[0], False


def _code(code: str, atlas: Atlas) -> tuple[str, bool]:
    zip_state, county_state = atlas.state_of_zip(code), atlas.state_of_county(code)
    is_zip, is_county = zip_state in atlas.states, county_state in atlas.states
    if is_zip and is_county:
        raise InvalidInputError(
            phrase("It is a ZIP, and the code of a county too. Write the county’s name.")
        )
    if is_zip or is_county:
        return code, is_zip
    if zip_state or county_state:
        raise InvalidInputError(phrase("It is in a state without a county of the network."))
    raise InvalidInputError(phrase("No ZIP and no county has this code."))


# -- the matrix ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DistrictArea:
    """A district with all its ZIPs.

    Attributes:
        zips: every ZIP of it by the FIPS of its county, those of whole counties too.
        states: two letters each.
    """

    district: District
    zips: Mapping[str, frozenset[str]]
    states: tuple[str, ...]

    @property
    def column(self) -> County:
        """Return it as a column of a matrix: its id is the code, its states stand in `state`."""
        return County(self.district.name, str(self.district.id), ", ".join(self.states))

    @property
    def all_zips(self) -> frozenset[str]:
        """Return every ZIP of it."""
        return frozenset(code for codes in self.zips.values() for code in codes)


def area_of(
    district: District,
    *,
    zips_of: Callable[[str], Iterable[str]],
    county_of_zip: Callable[[str], str | None],
    state_of: Callable[[str], str | None],
) -> DistrictArea:
    """Return a district with its ZIPs. zips_of and state_of: by FIPS of a county."""
    found: dict[str, set[str]] = {fips: set(zips_of(fips)) for fips in district.counties}
    for code in district.zips:
        fips = county_of_zip(code)
        if fips is not None:
            found.setdefault(fips, set()).add(code)
    states = {state for fips in found if (state := state_of(fips))}
    zips = {fips: frozenset(codes) for fips, codes in sorted(found.items())}
    return DistrictArea(district, zips, tuple(sorted(states)))


def district_matrix(
    snapshot: DirectorySnapshot,
    areas: Sequence[DistrictArea],
    *,
    county_of_zip: Callable[[str], str | None],
    hours: Hours,
    at: datetime,
    question: GapQuestion = EVERYBODY,
    within: Within | None = None,
) -> GapMatrix:
    """Return the matrix by district. within: asked with a district's id for a code."""
    services = snapshot.routable
    places = {}
    for service in services:
        counties = local_counties(service, county_of_zip)
        counted = (a.column.fips for a in areas if _counts(service, counties, a))
        places[service.id] = frozenset(counted) if counties else frozenset()
    columns = {area.column.fips: area.column for area in areas}
    found = matrix_of_places(
        services,
        places,
        columns.get,
        hours=hours,
        at=at,
        question=question,
        within=within,
        columns=columns,
    )
    return replace(found, unplaced=(), unmapped=())


def _counts(service: Service, counties: frozenset[str], area: DistrictArea) -> bool:
    touched = counties & area.zips.keys()
    if not touched:
        return False
    if not touched.isdisjoint(area.district.counties):
        return True
    return any(local_zips(service, fips, area.zips[fips]) for fips in touched)


def unserved(cell: Cell, area: DistrictArea) -> tuple[str, ...]:
    """Return the ZIPs of a district that no service of a cell counts for, old facts or not.

    None where a phone for the whole state counts.
    """
    left = set(area.all_zips)
    for service in (*cell.checked, *cell.unchecked):
        served = {z for fips, zips in area.zips.items() for z in local_zips(service, fips, zips)}
        if not served and is_wide(service):
            return ()
        left -= served
        if not left:
            return ()
    return tuple(sorted(left))
