"""Webhooks, what each knows of its program's referrals, and the messages that wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, insert, or_, select, update

from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.models.doors import WebhookDeliveryRow, WebhookRow, WebhookSeenRow
from ccr.storage.queries.referrals import REFERRAL, rows_changed
from ccr.storage.queries.releases import RELEASE
from ccr.storage.queries.shown_referrals import ShownReferral, select_shown, shown_referral

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as its program keeps it; address and secret are sealed."""

    id: UUID
    network_id: UUID
    compartment_id: UUID
    url_sealed: str
    secret_sealed: str
    created_at: datetime
    looked_at: datetime | None
    answered_at: datetime | None
    off_since: datetime | None
    off_why: str | None


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message taken for sending; `attempts` counts this try too."""

    id: UUID
    webhook: Webhook
    referral_id: UUID
    attempts: int


def add_webhook(webhook: Webhook) -> None:
    """Add a webhook."""
    db.session.add(
        WebhookRow(**{name: getattr(webhook, name) for name in Webhook.__dataclass_fields__})
    )
    db.session.flush()


def list_webhooks(*, network_id: UUID | None = None, only_on: bool = False) -> list[Webhook]:
    """Return webhooks, oldest first: of a network or of all, those that are on or all."""
    query = select(WebhookRow).order_by(WebhookRow.created_at, WebhookRow.id)
    if network_id is not None:
        query = query.where(WebhookRow.network_id == network_id)
    if only_on:
        query = query.where(WebhookRow.off_since.is_(None))
    return [_webhook(row) for row in db.session.scalars(query)]


def count_webhooks(compartment_id: UUID) -> int:
    """Return how many webhooks a program has."""
    query = select(func.count()).where(WebhookRow.compartment_id == compartment_id)
    return int(db.session.scalar(query) or 0)


def turn_off(webhook_id: UUID, *, why: str, at: datetime) -> bool:
    """Turn a webhook off and drop what waits; return False when it was off."""
    changed = rows_changed(
        update(WebhookRow)
        .where(WebhookRow.id == webhook_id, WebhookRow.off_since.is_(None))
        .values(off_since=at, off_why=why, looked_at=None)
    )
    if changed:
        for row in (WebhookDeliveryRow, WebhookSeenRow):
            db.session.execute(delete(row).where(row.webhook_id == webhook_id))
    return bool(changed)


def turn_on(webhook_id: UUID) -> bool:
    """Turn a webhook on; it learns first what there is. Return False when it was on."""
    changed = rows_changed(
        update(WebhookRow)
        .where(WebhookRow.id == webhook_id, WebhookRow.off_since.is_not(None))
        .values(off_since=None, off_why=None, looked_at=None)
    )
    return bool(changed)


def remove_webhook(webhook_id: UUID) -> None:
    """Delete a webhook with everything that waits for it."""
    db.session.execute(delete(WebhookRow).where(WebhookRow.id == webhook_id))


def noted_looking(webhook_id: UUID, *, at: datetime) -> None:
    """Note that a webhook knows everything up to now."""
    db.session.execute(update(WebhookRow).where(WebhookRow.id == webhook_id).values(looked_at=at))


def shown_after(compartment_id: UUID, last: UUID | None, *, since: datetime) -> list[ShownReferral]:
    """Return the next CHUNK referrals of a program, by id, drafts left out.

    These are all that were touched, or whose release ended, after `since`: by whomever.
    """
    mine = or_(
        REFERRAL.c.sender_compartment_id == compartment_id,
        REFERRAL.c.receiver_compartment_id == compartment_id,
    )
    statement = (
        select_shown()
        .where(
            mine,
            REFERRAL.c.state != State.DRAFT.value,
            or_(REFERRAL.c.updated_at > since, RELEASE.c.until > since),
        )
        .order_by(REFERRAL.c.id)
        .limit(CHUNK)
    )
    if last is not None:
        statement = statement.where(REFERRAL.c.id > last)
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]


def seen_versions(webhook_id: UUID, referral_ids: list[UUID]) -> dict[UUID, str]:
    """Return which versions of these referrals a webhook knows."""
    query = select(WebhookSeenRow.referral_id, WebhookSeenRow.version).where(
        WebhookSeenRow.webhook_id == webhook_id, WebhookSeenRow.referral_id.in_(referral_ids)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def keep_versions(webhook_id: UUID, fresh: Mapping[UUID, str], changed: Mapping[UUID, str]) -> None:
    """Keep the versions of referrals that are new to a webhook, and of those that changed."""
    if fresh:
        rows = [
            {"webhook_id": webhook_id, "referral_id": key, "version": version}
            for key, version in fresh.items()
        ]
        db.session.execute(insert(WebhookSeenRow), rows)
    for key, version in changed.items():
        db.session.execute(
            update(WebhookSeenRow)
            .where(WebhookSeenRow.webhook_id == webhook_id, WebhookSeenRow.referral_id == key)
            .values(version=version)
        )


def add_message(webhook_id: UUID, referral_id: UUID, *, at: datetime) -> bool:
    """Write a message; return False when one about the same referral waits untried."""
    waits = select(WebhookDeliveryRow.id).where(
        WebhookDeliveryRow.webhook_id == webhook_id,
        WebhookDeliveryRow.referral_id == referral_id,
        WebhookDeliveryRow.sent_at.is_(None),
        WebhookDeliveryRow.attempts == 0,
    )
    if db.session.scalar(select(exists(waits))):
        return False
    db.session.execute(
        insert(WebhookDeliveryRow).values(
            id=uuid4(),
            webhook_id=webhook_id,
            referral_id=referral_id,
            created_at=at,
            due_at=at,
            attempts=0,
        )
    )
    return True


def take_due(
    *, at: datetime, held_until: datetime, most_tries: int, limit: int
) -> list[DueMessage]:
    """Take due messages, so that nobody else takes them before `held_until`.

    Run it in a unit of work of its own and send after that, as with notices.
    """
    query = (
        select(WebhookDeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == WebhookDeliveryRow.webhook_id)
        .where(
            WebhookDeliveryRow.sent_at.is_(None),
            WebhookDeliveryRow.due_at <= at,
            WebhookDeliveryRow.attempts < most_tries,
            WebhookRow.off_since.is_(None),
        )
        .order_by(WebhookDeliveryRow.due_at, WebhookDeliveryRow.id)
        .limit(limit)
        .with_for_update(of=WebhookDeliveryRow, skip_locked=True)
    )
    taken = []
    for row, webhook in db.session.execute(query):
        row.attempts += 1
        row.due_at = held_until
        taken.append(DueMessage(row.id, _webhook(webhook), row.referral_id, row.attempts))
    return taken


def mark_sent(message: DueMessage, *, at: datetime) -> None:
    """Note that a message was taken, and that its webhook answers."""
    db.session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == message.id)
        .values(sent_at=at, last_error_code=None)
    )
    noted_answer(message.webhook.id, at=at)


def noted_answer(webhook_id: UUID, *, at: datetime) -> None:
    """Note that a webhook has taken a message."""
    db.session.execute(update(WebhookRow).where(WebhookRow.id == webhook_id).values(answered_at=at))


def mark_failed(message: DueMessage, *, code: str, due_at: datetime) -> None:
    """Note why a message was not taken, and when to try again."""
    db.session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == message.id)
        .values(last_error_code=code, due_at=due_at)
    )


def put_back(message: DueMessage, *, at: datetime) -> None:
    """Give back a message that was taken and not tried."""
    db.session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == message.id)
        .values(attempts=WebhookDeliveryRow.attempts - 1, due_at=at)
    )


def count_waiting(webhook_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many messages wait for each of these webhooks, in one statement; none left out."""
    query = (
        select(WebhookDeliveryRow.webhook_id, func.count())
        .where(WebhookDeliveryRow.webhook_id.in_(webhook_ids), WebhookDeliveryRow.sent_at.is_(None))
        .group_by(WebhookDeliveryRow.webhook_id)
    )
    return dict.fromkeys(webhook_ids, 0) | {row[0]: row[1] for row in db.session.execute(query)}


def forget_sent(before: datetime) -> int:
    """Forget messages that were taken before a moment; return how many."""
    return rows_changed(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.sent_at < before))


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(**{name: getattr(row, name) for name in Webhook.__dataclass_fields__})
