"""Bringing in how many people live where. Inhabitants of areas; nobody who was ever served."""

from __future__ import annotations

from datetime import datetime

from ccr.domain.area_people import AreaPeople, ReadTable, read_people
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import AreaExtent
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import gaps
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.area_people import list_area_people, replace_area_people
from ccr.storage.queries.audit import append_event


def kept_table(identity: Identity) -> tuple[tuple[AreaPeople, ...], datetime | None]:
    """Return the table of the network and when it was brought; nothing and None without one."""
    authorise(identity, Permission.COORDINATION_READ)
    return list_area_people(identity.network_id)


def look_at(identity: Identity, world: World, content: bytes, *, at: datetime) -> ReadTable:
    """Return what would be kept of a table. Writes nothing; raises as read_people does."""
    authorise(identity, Permission.COORDINATION_MANAGE)
    states = {county.state for county in gaps.board(identity, world, at=at).matrix.counties}

    def state_of(extent: AreaExtent, code: str) -> str | None:
        if extent is AreaExtent.COUNTY:
            county = world.gazetteer.county(code)
            return county.state if county else None
        place = world.gazetteer.zip_place(code)
        return place.state if place else None

    return read_people(content, state_of=state_of, states=states)


def keep(identity: Identity, world: World, content: bytes, *, at: datetime) -> int:
    """Keep a table in the place of the one before; return how many areas it has.

    Raises:
        InvalidInputError: nothing of it can be kept; the table before stays.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    table = look_at(identity, world, content, at=at)
    if not table.kept:
        raise InvalidInputError(
            phrase("No line is of a ZIP or county of the network’s states."), field="file"
        )
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        replace_area_people(identity.network_id, table.kept, at=at)
        append_event(identity, "changed", "network", identity.network_id, at=at,
                     fields=("area_people",))  # fmt: skip
    return len(table.kept)
