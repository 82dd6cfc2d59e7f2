"""Deciding on what others propose: changes that wait, claims, and what people say is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.keys import KeyRing, SealError
from ccr.domain.change_by_link import BY_LINK
from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import ForbiddenError, IllegalTransitionError, NotFoundError, StaleError
from ccr.domain.listing_fields import check_member_tells_no_street, check_program_fits
from ccr.domain.listing_review import (
    Proposal,
    ProposalKind,
    ProposalState,
    check_may_decide,
)
from ccr.domain.paging import Page, page_number
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity, Role
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import check_steps
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import listing_proposals as queries
from ccr.storage.queries.accounts import get_compartment
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.checks import find_line
from ccr.storage.queries.listing_claims import has_open_referrals, is_unclaimed
from ccr.storage.queries.listing_places import write_member
from ccr.storage.queries.listing_proposals import Listed
from ccr.storage.queries.listing_state import ListingState, MemberState, member_state
from ccr.storage.queries.listing_write import Author, listing_state, move_service, write_service
from ccr.storage.queries.member_desk import hides
from ccr.storage.queries.record_aliases import kept_id

__all__ = [
    "Listed",
    "OpenProposal",
    "claim",
    "count_waiting",
    "decide",
    "list_waiting",
    "may_claim",
    "open_proposal",
    "withdraw",
]

CHANGED = phrase("Somebody else changed this meanwhile. Nothing was decided; look again.")


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal with its listing, or the member itself, as it is now.

    Attributes:
        words: what was written besides, opened for whoever decides; "" for nothing.
        own: True when it is the viewer's own, who may withdraw it and not decide.
        claimant: the member that claims, of a claim.
        may_decide: True when the viewer decides.
    """

    listed: Listed
    state: ListingState | MemberState
    words: str
    own: bool
    may_decide: bool
    claimant: str = ""


def list_waiting(identity: Identity, number: int) -> Page[Listed]:
    """Return what waits for a decision at this desk, the oldest first.

    A coordinator sees the whole network's, an admin the own program's.
    """
    authorise(identity, Permission.LISTING_REVIEW)
    return queries.list_waiting(identity.network_id, _desk(identity), page_number(number))


def count_waiting(identity: Identity) -> int:
    """Return how much waits for a decision at this desk."""
    authorise(identity, Permission.LISTING_REVIEW)
    return queries.count_waiting(identity.network_id, _desk(identity))


def _desk(identity: Identity) -> UUID | None:
    return None if Role.COORDINATOR in identity.roles else identity.compartment_id


def open_proposal(identity: Identity, world: World, proposal_id: UUID) -> OpenProposal:
    """Return a waiting proposal with what was written besides.

    Raises:
        NotFoundError: there is none for this desk, or it is decided.
    """
    authorise(identity, Permission.LISTING_REVIEW)
    listed = queries.get_proposal(identity.network_id, proposal_id)
    proposal = listed.proposal
    own = identity.user_id is not None and proposal.account_id == identity.user_id
    may_decide = permits(identity, Permission.LISTING_REVIEW, proposal)
    if not (own or may_decide) or proposal.state is not ProposalState.WAITING:
        raise NotFoundError
    return OpenProposal(
        listed,
        _state_of(identity, proposal),
        _opened(world.keys, proposal) if may_decide else "",
        own,
        may_decide and not own,
        get_compartment(proposal.claimant_id).member_name if proposal.claimant_id else "",
    )


def decide(
    identity: Identity, proposal_id: UUID, *, accept: bool, version: int, at: datetime
) -> Proposal:
    """Accept or refuse a proposal, and erase what was written besides; return it.

    An accepted change applies to the listing as the decider saw it; accepting what somebody told
    is wrong changes nothing by itself: the decider has put it right.

    Raises:
        NotFoundError: there is none that this identity may decide on.
        IllegalTransitionError: it is decided, it is one's own, or a claim cannot be granted now.
        StaleError: the listing has changed since this version; nothing was written.
        InvalidInputError: the change cannot be made to the listing as it is now.
    """
    with unit_of_work():
        authorise(identity, Permission.LISTING_REVIEW)
        proposal = queries.get_proposal(identity.network_id, proposal_id).proposal
        authorise(identity, Permission.LISTING_REVIEW, proposal)
        check_may_decide(proposal, identity.user_id)
        state = ProposalState.ACCEPTED if accept else ProposalState.REFUSED
        if not queries.decide(proposal, state, identity.user_id, at=at):
            raise IllegalTransitionError(phrase("This was decided meanwhile. Look at the listing."))
        if accept:
            _carry_out(identity, proposal, version, at)
        append_event(
            identity,
            state.value,
            "proposal",
            proposal.id,
            at=at,
            fields=proposal.after,
            reason=proposal.kind.value,
        )
        return proposal


