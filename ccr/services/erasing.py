"""Taking hidden places out of everything that is stored: a step of hiding, and of importing.

The caller has authorised, holds one unit of work, and says which services are to be hidden. What
else is given at their places, and which records are erased, follows from what is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.import_files import delete_packages
from ccr.domain.errors import InvalidInputError
from ccr.domain.hidden_places import CountyOf
from ccr.domain.phrases import phrase
from ccr.domain.telling_places import Telling, TellingPlace
from ccr.services.world import World
from ccr.storage.queries import forgetting, hidden_scope, hiding, scrubbing
from ccr.storage.queries.directory import raise_directory_version
from ccr.storage.queries.directory_search import forget_removed_words

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


def erase(network_id: UUID, world: World, to_hide: ToHide, scope: Scope, *, at: datetime) -> bool:
    """Hide the services and erase their places everywhere; False when a version has moved on.

    Then the caller must undo the unit of work: half of it is written.

    Raises:
        InvalidInputError: the name of a listing or member holds the street: field `name`.
    """
    hidden = frozenset(to_hide.versions)
    rows = hiding.names_and_versions(network_id, hidden)
    own = hidden_scope.places_of(network_id, hidden)
    everywhere = {place.id: place for place in (*scope.places, *own)}
    past = hidden_scope.remembered_places(network_id, hidden, everywhere)
    names = [name for row in rows for name in (row.name, row.member)]
    telling = Telling.of([*everywhere.values(), *past], *names)
    _check_names(names, Telling.of([*scope.places, *past], *names))
    gone = _records_to_erase(network_id, everywhere, scope, hidden, to_hide.members)
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
        if not hiding.hide_service(network_id, service, telling, _county_of(world), at=at):
            return False
    hiding.erase_locations(network_id, gone)
    members = {row.member_id for row in rows}
    # Elsewhere only the hidden house goes: a public office of the same services may be named there.
    house = Telling.of([*scope.places, *past], *names)
    wide = to_hide.everywhere
    scrubbing.scrub_members(network_id, members, house, everywhere=wide, at=at)
    scrubbing.scrub_member_phones(members, house)
    others = scrubbing.scrub_other_services(
        network_id, members, house, hidden=hidden, everywhere=wide, at=at
    )
    told = house if wide else Telling.of([])
    _forget(network_id, world, {*hidden, *others}, gone, told, at=at)
    points = [place.point for place in scope.places if place.point and wide]
    forgetting.forget_lookups(network_id, gone, points)
    raise_directory_version(network_id)
    return True


def _county_of(world: World) -> CountyOf:
    def county_of(zip_code: str) -> str | None:
        county = world.gazetteer.county_of_zip(zip_code)
        return county.fips if county else None

    return county_of


def _check_names(names: Iterable[str], telling: Telling) -> None:
    if any(telling.in_name(name) for name in names):
        raise InvalidInputError(
            phrase(
                "The name of a listing or member here holds the street. Change the name first: "
                "nothing was erased."
            ),
            field="name",
        )


def _records_to_erase(
    network_id: UUID,
    places: dict[UUID, TellingPlace],
    scope: Scope,
    hidden: frozenset[UUID],
    members: frozenset[UUID],
) -> list[UUID]:
    """Return the places that nothing public is given at once these services are hidden."""
    at = {**hidden_scope.services_at(network_id, list(places)), **scope.at}
    owners = hidden_scope.owners_of_places(network_id, list(places))
    return [
        place_id
        for place_id in places
        if (at.get(place_id, frozenset()) <= hidden)
        and (at.get(place_id) or owners.get(place_id) in members)
    ]


def _forget(
    network_id: UUID,
    world: World,
    services: Collection[UUID],
    locations: Collection[UUID],
    telling: Telling,
    *,
    at: datetime,
) -> None:
    """Take the places out of history, proposals, aliases, imports and the search index."""
    forgetting.forget_past(network_id, services, locations, telling)
    forgetting.forget_aliases_that_tell(network_id, telling)
    forgetting.close_proposals(network_id, services, telling, at=at)
    runs = forgetting.stop_imports(network_id, telling, at=at)
    # Before the commit: what is lost by undoing it is a package that can be uploaded again.
    delete_packages(world.settings.data_dir, runs)
    forget_removed_words()
