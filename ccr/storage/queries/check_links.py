"""Links by which a listing is checked: who is to get one, and using it once. Hashes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update

from ccr.domain.change_by_link import BY_LINK
from ccr.domain.checking import LINK_LASTS, MOST_LINKS, REMIND_AFTER, CheckRules
from ccr.domain.listing_review import ProposalState
from ccr.domain.taxonomy import MemberCategory
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Network, RoleRow, account_role
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.keeping import ListingProposal, VerificationLink
from ccr.storage.queries.checks import due
from ccr.storage.queries.referrals import rows_changed

AT_ONCE = 200
"""Links made in one run of the worker; the rest is made in the next minute."""
ONCE_A_DAY = timedelta(hours=20)
"""Whoever got links is left alone so long: one digest a day, at the same hours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A listing that is due, and an account that is to be told."""

    network_id: UUID
    compartment_id: UUID
    service_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can still be used; without an account when it went to an office."""

    id: UUID
    network_id: UUID
    service_id: UUID
    account_id: UUID | None
    compartment_id: UUID
    token_hash: str


def networks_with_links() -> list[tuple[UUID, str]]:
    """Return (id, time zone) of the networks whose people are mailed: no practice networks."""
    rows = db.session.execute(
        select(Network.id, Network.timezone)
        .where(Network.is_practice.is_(False))
        .order_by(Network.id)
    )
    return [(row.id, row.timezone) for row in rows]


def wanted_links(network_id: UUID, rules: CheckRules, at: datetime) -> list[Wanted]:
    """Return listings that are due and the administrators of their programs that are to be told.

    Nobody is told again before `REMIND_AFTER`, nor more than `MOST_LINKS` times about one check,
    nor while what somebody told by a link waits for a decision.
    """
    link = VerificationLink
    since = or_(
        ServiceRow.last_verified_at.is_(None), link.created_at > ServiceRow.last_verified_at
    )
    lately = exists(
        select(link.id).where(
            link.service_id == ServiceRow.id,
            link.account_id == Account.id,
            link.created_at > at - REMIND_AFTER,
        )
    )
    today = exists(
        select(link.id).where(link.account_id == Account.id, link.created_at > at - ONCE_A_DAY)
    )
    told = (
        select(func.count(link.id))
        .where(link.service_id == ServiceRow.id, link.account_id == Account.id, since)
        .correlate(ServiceRow, Account)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            ServiceRow.network_id, ServiceRow.compartment_id, ServiceRow.id, Account.id.label("who")
        )
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .join(Account, Account.compartment_id == ServiceRow.compartment_id)
        .join(account_role, account_role.c.account_id == Account.id)
        .join(RoleRow, RoleRow.id == account_role.c.role_id)
        .where(
            ServiceRow.network_id == network_id,
            MemberRow.active,
            Account.active,
            RoleRow.name == "agency_admin",
            due(rules, at),
            ~today,
            ~lately,
            ~told_already(),
            # Members who are survivors are on no page and in no mail (R5).
            MemberRow.category != MemberCategory.SURVIVOR.value,
            told < MOST_LINKS,
        )
        .order_by(Account.id, ServiceRow.id)
        .limit(AT_ONCE)
    )
    return [Wanted(row.network_id, row.compartment_id, row.id, row.who) for row in rows]


def told_already() -> ColumnElement[bool]:
    """Return the condition that what the member said has changed waits for a decision."""
    proposal = ListingProposal
    return exists(
        select(proposal.id).where(
            proposal.service_id == ServiceRow.id,
            proposal.state == ProposalState.WAITING.value,
            proposal.changes["by_role"].as_string() == BY_LINK,
        )
    )


def add_link(
    link_id: UUID,
    network_id: UUID,
    service_id: UUID,
    account_id: UUID | None,
    token_hash: str,
    *,
    at: datetime,
) -> None:
    """Write a link's hash."""
    db.session.execute(
        insert(VerificationLink).values(
            id=link_id,
            network_id=network_id,
            service_id=service_id,
            account_id=account_id,
            token_hash=token_hash,
            created_at=at,
            expires_at=at + LINK_LASTS,
        )
    )


def links_of(account_id: UUID, at: datetime, *, limit: int) -> list[OpenLink]:
    """Return the newest links of an account that can still be used."""
    rows = db.session.execute(
        _usable(at)
        .where(VerificationLink.account_id == account_id)
        .order_by(VerificationLink.created_at.desc(), VerificationLink.id)
        .limit(limit)
    )
    return [_link(row) for row in rows]


def find_link(token_hash: str, at: datetime) -> OpenLink | None:
    """Return the link of this hash when it can be used: in time, its account active, unused."""
    row = db.session.execute(_usable(at).where(VerificationLink.token_hash == token_hash)).first()
    return None if row is None else _link(row)


def was_used(token_hash: str) -> bool:
    """Return True when a link of this hash has had its effect."""
    return bool(
        db.session.scalar(
            select(VerificationLink.id).where(
                VerificationLink.token_hash == token_hash, VerificationLink.used_at.is_not(None)
            )
        )
    )


def use_link(link: OpenLink, *, at: datetime) -> bool:
    """Use the link up; return False when somebody else was first."""
    return (
        rows_changed(
            update(VerificationLink)
            .where(VerificationLink.id == link.id, VerificationLink.used_at.is_(None))
            .values(used_at=at)
            .execution_options(synchronize_session=False)
        )
        == 1
    )


def end_links(service_id: UUID, *, at: datetime) -> None:
    """Let no link to this listing be used any more: it was checked."""
    db.session.execute(
        update(VerificationLink)
        .where(VerificationLink.service_id == service_id, VerificationLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


def end_links_of(account_id: UUID, *, at: datetime) -> None:
    """Let none of somebody's links be used any more: their account ends."""
    db.session.execute(
        update(VerificationLink)
        .where(
            VerificationLink.account_id == account_id,
            VerificationLink.used_at.is_(None),
            VerificationLink.expires_at > at,
        )
        .values(expires_at=at)
        .execution_options(synchronize_session=False)
    )


def _usable(at: datetime) -> Any:  # noqa: ANN401 -- a statement
    return (
        select(
            VerificationLink.id,
            VerificationLink.network_id,
            VerificationLink.service_id,
            VerificationLink.account_id,
            VerificationLink.token_hash,
            ServiceRow.compartment_id,
        )
        .join(ServiceRow, ServiceRow.id == VerificationLink.service_id)
        .outerjoin(Account, Account.id == VerificationLink.account_id)
        .where(
            VerificationLink.used_at.is_(None),
            VerificationLink.expires_at > at,
            ServiceRow.status == "active",
            or_(
                VerificationLink.account_id.is_(None),
                # Whoever has moved to another program has no business with this listing any more.
                and_(Account.active, Account.compartment_id == ServiceRow.compartment_id),
            ),
        )
    )


def _link(row: Any) -> OpenLink:  # noqa: ANN401 -- a row of the statement above
    return OpenLink(
        id=row.id,
        network_id=row.network_id,
        service_id=row.service_id,
        account_id=row.account_id,
        compartment_id=row.compartment_id,
        token_hash=row.token_hash,
    )
