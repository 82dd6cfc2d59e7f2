"""Which services cover a place, as lists of rows by area.

What lives here: lists. What must not: marks for every service (area_columns has those), points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from ccr.domain.areas import is_placeless
from ccr.domain.directory import Place, Service
from ccr.domain.matching import is_remote_too
from ccr.domain.taxonomy import AreaExtent, Need
from ccr.engine.columns import NEED_BIT, Columns, Fact
from ccr.engine.postings import Array, Postings, joined_postings

NO_ROWS: Array = np.array([], np.int64)
EVERYWHERE, NATION, NATION_REMOTE, UNSTATED, SOME_ZIPS, PLACELESS = (
    "everywhere",
    "nation",
    "nation-remote",
    "unstated",
    "some-zips",
    "placeless",
)
"""Lists of services by how far they reach: all; the nation; that by phone or online too; no area
stated; only some ZIPs; no area and no site stated."""

Key = tuple[Need, str]


class ServiceAreas:
    """The lists of the services of some columns. Rows within a list ascend."""

    def __init__(self, columns: Columns, first: int = 0) -> None:
        """Build the lists of the services from row `first` on."""
        services = columns.services[first : len(columns)]
        lists = _Lists()
        for row, service in enumerate(services, start=first):
            lists.add(row, service)
        self._needs = columns.table[:, Fact.NEEDS]
        self._counties, self._zips, self._sited = map(_postings, lists.narrow)
        self._within_states = _postings(lists.within_states)
        self._wide = _postings(lists.wide)
        self._wide[EVERYWHERE] = np.arange(first, len(columns))
        self._of_need: dict[Key, Array] = {}

    def followed(self, columns: Columns) -> ServiceAreas:
        """Return the lists of columns that have these services first, and more behind them."""
        more = ServiceAreas(columns, len(self._needs))
        both = ServiceAreas.__new__(ServiceAreas)
        both._needs = more._needs
        for name, lists in vars(self).items():
            if isinstance(lists, Postings):
                setattr(both, name, joined_postings(lists, vars(more)[name], 0))
        both._of_need = {}
        for (need, name), rows in tuple(self._of_need.items()):
            added = more.of_need(need, name)
            both._of_need[need, name] = np.concatenate([rows, added]) if len(added) else rows
        return both

    def of_need(self, need: Need, name: str) -> Array:
        """Return those of a list (EVERYWHERE, ..., a state's code) that help with a need."""
        rows = self._of_need.get((need, name))
        if rows is None:
            everyone = self._wide.get(name, NO_ROWS)
            rows = everyone[(self._needs[everyone] & NEED_BIT[need]) != 0]
            self._of_need[need, name] = rows
        return rows

    def in_county(self, place: Place) -> Array:
        """Return those that state the county of a place, whatever they help with."""
        return self._counties.get(place.county_fips, NO_ROWS)

    def in_zip(self, place: Place) -> Array:
        """Return those that state the ZIP of a place, whatever they help with."""
        return self._zips.get(place.zip_code, NO_ROWS)

    def within_state(self, place: Place) -> Array:
        """Return those that state a county in the state of a place, whatever they help with."""
        return self._within_states.get(place.county_fips[:2], NO_ROWS)

    def sited_in_county(self, place: Place) -> Array:
        """Return those that state no area but have a site in the county, whatever they do."""
        return self._sited.get(place.county_fips, NO_ROWS)


class _Lists:
    """The lists while they are being written."""

    def __init__(self) -> None:
        self.narrow: tuple[defaultdict[str | None, list[int]], ...] = (
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
        )
        self.within_states: defaultdict[str | None, list[int]] = defaultdict(list)
        self.wide: defaultdict[str | None, list[int]] = defaultdict(list)

    def add(self, row: int, service: Service) -> None:
        """Write a service down in the lists that it is in; in some perhaps twice."""
        if not service.areas:
            self._add_unstated(row, service)
        counties, zips, _ = self.narrow
        for area in service.areas:
            extent, code = area.extent, area.code
            if extent is AreaExtent.COUNTY:
                counties[code].append(row)
                self.within_states[code[:2]].append(row)
            elif extent is AreaExtent.STATE:
                self.wide[code].append(row)
            elif extent is AreaExtent.ZIP:
                zips[code].append(row)
                self.wide[SOME_ZIPS].append(row)
            else:
                self.wide[NATION].append(row)
                if is_remote_too(service):
                    self.wide[NATION_REMOTE].append(row)

    def _add_unstated(self, row: int, service: Service) -> None:
        self.wide[UNSTATED].append(row)
        if is_placeless(service):
            self.wide[PLACELESS].append(row)
        for site in service.sites:
            self.narrow[2][site.county_fips].append(row)


def _postings(lists: dict[str | None, list[int]]) -> Postings:
    return Postings((code, joined_rows([np.array(rows, np.int64)])) for code, rows in lists.items())


def joined_rows(lists: Iterable[Array]) -> Array:
    """Return the rows of all lists, each once, ascending."""
    found = [rows for rows in lists if len(rows)]
    if not found:
        return NO_ROWS
    joined = np.concatenate(found)
    if len(found) > 1:
        joined.sort()
    fresh = np.empty(len(joined), bool)
    fresh[0] = True
    np.not_equal(joined[1:], joined[:-1], out=fresh[1:])
    rows: Array = joined[fresh]
    return rows


def among(rows: Array, ascending: Array) -> Array:
    """Return for these rows whether they are among others, which ascend."""
    if not len(ascending):
        return np.zeros(len(rows), bool)
    places = np.searchsorted(ascending, rows)
    places[places == len(ascending)] = 0
    found: Array = ascending[places] == rows
    return found
