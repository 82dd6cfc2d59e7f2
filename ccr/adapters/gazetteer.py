"""The embedded gazetteer: ZIPs, post-office towns and counties of the United States, as points.

What lives here: looking up where a search starts, offline. What must not: street addresses, which
are refused; any third party; any log of what was asked. What was typed is never echoed.
Data: GeoNames (CC BY 4.0) and, for the territories, the US Census Bureau; see data/README.md.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from math import cos, radians
from pathlib import Path

from ccr.adapters import place_names
from ccr.adapters.place_names import TOWN_ALIASES, key
from ccr.domain.directory import Place, Point, Precision
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase

FIELD = "near"
MOST_CHOICES = 5
MOST_CHARACTERS = 120
_ALIKE = 0.72
"""How alike two names are that may be meant for each other (difflib's ratio). Our choice."""
TERRITORIES = "us_territory_zip.csv"
_ZIP = re.compile(r"(\d{5})(?:-\d{4})?", re.ASCII)
_NAMED_ZIP = re.compile(r"(\D+)[ ,]+(\d{5})(?:-\d{4})?", re.ASCII)

EMPTY = phrase("Give a ZIP, a town or a county.")
STREET = phrase("Street addresses are never kept. Use a ZIP, town or county.")
ZIP_SHAPE = phrase("A ZIP has five digits.")
ZIP_UNKNOWN = phrase("This ZIP is not in our list. Use one near it, or a town or county.")
ZIP_ELSEWHERE = phrase("This ZIP is in another state than the town. Use one or the other.")
UNKNOWN = phrase("No ZIP, post office or county has this name. Check the spelling or use the ZIP.")


Row = list[str]
"""A line of the table as it is: zip, city, state, county, county_fips, lat, lon."""
ZIP, CITY, STATE, COUNTY, FIPS, LAT, LON = range(7)


@dataclass(frozen=True, slots=True)
class CountyFact:
    """A county as the table knows it.

    Attributes:
        fips: five digits.
        name: without "County"; independent cities keep "city".
        label: "Albany County, NY".
        point: the mean of its ZIPs' centres: a county's middle, not a place in it.
        zip_count: how many ZIPs lie in it.
    """

    fips: str
    name: str
    label: str
    state: str
    point: Point
    zip_count: int


@dataclass(frozen=True)
class _Tables:
    """The same rows by ZIP, by county and by the key of the town; counties by key and state."""

    zips: dict[str, Row]
    zips_of_county: dict[str, list[Row]]
    towns: dict[str, list[Row]]
    counties: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Gazetteer:
    """Looks up places in a table of ZIPs. Reads its files on first use, once per process."""

    path: Path

    @classmethod
    def load(cls, path: Path) -> Gazetteer:
        """Return the gazetteer of the ZIP table at `path`; the territories' table lies beside it.

        Columns: zip, city, state, county, county_fips, lat, lon. The same path gives the same one.
        """
        return _gazetteer(path.resolve())

    @cached_property
    def _tables(self) -> _Tables:
        beside = self.path.with_name(TERRITORIES)
        return _read([self.path, beside] if beside.is_file() else [self.path])

    # -- one place -------------------------------------------------------------------------------

    def resolve(self, text: str, default_state: str | None = "NY") -> Place:
        """Return the one place that a ZIP, a town or a county names.

        Raises:
            InvalidInputError: a street address, an unknown name, or a name of more than one place;
                the sentence never repeats what was typed. `field` is "near".
        """
        found = self.places(text, default_state)
        if len(found) > 1:
            choices = "; ".join(place.label for place in found[:MOST_CHOICES])
            raise _refused(
                phrase(
                    "More than one place has this name. Say which: %(choices)s.", choices=choices
                )
            )
        return found[0]

    def places(self, text: str, default_state: str | None = "NY") -> tuple[Place, ...]:
        """Return every place the text may mean, the one with most ZIPs first; never none.

        Raises:
            InvalidInputError: as for resolve, when there is no such place.
        """
        cleaned = place_names.clean(text[: MOST_CHARACTERS + 1])
        if not cleaned:
            raise _refused(EMPTY)
        if len(cleaned) > MOST_CHARACTERS:
            raise _refused(UNKNOWN)
        if only := _ZIP.fullmatch(cleaned):
            return (self._known_zip(only[1]),)
        if named := _NAMED_ZIP.fullmatch(cleaned):
            return (self._named_zip(named[1].strip(" ,"), named[2]),)
        if re.fullmatch(r"[\d -]+", cleaned):
            raise _refused(ZIP_SHAPE)
        if any(c.isdigit() for c in cleaned):
            raise _refused(STREET)
        for name, state in place_names.readings(cleaned):
            if found := self._named(name, state, default_state):
                return found
        raise _refused(STREET if place_names.looks_like_a_street(cleaned) else UNKNOWN)

    def alike(self, text: str, state: str) -> tuple[str, ...]:
        """Return the labels of places of a state whose names are written nearly so, likest first.

        For somebody who mistyped a town: nothing is looked up beyond the table, and nothing kept.
        """
        wanted = key(place_names.clean(text[:MOST_CHARACTERS]))
        towns, counties = self._names_of(state)
        labels = {**counties, **towns}
        close = get_close_matches(wanted, labels, n=MOST_CHOICES, cutoff=_ALIKE)
        return tuple(dict.fromkeys(labels[name] for name in close))

    def _names_of(self, state: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the labels of the towns and of the counties of a state, by key."""
        found = {
            town: f"{row[CITY]}, {state}"
            for town, rows in self._tables.towns.items()
            for row in rows
            if row[STATE] == state
        }
        return found, {key(county.name): county.label for county in self.counties(state)}

    def zip_place(self, zip_code: str) -> Place | None:
        """Return the place of a five-digit ZIP, or None."""
        row = self._tables.zips.get(zip_code)
        if row is None:
            return None
        label = f"{row[CITY]}, {row[STATE]} {row[ZIP]}"
        return _place(label, Precision.ZIP, row, [row])

    # -- counties --------------------------------------------------------------------------------

    def county(self, fips: str) -> CountyFact | None:
        """Return a county by its five-digit FIPS code, or None."""
        rows = self._tables.zips_of_county.get(fips)
        if not rows:
            return None
        name, label = _county_label(rows[0])
        return CountyFact(fips, name, label, rows[0][STATE], _mean(rows), len(rows))

    def counties(self, state: str) -> tuple[CountyFact, ...]:
        """Return the counties of a state (two letters), by name."""
        facts = (
            self.county(fips)
            for fips, rows in self._tables.zips_of_county.items()
            if rows[0][STATE] == state
        )
        return tuple(sorted((f for f in facts if f), key=lambda fact: (fact.name, fact.fips)))

    def zips_of(self, fips: str) -> tuple[str, ...]:
        """Return the ZIPs whose centres lie in a county; none for one that is not known."""
        return tuple(row[ZIP] for row in self._tables.zips_of_county.get(fips, ()))

    def county_of_zip(self, zip_code: str) -> CountyFact | None:
        """Return the county a ZIP's centre lies in, or None for a ZIP not in the table."""
        row = self._tables.zips.get(zip_code)
        return self.county(row[FIPS]) if row else None

    # -- from a point ----------------------------------------------------------------------------

    def nearest_zip(self, point: Point) -> Place | None:
        """Return the ZIP whose middle is nearest to a point, as the crow flies; None in no table.

        On a plane that is stretched to the point's latitude: right for anything within a state.
        """
        stretch = cos(radians(point.lat))

        def apart(row: Row) -> float:
            north, east = float(row[LAT]) - point.lat, float(row[LON]) - point.lon
            return north * north + (east * stretch) ** 2

        rows = self._tables.zips.values()
        nearest = min(rows, key=apart, default=None)
        return self.zip_place(nearest[ZIP]) if nearest else None

    # -- inside ----------------------------------------------------------------------------------

    def _known_zip(self, zip_code: str) -> Place:
        place = self.zip_place(zip_code)
        if place is None:
            raise _refused(ZIP_UNKNOWN)
        return place

    def _named_zip(self, name: str, zip_code: str) -> Place:
        """Return the ZIP of "Troy, NY 12180"; a street in front of it is refused."""
        place = self._known_zip(zip_code)
        towns = self._tables.towns
        for town, state in place_names.readings(name):
            if key(town) in towns or place_names.state_code(town):
                if state not in {None, place.state}:
                    raise _refused(ZIP_ELSEWHERE)
                return place
        if place_names.looks_like_a_street(name):
            raise _refused(STREET)
        return place

    def _named(self, name: str, state: str | None, default_state: str | None) -> tuple[Place, ...]:
        """Return the places of a name: a town before a county, the default state before others."""
        county = place_names.county_name(name)
        if county and (found := self._counties_named(county, state, default_state)):
            return found
        for within in (state,) if state else (default_state, None):
            found = self._towns_named(name, within) if within or not state else ()
            found = found or (self._counties_named(name, within, None))
            if found:
                return found
        return ()

    def _towns_named(self, name: str, state: str | None) -> tuple[Place, ...]:
        town = key(name)
        by_state: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._tables.towns.get(TOWN_ALIASES.get((town, state or ""), town), ()):
            if state in {None, row[STATE]}:
                by_state[row[STATE]].append(row)
        groups = sorted(by_state.items(), key=lambda group: (-len(group[1]), group[0]))
        return tuple(_town(rows) for _, rows in groups)

    def _counties_named(
        self, name: str, state: str | None, default_state: str | None
    ) -> tuple[Place, ...]:
        by_state = self._tables.counties.get(key(name), {})
        if state is None and default_state in by_state:
            state = default_state
        facts = [self.county(fips) for s, fips in by_state.items() if state in {None, s}]
        known = sorted((f for f in facts if f), key=lambda f: (-f.zip_count, f.label))
        return tuple(
            Place(f.label, f.point, Precision.COUNTY, None, f.fips, f.name, f.state) for f in known
        )


def _town(rows: list[Row]) -> Place:
    """Return the town of these ZIPs: their middle, and the county that most of them lie in."""
    fips, _ = Counter(row[FIPS] for row in rows).most_common(1)[0]
    row = next(row for row in rows if row[FIPS] == fips)
    return _place(f"{row[CITY]}, {row[STATE]}", Precision.CITY, row, rows)


def _place(label: str, precision: Precision, fips_row: Row, rows: list[Row]) -> Place:
    """Return the place in the middle of `rows`, in the county of `fips_row`."""
    name, _ = _county_label(fips_row)
    zip_code = fips_row[ZIP] if precision is Precision.ZIP else None
    return Place(label, _mean(rows), precision, zip_code, fips_row[FIPS], name, fips_row[STATE])


def _refused(message: Phrase) -> InvalidInputError:
    return InvalidInputError(message, field=FIELD)


@lru_cache(maxsize=8)
def _gazetteer(path: Path) -> Gazetteer:
    return Gazetteer(path)


def _mean(rows: list[Row]) -> Point:
    """Return the mean of the centres, rounded to about a metre; one centre is given as it is."""
    count = len(rows)
    return Point(
        round(sum(float(row[LAT]) for row in rows) / count, 6 if count == 1 else 5),
        round(sum(float(row[LON]) for row in rows) / count, 6 if count == 1 else 5),
    )


def _county_label(row: Row) -> tuple[str, str]:
    return place_names.county_label(row[COUNTY], row[FIPS], row[STATE])


def _read(paths: Iterable[Path]) -> _Tables:
    """Return the tables of all files; rows without a county are left out.

    Military post offices abroad have no county and cannot be where a search starts.
    """
    zips: dict[str, Row] = {}
    of_county: defaultdict[str, list[Row]] = defaultdict(list)
    towns: defaultdict[str, list[Row]] = defaultdict(list)
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            for row in lines:
                if row[FIPS] and row[ZIP] not in zips:
                    zips[row[ZIP]] = row
                    of_county[row[FIPS]].append(row)
                    towns[key(row[CITY])].append(row)
    counties: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for fips, rows in of_county.items():
        counties[key(_county_label(rows[0])[0])][rows[0][STATE]] = fips
    return _Tables(zips, dict(of_county), dict(towns), dict(counties))
