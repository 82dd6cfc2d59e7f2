"""Notices to staff: one of a few fixed texts, written with the change that caused it, sent later.

Nothing about a person, a need, an agency or a program leaves by mail (R61): a notice says that
something waits and where to sign in. Delivery is at least once; a second copy carries the same
Message-ID. A try that fails waits longer each time; after eight tries the notice is given up and
shown to the system administrator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.adapters.link_tokens import token_for, token_hash
from ccr.adapters.logs import get_logger
from ccr.adapters.mailer import Mail, Mailer, MailError, Post, mailer_for
from ccr.config import Settings
from ccr.domain.phrases import Phrase, phrase
from ccr.services.demo_guard import check_mail
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.check_links import links_of
from ccr.storage.queries.operations import (
    DueNotice,
    NewNotice,
    OutboxCounts,
    add_notice,
    claim_due_notices,
    count_outbox,
    forget_notices,
    give_up_notices,
    list_active_accounts,
    mark_failed,
    mark_sent,
)

MAX_ATTEMPTS = 8
# Minutes until the next try, by tries so far: an evening's outage is survived. Our choice.
WAITS_MINUTES = (1, 5, 15, 60, 180, 360, 720)
# Longer than a batch can take: after that the worker that held it is gone.
HOLD = timedelta(minutes=15)
# A notice that is older tells nothing that the inbox does not tell by itself.
STALE_AFTER = timedelta(days=7)
FORGET_AFTER = timedelta(days=90)
BATCH = 20
MAX_BATCHES = 25
MOST_LINKS_IN_A_MAIL = 20


class Notice(StrEnum):
    """The fixed texts. A new one must be as empty as these."""

    ITEM_TO_REVIEW = "item-to-review"
    ITEM_OVERDUE = "item-overdue"
    LISTINGS_TO_CHECK = "listings-to-check"
    ACT_NOW = "act-now"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery run did: how many were sent, failed for now, and given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def text_of(notice: Notice) -> tuple[Phrase, Phrase]:
    """Return the subject and the first sentence of a notice; neither has anything filled in."""
    if notice is Notice.ITEM_OVERDUE:
        return phrase("An item is overdue"), phrase("An item that waits for you is overdue.")
    if notice is Notice.LISTINGS_TO_CHECK:
        return phrase("Some facts are due to be checked"), phrase(
            "Some facts of your program are due to be checked. Each link works once, for 14 days."
        )
    if notice is Notice.ACT_NOW:
        return phrase("An item needs you now"), phrase("An item needs you now.")
    return phrase("You have an item to review"), phrase("You have an item to review.")


def notify_compartment(
    network_id: UUID,
    compartment_id: UUID,
    notice: Notice,
    *,
    about: str,
    at: datetime,
    urgent: bool = False,
) -> int:
    """Write the notice for everyone who can sign in to the compartment; return how many."""
    accounts = list_active_accounts(compartment_id)
    return notify(network_id, compartment_id, accounts, notice, about=about, at=at, urgent=urgent)


def notify(
    network_id: UUID,
    compartment_id: UUID,
    account_ids: Iterable[UUID],
    notice: Notice,
    *,
    about: str,
    at: datetime,
    urgent: bool = False,
) -> int:
    """Write one notice for each account in the unit of work at hand; return how many are new.

    `about` names the cause ("referral/<uuid>/sent"): the same cause is told once. It is kept as
    a hash. While an equal notice still waits unsent for an account, no second one is written.
    Immediate danger is `urgent`: it waits for no collection and no quiet hours.
    """
    del urgent  # every notice is sent at once still
    count = 0
    with unit_of_work():
        for account_id in sorted(set(account_ids)):
            cause = f"{notice}|{account_id}|{about}"
            count += add_notice(
                NewNotice(
                    network_id=network_id,
                    compartment_id=compartment_id,
                    account_id=account_id,
                    template=notice,
                    dedupe_key=hashlib.sha256(cause.encode()).hexdigest(),
                ),
                at=at,
            )
    return count


def deliver(world: World, *, at: datetime) -> Delivery:
    """Send what is due, batch by batch, and return what came of it. Safe to run twice at once.

    Raises:
        UnsafeStorageError: the database holds a demo network and mail would really leave.
    """
    check_mail(world.settings)
    with unit_of_work():
        forget_notices(created_before=at - FORGET_AFTER)
        given_up = give_up_notices(created_before=at - STALE_AFTER, max_attempts=MAX_ATTEMPTS)
    mailer = mailer_for(world.settings)
    if mailer is None:
        return Delivery(given_up=given_up)
    sent = failed = 0
    for _ in range(MAX_BATCHES):
        with unit_of_work():
            batch = claim_due_notices(
                at=at, held_until=at + HOLD, max_attempts=MAX_ATTEMPTS, limit=BATCH
            )
        if not batch:
            break
        done = _send_batch(mailer, batch, world.settings, at)
        sent += done
        failed += len(batch) - done
        if done == 0:
            break  # the server is away; the rest keeps its tries
    if sent or failed or given_up:
        get_logger(__name__).info("outbox.delivered", sent=sent, failed=failed, dead=given_up)
    return Delivery(sent, failed, given_up)


def standing() -> OutboxCounts:
    """Return how many notices wait and how many were given up, for the operators' page."""
    return count_outbox(max_attempts=MAX_ATTEMPTS)


def _send_batch(mailer: Mailer, batch: list[DueNotice], settings: Settings, at: datetime) -> int:
    """Send a batch over one connection; return how many were taken."""
    done = 0
    down: MailError | None = None
    with ExitStack() as connection:
        try:
            post = connection.enter_context(mailer.connected())
        except MailError as error:
            down = error
        for notice in batch:
            failure = down or _post_one(post, notice, settings, at)
            if failure is None:
                done += 1
                with unit_of_work():
                    mark_sent(notice, at=at)
                continue
            _wait(notice, failure.code, at)
            if failure.is_about_the_server:
                down = failure
    return done


def _post_one(post: Post, notice: DueNotice, settings: Settings, at: datetime) -> MailError | None:
    try:
        kind = Notice(notice.template)
        subject, sentence = text_of(kind)
    except ValueError:
        return MailError("template")  # written by a newer version than the one that sends
    try:
        post(
            Mail(
                to=notice.email,
                subject=str(subject),
                body=f"{sentence}\n\n{''.join(_lines(kind, notice, settings, at))}",
                key=f"outbox/{notice.id}",
                at=at,
            )
        )
    except MailError as error:
        return error
    return None


def _lines(kind: Notice, notice: DueNotice, settings: Settings, at: datetime) -> Iterator[str]:
    """Yield the addresses of a mail: its links that can be used once, then the way to sign in."""
    if kind is Notice.LISTINGS_TO_CHECK:
        for link in links_of(notice.account_id, at, limit=MOST_LINKS_IN_A_MAIL):
            token = token_for(link.id, settings.secret_key)
            if token_hash(token) == link.token_hash:  # made with another secret: not ours to send
                yield f"{settings.base_url}/check/{token}\n"
    yield f"{settings.base_url}/sign-in\n"


def _wait(notice: DueNotice, code: str, at: datetime) -> None:
    minutes = WAITS_MINUTES[min(notice.attempts, len(WAITS_MINUTES)) - 1]
    with unit_of_work():
        mark_failed(notice, code=code, due_at=at + timedelta(minutes=minutes))
    if notice.attempts >= MAX_ATTEMPTS:
        get_logger(__name__).warning("outbox.given-up", failure=code, attempts=notice.attempts)
