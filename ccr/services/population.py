"""The people of counties and ZIPs, as a coordinator brings them from a census.

Facts of whole areas: nothing here counts anybody served. A table takes the place of the one before
of its kind, whole, or is refused whole with every reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.area_population import AreaPeople, Population, ReadTable, read_population
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import AreaExtent
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import population as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.population import Brought

__all__ = ["EXTENTS", "Brought", "Kept", "bring", "kept", "people_of_counties", "remove"]
EXTENTS = (AreaExtent.COUNTY, AreaExtent.ZIP)
LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """What the network knows of its people."""

    tables: tuple[Brought, ...]
    people: Population


def kept(identity: Identity) -> Kept:
    """Return the tables of the network and what they say. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    return Kept(queries.list_tables(identity.network_id), queries.read_people(identity.network_id))


def people_of_counties(
    identity: Identity, gazetteer: Gazetteer, counties: list[str]
) -> Mapping[str, AreaPeople]:
    """Return the people of those of these counties (FIPS) that are known."""
    authorise(identity, Permission.COORDINATION_READ)
    people = queries.read_people(identity.network_id)
    found = {fips: people.of_county(fips, gazetteer.zips_of(fips)) for fips in counties}
    return {fips: area for fips, area in found.items() if area is not None}


def bring(
    identity: Identity, world: World, content: bytes, source: str, *, at: datetime
) -> ReadTable:
    """Take in a CSV; return how it was read. Only a table without problems is kept.

    Raises:
        InvalidInputError: the source is empty or too long; `field` is "source".
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    words = " ".join(source.split())
    if not words or len(words) > LONGEST_SOURCE or "\x00" in words:
        raise InvalidInputError(
            phrase("Say where the counts come from, in at most 200 characters."), field="source"
        )
    read = read_population(content, lambda extent, code: _known(world.gazetteer, extent, code))
    if read.problems or read.extent is None:
        return read
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        queries.replace_people(identity.network_id, read.extent, read.areas, words, at=at)
        append_event(
            identity, "brought", "population", None, at=at, fields=(f"by-{read.extent.value}",)
        )
    return read


def remove(identity: Identity, extent: str, *, at: datetime) -> None:
    """Take a table out.

    Raises:
        NotFoundError: there is none of this extent.
    """
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if extent not in {e.value for e in EXTENTS}:
            raise NotFoundError
        if not queries.remove_people(identity.network_id, AreaExtent(extent)):
            raise NotFoundError
        append_event(identity, "removed", "population", None, at=at, fields=(f"by-{extent}",))


def _known(gazetteer: Gazetteer, extent: AreaExtent, code: str) -> bool:
    if extent is AreaExtent.COUNTY:
        return gazetteer.county(code) is not None
    return gazetteer.zip_place(code) is not None
