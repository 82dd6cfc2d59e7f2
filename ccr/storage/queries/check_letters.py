"""Letters to offices without accounts: which listings they are to look at.

Links are those of `check_links`. What no account stands behind has none in
its row; what it does is the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from ccr.domain.checking import MOST_LINKS, REMIND_AFTER, CheckRules
from ccr.domain.taxonomy import MemberCategory
from ccr.storage.db import db
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.models.keeping import VerificationLink
from ccr.storage.queries.check_links import ONCE_A_DAY, told_already
from ccr.storage.queries.check_mail import has_administrator, office_address
from ccr.storage.queries.checks import due

MOST_A_DAY = 200
"""Links to offices without accounts that a network sends within a day: an import of a state's
whole directory is no reason to write to a state on one morning. Our choice."""


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A listing that is due, and the office that is to be asked."""

    service_id: UUID
    address: str


def wanted_letters(network_id: UUID, rules: CheckRules, at: datetime) -> list[ToLookAt]:
    """Return listings that are due and the offices to ask, those asked least often first.

    No office is written to twice within a day, nor about a listing before `REMIND_AFTER`, nor more
    than `MOST_LINKS` times about one check, nor while what it told waits for a decision.
    """
    if not rules.letters or (left := MOST_A_DAY - _sent_today(network_id, at)) <= 0:
        return []
    link, address = VerificationLink, office_address()
    since = or_(
        ServiceRow.last_verified_at.is_(None), link.created_at > ServiceRow.last_verified_at
    )
    office = (link.service_id == ServiceRow.id, link.account_id.is_(None))
    lately = exists(select(link.id).where(*office, link.created_at > at - REMIND_AFTER))
    told = select(func.count(link.id)).where(*office, since).correlate(ServiceRow).scalar_subquery()
    rows = db.session.execute(
        select(ServiceRow.id, address.label("address"))
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(
            ServiceRow.network_id == network_id,
            MemberRow.active,
            # Members who are survivors are on no page and in no mail (R5).
            MemberRow.category != MemberCategory.SURVIVOR.value,
            due(rules, at),
            address.is_not(None),
            ~has_administrator(),
            ~lately,
            ~told_already(),
            told < MOST_LINKS,
            address.not_in(_written_to(network_id, at)),
        )
        .order_by(told, address, ServiceRow.id)
        .limit(left)
    )
    return [ToLookAt(row.id, row.address) for row in rows]


def _sent_today(network_id: UUID, at: datetime) -> int:
    link = VerificationLink
    found = db.session.scalar(
        select(func.count(link.id)).where(
            link.network_id == network_id,
            link.account_id.is_(None),
            link.created_at > at - timedelta(days=1),
        )
    )
    return int(found or 0)


def _written_to(network_id: UUID, at: datetime) -> Any:  # noqa: ANN401 -- a selection
    """Return the offices that got a letter within the day."""
    link, service, member = VerificationLink, aliased(ServiceRow), aliased(MemberRow)
    address = office_address(member, service)
    return (
        select(address)
        .select_from(link)
        .join(service, service.id == link.service_id)
        .join(member, member.id == service.member_id)
        .where(
            link.network_id == network_id,
            link.account_id.is_(None),
            link.created_at > at - ONCE_A_DAY,
            # One NULL would make NOT IN true for nobody.
            address.is_not(None),
        )
    )


def drop_links(ids: Collection[UUID]) -> None:
    """Forget links whose letter no server took: nobody was asked."""
    db.session.execute(delete(VerificationLink).where(VerificationLink.id.in_(ids)))
