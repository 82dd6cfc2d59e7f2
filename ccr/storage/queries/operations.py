"""Rows behind the machine's own upkeep: notices waiting to be sent, and beats of the jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, Executable, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ccr.storage.db import Base, db
from ccr.storage.models.accounts import Account, Network
from ccr.storage.models.operations import Heartbeat, OutboxItem


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to write: to whom, which fixed text, and a key that the same cause makes again."""

    network_id: UUID
    compartment_id: UUID
    account_id: UUID
    template: str
    dedupe_key: str


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice taken for sending; `attempts` counts this try too."""

    id: UUID
    email: str
    template: str
    attempts: int
    account_id: UUID


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many notices wait, how many were given up, and since when the oldest one waits."""

    waiting: int
    dead: int
    oldest_due_at: datetime | None


def list_active_accounts(compartment_id: UUID) -> list[UUID]:
    """Return the accounts that may sign in to this compartment."""
    query = (
        select(Account.id)
        .where(Account.compartment_id == compartment_id, Account.active.is_(True))
        .order_by(Account.id)
    )
    return list(db.session.scalars(query))


def add_notice(notice: NewNotice, *, at: datetime) -> bool:
    """Write a notice; return False when the same one exists or an equal one still waits unsent."""
    same = select(OutboxItem.id).where(
        (OutboxItem.dedupe_key == notice.dedupe_key)
        | (
            (OutboxItem.account_id == notice.account_id)
            & (OutboxItem.template == notice.template)
            & (OutboxItem.attempts == 0)
            & OutboxItem.sent_at.is_(None)
        )
    )
    if db.session.scalar(same.limit(1)) is not None:
        return False
    return _insert(
        OutboxItem(
            network_id=notice.network_id,
            compartment_id=notice.compartment_id,
            account_id=notice.account_id,
            template=notice.template,
            dedupe_key=notice.dedupe_key,
            created_at=at,
            due_at=at,
            attempts=0,
        )
    )


def claim_due_notices(
    *, at: datetime, held_until: datetime, max_attempts: int, limit: int
) -> list[DueNotice]:
    """Take up to `limit` due notices, so that nobody else takes them before `held_until`.

    Run it in a unit of work of its own and send after that: on SQLite the unit begins as the
    only writer, on PostgreSQL the rows are locked and those of another worker are skipped.
    """
    query = (
        select(OutboxItem, Account.email, Account.id)
        .join(Account, Account.id == OutboxItem.account_id)
        .where(
            OutboxItem.sent_at.is_(None),
            OutboxItem.due_at <= at,
            OutboxItem.attempts < max_attempts,
            Account.active.is_(True),
            # Nothing of a practice space is ever mailed; no notice is written there either.
            OutboxItem.network_id.not_in(select(Network.id).where(Network.is_practice)),
        )
        .order_by(OutboxItem.due_at, OutboxItem.id)
        .limit(limit)
        .with_for_update(of=OutboxItem, skip_locked=True)
    )
    taken = []
    for item, email, account_id in db.session.execute(query):
        item.attempts += 1
        item.due_at = held_until
        taken.append(DueNotice(item.id, email, item.template, item.attempts, account_id))
    return taken


def mark_sent(notice: DueNotice, *, at: datetime) -> bool:
    """Mark a notice as sent; return False when it was taken from us in the meantime."""
    return _settle(notice, sent_at=at, last_error_code=None)


def mark_failed(notice: DueNotice, *, code: str, due_at: datetime) -> bool:
    """Note why a notice was not sent and when to try again; return False when it is not ours."""
    return _settle(notice, due_at=due_at, last_error_code=code)


def give_up_notices(*, created_before: datetime, max_attempts: int) -> int:
    """Mark unsent notices as given up where they are too old or nobody can sign in any more."""
    gone = select(Account.id).where(Account.active.is_(False))
    open_ones = (OutboxItem.sent_at.is_(None), OutboxItem.attempts < max_attempts)
    count = 0
    for code, condition in (
        ("expired", OutboxItem.created_at < created_before),
        ("inactive", OutboxItem.account_id.in_(gone)),
    ):
        count += _rows_changed(
            update(OutboxItem)
            .where(*open_ones, condition)
            .values(attempts=max_attempts, last_error_code=code)
        )
    return count


def forget_notices(*, created_before: datetime) -> int:
    """Delete notices, sent or given up, from before this moment; return how many."""
    return _rows_changed(delete(OutboxItem).where(OutboxItem.created_at < created_before))


def count_outbox(*, max_attempts: int) -> OutboxCounts:
    """Return how the outbox stands."""
    unsent = OutboxItem.sent_at.is_(None)
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(OutboxItem.due_at)).where(
            unsent, OutboxItem.attempts < max_attempts
        )
    ).one()
    dead = db.session.scalar(
        select(func.count()).where(unsent, OutboxItem.attempts >= max_attempts)
    )
    return OutboxCounts(waiting, dead or 0, oldest)


def save_beat(name: str, *, at: datetime) -> None:
    """Note that this job has just run to its end; an earlier moment never replaces a later one."""
    changed = _rows_changed(
        update(Heartbeat).where(Heartbeat.name == name, Heartbeat.at <= at).values(at=at)
    )
    if not changed and db.session.get(Heartbeat, name) is None:
        _insert(Heartbeat(name=name, at=at))


def last_beats(names: Collection[str]) -> Mapping[str, datetime]:
    """Return when each of these jobs last ran to its end; those that never did are absent."""
    query = select(Heartbeat.name, Heartbeat.at).where(Heartbeat.name.in_(names))
    return {row.name: row.at for row in db.session.execute(query)}


def _settle(notice: DueNotice, **values: object) -> bool:
    # Each try raises `attempts`, so that an outcome that comes too late changes nothing.
    return bool(
        _rows_changed(
            update(OutboxItem)
            .where(
                OutboxItem.id == notice.id,
                OutboxItem.attempts == notice.attempts,
                OutboxItem.sent_at.is_(None),
            )
            .values(**values)
        )
    )


def _rows_changed(statement: Executable) -> int:
    result = db.session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _insert(row: Base) -> bool:
    """Insert in a savepoint; return False when another writer was first."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True
