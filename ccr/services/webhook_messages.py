"""The worker's part of webhooks: compare what each program may see, write messages, send them.

A message is written when the program's own view of a referral says that something happened; nothing
else is ever looked at, so twins (design 2.4) give the same messages at the same times. Sending
follows the outbox: taken, sent, noted; at least once, with the same `webhook-id` each time.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ccr.adapters import webhook_sender
from ccr.adapters.logs import get_logger
from ccr.adapters.webhook_sender import FailedError
from ccr.domain.webhooks import (
    MOST_TRIES,
    NOTHING,
    OffWhy,
    change_version,
    message_of,
    next_try_at,
    signed_headers,
)
from ccr.policy.identity import Identity
from ccr.services import referral_desk
from ccr.services.webhooks import Send, secret_context, url_context
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import webhooks as queries
from ccr.storage.queries.accounts import get_compartment
from ccr.storage.queries.shown_referrals import ShownReferral
from ccr.storage.queries.webhooks import DueMessage, Webhook

LOOKS_BACK = timedelta(days=120)
"""Longer than anything about a referral changes by time alone: 14 days, or a release's 90."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HELD = timedelta(minutes=2)
SECONDS_A_RUN = 20.0
"""One worker does every job: a slow system of somebody's must not hold the clocks up."""
MESSAGES_A_RUN = 50
KEPT = timedelta(days=7)


def run(world: World, *, at: datetime, send: Send = webhook_sender.send) -> int:
    """Write what is new and send what is due; return how many messages were taken."""
    for webhook in queries.list_webhooks(only_on=True):
        write_messages(world, webhook, at=at)
    with unit_of_work():
        queries.forget_sent(at - KEPT)
    return send_messages(world, at=at, send=send)


def write_messages(world: World, webhook: Webhook, *, at: datetime) -> int:
    """Write a message for each referral of which the program sees something new.

    The first time, and after it was off, a webhook learns what there is and is told nothing. All
    that may still change by time is compared each time, whoever touched it or nobody.
    """
    first = webhook.looked_at is None
    since = LONG_AGO if first else at - LOOKS_BACK
    fresh: dict[UUID, str] = {}
    changed: dict[UUID, str] = {}
    last: UUID | None = None
    while rows := queries.shown_after(webhook.compartment_id, last, since=since):
        last = rows[-1].referral.id
        now = _versions(world, webhook, rows, at=at)
        known = queries.seen_versions(webhook.id, list(now))
        fresh |= {key: version for key, version in now.items() if key not in known}
        changed |= {k: v for k, v in now.items() if k in known and known[k] != v}
    if not (fresh or changed or first):
        return 0
    # Of what it never saw and sees nothing of, such as a call, it is told nothing.
    told = [*changed, *(key for key, version in fresh.items() if version != NOTHING)]
    with unit_of_work():
        queries.keep_versions(webhook.id, fresh, changed)
        queries.noted_looking(webhook.id, at=at)
        if first:
            return 0
        return sum(queries.add_message(webhook.id, key, at=at) for key in sorted(told))


def _versions(
    world: World, webhook: Webhook, rows: list[ShownReferral], *, at: datetime
) -> dict[UUID, str]:
    items = referral_desk.items_of(_reader(webhook), world, rows, at=at)
    views = {key: item.view for key, item in items.items()}
    return {row.referral.id: change_version(views.get(row.referral.id)) for row in rows}


def send_messages(world: World, *, at: datetime, send: Send) -> int:
    """Send what is due, for a while; return how many messages were taken."""
    with unit_of_work():
        due = queries.take_due(
            at=at, held_until=at + HELD, most_tries=MOST_TRIES, limit=MESSAGES_A_RUN
        )
    ends, silent, taken = time.monotonic() + SECONDS_A_RUN, set[UUID](), 0
    for message in due:
        if message.webhook.id in silent or time.monotonic() > ends:
            with unit_of_work():
                queries.put_back(message, at=at)
            continue
        code = _try(world, message, at=at, send=send)
        with unit_of_work():
            if code is None:
                queries.mark_sent(message, at=at)
                taken += 1
            else:
                silent.add(message.webhook.id)
                _not_taken(message, code, at=at)
    return taken


def _try(world: World, message: DueMessage, *, at: datetime, send: Send) -> str | None:
    """Send one message; return None, or why it was not taken as a code."""
    webhook, body = message.webhook, message_of(message.referral_id)
    url = world.keys.open(webhook.url_sealed, url_context(webhook.id))
    secret = world.keys.open(webhook.secret_sealed, secret_context(webhook.id))
    try:
        send(url, body, signed_headers(secret, str(message.id), at, body))
    except FailedError as error:
        get_logger(__name__).warning("webhook.failed", subject_id=webhook.id, failure=error.code)
        return error.code
    return None


def _not_taken(message: DueMessage, code: str, *, at: datetime) -> None:
    again = next_try_at(message.attempts, at)
    if code == webhook_sender.GONE or again is None:
        # It is not there any more, or has taken this message at no try of two days.
        queries.turn_off(message.webhook.id, why=OffWhy.DEAD.value, at=at)
        return
    queries.mark_failed(message, code=code, due_at=again)


def _reader(webhook: Webhook) -> Identity:
    """Return the program itself, as a key of it would read."""
    program = get_compartment(webhook.compartment_id)
    return Identity(
        user_id=None,
        network_id=program.network_id,
        member_id=program.member_id,
        compartment_id=program.id,
        compartment_kind=program.kind,
        regime=program.regime,
        key_scopes=frozenset({"referrals"}),
    )
