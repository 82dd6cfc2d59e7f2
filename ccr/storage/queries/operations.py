"""Rows behind the machine's own upkeep: notices waiting to be sent, and beats of the jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, Executable, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ccr.domain.mail_times import Pace, QuietHours
from ccr.storage.db import Base, db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.operations import Heartbeat, OutboxItem


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to write: to whom, which fixed text, how soon, and the key of its cause."""

    network_id: UUID
    compartment_id: UUID
    account_id: UUID
    template: str
    dedupe_key: str
    pace: Pace
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MailChoice:
    """How somebody wants their mail: the zone and quiet hours of their program, and their own."""

    account_id: UUID
    zone: ZoneInfo
    quiet: QuietHours
    mail_each: bool


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many notices wait, how many were given up, and since when the oldest one waits."""

    waiting: int
    dead: int
    oldest_due_at: datetime | None


_CHOICES = (
    select(
        Account.id,
        Account.mail_each,
        Compartment.quiet_from,
        Compartment.quiet_until,
        Network.timezone,
    )
    .join(Compartment, Compartment.id == Account.compartment_id)
    .join(Network, Network.id == Account.network_id)
    .order_by(Account.id)
)
_CHOICES_OF = _CHOICES.where(Account.id.in_(bindparam("of_ids", expanding=True)))
_CHOICES_IN = _CHOICES.where(
    Account.compartment_id == bindparam("of_compartment"), Account.active.is_(True)
)
"""Of every act that tells somebody, so made once."""


def mail_choices(account_ids: Collection[UUID]) -> list[MailChoice]:
    """Return how these people want their mail, by account id, in one statement."""
    return _choices(db.session.execute(_CHOICES_OF, {"of_ids": list(account_ids)}))


def mail_choices_in(compartment_id: UUID) -> list[MailChoice]:
    """Return the same of everybody who may sign in to this compartment."""
    return _choices(db.session.execute(_CHOICES_IN, {"of_compartment": compartment_id}))


def _choices(rows: Iterable[Any]) -> list[MailChoice]:
    return [
        MailChoice(
            row.id,
            ZoneInfo(row.timezone),
            quiet_of(row.quiet_from, row.quiet_until),
            row.mail_each,
        )
        for row in rows
    ]


def quiet_of(quiet_from: int | None, quiet_until: int | None) -> QuietHours:
    """Return a program's quiet hours, kept as minutes after midnight; the usual ones for None."""
    if quiet_from is None or quiet_until is None:
        return QuietHours()
    return QuietHours(time(*divmod(quiet_from, 60)), time(*divmod(quiet_until, 60)))


OUTBOX = cast("Table", OutboxItem.__table__)
_NEW = {
    dialect: new.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(OUTBOX.c.id)
    for dialect, new in (
        ("postgresql", postgresql.insert(OUTBOX)),
        ("sqlite", sqlite.insert(OUTBOX)),
    )
}


def add_notices(notices: Sequence[NewNotice], *, at: datetime) -> int:
    """Write notices in one statement and return how many; a cause that was told is left out."""
    if not notices:
        return 0
    rows = [
        {
            "id": uuid4(),
            "network_id": notice.network_id,
            "compartment_id": notice.compartment_id,
            "account_id": notice.account_id,
            "template": notice.template,
            "dedupe_key": notice.dedupe_key,
            "pace": notice.pace.value,
            "created_at": at,
            "due_at": notice.due_at,
            "attempts": 0,
        }
        for notice in notices
    ]
    return len(db.session.execute(_NEW[db.session.get_bind().dialect.name], rows).all())


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
