"""Which services cover a place, as lists of rows by area.

What lives here: lists. What must not: points.
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
"""Names of lists of services by how far they reach: all; the nation; that by phone or online too;
no area stated; some ZIPs; no area and no site stated. Counties and states have their codes."""

Key = tuple[Need, str]


def county(place: Place) -> str:
    """Return the name of the list of those that state the county of a place."""
    return place.county_fips


def state(place: Place) -> str:
    """Return the name of the list of those that state the state of a place."""
    return place.state


def within_state(place: Place) -> str:
    """Return the name of the list of those that state a county in the state of a place."""
    return f"in {place.county_fips[:2]}"


def of_zip(code: str | None) -> str:
    """Return the name of the list of those that state a ZIP."""
    return f"zip {code}"


def sited_in(county_fips: str | None) -> str:
    """Return the name of the list of those that state no area but have a site in a county."""
    return f"sited {county_fips}"


def covering(place: Place) -> tuple[str, ...]:
    """Return the names of the lists of those that state an area which covers a place."""
    return (NATION, state(place), county(place), of_zip(place.zip_code))


class AreaLists:
    """Lists of services by area, by name. Rows within a list ascend."""

    def __init__(self, services: Iterable[Service], first: int = 0) -> None:
        """Build the lists; the first of the services is in row `first`."""
        lists: defaultdict[str, list[int]] = defaultdict(list)
        for row, service in enumerate(services, start=first):
            lists[EVERYWHERE].append(row)
            _add(lists, row, service)
        self.lists = Postings(
            (name, joined_rows([np.array(rows, np.int64)])) for name, rows in lists.items()
        )

    def joined(self, more: AreaLists) -> AreaLists:
        """Return these lists with those of services in later rows."""
        both = AreaLists(())
        both.lists = joined_postings(self.lists, more.lists, 0)
        return both

    def named(self, name: str) -> Array:
        """Return the rows of a list."""
        return self.lists.get(name, NO_ROWS)


class ServiceAreas:
    """The lists of the services of some columns, cut by need."""

    def __init__(self, columns: Columns, first: int = 0) -> None:
        """Build the lists of the services from row `first` on."""
        self._needs = columns.table[:, Fact.NEEDS]
        self._areas = AreaLists(columns.services[first : len(columns)], first)
        self._of_need: dict[Key, Array] = {}

    def followed(self, columns: Columns) -> ServiceAreas:
        """Return the lists of columns that have these services first, and more behind them."""
        more = ServiceAreas(columns, len(self._needs))
        both = ServiceAreas.__new__(ServiceAreas)
        both._needs = more._needs
        both._areas = self._areas.joined(more._areas)
        both._of_need = self._of_need.copy()
        for name in more._areas.lists:
            for need in Need:
                rows, added = both._of_need.get((need, name)), more.of_need(need, name)
                if rows is not None and len(added):
                    both._of_need[need, name] = np.concatenate([rows, added])
        return both

    def of_need(self, need: Need, name: str) -> Array:
        """Return those of a list that help with a need; cut once, when first asked for."""
        rows = self._of_need.get((need, name))
        if rows is None:
            everyone = self._areas.named(name)
            if not len(everyone):
                return NO_ROWS
            rows = everyone[(self._needs[everyone] & NEED_BIT[need]) != 0]
            self._of_need[need, name] = rows
        return rows


def _add(lists: defaultdict[str, list[int]], row: int, service: Service) -> None:
    """Write a service down in the lists that it is in; in some perhaps twice."""
    if not service.areas:
        lists[UNSTATED].append(row)
        if is_placeless(service):
            lists[PLACELESS].append(row)
        for site in service.sites:
            lists[sited_in(site.county_fips)].append(row)
    for area in service.areas:
        extent, code = area.extent, area.code
        if extent is AreaExtent.COUNTY:
            lists[code].append(row)
            lists[f"in {code[:2]}"].append(row)
        elif extent is AreaExtent.STATE:
            lists[code].append(row)
        elif extent is AreaExtent.ZIP:
            lists[of_zip(code)].append(row)
            lists[SOME_ZIPS].append(row)
        else:
            lists[NATION].append(row)
            if is_remote_too(service):
                lists[NATION_REMOTE].append(row)


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
