"""Proposals to change listings: kept, listed for whoever decides, decided by exactly one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from ccr.domain.errors import NotFoundError
from ccr.domain.listing_review import Proposal, ProposalKind, ProposalState, WhatIsWrong
from ccr.domain.paging import PAGE_SIZE, Page
from ccr.policy.identity import Role
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, RoleRow
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.keeping import ListingProposal
from ccr.storage.queries.directory_changes import plain_fields
from ccr.storage.queries.referrals import rows_changed

_COLUMNS = (
    ListingProposal.__table__,
    ServiceRow.compartment_id.label("owner_id"),
    ServiceRow.name.label("service_name"),
    ServiceRow.confidential,
    MemberRow.name.label("member_name"),
)
_WAITING = ListingProposal.state == ProposalState.WAITING.value


class Listed:
    """A proposal with the names of its listing, as lists show it."""

    __slots__ = ("confidential", "member", "proposal", "service")

    def __init__(self, row: Any) -> None:  # noqa: ANN401 -- a row of the join
        self.proposal = _proposal(row)
        self.service: str = row.service_name
        self.member: str = row.member_name
        self.confidential: bool = row.confidential


def add_proposal(proposal: Proposal, compartment_id: UUID | None) -> None:
    """Keep a proposal; `compartment_id` is the program of whoever proposes."""
    changes: dict[str, Any] = {"by_role": proposal.by_role}
    if proposal.member_id is not None:
        changes["member"] = str(proposal.member_id)
    if proposal.issue is not None:
        changes["issue"] = proposal.issue.value
    if proposal.after:
        changes |= {
            "before": plain_fields(proposal.before),
            "after": plain_fields(proposal.after),
        }
    db.session.execute(
        insert(ListingProposal).values(
            id=proposal.id,
            network_id=proposal.network_id,
            service_id=proposal.service_id,
            kind=proposal.kind.value,
            state=proposal.state.value,
            changes=changes,
            words_sealed=proposal.words_sealed,
            account_id=proposal.account_id,
            compartment_id=compartment_id,
            base_version=proposal.base_version,
            created_at=proposal.created_at,
        )
    )


def new_id() -> UUID:
    """Return an id for a proposal: its words are sealed for it before it is kept."""
    return uuid4()


def seal_context(proposal_id: UUID) -> str:
    """Return what a proposal's words are sealed for: they open in no other row."""
    return f"listing-proposal|{proposal_id}"


def get_proposal(network_id: UUID, proposal_id: UUID) -> Listed:
    """Return a proposal of a network; raises NotFoundError."""
    row = db.session.execute(
        _joined().where(ListingProposal.id == proposal_id, ListingProposal.network_id == network_id)
    ).first()
    if row is None:
        raise NotFoundError
    return Listed(row)


