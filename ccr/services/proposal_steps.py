"""A change that waits for a second person, as a step of use cases that know who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.listing_fields import check_hidden_stays_hidden
from ccr.domain.listing_review import Proposal, ProposalKind, ProposalState
from ccr.services.listing_typed import FieldsRefusedError
from ccr.services.outbox import Notice, notify
from ccr.storage.queries import listing_proposals as queries
from ccr.storage.queries.listing_proposals import Deciders
from ccr.storage.queries.listing_state import ListingState, MemberState
from ccr.storage.queries.listing_write import check_whole
from ccr.storage.queries.member_desk import Anchor


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who asks for a change: the account if there is one, its program, and the role it is told as.

    Attributes:
        compartment_id: the proposer's program; None where nobody is signed in.
    """

    account_id: UUID | None
    compartment_id: UUID | None
    by_role: str


def check_can_be_made(after: dict[str, Any], state: ListingState) -> None:
    """Check what waits as strictly as what applies: a proposal must be able to be accepted.

    Raises:
        FieldsRefusedError: with a sentence for every field that the listing cannot take.
    """
    errors: list[InvalidInputError] = []
    try:
        check_hidden_stays_hidden(after, confidential=state.confidential)
    except InvalidInputError as error:
        errors.append(error)
    try:
        check_whole(state, after)
    except InvalidInputError as error:
        errors.append(error)
    if errors:
        raise FieldsRefusedError(errors)


def file_change(
    state: ListingState,
    before: dict[str, Any],
    after: dict[str, Any],
    by: Proposer,
    others: Deciders,
    *,
    at: datetime,
) -> None:
    """Keep a change for a second person, and tell whoever can decide.

    A newer proposal of the same fields replaces the same person's older one.
    """
    waiting = queries.waiting_edits(state.id)
    desk = Anchor(state.id, state.compartment_id, state.confidential)
    _file(state, desk, (before, after), by, others, waiting, at=at)


def file_member_change(
    state: MemberState,
    anchor: Anchor,
    before: dict[str, Any],
    after: dict[str, Any],
    by: Proposer,
    *,
    at: datetime,
) -> None:
    """Keep a change of a member itself for a second person; it waits at its listing's desk."""
    others = queries.deciders(state.network_id, anchor.compartment_id, by.account_id)
    waiting = queries.waiting_of_member(state.network_id, state.id)
    _file(state, anchor, (before, after), by, others, waiting, at=at)


def _file(
    state: ListingState | MemberState,
    desk: Anchor,
    change: tuple[dict[str, Any], dict[str, Any]],
    by: Proposer,
    others: Deciders,
    waiting: list[Proposal],
    *,
    at: datetime,
) -> None:
    before, after = change
    if by.account_id is not None:
        queries.withdraw_own(waiting, by.account_id, after, at=at)
    proposal = Proposal(
        id=queries.new_id(),
        network_id=state.network_id,
        service_id=desk.service_id,
        kind=ProposalKind.EDIT,
        state=ProposalState.WAITING,
        compartment_id=desk.compartment_id,
        account_id=by.account_id,
        created_at=at,
        before=before,
        after=after,
        by_role=by.by_role,
        base_version=state.version,
        member_id=state.id if isinstance(state, MemberState) else None,
    )
    queries.add_proposal(proposal, by.compartment_id)
    notify(
        proposal.network_id,
        others.compartment_id,
        others.account_ids,
        Notice.ITEM_TO_REVIEW,
        about=f"proposal/{proposal.id}",
        at=at,
    )
