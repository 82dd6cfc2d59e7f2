"""Editing a listing: what is plain applies at once, what is risky waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.directory_history import Change, difference
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.listing_fields import (
    RISKY_FIELDS,
    check_program_fits,
    plain_part,
    risky_part,
)
from ccr.domain.listing_review import Proposal, waits
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.listing_typed import FieldsRefusedError, Reading, Typed, read_typed
from ccr.services.proposal_steps import Proposer, check_can_be_made, file_change
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import listing_proposals as proposals
from ccr.storage.queries.accounts import (
    CompartmentFacts,
    find_member,
    get_compartment,
    get_network,
    list_compartments,
)
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_changes import history_of
from ccr.storage.queries.listing_proposals import Deciders
from ccr.storage.queries.listing_state import ListingState, PlaceState, places_for
from ccr.storage.queries.listing_write import (
    Author,
    add_service,
    listing_state,
    write_service,
)

__all__ = [
    "FieldsRefusedError",
    "Saved",
    "add",
    "adds_for_any_member",
    "changes_since",
    "open_edit",
    "save",
]

CHANGED = phrase("Somebody else changed this listing meanwhile. What you typed is kept below.")


@dataclass(frozen=True, slots=True)
class EditDesk:
    """What the edit pages are made of."""

    state: ListingState
    places: list[PlaceState]
    waiting: list[Proposal]


@dataclass(frozen=True, slots=True)
class Saved:
    """Names of the fields that applied, and of those that wait.

    Attributes:
        alone: True when something risky applied because nobody else could confirm it.
    """

    applied: tuple[str, ...]
    waiting: tuple[str, ...]
    alone: bool = False


def open_edit(identity: Identity, service_id: UUID) -> EditDesk:
    """Return a listing to edit, its possible places, and what already waits.

    Raises:
        NotFoundError: there is no such listing, or the identity may not edit it.
    """
    authorise(identity, Permission.DIRECTORY_READ)
    state = listing_state(identity.network_id, service_id)
    authorise(identity, Permission.LISTING_EDIT, state)
    places = [] if state.confidential else places_for(state)
    return EditDesk(state, places, proposals.waiting_edits(service_id))


def changes_since(identity: Identity, service_id: UUID, version: int) -> list[Change]:
    """Return what others changed of a listing since this version, the newest first."""
    state = open_edit(identity, service_id).state
    found = history_of(identity.network_id, [state.id], limit=20)
    return [change for change in found if change.version > version]


def save(
    identity: Identity,
    world: World,
    service_id: UUID,
    typed: Typed,
    *,
    version: int,
    at: datetime,
) -> Saved:
    """Apply what is plain of a form and propose what is risky; return which is which.

    Args:
        typed: fields by name as the form gave them (see `listing_typed`).
        version: of the listing when the form was opened.

    Raises:
        NotFoundError: there is no such listing, or the identity may not edit it.
        FieldsRefusedError: with a sentence for every field that cannot be used.
        StaleError: somebody else changed the listing since; nothing was written.
    """
    with unit_of_work():
        desk = open_edit(identity, service_id)
        state = desk.state
        if state.version != version:
            raise StaleError(CHANGED)
        changes = read_typed(typed, _reading(identity, world, desk))
        before, after = difference(state.fields, changes)
        check_can_be_made(after, state)
        others = proposals.deciders(identity.network_id, state.compartment_id, identity.user_id)
        risky = risky_part(after)
        held_back = waits(risky, len(others.account_ids))
        alone = bool(risky) and not held_back
        now = plain_part(after) if held_back else after
        author = Author(at, identity.role_told, identity.user_id)
        if now and not write_service(state, now, author):
            raise StaleError(CHANGED)
        if now:
            reason = "without-review" if alone else None
            append_event(
                identity, "edited", "service", service_id, at=at, fields=now, reason=reason
            )
        if held_back:
            old = {name: before[name] for name in risky}
            _propose(identity, state, old, risky, others, at)
        return Saved(tuple(now), tuple(risky) if held_back else (), alone)


def add(identity: Identity, world: World, member_name: str, typed: Typed, *, at: datetime) -> UUID:
    """Add a listing; inactive until a second person confirms that it may be proposed.

    Args:
        member_name: whose, as a coordinator types it; an admin's is their own program's.

    Raises:
        FieldsRefusedError: with a sentence for every field that cannot be used.
        InvalidInputError: field `member`: there is no such member.
    """
    with unit_of_work():
        authorise(identity, Permission.LISTING_EDIT)
        network = get_network(identity.network_id)
        fields = read_typed(typed, Reading({}, network.state, world, frozenset()))
        program = _program(identity, member_name, fields.get("needs", ()))
        check_program_fits(fields.get("needs", ()), program.kind)
        others = proposals.deciders(identity.network_id, program.id, identity.user_id)
        fields["status"] = "inactive" if others.account_ids else "active"
        fields["timezone"] = network.timezone
        author = Author(at, identity.role_told, identity.user_id)
        service_id = add_service(identity.network_id, program.member_id, program.id, fields, author)
        append_event(identity, "created", "service", service_id, at=at, fields=fields)
        if others.account_ids:
            state = listing_state(identity.network_id, service_id)
            old, new = {"status": "inactive"}, {"status": "active"}
            _propose(identity, state, old, new, others, at)
        return service_id


def adds_for_any_member(identity: Identity) -> bool:
    """Return True when the identity says for which member a new listing is."""
    authorise(identity, Permission.LISTING_EDIT)
    return Role.COORDINATOR in identity.roles


def _program(identity: Identity, member_name: str, needs: Iterable[str]) -> CompartmentFacts:
    """Return the program of a new listing: help for abusive partners is apart (R83)."""
    if Role.COORDINATOR not in identity.roles:
        return get_compartment(identity.compartment_id)
    member_id = find_member(identity.network_id, member_name)
    programs = list_compartments(member_id) if member_id else []
    apart = Need.ABUSIVE_PARTNER_INTERVENTION in set(needs)
    fitting = [p for p in programs if (p.kind is CompartmentKind.APIP) is apart]
    if not programs or programs[0].kind is CompartmentKind.COORDINATION:
        raise InvalidInputError(
            phrase("There is no member of this name. Write it as the directory does."),
            field="member",
        )
    return (fitting or programs)[0]


def _reading(identity: Identity, world: World, desk: EditDesk) -> Reading:
    network = get_network(identity.network_id)
    allowed = frozenset(str(place.id) for place in desk.places)
    return Reading(desk.state.fields, network.state, world, allowed)


def _propose(
    identity: Identity,
    state: ListingState,
    before: dict[str, Any],
    after: dict[str, Any],
    others: Deciders,
    at: datetime,
) -> None:
    """Keep risky changes for a second person, and tell whoever can decide."""
    by = Proposer(identity.user_id, identity.compartment_id, identity.role_told)
    file_change(state, before, after, by, others, at=at)
    append_event(identity, "proposed", "service", state.id, at=at, fields=set(after) & RISKY_FIELDS)