def list_waiting(network_id: UUID, compartment_id: UUID | None, number: int) -> Page[Listed]:
    """Return what waits for decisions, the oldest first.

    Args:
        compartment_id: of the listings of this program alone, claims left out; None for all.
    """
    conditions = _desk(network_id, compartment_id)
    total = count_waiting(network_id, compartment_id)
    rows = db.session.execute(
        _joined()
        .where(*conditions)
        .order_by(ListingProposal.created_at, ListingProposal.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Page(tuple(Listed(row) for row in rows), total, number)


def count_waiting(network_id: UUID, compartment_id: UUID | None) -> int:
    """Return how much waits, as `list_waiting` lists it."""
    total = db.session.scalar(
        select(func.count())
        .select_from(ListingProposal)
        .join(ServiceRow, ServiceRow.id == ListingProposal.service_id)
        .where(*_desk(network_id, compartment_id))
    )
    return int(total or 0)


def waiting_edits(service_id: UUID) -> list[Proposal]:
    """Return the edits and claims of a listing that wait, the oldest first; not its member's."""
    rows = db.session.execute(
        _joined()
        .where(
            ListingProposal.service_id == service_id,
            _WAITING,
            ListingProposal.kind.in_((ProposalKind.EDIT.value, ProposalKind.CLAIM.value)),
        )
        .order_by(ListingProposal.created_at, ListingProposal.id)
    )
    return [found for row in rows if (found := _proposal(row)).member_id is None]


def waiting_of_member(network_id: UUID, member_id: UUID) -> list[Proposal]:
    """Return the edits of a member's own facts that wait, the oldest first."""
    rows = db.session.execute(
        _joined()
        .where(
            ListingProposal.network_id == network_id,
            _WAITING,
            ListingProposal.kind == ProposalKind.EDIT.value,
            ListingProposal.changes["member"].as_string() == str(member_id),
        )
        .order_by(ListingProposal.created_at, ListingProposal.id)
    )
    return [_proposal(row) for row in rows]


def decide(
    proposal: Proposal, state: ProposalState, decider_id: UUID | None, *, at: datetime
) -> bool:
    """Decide on a waiting proposal and erase its words; False when somebody else has."""
    return (
        rows_changed(
            update(ListingProposal)
            .where(ListingProposal.id == proposal.id, _WAITING)
            .values(state=state.value, decided_at=at, decided_by_id=decider_id, words_sealed=None)
            .execution_options(synchronize_session=False)
        )
        == 1
    )


def withdraw_own(
    waiting: Iterable[Proposal], account_id: UUID, names: Collection[str], *, at: datetime
) -> None:
    """Withdraw a person's own waiting edits of these fields: the newer word counts."""
    for proposal in waiting:
        own = proposal.kind is ProposalKind.EDIT and proposal.account_id == account_id
        if own and set(proposal.after) & set(names):
            decide(proposal, ProposalState.WITHDRAWN, account_id, at=at)


def count_suggestions(network_id: UUID, service_id: UUID) -> tuple[int, int]:
    """Return how many suggestions wait: of the listing, and of the whole network."""
    told = (_WAITING, ListingProposal.kind == ProposalKind.SUGGESTION.value)
    row = db.session.execute(
        select(
            func.count().filter(ListingProposal.service_id == service_id),
            func.count(),
        ).where(ListingProposal.network_id == network_id, *told)
    ).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who else may decide on a change, and the program they sit in."""

    compartment_id: UUID
    account_ids: tuple[UUID, ...]


def deciders(network_id: UUID, compartment_id: UUID, without: UUID | None) -> Deciders:
    """Return who else decides on a program's listings: its admins, else the coordinators.

    Only active accounts; never the one named.
    """

    def people(role: Role, *conditions: ColumnElement[bool]) -> list[tuple[UUID, UUID]]:
        found = db.session.execute(
            select(Account.id, Account.compartment_id)
            .where(Account.active, Account.roles.any(RoleRow.name == role.value), *conditions)
            .order_by(Account.id)
        )
        return [(row[0], row[1]) for row in found if row[0] != without]

    found = people(Role.AGENCY_ADMIN, Account.compartment_id == compartment_id) or people(
        Role.COORDINATOR, Account.network_id == network_id
    )
    return Deciders(
        found[0][1] if found else compartment_id, tuple(account for account, _ in found)
    )


def _desk(network_id: UUID, compartment_id: UUID | None) -> list[ColumnElement[bool]]:
    conditions = [ListingProposal.network_id == network_id, _WAITING]
    if compartment_id is None:
        return conditions
    return [
        *conditions,
        or_(
            ServiceRow.compartment_id == compartment_id,
            # A claim of one's own is in view, so that it can be withdrawn.
            ListingProposal.compartment_id == compartment_id,
        ),
        or_(
            ListingProposal.kind != ProposalKind.CLAIM.value,
            ListingProposal.compartment_id == compartment_id,
        ),
    ]


def _joined() -> Any:  # noqa: ANN401 -- a selection
    return (
        select(*_COLUMNS)
        .join(ServiceRow, ServiceRow.id == ListingProposal.service_id)
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
    )


def _proposal(row: Any) -> Proposal:  # noqa: ANN401 -- a row of the join
    kind, changes = ProposalKind(row.kind), row.changes
    claim = kind is ProposalKind.CLAIM
    return Proposal(
        id=row.id,
        network_id=row.network_id,
        service_id=row.service_id,
        kind=kind,
        state=ProposalState(row.state),
        compartment_id=None if claim else row.owner_id,
        account_id=row.account_id,
        created_at=row.created_at,
        before=changes.get("before", {}),
        after=changes.get("after", {}),
        issue=WhatIsWrong(changes["issue"]) if "issue" in changes else None,
        words_sealed=row.words_sealed,
        claimant_id=row.compartment_id if claim else None,
        by_role=changes.get("by_role", ""),
        base_version=row.base_version,
        member_id=UUID(changes["member"]) if "member" in changes else None,
    )
