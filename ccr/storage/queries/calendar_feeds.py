"""Feeds of what is due, found by the hash of their address. The address itself is nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, insert, select

from ccr.policy.identity import Role
from ccr.storage.db import db
from ccr.storage.models.accounts import Account
from ccr.storage.models.desk import CalendarFeedRow

FEED = cast("Table", CalendarFeedRow.__table__)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and whose it is."""

    id: UUID
    account_id: UUID
    compartment_id: UUID
    roles: frozenset[Role]
    language: str | None


def find_feed(token_hash: str) -> Feed | None:
    """Return the feed with this address of an account that can sign in, or None."""
    row = db.session.execute(select(FEED).where(FEED.c.token_hash == token_hash)).first()
    account = db.session.get(Account, row.account_id) if row else None
    if row is None or account is None or not account.active:
        return None
    roles = frozenset(Role(role.name) for role in account.roles)
    return Feed(row.id, row.account_id, row.compartment_id, roles, account.language)


def made_at(account_id: UUID) -> datetime | None:
    """Return since when somebody has a feed, or None."""
    return db.session.scalar(select(FEED.c.made_at).where(FEED.c.account_id == account_id))


def replace_feed(account_id: UUID, compartment_id: UUID, token_hash: str, *, at: datetime) -> UUID:
    """Give somebody a feed; the one they had is worthless from now on."""
    end_feed(account_id)
    feed_id = uuid4()
    db.session.execute(
        insert(FEED).values(
            id=feed_id,
            account_id=account_id,
            compartment_id=compartment_id,
            token_hash=token_hash,
            made_at=at,
        )
    )
    return feed_id


def end_feed(account_id: UUID) -> bool:
    """Make somebody's feed worthless; return False when they had none."""
    gone = db.session.execute(
        delete(FEED).where(FEED.c.account_id == account_id).returning(FEED.c.id)
    )
    return gone.first() is not None