def _state_of(identity: Identity, proposal: Proposal) -> ListingState | MemberState:
    """Return what a proposal would change; a member that was merged is the one it became."""
    network_id, member_id = identity.network_id, proposal.member_id
    if member_id is None:
        return listing_state(network_id, proposal.service_id)
    return member_state(network_id, kept_id(network_id, RecordKind.MEMBER, member_id) or member_id)


def _carry_out(identity: Identity, proposal: Proposal, version: int, at: datetime) -> None:
    if proposal.kind not in {ProposalKind.EDIT, ProposalKind.CLAIM}:
        return
    found = _state_of(identity, proposal)
    if found.version != version:
        raise StaleError(CHANGED)
    roles = "+".join(filter(None, (proposal.by_role, identity.role_told)))
    author = Author(at, roles, proposal.account_id)
    if isinstance(found, MemberState):
        if hides(found.network_id, found.id):
            check_member_tells_no_street(proposal.after)
        done = write_member(found, proposal.after, author)
    elif proposal.kind is ProposalKind.EDIT:
        done = write_service(found, proposal.after, author)
    else:
        done = _grant(found, proposal, author)
    if not done:
        raise StaleError(CHANGED)
    if proposal.by_role == BY_LINK:
        _note_check(identity, proposal, at)


def _note_check(identity: Identity, proposal: Proposal, at: datetime) -> None:
    """Note that the listing is true, as of the day on which its member said what had changed."""
    line = find_line(identity.network_id, proposal.service_id)
    if line is None:
        raise NotFoundError
    if line.verified_at is None or line.verified_at < proposal.created_at:
        check_steps.note_check(
            line,
            at=at,
            true_at=proposal.created_at,
            by_role=BY_LINK,
            member=line.member,
            account=identity.user_id,
        )


def _grant(listing: ListingState, proposal: Proposal, author: Author) -> bool:
    """Give a listing to the program that claims it. Referrals never move with it."""
    if proposal.claimant_id is None:
        return False
    if has_open_referrals(listing.id):
        raise IllegalTransitionError(
            phrase(
                "This listing cannot move now: something that was sent to it is still open. "
                "Decide again when it is closed."
            )
        )
    program = get_compartment(proposal.claimant_id)
    check_program_fits(listing.fields["needs"], program.kind)
    return move_service(listing, program.member_id, program.id, author)


def withdraw(identity: Identity, proposal_id: UUID, *, at: datetime) -> Proposal:
    """Take back one's own proposal; raises NotFoundError for anybody else's."""
    with unit_of_work():
        authorise(identity, Permission.LISTING_REVIEW)
        proposal = queries.get_proposal(identity.network_id, proposal_id).proposal
        if identity.user_id is None or proposal.account_id != identity.user_id:
            raise NotFoundError
        if not queries.decide(proposal, ProposalState.WITHDRAWN, identity.user_id, at=at):
            raise IllegalTransitionError(phrase("This was decided meanwhile. Look at the listing."))
        append_event(identity, "withdrew", "proposal", proposal.id, at=at)
        return proposal


def may_claim(identity: Identity, listing: ListingState) -> bool:
    """Return True when the listing could be claimed for the identity's program.

    It sits in another program of the same member, or came by import under a member that has no
    accounts.
    """
    if not permits(identity, Permission.LISTING_CLAIM, listing) or identity.in_practice:
        return False
    authorise(identity, Permission.LISTING_CLAIM, listing)
    if listing.compartment_id == identity.compartment_id:
        return False
    return listing.member_id == identity.member_id or is_unclaimed(listing.id)


def claim(identity: Identity, service_id: UUID, *, at: datetime) -> None:
    """Ask that a listing be given to one's own program; a coordinator decides.

    Raises:
        NotFoundError: there is no such listing, or it is somebody's.
        IllegalTransitionError: it is claimed already.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_READ)
        listing = listing_state(identity.network_id, service_id)
        authorise(identity, Permission.LISTING_CLAIM, listing)
        if not may_claim(identity, listing):
            raise ForbiddenError
        check_program_fits(listing.fields["needs"], identity.compartment_kind)
        if any(p.kind is ProposalKind.CLAIM for p in queries.waiting_edits(service_id)):
            raise IllegalTransitionError(
                phrase("Somebody claims this listing already; a coordinator decides.")
            )
        proposal = Proposal(
            id=queries.new_id(),
            network_id=identity.network_id,
            service_id=service_id,
            kind=ProposalKind.CLAIM,
            state=ProposalState.WAITING,
            compartment_id=None,
            account_id=identity.user_id,
            created_at=at,
            by_role=identity.role_told,
            base_version=listing.version,
        )
        queries.add_proposal(proposal, identity.compartment_id)
        append_event(identity, "claimed", "service", service_id, at=at)


def _opened(keys: KeyRing, proposal: Proposal) -> str:
    if proposal.words_sealed is None:
        return ""
    try:
        return keys.open(proposal.words_sealed, queries.seal_context(proposal.id))
    except SealError:
        return ""
