"""Sending what the outbox holds: at least once, a second copy with the same Message-ID.

A mail that is refused waits longer each time; after eight tries its notices are given up and shown
to the system administrator. A server that is away costs no tries. A run ends after a while,
whatever is left (`ccr.services.posting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from ccr.adapters.link_tokens import token_for, token_hash
from ccr.adapters.logs import get_logger
from ccr.adapters.mailer import Mail, MailError, Post, mailer_for
from ccr.config import Settings
from ccr.domain.clocks import OpenCalendar
from ccr.domain.errors import InvalidInputError
from ccr.domain.gathering import Reader, plan
from ccr.domain.mail_times import Pace, out_of_quiet
from ccr.services import posting
from ccr.services.demo_guard import check_mail
from ccr.services.outbox import MAX_ATTEMPTS, MOST_LINKS_IN_A_MAIL, Notice, words_of
from ccr.services.posting import BATCH, HOLD, WAITS_MINUTES, post_all
from ccr.services.reading_hours import JointCalendar
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.check_links import links_of
from ccr.storage.queries.delivery import (
    Addressee,
    DueMail,
    give_up_notices,
    lock_addressees,
    mark_failed,
    mark_sent,
    put_back,
    take,
    working_hours,
)
from ccr.storage.queries.operations import forget_notices

# A notice that is older tells nothing that the inbox does not tell by itself.
STALE_AFTER = timedelta(days=7)
FORGET_AFTER = timedelta(days=90)
MOST_MAILS_AT_ONCE = 5
"""Of one person: more wait only where mails failed again and again; the next run takes those."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery run did: how many mails were sent, failed for now, and given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


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
    posted = post_all(mailer, _Notices(world, at), seconds=posting.NOTICES_SECONDS)
    sent, failed = posted.sent, posted.failed
    if sent or failed or given_up:
        get_logger(__name__).info("outbox.delivered", sent=sent, failed=failed, dead=given_up)
    return Delivery(sent, failed, given_up)


class _Notices:
    """The notices to staff, as `posting` takes them: everything of a person once a run."""

    def __init__(self, world: World, at: datetime) -> None:
        self._world, self._at = world, at
        self._done: set[UUID] = set()

    def take(self) -> list[DueMail] | None:
        mails, people = _take_batch(self._world, self._done, self._at)
        self._done |= people
        return mails if people else None

    def post(self, post: Post, mail: DueMail) -> MailError | None:
        return _post_one(post, mail, self._world.settings, self._at)

    def sent(self, mail: DueMail) -> None:
        with unit_of_work():
            mark_sent(mail, at=self._at)

    def wait(self, mail: DueMail, code: str) -> None:
        _wait(mail, code, self._at)

    def put_back(self, mails: list[DueMail], code: str | None) -> None:
        with unit_of_work():
            put_back(mails, code=code, due_at=self._at)


def _take_batch(world: World, done: set[UUID], at: datetime) -> tuple[list[DueMail], set[UUID]]:
    """Take the mail of some people in hand, immediate danger first; return it and who they are."""
    with unit_of_work():
        for only_now in (True, False):
            people = lock_addressees(
                at=at, max_attempts=MAX_ATTEMPTS, limit=BATCH, without=done, only_now=only_now
            )
            if people:
                break
        calendars = _calendars(world, people, at)
        mails: list[DueMail] = []
        for whose in people:
            calendar = calendars.get(whose.compartment_id)
            reader = Reader(whose.zone, whose.quiet, whose.gathered_on, calendar)
            planned = plan(whose.notices, reader, at)
            planned = replace(planned, mails=planned.mails[:MOST_MAILS_AT_ONCE])
            today = at.astimezone(whose.zone).date()
            mails += take(whose, planned, today=today, held_until=at + HOLD)
    # Immediate danger leaves before the ordinary mail of whoever else is in the batch.
    mails.sort(key=lambda mail: mail.pace is not Pace.NOW)
    return mails, {whose.account_id for whose in people}


def _calendars(world: World, people: list[Addressee], at: datetime) -> dict[UUID, OpenCalendar]:
    """Return when the programs work whose people have a mail of the day that may wait for it."""
    asked = {
        whose.compartment_id: str(whose.zone)
        for whose in people
        if any(n.pace is Pace.MORNING and n.due_at <= at for n in whose.notices)
    }
    told = working_hours(asked) if asked else {}
    return {
        compartment_id: _calendar(world, told.get(compartment_id, ()), timezone)
        for compartment_id, timezone in asked.items()
    }


def _calendar(world: World, told: tuple[tuple[str, str], ...], timezone: str) -> OpenCalendar:
    parts: list[OpenCalendar] = []
    for text, zone in told:
        try:
            parts.append(world.hours.calendar(text, zone))
        except InvalidInputError:
            continue
    return JointCalendar(tuple(parts)) if parts else world.hours.business_week(timezone)


def _post_one(post: Post, mail: DueMail, settings: Settings, at: datetime) -> MailError | None:
    known = frozenset(notice for notice in Notice if notice.value in mail.templates)
    if not known:
        return MailError("template")  # written by a newer version than the one that sends
    subject, sentences = words_of(known, of_the_day=mail.pace.is_gathered)
    try:
        post(
            Mail(
                to=mail.email,
                subject=str(subject),
                body="{}\n\n{}".format(
                    "\n\n".join(str(s) for s in sentences),
                    "".join(_lines(known, mail, settings, at)),
                ),
                key=f"outbox/{mail.id}",
                at=at,
            )
        )
    except MailError as error:
        return error
    return None


def _lines(
    kinds: frozenset[Notice], mail: DueMail, settings: Settings, at: datetime
) -> Iterator[str]:
    """Yield the addresses of a mail: its links that can be used once, then the way to sign in."""
    if Notice.LISTINGS_TO_CHECK in kinds:
        for link in links_of(mail.account_id, at, limit=MOST_LINKS_IN_A_MAIL):
            token = token_for(link.id, settings.secret_key)
            if token_hash(token) == link.token_hash:  # made with another secret: not ours to send
                yield f"{settings.base_url}/check/{token}\n"
    yield f"{settings.base_url}/sign-in\n"


def _wait(mail: DueMail, code: str, at: datetime) -> None:
    minutes = WAITS_MINUTES[min(mail.attempts, len(WAITS_MINUTES)) - 1]
    due_at = at + timedelta(minutes=minutes)
    if mail.pace is not Pace.NOW:
        due_at = out_of_quiet(due_at, mail.zone, mail.quiet)
    with unit_of_work():
        mark_failed(mail, code=code, due_at=due_at)
    if mail.attempts >= MAX_ATTEMPTS:
        get_logger(__name__).warning("outbox.given-up", failure=code, attempts=mail.attempts)
