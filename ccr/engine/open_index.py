"""The index of open data: which records a question means, found without reading the directory.

What lives here: ids in fixed order, and what each filter selects of them. What must not: a rule of
what may be told (it is built of what was already taken away), rows, objects. The order is that of
the ids: nothing about a place can be told from it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np

from ccr.domain.directory import Area, Place, Point
from ccr.domain.geography import distance_km
from ccr.domain.search_text import search_words
from ccr.domain.taxonomy import AreaExtent
from ccr.engine.geodesic_bounds import bounds_km, lengths, place_of, places
from ccr.engine.postings import Array


class WordIndex:
    """Finds the texts that have every word asked for, or a word that begins with it."""

    def __init__(self, bodies: Iterable[str]) -> None:
        """Build it from texts whose words are folded and parted by spaces."""
        places: dict[str, list[int]] = defaultdict(list)
        for row, body in enumerate(bodies):
            for word in set(body.split(" ")):
                places[word].append(row)
        self._words = sorted(places)
        self._rows = [np.array(places[word], np.int32) for word in self._words]

    def rows(self, typed: str) -> frozenset[int] | None:
        """Return the rows meant; None where nothing was asked, so that all are."""
        if not typed.strip():
            return None
        wanted = search_words(typed)
        found: Array | None = None
        for word in wanted:
            first = bisect_left(self._words, word)
            last = bisect_left(self._words, word + "\U0010ffff")
            if first == last:
                return frozenset()
            rows = np.unique(np.concatenate(self._rows[first:last]))
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
        return frozenset() if found is None else frozenset(found.tolist())


@dataclass(frozen=True, slots=True)
class IndexedService:
    """A service as the index knows it. `links` are (link, point); none for one without a place."""

    id: UUID
    member_id: UUID
    term_ids: frozenset[str]
    taxonomy_ids: frozenset[str]
    areas: tuple[Area, ...] = ()
    modified_at: datetime | None = None
    links: tuple[tuple[UUID, Point | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A service-at-location: its id, its service's row, and the id in storage if it has one."""

    id: UUID
    service: int
    stored: UUID | None
    point: Point | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows services down; None where nothing was asked. All of it must hold."""

    search: str = ""
    term_id: str | None = None
    taxonomy_id: str | None = None
    member_id: UUID | None = None
    modified_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Where service-at-locations are wanted: a place, and metres around it or its areas alone."""

    place: Place
    metres: float | None = None


@dataclass(slots=True)
class OpenIndex:
    """Services and their links in the order of their ids. Read-only once built.

    `words` is made at the first search: most questions have none.
    """

    services: list[IndexedService]
    virtual_link_id: Mapping[UUID, UUID]
    links: list[Link] = field(init=False)
    row_of: dict[UUID, int] = field(init=False)
    links_of: dict[int, list[int]] = field(init=False)
    of_member: dict[UUID, set[int]] = field(init=False)
    of_term: dict[str, set[int]] = field(init=False)
    of_taxonomy: dict[str, set[int]] = field(init=False)
    _of_area: dict[Area, set[int]] = field(init=False)
    _places: Array = field(init=False)
    _pointed: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sort, and note what each filter selects."""
        self.services.sort(key=lambda service: service.id)
        self.row_of = {service.id: row for row, service in enumerate(self.services)}
        self.of_member, self.of_term = defaultdict(set), defaultdict(set)
        self.of_taxonomy, self._of_area = defaultdict(set), defaultdict(set)
        links: list[Link] = []
        for row, service in enumerate(self.services):
            self.of_member[service.member_id].add(row)
            for term_id in service.term_ids:
                self.of_term[term_id].add(row)
            for taxonomy_id in service.taxonomy_ids:
                self.of_taxonomy[taxonomy_id].add(row)
            for area in service.areas:
                self._of_area[area].add(row)
            if service.links:
                links += [Link(key, row, key, point) for key, point in service.links]
            else:
                links.append(Link(self.virtual_link_id[service.id], row, None, None))
        self.links = sorted(links, key=lambda link: link.id)
        self.links_of = defaultdict(list)
        for number, link in enumerate(self.links):
            self.links_of[link.service].append(number)
        self._pointed = [n for n, link in enumerate(self.links) if link.point is not None]
        self._places = places([link.point for link in self.links if link.point is not None])

    def link(self, link_id: UUID) -> Link | None:
        """Return a service-at-location by its id, or None."""
        place = bisect_left(self.links, link_id, key=lambda link: link.id)
        found = self.links[place] if place < len(self.links) else None
        return found if found is not None and found.id == link_id else None

    def services_of(self, member_id: UUID) -> list[UUID]:
        """Return the ids of a member's services, in order."""
        return [self.services[row].id for row in sorted(self.of_member.get(member_id, ()))]

    def service_rows(self, wanted: Wanted, words: WordIndex | None) -> Sequence[int]:
        """Return the rows of the services meant, in order."""
        sets: list[set[int] | frozenset[int]] = []
        if wanted.member_id is not None:
            sets.append(self.of_member.get(wanted.member_id, set()))
        if wanted.term_id is not None:
            sets.append(self.of_term.get(wanted.term_id, set()))
        if wanted.taxonomy_id is not None:
            sets.append(self.of_taxonomy.get(wanted.taxonomy_id, set()))
        if words is not None and (found := words.rows(wanted.search)) is not None:
            sets.append(found)
        rows: Sequence[int] = range(len(self.services))
        if sets:
            rows = sorted(frozenset.intersection(*map(frozenset, sets)))
        after = wanted.modified_after
        if after is None:
            return rows
        times = ((row, self.services[row].modified_at) for row in rows)
        return [row for row, at in times if at is not None and at >= after]

    def link_rows(
        self, wanted: Wanted, near: Near | None, words: WordIndex | None
    ) -> Sequence[int]:
        """Return the rows of the service-at-locations meant, in order.

        Metres count for links with a point alone. A link without one, as those of confidential
        services are, is told by the areas of its service, whatever the metres.
        """
        services = self.service_rows(wanted, words)
        if near is None:
            if len(services) == len(self.services):
                return range(len(self.links))
            return sorted(number for row in services for number in self.links_of.get(row, ()))
        serving = self._serving(near.place)
        if near.metres is None:
            found = {number for row in serving for number in self.links_of.get(row, ())}
        else:
            found = self._within(near.place.point, near.metres / 1000)
            found |= {
                number
                for row in serving
                for number in self.links_of.get(row, ())
                if self.links[number].stored is None
            }
        if len(services) == len(self.services):
            return sorted(found)
        kept = set(services)
        return sorted(number for number in found if self.links[number].service in kept)

    def _serving(self, place: Place) -> set[int]:
        """Return the services with an area that covers the place."""
        areas = [
            Area(AreaExtent.NATION, "US"),
            Area(AreaExtent.STATE, place.state),
            Area(AreaExtent.COUNTY, place.county_fips),
        ]
        if place.zip_code:
            areas.append(Area(AreaExtent.ZIP, place.zip_code))
        return set().union(*(self._of_area.get(area, set()) for area in areas))

    def _within(self, point: Point, km: float) -> set[int]:
        """Return the links whose point lies within so many km, by the geodesic."""
        if not self._pointed:
            return set()
        low, high = bounds_km(lengths(self._places - place_of(point)))
        inside = {self._pointed[i] for i in np.flatnonzero(high <= km)}
        for i in np.flatnonzero((low <= km) & (high > km)):
            number = self._pointed[i]
            at = self.links[number].point
            if at is not None and distance_km(point, at) <= km:
                inside.add(number)
        return inside
