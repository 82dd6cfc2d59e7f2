"""Rows of the outbox on their way out: who has mail, what is taken for sending, what came of it.

One worker at a time has somebody's mail in hand: their account is locked while it is taken. Rows
that another transaction has not committed yet are not seen, and leave in a later mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from ccr.domain.gathering import AHEAD, LONGEST_WAIT, Plan, Planned, Waiting
from ccr.domain.mail_times import Pace, QuietHours
from ccr.domain.taxonomy import CoverageMode
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.directory import CoverageRow, ServiceRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries.operations import quiet_of
from ccr.storage.queries.referrals import rows_changed


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody with mail that is due, locked until the unit of work ends."""

    account_id: UUID
    email: str
    compartment_id: UUID
    zone: ZoneInfo
    quiet: QuietHours
    gathered_on: date | None
    notices: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail taken for sending.

    Attributes:
        id: the same at every try; the Message-ID is made from it.
        templates: the fixed texts of its notices.
        attempts: the tries of the notice that was tried most, this one counted.
        held_until: when somebody else may take it; names this try.
    """

    id: UUID
    account_id: UUID
    email: str
    zone: ZoneInfo
    quiet: QuietHours
    templates: frozenset[str]
    pace: Pace
    attempts: int
    held_until: datetime


def lock_addressees(
    *, at: datetime, max_attempts: int, limit: int, without: Collection[UUID], only_now: bool
) -> list[Addressee]:
    """Return up to `limit` people with mail that is due, whoever has waited longest first.

    Run it in a unit of work of its own: on SQLite the unit begins as the only writer, on
    PostgreSQL the accounts are locked and those that another worker holds are skipped.
    """
    due = (
        select(OutboxItem.account_id)
        .where(
            _waits(max_attempts),
            _is_due(at),
            OutboxItem.account_id.is_not(None),  # letters to offices leave by themselves
            # Nothing of a practice space is ever mailed; no notice is written there either.
            OutboxItem.network_id.not_in(select(Network.id).where(Network.is_practice)),
            OutboxItem.account_id.not_in(without),
        )
        .group_by(OutboxItem.account_id)
        .order_by(func.min(OutboxItem.due_at), OutboxItem.account_id)
        .limit(limit)
    )
    if only_now:
        due = due.where(OutboxItem.pace == Pace.NOW.value)
    ids = [account_id for account_id in db.session.scalars(due) if account_id]
    if not ids:
        return []
    people = db.session.execute(
        select(
            Account.id,
            Account.email,
            Account.compartment_id,
            Account.gathered_on,
            Compartment.quiet_from,
            Compartment.quiet_until,
            Network.timezone,
        )
        .join(Compartment, Compartment.id == Account.compartment_id)
        .join(Network, Network.id == Account.network_id)
        .where(Account.id.in_(ids), Account.active.is_(True))
        .order_by(Account.id)
        .with_for_update(of=Account, skip_locked=True, key_share=True)
    ).all()
    notices = _notices_of([row.id for row in people], max_attempts)
    return [
        Addressee(
            row.id,
            row.email,
            row.compartment_id,
            ZoneInfo(row.timezone),
            quiet_of(row.quiet_from, row.quiet_until),
            row.gathered_on,
            tuple(notices[row.id]),
        )
        for row in people
    ]


def _waits(max_attempts: int) -> ColumnElement[bool]:
    return and_(OutboxItem.sent_at.is_(None), OutboxItem.attempts < max_attempts)


def _is_due(at: datetime) -> ColumnElement[bool]:
    """Return the condition that `ccr.domain.gathering.is_due` asks of one notice."""
    return or_(
        OutboxItem.due_at <= at,
        OutboxItem.due_at > at + LONGEST_WAIT,
        OutboxItem.created_at > at + AHEAD,
    )


def _notices_of(
    account_ids: Collection[UUID], max_attempts: int
) -> defaultdict[UUID, list[Waiting]]:
    found: defaultdict[UUID, list[Waiting]] = defaultdict(list)
    rows = db.session.execute(
        select(
            OutboxItem.account_id,
            OutboxItem.id,
            OutboxItem.pace,
            OutboxItem.created_at,
            OutboxItem.due_at,
            OutboxItem.mail_id,
        )
        .where(OutboxItem.account_id.in_(account_ids), _waits(max_attempts))
        .order_by(OutboxItem.created_at, OutboxItem.id)
    )
    for row in rows:
        found[row.account_id].append(
            Waiting(row.id, Pace(row.pace), row.created_at, row.due_at, row.mail_id)
        )
    return found


def working_hours(
    compartment_ids: Collection[UUID],
) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """Return (OSM text, time zone) of when each program's people read or are open."""
    found: defaultdict[UUID, set[tuple[str, str]]] = defaultdict(set)
    staffed = (
        select(ServiceRow.compartment_id, CoverageRow.opening_hours, ServiceRow.timezone)
        .join(ServiceRow, ServiceRow.id == CoverageRow.service_id)
        .where(CoverageRow.mode == CoverageMode.STAFFED.value)
    )
    opened = select(ServiceRow.compartment_id, ServiceRow.opening_hours, ServiceRow.timezone)
    for question in (staffed, opened):
        for compartment_id, text, timezone in db.session.execute(
            question.where(ServiceRow.compartment_id.in_(compartment_ids))
        ):
            if text:
                found[compartment_id].add((text, timezone))
    return {compartment_id: tuple(sorted(texts)) for compartment_id, texts in found.items()}


