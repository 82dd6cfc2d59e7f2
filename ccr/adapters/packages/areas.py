"""Service areas in words, as nation, state, county or ZIP codes; anything else is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ccr.adapters.place_names import county_name, state_code
from ccr.domain.directory import Area, Place, Precision
from ccr.domain.errors import InvalidInputError
from ccr.domain.need_terms import fold
from ccr.domain.taxonomy import AreaExtent

NATION = "US"
MOST_WORDS = 6
_NATION = frozenset(
    {
        "nationwide",
        "national",
        "nation",
        "united states",
        "usa",
        "us",
        "united states of america",
        "all states",
        "u s",
        "u s a",
        "entire country",
    }
)
_STATEWIDE = frozenset({"statewide", "state wide", "entire state", "whole state", "all counties"})
_ZIP = re.compile(r"^\d{5}(?:-\d{4})?$")
_OCD = re.compile(r"^ocd-division/country:us(?:/state:([a-z]{2}))?(?:/county:([a-z0-9_.~-]+))?$")
_PARTS = re.compile(r"\s*[;\n|]\s*|\s+and\s+|\s*&\s*", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:residents? of|serves|serving|all of|entire|the|anyone in|people in)\s+", re.IGNORECASE
)


class Places(Protocol):
    """What is asked of the gazetteer."""

    def resolve(self, text: str, default_state: str | None = "NY") -> Place:
        """Return the one place a ZIP, a town or a county names; raise InvalidInputError."""

    def zip_place(self, zip_code: str) -> Place | None:
        """Return the place of a five-digit ZIP, or None."""


@dataclass(frozen=True, slots=True)
class ReadAreas:
    """What could be read: areas, whether towns were widened to counties, what stayed unread."""

    areas: tuple[Area, ...] = ()
    widened: bool = False
    unread: int = 0


@dataclass(slots=True)
class AreaReader:
    """Reads area texts, remembering what each meant: exports repeat the same few."""

    places: Places
    _known: dict[tuple[str, str], ReadAreas] = field(default_factory=dict)

    def read(self, texts: Iterable[str], state: str) -> ReadAreas:
        """Return the areas of all texts; `state` stands in where a text names none."""
        areas: dict[Area, None] = {}
        widened, unread = False, 0
        for text in texts:
            found = self._known.get((text, state))
            if found is None:
                found = self._known[text, state] = self._read(text, state)
            areas |= dict.fromkeys(found.areas)
            widened |= found.widened
            unread += found.unread
        return ReadAreas(tuple(areas), widened, unread)

    def _read(self, text: str, state: str) -> ReadAreas:
        whole = self._one(text, state)
        if whole.areas:
            return whole
        parts = [part for part in _PARTS.split(text) if part.strip()]
        if len(parts) == 1:
            parts = _comma_parts(text)
        if len(parts) <= 1:
            return ReadAreas(unread=1)
        found = [self._one(part, state) for part in parts]
        areas = dict.fromkeys(area for one in found for area in one.areas)
        return ReadAreas(
            tuple(areas), any(one.widened for one in found), sum(one.unread for one in found)
        )

    def _one(self, text: str, state: str) -> ReadAreas:
        text = _FILLER.sub("", text.strip(" .,"))
        if ocd := _OCD.match(text.lower()):
            return self._division(ocd[1], ocd[2])
        folded = fold(text)
        if folded in _NATION:
            return ReadAreas((Area(AreaExtent.NATION, NATION),))
        if folded in _STATEWIDE:
            return ReadAreas((Area(AreaExtent.STATE, state),)) if state else ReadAreas(unread=1)
        if named := _state_named(text, folded):
            return ReadAreas((Area(AreaExtent.STATE, named),))
        if _ZIP.match(text):
            known = self.places.zip_place(text[:5])
            return ReadAreas((Area(AreaExtent.ZIP, text[:5]),)) if known else ReadAreas(unread=1)
        return self._place(text, folded, state)

    def _place(self, text: str, folded: str, state: str) -> ReadAreas:
        if not folded or any(c.isdigit() for c in text) or len(folded.split()) > MOST_WORDS:
            return ReadAreas(unread=1)
        try:
            place = self.places.resolve(text, default_state=state or None)
        except InvalidInputError:
            return ReadAreas(unread=1)
        if state and place.state != state and "," not in text:
            # A name that is only known in some other state is more likely a neighbourhood here.
            return ReadAreas(unread=1)
        is_county = place.precision is Precision.COUNTY or county_name(text) is not None
        return ReadAreas((Area(AreaExtent.COUNTY, place.county_fips),), widened=not is_county)

    def _division(self, state: str | None, county: str | None) -> ReadAreas:
        if not state:
            return ReadAreas((Area(AreaExtent.NATION, NATION),))
        if not county:
            return ReadAreas((Area(AreaExtent.STATE, state.upper()),))
        return self._one(f"{county.replace('_', ' ')} County, {state.upper()}", state.upper())


def _comma_parts(text: str) -> list[str]:
    """Return the parts between commas, keeping "Albany County, NY" together."""
    parts: list[str] = []
    for part in (p.strip() for p in text.split(",")):
        if parts and len(part) == 2 and state_code(part):  # noqa: PLR2004 -- postal abbreviation
            parts[-1] = f"{parts[-1]}, {part}"
        elif part:
            parts.append(part)
    return parts


def _state_named(text: str, folded: str) -> str | None:
    """Return the state that a text names as a state; "New York" alone may be the city."""
    for ending in (" state", " statewide"):
        if folded.endswith(ending) and (code := state_code(folded.removesuffix(ending))):
            return code
    if folded.startswith("state of ") and (code := state_code(folded.removeprefix("state of "))):
        return code
    if folded in {"new york", "washington"} or county_name(text):
        return None
    return state_code(text)
