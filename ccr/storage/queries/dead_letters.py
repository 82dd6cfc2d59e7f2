"""Notices and letters that were given up, for whoever looks after the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from ccr.domain.paging import Page
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.referrals import rows_changed

OVER = ("inactive", "over")
"""Given up because nobody is there to read it, or there is nothing left to read: never retried."""


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A row of the outbox that was given up; `email` is None for a letter to an office."""

    id: UUID
    template: str
    email: str | None
    member_name: str
    program_name: str
    created_at: datetime
    failure: str


def list_dead(network_id: UUID, number: int, *, max_attempts: int, size: int) -> Page[StoredLetter]:
    """Return a page of what was given up in this network, newest first."""
    total = db.session.scalar(
        select(func.count())
        .select_from(OutboxItem)
        .where(_dead(network_id, max_attempts), _first_of_its_mail(max_attempts))
    )
    rows = db.session.execute(
        select(
            OutboxItem.id,
            OutboxItem.template,
            Account.email,
            MemberRow.name,
            Compartment.name.label("program_name"),
            OutboxItem.created_at,
            OutboxItem.last_error_code,
        )
        .join(Compartment, Compartment.id == OutboxItem.compartment_id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .outerjoin(Account, Account.id == OutboxItem.account_id)
        .where(_dead(network_id, max_attempts), _first_of_its_mail(max_attempts))
        .order_by(OutboxItem.created_at.desc(), OutboxItem.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    items = tuple(
        StoredLetter(
            row.id,
            row.template,
            row.email,
            row.name,
            row.program_name,
            row.created_at,
            row.last_error_code or "",
        )
        for row in rows
    )
    return Page(items, total or 0, number, size)


def retry(network_id: UUID, letter_id: UUID | None, *, max_attempts: int, at: datetime) -> int:
    """Let one mail, or all that can be, be tried again from the start; return how many notices.

    Its mail stays what it was: a server that took it before gets the same Message-ID again.
    """
    statement = update(OutboxItem).where(_dead(network_id, max_attempts), _is_of_use())
    if letter_id is not None:
        mail_id = select(OutboxItem.mail_id).where(OutboxItem.id == letter_id).scalar_subquery()
        statement = statement.where(or_(OutboxItem.id == letter_id, OutboxItem.mail_id == mail_id))
    return rows_changed(
        statement.values(attempts=0, due_at=at, retried_at=at, last_error_code=None)
    )


def count_retryable(network_id: UUID, *, max_attempts: int) -> int:
    """Return how many could be tried again."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OutboxItem)
            .where(_dead(network_id, max_attempts), _is_of_use(), _first_of_its_mail(max_attempts))
        )
        or 0
    )


def _dead(network_id: UUID, max_attempts: int) -> ColumnElement[bool]:
    return and_(
        OutboxItem.network_id == network_id,
        OutboxItem.sent_at.is_(None),
        OutboxItem.attempts >= max_attempts,
    )


def _first_of_its_mail(max_attempts: int) -> ColumnElement[bool]:
    """Return the condition by which a mail that spoke for several notices is one line."""
    other = aliased(OutboxItem)
    return ~(
        select(other.id)
        .where(
            other.mail_id == OutboxItem.mail_id,
            other.id < OutboxItem.id,
            other.sent_at.is_(None),
            other.attempts >= max_attempts,
        )
        .exists()
    )


def _is_of_use() -> ColumnElement[bool]:
    return or_(OutboxItem.last_error_code.is_(None), OutboxItem.last_error_code.not_in(OVER))
