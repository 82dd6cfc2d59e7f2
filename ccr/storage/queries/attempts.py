"""Counted tries under a hashed key (sign-in, code look-up)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ccr.storage.db import db
from ccr.storage.models.operations import Attempt


@dataclass(frozen=True, slots=True)
class Tries:
    """How many tries in the running window, and when the first and the last were."""

    count: int
    first_at: datetime
    last_at: datetime


def hashed(*parts: str) -> str:
    """Return the key that tries are counted under; the parts themselves are never kept."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def find_tries(key_hash: str) -> Tries | None:
    """Return the tries under a key, or None."""
    row = db.session.execute(
        select(Attempt.count, Attempt.first_at, Attempt.last_at).where(Attempt.key_hash == key_hash)
    ).first()
    return None if row is None else Tries(row[0], row[1], row[2])


def count_try(key_hash: str, *, at: datetime, window: timedelta) -> int:
    """Count one more try and return how many there are; a new window begins after `window`."""
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    fresh = Attempt.first_at <= at - window
    statement = (
        insert(Attempt)
        .values(key_hash=key_hash, count=1, first_at=at, last_at=at)
        .on_conflict_do_update(
            index_elements=[Attempt.key_hash],
            set_={
                "count": case((fresh, 1), else_=Attempt.count + 1),
                "first_at": case((fresh, at), else_=Attempt.first_at),
                "last_at": at,
            },
        )
        .returning(Attempt.count)
    )
    return int(db.session.execute(statement).scalar_one())


def forget_tries(key_hash: str) -> None:
    """Forget the tries under a key."""
    db.session.execute(delete(Attempt).where(Attempt.key_hash == key_hash))


def forget_old_tries(before: datetime) -> int:
    """Forget every key whose last try was before this; return how many."""
    result = db.session.execute(delete(Attempt).where(Attempt.last_at < before))
    return int(getattr(result, "rowcount", 0))
