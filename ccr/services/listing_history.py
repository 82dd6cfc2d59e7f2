"""What a listing was, and who changed it by role: for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory_history import Change
from ccr.domain.paging import Page, page_number
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.queries.listing_history import listing_history
from ccr.storage.queries.listing_state import listing_state


@dataclass(frozen=True, slots=True)
class History:
    """A page of what happened to a listing.

    Attributes:
        private: True when the reader may see numbers that are for staff alone.
    """

    name: str
    page: Page[Change]
    private: bool


def open_history(identity: Identity, service_id: UUID, number: int) -> History:
    """Return a page of what happened to a listing, the newest first.

    Raises:
        NotFoundError: there is no such listing, or its history is not this identity's to see.
    """
    authorise(identity, Permission.DIRECTORY_READ)
    state = listing_state(identity.network_id, service_id)
    authorise(identity, Permission.LISTING_HISTORY, state)
    return History(
        state.fields["name"],
        listing_history(identity.network_id, service_id, page_number(number)),
        permits(identity, Permission.LISTING_EDIT, state),
    )
