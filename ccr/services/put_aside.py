"""A person's own short list and searches: nobody else sees them, and they end by themselves.

A search that is kept holds place, language, hours and kind; never words, needs, access or
anything else about a person (design 6b). It has no name: a name would be written about somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.listing_search import ListingQuery, Sort
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import directory_services
from ccr.storage.db import unit_of_work
from ccr.storage.queries import put_aside as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.put_aside import KeptSearch

MOST_LISTINGS = 40
MOST_SEARCHES = 20


@dataclass(frozen=True, slots=True)
class PutAside:
    """What a person has put aside. Listings that are gone from the directory are not among them."""

    services: tuple[Service, ...]
    searches: tuple[KeptSearch, ...]


def put_aside(identity: Identity, *, at: datetime) -> PutAside:
    """Return what one has put aside oneself."""
    me = _me(identity)
    ids = queries.listings_of(me, at)
    services = directory_services(identity, ids)
    kept = tuple(services[i] for i in ids if i in services)
    return PutAside(kept, tuple(queries.searches_of(me, at)))


def held_ids(identity: Identity, *, at: datetime) -> frozenset[UUID]:
    """Return which listings one has put aside, of those that the directory still has."""
    return frozenset(directory_services(identity, queries.listings_of(_me(identity), at)))


def take_on_paper(identity: Identity, *, at: datetime) -> tuple[Service, ...]:
    """Return one's short list for a file, and note that it was taken: how many, never which.

    Raises:
        NotFoundError: nothing is put aside.
    """
    services = put_aside(identity, at=at).services
    if not services:
        raise NotFoundError
    with unit_of_work():
        fields = ["format:short-list", f"services:{len(services)}"]
        append_event(identity, "exported", "directory", identity.network_id, at=at, fields=fields)
    return services


def add_listing(identity: Identity, service_id: UUID, *, at: datetime) -> None:
    """Put a listing aside for 30 days.

    Raises:
        NotFoundError: the network has no such listing.
        DuplicateError: as many as can be kept are kept.
    """
    me = _me(identity)
    if service_id not in directory_services(identity, [service_id]):
        raise NotFoundError
    with unit_of_work():
        held = queries.listings_of(me, at)
        if len(held) >= MOST_LISTINGS and service_id not in held:
            raise DuplicateError(
                phrase("Your list holds %(count)s: take some out first.", count=MOST_LISTINGS)
            )
        queries.put_listing(me, identity.network_id, service_id, at=at)


def remove_listing(identity: Identity, service_id: UUID) -> None:
    """Take a listing out of one's own list; nothing happens when it is not there."""
    me = _me(identity)
    with unit_of_work():
        queries.take_listing(me, service_id)


def keep_search(identity: Identity, query: ListingQuery, *, at: datetime) -> None:
    """Keep a search for 30 days: its place, language, kind, way, hours, day and order alone.

    Everything kept is a code, or the name of a place as our own table has it.

    Raises:
        InvalidInputError: nothing that may be kept was asked.
        DuplicateError: as many as can be kept are kept.
    """
    me = _me(identity)
    fields = {name: value for name, value in _kept_of(query).items() if value}
    if not set(fields) - {"sort"}:
        raise InvalidInputError(
            phrase("A search is kept without words and needs. Choose a place, language or hours.")
        )
    with unit_of_work():
        if queries.count_searches(me) >= MOST_SEARCHES:
            raise DuplicateError(
                phrase("You keep %(count)s searches: forget some first.", count=MOST_SEARCHES)
            )
        queries.keep_search(me, identity.network_id, fields, at=at)


def _kept_of(query: ListingQuery) -> dict[str, str]:
    """Return the fields that may be kept, by the names of the form."""
    return {
        "near": query.near.label if query.near else "",
        "language": query.language if query.language in LANGUAGE_NAMES else "",
        "category": query.category or "",
        "way": query.way.value if query.way else "",
        "hours": query.hours.value if query.hours else "",
        "day": query.day.value if query.day else "",
        "sort": query.sort.value if query.sort is not Sort.BEST else "",
    }


def forget_search(identity: Identity, search_id: UUID) -> None:
    """Forget a search of one's own; nothing happens when there is none."""
    me = _me(identity)
    with unit_of_work():
        queries.drop_search(me, search_id)


def forget_expired(*, at: datetime) -> int:
    """Delete what has been kept for 30 days, of everybody; return how much."""
    with unit_of_work():
        return queries.forget_expired(at)


def _me(identity: Identity) -> UUID:
    authorise(identity, Permission.SEARCH_KEEP)
    if identity.user_id is None:
        raise NotFoundError
    return identity.user_id
