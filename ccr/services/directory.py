"""Reading the directory: one service, a page of them, free-text search, members."""

from __future__ import annotations

from uuid import UUID

from ccr.domain.directory import Member, Service
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.queries import directory as queries
from ccr.storage.queries import directory_search
from ccr.storage.queries.directory_search import Page


def get_service(identity: Identity, service_id: UUID) -> Service:
    """Return a service of the identity's network; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.get_service(identity.network_id, service_id)


def search(identity: Identity, words: str, *, page: int = 1, per_page: int = 20) -> Page:
    """Return a page of the network's services that have all the words; all when there are none."""
    authorise(identity, Permission.DIRECTORY_READ)
    return directory_search.search_services(
        identity.network_id, words, page=page, per_page=per_page
    )


def list_services(
    identity: Identity, *, member_id: UUID | None = None, page: int = 1, per_page: int = 20
) -> Page:
    """Return a page of the network's services by name, or of one member's."""
    authorise(identity, Permission.DIRECTORY_READ)
    return directory_search.list_services(
        identity.network_id, member_id=member_id, page=page, per_page=per_page
    )


def list_members(identity: Identity) -> list[Member]:
    """Return the network's listed members, by name."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.list_members(identity.network_id)


def get_member(identity: Identity, member_id: UUID) -> Member:
    """Return a member of the identity's network; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_READ)
    return queries.get_member(identity.network_id, member_id)
