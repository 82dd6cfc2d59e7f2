"""Taking hidden places out of everything that is stored: a step of hiding, and of importing.

The caller has authorised, holds one unit of work, and says which services are to be hidden. What
else is given at their places, and which records are erased, follows from what is stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.upload_store import UploadStore
from ccr.domain.errors import InvalidInputError
from ccr.domain.hidden_places import CountyOf
from ccr.domain.phrases import phrase
from ccr.domain.telling_places import Telling, TellingPlace
from ccr.services.world import World
from ccr.storage.queries import forgetting, hidden_scope, hiding, scrubbing
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.directory_search import forget_removed_words
from ccr.storage.queries.staged_rows import forget_staged

TABLES = (
    "service",
    "location",
    "service_at_location",
    "service_area",
    "service_text",
    "service_term",
    "service_capacity",
    "phone",
    "member",
    "directory_change",
    "record_alias",
    "listing_proposal",
    "looked_up_place",
    "import_run",
    "import_mapping",
)
"""Tables from which something of a hidden place may have been deleted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything at the places of the services to hide.

    Attributes:
        places: the public places of the services, and other records of the same houses.
        services: the services given there, those asked about among them.
        at: which services are given at which place.
    """

    places: tuple[TellingPlace, ...]
    services: frozenset[UUID]
    at: dict[UUID, frozenset[UUID]]


def scope_of(network_id: UUID, service_ids: Collection[UUID]) -> Scope:
    """Return what is given at the places of these services, under whichever record (R48)."""
    places = hidden_scope.places_of(network_id, service_ids)
    places += hidden_scope.other_records(network_id, places)
    at = hidden_scope.services_at(network_id, [place.id for place in places])
    return Scope(tuple(places), frozenset(service_ids).union(*at.values()), at)


@dataclass(frozen=True, slots=True)
class ToHide:
    """The services to hide with the versions that were confirmed, and how far to look.

    Attributes:
        members: the members whose records without any service may be erased with the rest.
        everywhere: True to look through the whole network for words that tell; False when other
            agencies' listings stay public at the same place, whose words are their own.
    """

    versions: dict[UUID, int]
    members: frozenset[UUID]
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class Trail:
    """What leads to the places of some services, read while they are still public.

    Attributes:
        telling: all their places, for their own texts.
        house: the hidden houses alone: elsewhere a public office of theirs may be named.
        names: names of the services and their members.
    """

    scope: Scope
    telling: Telling
    house: Telling
    places: dict[UUID, TellingPlace]
    names: tuple[str, ...]
    members: frozenset[UUID]


def trail_of(network_id: UUID, service_ids: Collection[UUID], scope: Scope | None = None) -> Trail:
    """Return what leads to the places of these services, which are about to be hidden."""
    scope = scope or scope_of(network_id, service_ids)
    rows = hiding.names_and_versions(network_id, service_ids)
    own = hidden_scope.places_of(network_id, service_ids)
    places = {place.id: place for place in (*scope.places, *own)}
    past = hidden_scope.remembered_places(network_id, service_ids, places)
    names = tuple(name for row in rows for name in (row.name, row.member))
    return Trail(
        scope,
        Telling.of([*places.values(), *past], *names),
        Telling.of([*scope.places, *past], *names),
        places,
        names,
        frozenset(row.member_id for row in rows),
    )


def erase(network_id: UUID, world: World, to_hide: ToHide, scope: Scope, *, at: datetime) -> bool:
    """Hide the services and erase their places everywhere; False when a version has moved on.

    Then the caller must undo the unit of work: half of it is written.

    Raises:
        InvalidInputError: the name of a listing or member holds the street: field `name`.
    """
    hidden = frozenset(to_hide.versions)
    trail = trail_of(network_id, hidden, scope)
    _check_names(trail)
    gone = _records_to_erase(network_id, trail, hidden, to_hide.members)
    counties = {
        service_id: frozenset(
            place.county_fips
            for place in hidden_scope.places_of(network_id, [service_id])
            if place.county_fips
        )
        for service_id in hidden
    }
    for service_id, version in to_hide.versions.items():
        service = hiding.HiddenService(service_id, version, counties[service_id])
        if not hiding.hide_service(network_id, service, trail.telling, _county_of(world), at=at):
            return False
    erase_trail(network_id, trail, hidden, gone, everywhere=to_hide.everywhere, at=at)
    # Before the commit: what is lost by undoing it is a package that can be uploaded again.
    store = UploadStore(world.settings.data_dir)
    for run_id in forgetting.stop_imports(network_id, at=at):
        store.drop(run_id)
    forget_staged()
    raise_directory_version(network_id)
    return True


def erase_trail(
    network_id: UUID,
    trail: Trail,
    hidden: Collection[UUID],
    gone: Collection[UUID],
    *,
    everywhere: bool,
    at: datetime,
) -> None:
    """Erase the records in `gone`, and the places from every text, history and list that waits.

    With `everywhere` False, from what belongs to the hidden services and their members alone.
    """
    hiding.erase_locations(network_id, gone)
    house, members = trail.house, trail.members
    scrubbing.scrub_members(network_id, members, house, everywhere=everywhere, at=at)
    scrubbing.scrub_member_phones(members, house)
    others = scrubbing.scrub_other_services(
        network_id, members, house, hidden=hidden, everywhere=everywhere, at=at
    )
    told = house if everywhere else Telling.of([])
    services = {*hidden, *others}
    forgetting.forget_past(network_id, services, gone, told)
    forgetting.forget_aliases_that_tell(network_id, told)
    forgetting.close_proposals(network_id, services, told, at=at)
    forgetting.forget_import_words(network_id, told)
    points = [place.point for place in trail.scope.places if place.point and everywhere]
    forgetting.forget_lookups(network_id, gone, points)
    forget_removed_words()


def erase_after_import(
    network_id: UUID, trail: Trail, hidden: Collection[UUID], *, at: datetime
) -> None:
    """Erase what an import, which has just hidden these services, has left of their places."""
    at_places = hidden_scope.services_at(network_id, list(trail.places))
    gone = [place_id for place_id in trail.places if place_id not in at_places]
    stays = any(place.id in at_places for place in trail.scope.places)
    erase_trail(network_id, trail, hidden, gone, everywhere=not stays, at=at)


def _county_of(world: World) -> CountyOf:
    def county_of(zip_code: str) -> str | None:
        county = world.gazetteer.county_of_zip(zip_code)
        return county.fips if county else None

    return county_of


def _check_names(trail: Trail) -> None:
    if any(trail.house.in_name(name) for name in trail.names):
        raise InvalidInputError(
            phrase(
                "The name of a listing or member here holds the street. Change the name first: "
                "nothing was erased."
            ),
            field="name",
        )


def _records_to_erase(
    network_id: UUID, trail: Trail, hidden: frozenset[UUID], members: frozenset[UUID]
) -> list[UUID]:
    """Return the places that nothing public is given at once these services are hidden."""
    at = {**hidden_scope.services_at(network_id, list(trail.places)), **trail.scope.at}
    owners = hidden_scope.owners_of_places(network_id, list(trail.places))
    return [
        place_id
        for place_id in trail.places
        if (at.get(place_id, frozenset()) <= hidden)
        and (at.get(place_id) or owners.get(place_id) in members)
    ]
