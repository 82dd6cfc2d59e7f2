"""The directory for staff: find by words, open a listing, say which needs it meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from ccr.domain import route_fields as read
from ccr.domain.directory import Member, Service
from ccr.domain.errors import IllegalTransitionError, StaleError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import directory as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.listing_page import Beside, beside
from ccr.storage.queries.listing_write import Author, listing_state, write_service

__all__ = [
    "OpenListing",
    "describe",
    "get_member",
    "get_service",
    "list_members",
    "open_listing",
]


def get_service(identity: Identity, service_id: UUID) -> Service:
    """Return a service of the identity's network; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.get_service(identity.network_id, service_id)


def list_members(identity: Identity) -> list[Member]:
    """Return the network's listed members, by name."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.list_members(identity.network_id)


def get_member(identity: Identity, member_id: UUID) -> Member:
    """Return a member of the identity's network; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.get_member(identity.network_id, member_id)


@dataclass(frozen=True, slots=True)
class OpenListing:
    """A listing's page, and what the viewer may do there.

    Attributes:
        may_describe: True when the viewer may say its needs, and none are said yet.
        waiting: how many proposals wait, for whoever decides on them; else 0.
    """

    service: Service
    beside: Beside
    may_describe: bool
    may_edit: bool
    may_claim: bool
    may_see_history: bool
    may_verify: bool
    waiting: int


def open_listing(identity: Identity, service_id: UUID, *, on: date) -> OpenListing:
    """Return a listing as its page shows it on a day.

    Raises:
        NotFoundError: the network has no such service.
    """
    service = get_service(identity, service_id)
    found = beside(identity.network_id, service_id, identity.member_id, on)
    may_edit = permits(identity, Permission.LISTING_EDIT, service)
    reviews = permits(identity, Permission.LISTING_REVIEW, service)
    if not may_edit:
        shown = tuple(phone for phone in found.phones if not phone["is_private"])
        found = replace(found, phones=shown)
    claims = permits(identity, Permission.LISTING_CLAIM, service) and not identity.in_practice
    foreign = service.compartment_id != identity.compartment_id
    own_member = service.member.id == identity.member_id
    return OpenListing(
        service,
        found,
        may_describe=not service.needs and permits(identity, Permission.LISTING_DESCRIBE, service),
        may_edit=may_edit,
        may_claim=claims and foreign and (own_member or found.unclaimed),
        may_see_history=permits(identity, Permission.LISTING_HISTORY, service),
        may_verify=permits(identity, Permission.LISTING_VERIFY, service),
        waiting=found.waiting if reviews else 0,
    )


def describe(
    identity: Identity,
    service_id: UUID,
    needs: Iterable[str],
    tracks: Iterable[str],
    *,
    version: int,
    at: datetime,
) -> None:
    """Keep which needs a listing meets and for whom, where none are said yet.

    Routing proposes it from then on. An import never changes what a person has said here. Needs
    that are said already change like everything risky: a second person confirms.

    Raises:
        NotFoundError: there is no such service, or the identity may not describe it.
        InvalidInputError: field `needs` or `tracks`: a code does not exist, or none is for anybody.
        StaleError: somebody else changed the listing since this version was read.
        IllegalTransitionError: it states needs already.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_READ)
        state = listing_state(identity.network_id, service_id)
        authorise(identity, Permission.LISTING_DESCRIBE, state)
        if state.fields["needs"]:
            raise IllegalTransitionError(
                phrase("It states needs already. Change them under Edit; a second person confirms.")
            )
        chosen, people = read.read_listing_needs(needs), read.read_tracks(tracks)
        changes = {
            "needs": sorted(need.value for need in chosen),
            "tracks": sorted(track.value for track in people),
        }
        author = Author(at, identity.role_told, identity.user_id)
        if state.version != version or not write_service(state, changes, author):
            raise StaleError(
                phrase(
                    "Somebody else changed this listing. Nothing of yours was saved; look again."
                )
            )
        append_event(
            identity, "described", "service", service_id, at=at, fields=("needs", "tracks")
        )
