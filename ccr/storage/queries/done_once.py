"""What was done once: claimed in the transaction of the act itself, so both are there or neither.

A key is a hash; whose it is and what it was for is part of what was hashed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update

from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.doors import DoneOnceRow
from ccr.storage.queries.referrals import rows_changed


@dataclass(frozen=True, slots=True)
class Done:
    """What is kept under a key: the hash of what was sent, and the answer, if there is one yet."""

    request_hash: str
    reply_sealed: str | None


def find_done(key_hash: str, *, since: datetime) -> Done | None:
    """Return what was done under a key since a moment, or None."""
    row = db.session.execute(
        select(DoneOnceRow.request_hash, DoneOnceRow.reply_sealed).where(
            DoneOnceRow.key_hash == key_hash, DoneOnceRow.done_at > since
        )
    ).first()
    return None if row is None else Done(row[0], row[1])


def look_anew() -> None:
    """End the present reading, so that the next one sees what was written since."""
    db.session.rollback()


def claim_anew(key_hash: str, request_hash: str, *, compartment_id: UUID, at: datetime) -> None:
    """Take a key that nobody has, or had a day ago; the key is locked by whoever asks."""
    db.session.execute(delete(DoneOnceRow).where(DoneOnceRow.key_hash == key_hash))
    db.session.execute(
        insert(DoneOnceRow).values(
            key_hash=key_hash,
            request_hash=request_hash,
            compartment_id=compartment_id,
            done_at=at,
        )
    )


def claim(key_hash: str, request_hash: str, *, since: datetime, at: datetime) -> bool:
    """Take a key for this request; return False when the same request has it since `since`.

    Another request under the key is a new one and takes it over. Whoever asks while another
    transaction holds the key waits until that one has ended.
    """
    taken_over = (
        update(DoneOnceRow)
        .where(
            DoneOnceRow.key_hash == key_hash,
            (DoneOnceRow.request_hash != request_hash) | (DoneOnceRow.done_at <= since),
        )
        .values(request_hash=request_hash, reply_sealed=None, done_at=at)
    )
    if rows_changed(taken_over):
        return True
    fresh = (
        on_conflict_insert()(DoneOnceRow)
        .values(key_hash=key_hash, request_hash=request_hash, done_at=at)
        .on_conflict_do_nothing(index_elements=[DoneOnceRow.key_hash])
        .returning(DoneOnceRow.key_hash)
    )
    if db.session.execute(fresh).first() is not None:
        return True
    # It was written while we waited: by the same request, or by another one.
    return bool(rows_changed(taken_over))


def keep_reply(key_hash: str, reply_sealed: str, *, referral_id: UUID | None = None) -> None:
    """Keep the answer to a claimed request; it goes when the referral goes."""
    db.session.execute(
        update(DoneOnceRow)
        .where(DoneOnceRow.key_hash == key_hash)
        .values(reply_sealed=reply_sealed, referral_id=referral_id)
    )


def give_back(key_hash: str, request_hash: str) -> None:
    """Forget a claim of this request, which had no effect after all."""
    db.session.execute(
        delete(DoneOnceRow).where(
            DoneOnceRow.key_hash == key_hash, DoneOnceRow.request_hash == request_hash
        )
    )


def forget_done(before: datetime) -> int:
    """Forget everything done before a moment; return how much."""
    return rows_changed(delete(DoneOnceRow).where(DoneOnceRow.done_at <= before))


def lock_key(key_hash: str) -> bool:
    """Hold a key until the transaction ends; return False when another one holds it now.

    On SQLite there is one writer at a time, who holds everything: True.
    """
    if not _on_postgres():
        return True
    number = int(key_hash[:15], 16)
    taken = db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number})
    return bool(taken)


def _on_postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
