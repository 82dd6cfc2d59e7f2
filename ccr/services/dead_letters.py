"""Mail that was given up: what a system administrator may know of it, and trying it again.

A letter is shown with the program that it was for, the domain of its address, the day and the kind
of failure. Not with what it said: whether an item is new or overdue is that program's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.errors import StaleError
from ccr.domain.paging import PAGE_SIZE, Page, page_number
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import MAX_ATTEMPTS, Notice, standing
from ccr.storage.db import unit_of_work
from ccr.storage.queries import dead_letters as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.dead_letters import OVER, StoredLetter
from ccr.storage.queries.operations import OutboxCounts


class Kind(StrEnum):
    """What a letter was, as far as whoever repairs the mail needs to know."""

    NOTICE = "notice"
    CHECK = "check"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One letter that was given up.

    Attributes:
        address: "…@example.org"; empty for a letter to an office.
        written_at: when its cause was; shown as a day.
        failure: a code of `ccr.adapters.mailer.MailError`, or expired, inactive, over.
        can_retry: False where nobody would read it.
    """

    id: UUID
    kind: Kind
    program: str
    address: str
    written_at: datetime
    failure: str
    can_retry: bool


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A page of them, how many can be tried again, and how the outbox stands."""

    page: Page[DeadLetter]
    retryable: int
    standing: OutboxCounts


def list_dead(identity: Identity, *, page: int = 1) -> DeadLetters:
    """Return what was given up in one's own network, newest first."""
    authorise(identity, Permission.MAIL_MANAGE, identity)
    found = queries.list_dead(
        identity.network_id, page_number(page), max_attempts=MAX_ATTEMPTS, size=PAGE_SIZE
    )
    return DeadLetters(
        Page(tuple(map(_shown, found.items)), found.total, found.number, found.size),
        queries.count_retryable(identity.network_id, max_attempts=MAX_ATTEMPTS),
        standing(),
    )


def retry(identity: Identity, letter_id: UUID, *, at: datetime) -> None:
    """Have one letter tried again from the start.

    Raises:
        StaleError: it is not there any more, or was tried again already.
    """
    with unit_of_work():
        authorise(identity, Permission.MAIL_MANAGE, identity)
        if not queries.retry(identity.network_id, letter_id, max_attempts=MAX_ATTEMPTS, at=at):
            raise StaleError(phrase("This mail is not among those given up any more."))
        append_event(identity, "mail-retried", "notice", letter_id, at=at)


def retry_all(identity: Identity, *, at: datetime) -> int:
    """Have everything that was given up tried again; return how many letters that are."""
    with unit_of_work():
        authorise(identity, Permission.MAIL_MANAGE, identity)
        count = queries.count_retryable(identity.network_id, max_attempts=MAX_ATTEMPTS)
        queries.retry(identity.network_id, None, max_attempts=MAX_ATTEMPTS, at=at)
        if count:
            append_event(
                identity, "mail-retried", "network", identity.network_id, at=at, reason=str(count)
            )
    return count


def _shown(letter: StoredLetter) -> DeadLetter:
    kind = Kind.NOTICE
    if letter.email is None:
        kind = Kind.OFFICE
    elif letter.template == Notice.LISTINGS_TO_CHECK:
        kind = Kind.CHECK
    return DeadLetter(
        letter.id,
        kind,
        f"{letter.member_name} · {letter.program_name}",
        f"…@{letter.email.rsplit('@', 1)[-1]}" if letter.email else "",
        letter.created_at,
        letter.failure,
        letter.failure not in OVER,
    )