def take(whose: Addressee, plan: Plan, *, today: date, held_until: datetime) -> list[DueMail]:
    """Note a plan in the unit of work that locked the account; return the mails to send."""
    later: defaultdict[datetime, list[UUID]] = defaultdict(list)
    for notice_id, due_at in plan.postponed:
        later[due_at].append(notice_id)
    for due_at, ids in later.items():
        db.session.execute(update(OutboxItem).where(OutboxItem.id.in_(ids)).values(due_at=due_at))
    taken = [_take_one(whose, planned, held_until) for planned in plan.mails]
    if any(planned.pace.is_gathered for planned in plan.mails):
        db.session.execute(
            update(Account).where(Account.id == whose.account_id).values(gathered_on=today)
        )
    return taken


def _take_one(whose: Addressee, planned: Planned, held_until: datetime) -> DueMail:
    mail_id = planned.mail_id or uuid4()
    rows = db.session.execute(
        update(OutboxItem)
        .where(OutboxItem.id.in_(planned.notices))
        .values(mail_id=mail_id, attempts=OutboxItem.attempts + 1, due_at=held_until)
        .returning(OutboxItem.template, OutboxItem.attempts)
        .execution_options(synchronize_session=False)
    ).all()
    return DueMail(
        mail_id,
        whose.account_id,
        whose.email,
        whose.zone,
        whose.quiet,
        frozenset(row.template for row in rows),
        planned.pace,
        max(row.attempts for row in rows),
        held_until,
    )


def mark_sent(mail: DueMail, *, at: datetime) -> int:
    """Mark the notices of a mail as sent, whoever noted that first; return how many were open."""
    return rows_changed(
        update(OutboxItem)
        .where(OutboxItem.mail_id == mail.id, OutboxItem.sent_at.is_(None))
        .values(sent_at=at, last_error_code=None)
    )


def mark_failed(mail: DueMail, *, code: str, due_at: datetime) -> int:
    """Note why a mail was not sent and when to try again; 0 when somebody else tries it by now."""
    return _settle(mail, due_at=due_at, last_error_code=code)


def put_back(mails: Iterable[DueMail], *, code: str | None, due_at: datetime) -> None:
    """Give back mails that were taken and not tried: they keep their tries."""
    for mail in mails:
        _settle(mail, due_at=due_at, last_error_code=code, attempts=OutboxItem.attempts - 1)


def _settle(mail: DueMail, **values: object) -> int:
    # What comes of a try that took too long changes nothing: the mail is held by another.
    return rows_changed(
        update(OutboxItem)
        .where(
            OutboxItem.mail_id == mail.id,
            OutboxItem.due_at == mail.held_until,
            OutboxItem.sent_at.is_(None),
        )
        .values(**values)
    )


def give_up_notices(*, created_before: datetime, max_attempts: int) -> int:
    """Mark unsent notices as given up where they are too old or nobody can sign in any more."""
    gone = select(Account.id).where(Account.active.is_(False))
    asked = func.coalesce(OutboxItem.retried_at, OutboxItem.created_at)
    count = 0
    for code, condition in (
        ("expired", asked < created_before),
        ("inactive", OutboxItem.account_id.in_(gone)),
    ):
        count += rows_changed(
            update(OutboxItem)
            .where(_waits(max_attempts), condition)
            .values(attempts=max_attempts, last_error_code=code)
        )
    return count
