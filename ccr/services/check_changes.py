"""What has changed of a listing, told by whoever holds its mailed link; somebody else decides.

Nothing of the listing changes here. The link is used up by the one who sends first; a form that
cannot be read uses up nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccr.domain.change_by_link import BY_LINK, shown_by_link, touched, whole_values
from ccr.domain.directory_history import difference
from ccr.domain.errors import GoneError, InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.services.check_links import open_link
from ccr.services.listing_typed import Reading, Typed, read_typed
from ccr.services.proposal_steps import Proposer, check_can_be_made, file_change
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import check_links as queries
from ccr.storage.queries.accounts import get_compartment, get_network
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.check_links import OpenLink
from ccr.storage.queries.listing_proposals import deciders
from ccr.storage.queries.listing_state import ListingState, listing_state


@dataclass(frozen=True, slots=True)
class ToChange:
    """The listing that a link is about, as its form starts: what anybody may see of it."""

    name: str
    member: str
    confidential: bool
    version: int
    shown: dict[str, Any]


def open_form(token: str, came_from: str, *, at: datetime) -> ToChange:
    """Return what the form of a link starts with. Nothing is consumed.

    Raises:
        NotFoundError, GoneError, TooManyAttemptsError: as for `check_links.look_at`.
    """
    link = open_link(token, came_from, at=at)
    state = listing_state(link.network_id, link.service_id)
    member = get_compartment(state.compartment_id).member_name
    return ToChange(
        state.fields["name"],
        member,
        state.confidential,
        state.version,
        shown_by_link(state.fields, confidential=state.confidential),
    )


def propose(
    world: World, token: str, came_from: str, typed: Typed, *, version: int, at: datetime
) -> None:
    """Propose what was typed to whoever reviews the listing, and use the link up.

    Args:
        typed: fields of the form by name (see `change_by_link`), as `listing_typed` reads them.
        version: of the listing when the form was opened.

    Raises:
        NotFoundError, GoneError, TooManyAttemptsError: as for `check_links.look_at`.
        StaleError: the listing has changed since; the link can still be used.
        FieldsRefusedError, InvalidInputError: something cannot be used, or nothing differs; the
            link can still be used.
    """
    # Found outside of the unit: a wrong token is counted even though the rest is undone.
    link = open_link(token, came_from, at=at)
    with unit_of_work():
        state = listing_state(link.network_id, link.service_id)
        if state.version != version:
            raise StaleError(
                phrase("Somebody else changed this listing meanwhile. What you typed is kept.")
            )
        before, after = _changes(world, state, typed)
        if not queries.use_link(link, at=at):
            raise GoneError
        queries.end_links(state.id, at=at)
        _file(link, state, before, after, at)


def _changes(
    world: World, state: ListingState, typed: Typed
) -> tuple[dict[str, Any], dict[str, Any]]:
    shown = shown_by_link(state.fields, confidential=state.confidential)
    wanted = touched({name: typed[name] for name in shown if name in typed}, shown)
    network = get_network(state.network_id)
    read = read_typed(wanted, Reading(shown, network.state, world, frozenset()))
    before, after = difference(state.fields, whole_values(read, state.fields))
    if not after:
        raise InvalidInputError(
            phrase("Nothing differs from what we know. Go back if all of it is still true.")
        )
    check_can_be_made(after, state)
    return before, after


def _file(
    link: OpenLink,
    state: ListingState,
    before: dict[str, Any],
    after: dict[str, Any],
    at: datetime,
) -> None:
    # Whoever the mail was for does not confirm it: the mail may have been forwarded.
    others = deciders(state.network_id, state.compartment_id, link.account_id)
    file_change(state, before, after, Proposer(link.account_id, None, BY_LINK), others, at=at)
    append_event_to(
        state.compartment_id,
        link.account_id,
        "proposed-by-link",
        "service",
        state.id,
        at=at,
        fields=after,
    )
