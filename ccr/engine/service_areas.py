"""Which services of a need cover a place, as lists of rows by area.

What lives here: lists. What must not: marks for every service (area_columns has those), points.
An area that few services state (a county, a ZIP) has one list; wide ones have a list for each need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ccr.domain.areas import is_placeless
from ccr.domain.directory import Place, Service
from ccr.domain.matching import is_remote_too
from ccr.domain.taxonomy import AreaExtent, Need
from ccr.engine.postings import Array, Postings, joined_postings, postings

NO_ROWS: Array = np.array([], np.int64)
_NARROW = {AreaExtent.COUNTY, AreaExtent.ZIP}


class ServiceAreas:
    """The lists of one list of services. Rows within a list ascend."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._lists = postings(
            (key, row) for row, service in enumerate(services) for key in _keys(service)
        )

    def joined(self, other: ServiceAreas, shift: int) -> ServiceAreas:
        """Return these lists with those of services that follow from row `shift` on."""
        both = ServiceAreas.__new__(ServiceAreas)
        both._lists = joined_postings(self._lists, other._lists, shift)
        return both

    @property
    def lists(self) -> Postings:
        """Return the lists by key."""
        return self._lists

    def helping(self, need: Need) -> Array:
        """Return all that help with a need."""
        return self._lists.get(need, NO_ROWS)

    def in_county(self, place: Place) -> Array:
        """Return those that state the county of a place, whatever they help with."""
        return self._lists.get((AreaExtent.COUNTY, place.county_fips), NO_ROWS)

    def in_zip(self, place: Place) -> Array:
        """Return those that state the ZIP of a place, whatever they help with."""
        return self._lists.get((AreaExtent.ZIP, place.zip_code), NO_ROWS)

    def in_state(self, need: Need, place: Place) -> Array:
        """Return those that help with a need and state the state of a place."""
        return self._lists.get((need, AreaExtent.STATE, place.state), NO_ROWS)

    def within_state(self, need: Need, place: Place) -> Array:
        """Return those that help with a need and state a county in the state of a place."""
        return self._lists.get((need, AreaExtent.COUNTY, place.county_fips[:2]), NO_ROWS)

    def sited_in_county(self, place: Place) -> Array:
        """Return those that state no area but have a site in the county, whatever they do."""
        return self._lists.get(("sited", place.county_fips), NO_ROWS)


def joined_rows(lists: Iterable[Array]) -> Array:
    """Return the rows of all lists, each once, ascending."""
    found = [rows for rows in lists if len(rows)]
    if len(found) <= 1:
        return found[0] if found else NO_ROWS
    joined = np.concatenate(found)
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


NATION, NATION_REMOTE, UNSTATED, SOME_ZIPS, PLACELESS = (
    "nation",
    "nation-remote",
    "unstated",
    "some-zips",
    "placeless",
)


def _keys(service: Service) -> Iterator[Any]:
    """Yield the keys of the lists that a service is in."""
    extents = set()
    for area in service.areas:
        extents.add(area.extent)
        if area.extent in _NARROW:
            yield (area.extent, area.code)
    if not extents:
        for site in service.sites:
            yield ("sited", site.county_fips)
    for need in service.needs:
        yield need
        yield from ((need, key) for key in _wide(service, extents))
        if extents:
            yield from _by_state(need, service)


def _by_state(need: Need, service: Service) -> Iterator[Any]:
    for area in service.areas:
        if area.extent is AreaExtent.STATE:
            yield (need, AreaExtent.STATE, area.code)
        elif area.extent is AreaExtent.COUNTY:
            yield (need, AreaExtent.COUNTY, area.code[:2])


def _wide(service: Service, extents: set[AreaExtent]) -> Iterator[str]:
    if AreaExtent.NATION in extents:
        yield NATION
        if is_remote_too(service):
            yield NATION_REMOTE
    if AreaExtent.ZIP in extents:
        yield SOME_ZIPS
    if not extents:
        yield UNSTATED
        if is_placeless(service):
            yield PLACELESS
