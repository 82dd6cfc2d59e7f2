"""What one person has put aside: listings and searches, each gone after 30 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select

from ccr.storage.db import db
from ccr.storage.models.finding import SavedSearch, ShortListEntry
from ccr.storage.queries.referrals import rows_changed

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A search as it was kept: fields of the search form, never words or needs."""

    id: UUID
    fields: dict[str, str]
    expires_at: datetime


def listings_of(account_id: UUID, at: datetime) -> list[UUID]:
    """Return the listings that an account has put aside, the oldest first."""
    return list(
        db.session.scalars(
            select(ShortListEntry.service_id)
            .where(ShortListEntry.account_id == account_id, ShortListEntry.expires_at > at)
            .order_by(ShortListEntry.created_at, ShortListEntry.service_id)
        )
    )


def put_listing(account_id: UUID, network_id: UUID, service_id: UUID, *, at: datetime) -> None:
    """Put a listing aside; one that is there already is kept from now on."""
    take_listing(account_id, service_id)
    db.session.execute(
        insert(ShortListEntry).values(
            account_id=account_id,
            network_id=network_id,
            service_id=service_id,
            created_at=at,
            expires_at=at + KEPT_FOR,
        )
    )


def take_listing(account_id: UUID, service_id: UUID) -> None:
    """Take a listing out again."""
    db.session.execute(
        delete(ShortListEntry).where(
            ShortListEntry.account_id == account_id, ShortListEntry.service_id == service_id
        )
    )


def searches_of(account_id: UUID, at: datetime) -> list[KeptSearch]:
    """Return the searches that an account has kept, the newest first."""
    rows = db.session.execute(
        select(SavedSearch.id, SavedSearch.fields, SavedSearch.expires_at)
        .where(SavedSearch.account_id == account_id, SavedSearch.expires_at > at)
        .order_by(SavedSearch.created_at.desc(), SavedSearch.id)
    )
    return [KeptSearch(row.id, row.fields, row.expires_at) for row in rows]


def count_searches(account_id: UUID) -> int:
    """Return how many searches an account has kept."""
    return int(
        db.session.scalar(select(func.count()).where(SavedSearch.account_id == account_id)) or 0
    )


def keep_search(
    account_id: UUID, network_id: UUID, fields: dict[str, str], *, at: datetime
) -> None:
    """Keep a search."""
    db.session.execute(
        insert(SavedSearch).values(
            id=uuid4(),
            account_id=account_id,
            network_id=network_id,
            fields=fields,
            created_at=at,
            expires_at=at + KEPT_FOR,
        )
    )


def drop_search(account_id: UUID, search_id: UUID) -> None:
    """Forget a search of this account."""
    db.session.execute(
        delete(SavedSearch).where(SavedSearch.account_id == account_id, SavedSearch.id == search_id)
    )


def forget_expired(at: datetime) -> int:
    """Delete whatever is older than its time; return how much that was."""
    return sum(
        rows_changed(delete(model).where(model.expires_at <= at))
        for model in (ShortListEntry, SavedSearch)
    )
