"""Editing a member itself: what is plain applies at once, phones wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.directory_history import Change, difference
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.listing_fields import (
    RISKY_FIELDS,
    check_member_tells_no_street,
    plain_part,
    risky_part,
)
from ccr.domain.listing_review import Proposal, waits
from ccr.domain.paging import page_number
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.listing_edit import Saved
from ccr.services.listing_history import History
from ccr.services.listing_typed import FieldsRefusedError, Reading, Typed, read_typed
from ccr.services.proposal_steps import Proposer, file_member_change
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import listing_proposals as proposals
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_changes import history_of
from ccr.storage.queries.listing_history import listing_history
from ccr.storage.queries.listing_places import write_member
from ccr.storage.queries.listing_records import Author
from ccr.storage.queries.listing_state import (
    MemberState,
    PlaceState,
    member_state,
    places_of_member,
)
from ccr.storage.queries.member_desk import Anchor, anchor_of, hides

CHANGED = phrase("Somebody else changed this member meanwhile. What you typed is kept below.")


@dataclass(frozen=True, slots=True)
class Owned:
    """A member as the policy sees it: its network, and the program of it that asks, if any."""

    network_id: UUID
    compartment_id: UUID | None


@dataclass(frozen=True, slots=True)
class MemberDesk:
    """What the page of a member's own facts is made of.

    Attributes:
        anchor: the listing at whose desk risky changes wait; None for a member without listings.
        hides: True when a service of the member is confidential.
        places: its public places.
    """

    state: MemberState
    anchor: Anchor | None
    hides: bool
    places: list[PlaceState]
    waiting: list[Proposal]


def open_member(identity: Identity, member_id: UUID) -> MemberDesk:
    """Return a member to edit, its public places, and what already waits.

    Raises:
        NotFoundError: there is no such member, or the identity may not edit it.
    """
    state = _allowed(identity, member_id, Permission.LISTING_EDIT)
    own = identity.compartment_id if identity.member_id == member_id else None
    return MemberDesk(
        state,
        anchor_of(state.network_id, member_id, own),
        hides(state.network_id, member_id),
        places_of_member(state.network_id, member_id),
        proposals.waiting_of_member(state.network_id, member_id),
    )


def _allowed(identity: Identity, member_id: UUID, permission: Permission) -> MemberState:
    authorise(identity, Permission.DIRECTORY_READ)
    state = member_state(identity.network_id, member_id)
    own = identity.compartment_id if identity.member_id == member_id else None
    authorise(identity, permission, Owned(state.network_id, own))
    return state


def changes_since(identity: Identity, member_id: UUID, version: int) -> list[Change]:
    """Return what others changed of a member since this version, the newest first."""
    state = _allowed(identity, member_id, Permission.LISTING_EDIT)
    found = history_of(identity.network_id, [state.id], limit=20)
    return [change for change in found if change.version > version]


def open_history(identity: Identity, member_id: UUID, number: int) -> History:
    """Return a page of what happened to a member, the newest first.

    Raises:
        NotFoundError: there is no such member, or the identity may not edit it.
    """
    state = _allowed(identity, member_id, Permission.LISTING_EDIT)
    page = listing_history(identity.network_id, member_id, page_number(number))
    return History(state.fields["name"], page, private=True)


def save(
    identity: Identity,
    world: World,
    member_id: UUID,
    typed: Typed,
    *,
    version: int,
    at: datetime,
) -> Saved:
    """Apply what is plain of a form and propose what is risky; return which is which.

    Phones of a member without listings apply at once: nobody is sent to it.

    Raises:
        NotFoundError: there is no such member, or the identity may not edit it.
        FieldsRefusedError: with a sentence for every field that cannot be used.
        StaleError: somebody else changed the member since; nothing was written.
    """
    with unit_of_work():
        desk = open_member(identity, member_id)
        state = desk.state
        if state.version != version:
            raise StaleError(CHANGED)
        before, after = difference(state.fields, _read(identity, world, desk, typed))
        risky = risky_part(after)
        held_back = desk.anchor is not None and _waits(identity, desk.anchor, risky)
        alone = bool(risky) and desk.anchor is not None and not held_back
        now = plain_part(after) if held_back else after
        author = Author(at, identity.role_told, identity.user_id)
        if now and not write_member(state, now, author):
            raise StaleError(CHANGED)
        if now:
            reason = "without-review" if alone else None
            append_event(identity, "edited", "member", member_id, at=at, fields=now, reason=reason)
        if held_back:
            _propose(identity, desk, {name: before[name] for name in risky}, risky, at)
        return Saved(tuple(now), tuple(risky) if held_back else (), alone)


def _read(identity: Identity, world: World, desk: MemberDesk, typed: Typed) -> dict[str, Any]:
    network = get_network(identity.network_id)
    read = read_typed(typed, Reading(desk.state.fields, network.state, world, frozenset()))
    _before, after = difference(desk.state.fields, read)
    if desk.hides:
        try:
            check_member_tells_no_street(after)
        except InvalidInputError as error:
            raise FieldsRefusedError([error]) from error
    return read


def _waits(identity: Identity, anchor: Anchor, risky: dict[str, Any]) -> bool:
    others = proposals.deciders(identity.network_id, anchor.compartment_id, identity.user_id)
    return waits(risky, len(others.account_ids))


def _propose(
    identity: Identity,
    desk: MemberDesk,
    before: dict[str, Any],
    after: dict[str, Any],
    at: datetime,
) -> None:
    if desk.anchor is None:
        return
    by = Proposer(identity.user_id, identity.compartment_id, identity.role_told)
    file_member_change(desk.state, desk.anchor, before, after, by, at=at)
    names = set(after) & RISKY_FIELDS
    append_event(identity, "proposed", "member", desk.state.id, at=at, fields=names)
