"""Anybody tells that a listing is wrong: a closed list, and a few words that are sealed.

On the public page nothing tells whether anything was told: the answer is always the same, also
when too much came from one place and is not kept. Of who told it, nothing is kept: what is counted
is a keyed hash of the network address that changes every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.caller import network_of
from ccr.domain.errors import InvalidInputError
from ccr.domain.listing_review import (
    MOST_WAITING_IN_ALL,
    MOST_WAITING_OF_A_LISTING,
    Proposal,
    ProposalKind,
    ProposalState,
    WhatIsWrong,
    check_words,
    issues_for,
)
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.finder import get_listing
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import listing_proposals as queries
from ccr.storage.queries.attempts import count_try, hashed
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.listing_state import listing_state

WINDOW = timedelta(hours=1)
MOST_IN_A_WINDOW = 6
"""Suggestions kept from one network address within an hour. Our choice: a library has one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says is wrong, as typed. `trap` is a field that only machines fill."""

    issue: str
    words: str = field(default="", repr=False)
    trap: str = ""


def suggest(
    identity: Identity, world: World, service_id: UUID, told: Told, *, came_from: str, at: datetime
) -> None:
    """Keep what anybody tells on the public page, or let it fall when it is too much.

    Raises:
        NotFoundError: there is no such public listing.
        InvalidInputError: field `issue` or `words`.
    """
    authorise(identity, Permission.LISTING_SUGGEST)
    service = get_listing(identity, service_id)
    issue, words = _read(told, confidential=service.confidential)
    day, network = at.date().isoformat(), network_of(came_from)
    key = hashed("suggest", world.settings.secret_key, day, network)
    with unit_of_work():
        tries = count_try(key, at=at, window=WINDOW)
        here, everywhere = queries.count_suggestions(identity.network_id, service_id)
        too_many = (
            tries > MOST_IN_A_WINDOW
            or here >= MOST_WAITING_OF_A_LISTING
            or everywhere >= MOST_WAITING_IN_ALL
        )
        if told.trap or too_many:
            return
        queries.add_proposal(_proposal(identity, world, service_id, issue, words, at), None)


def report(identity: Identity, world: World, service_id: UUID, told: Told, *, at: datetime) -> None:
    """Keep what staff tell of a listing; its program's admin or a coordinator looks at it.

    Raises:
        NotFoundError: there is no such listing in the network.
        InvalidInputError: field `issue` or `words`.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_READ)
        listing = listing_state(identity.network_id, service_id)
        authorise(identity, Permission.LISTING_SUGGEST, listing)
        issue, words = _read(told, confidential=listing.confidential)
        proposal = _proposal(identity, world, service_id, issue, words, at)
        queries.add_proposal(proposal, identity.compartment_id)
        append_event(identity, "told", "service", service_id, at=at, reason=issue.value)


def _read(told: Told, *, confidential: bool) -> tuple[WhatIsWrong, str]:
    allowed: Iterable[WhatIsWrong] = issues_for(confidential=confidential)
    issue = next((i for i in allowed if i.value == told.issue), None)
    if issue is None:
        raise InvalidInputError(phrase("Choose what is wrong."), field="issue")
    return issue, check_words(told.words, confidential=confidential)


def _proposal(
    identity: Identity,
    world: World,
    service_id: UUID,
    issue: WhatIsWrong,
    words: str,
    at: datetime,
) -> Proposal:
    proposal_id = queries.new_id()
    sealed = world.keys.seal(words, queries.seal_context(proposal_id)) if words else None
    kind = ProposalKind.SUGGESTION if identity.from_public else ProposalKind.REPORT
    return Proposal(
        id=proposal_id,
        network_id=identity.network_id,
        service_id=service_id,
        kind=kind,
        state=ProposalState.WAITING,
        compartment_id=None,
        account_id=identity.user_id,
        # To the day: the hour could tell who was at a computer.
        created_at=at.replace(hour=0, minute=0, second=0, microsecond=0)
        if identity.from_public
        else at,
        issue=issue,
        words_sealed=sealed,
        by_role=identity.role_told,
    )
