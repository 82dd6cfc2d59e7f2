"""Districts: areas that a network draws itself, for the columns of the gap board.

Every change is conditional on the version that its writer saw. A district of another network is
not there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.adapters import place_names
from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.districts import (
    MOST_DISTRICTS,
    Atlas,
    District,
    ReadAreas,
    checked_name,
    read_areas,
)
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import gaps
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import districts as queries
from ccr.storage.queries.audit import append_event

__all__ = ["AreasRefusedError", "DistrictText", "get", "keep", "list_all", "look_at", "remove"]


class AreasRefusedError(InvalidInputError):
    """Some entries of a list cannot be kept, and nobody said that the others are enough.

    Attributes:
        found: what would be kept, and what would not.
    """

    def __init__(self, found: ReadAreas) -> None:
        super().__init__(phrase("Some entries cannot be kept. Look at them below."), field="areas")
        self.found = found


@dataclass(frozen=True, slots=True)
class DistrictText:
    """What a coordinator writes: a name, and ZIPs and counties as text.

    Attributes:
        version: of the district as it was on the page; 0 for a new one.
        sure: whether what can be kept is kept without the rest.
    """

    name: str
    areas: str
    version: int = 0
    sure: bool = False


def list_all(identity: Identity) -> tuple[District, ...]:
    """Return the districts of the network by name."""
    authorise(identity, Permission.COORDINATION_READ)
    return queries.list_districts(identity.network_id)


def get(identity: Identity, district_id: UUID) -> District:
    """Return a district of the network; raises NotFoundError."""
    found = {district.id: district for district in list_all(identity)}.get(district_id)
    if found is None:
        raise NotFoundError
    return found


def look_at(identity: Identity, world: World, text: DistrictText, *, at: datetime) -> ReadAreas:
    """Return what would be kept of a list. Writes nothing; raises as `keep` does of the list."""
    authorise(identity, Permission.COORDINATION_MANAGE)
    found = read_areas(text.areas, _atlas(identity, world, at=at))
    _check(found, sure=text.sure)
    return found


def keep(
    identity: Identity,
    world: World,
    text: DistrictText,
    *,
    district_id: UUID | None = None,
    at: datetime,
) -> UUID:
    """Make a district, or with `district_id` change one; return its id.

    Raises:
        AreasRefusedError: entries cannot be kept and `text.sure` is not said; nothing is written.
        InvalidInputError: the name or the list cannot be used, or there are enough districts.
        DuplicateError: the network has another district of this name; on `name`.
        NotFoundError: there is no such district here.
        StaleError: somebody else changed it first; nothing was written.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    name = checked_name(text.name)
    here = list_all(identity)
    if district_id is not None and district_id not in {one.id for one in here}:
        raise NotFoundError
    found = look_at(identity, world, text, at=at)
    if district_id is None and len(here) >= MOST_DISTRICTS:
        raise InvalidInputError(
            phrase("A network has at most %(most)s districts. Remove one first.",
                   most=MOST_DISTRICTS),
            field="name",
        )  # fmt: skip
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if district_id is None:
            made = queries.add_district(
                identity.network_id, name, found.zips, found.counties, at=at
            )
        else:
            wanted = District(district_id, name, found.zips, found.counties, text.version)
            changed = queries.change_district(identity.network_id, wanted, at=at)
            if changed is False:
                raise _stale()
            made = district_id if changed else None
        if made is None:
            raise DuplicateError(phrase("There is a district of this name."), field="name")
        verb = "created" if district_id is None else "changed"
        append_event(identity, verb, "district", made, at=at, fields=("name", "areas"))
    return made


def remove(identity: Identity, district_id: UUID, version: int, *, at: datetime) -> None:
    """Delete a district; nothing else changes.

    Raises:
        NotFoundError: there is no such district here.
        StaleError: somebody else changed it first; it stays.
    """
    authorise(identity, Permission.COORDINATION_MANAGE)
    get(identity, district_id)
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if not queries.remove_district(identity.network_id, district_id, version):
            raise _stale()
        append_event(identity, "removed", "district", district_id, at=at)


def _check(found: ReadAreas, *, sure: bool) -> None:
    if found.refused_count and not (sure and (found.zips or found.counties)):
        raise AreasRefusedError(found)


def _stale() -> StaleError:
    return StaleError(phrase("Somebody else changed this district first. Look at it again."))


def _atlas(identity: Identity, world: World, *, at: datetime) -> Atlas:
    gazetteer = world.gazetteer
    matrix = gaps.board(identity, world, at=at).matrix
    states = frozenset(county.state for county in matrix.counties)
    return Atlas(
        states=states,
        state_of_zip=partial(_state_of_zip, gazetteer),
        state_of_county=partial(_state_of_county, gazetteer),
        counties_named=_CountyNames(gazetteer, states),
    )


def _state_of_zip(gazetteer: Gazetteer, code: str) -> str | None:
    place = gazetteer.zip_place(code)
    return place.state if place else None


def _state_of_county(gazetteer: Gazetteer, fips: str) -> str | None:
    county = gazetteer.county(fips)
    return county.state if county else None


class _CountyNames:
    """What says which counties of some states a text names."""

    def __init__(self, gazetteer: Gazetteer, states: frozenset[str]) -> None:
        self._known: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for state in sorted(states):
            for county in gazetteer.counties(state):
                self._known[place_names.key(county.name)].append((state, county.fips))

    def __call__(self, text: str) -> list[str]:
        for name, state in place_names.readings(place_names.clean(text)):
            plain = place_names.county_name(name) or name
            found = self._known.get(place_names.key(plain), [])
            if fits := [fips for of, fips in found if state in {None, of}]:
                return fits
        return []
