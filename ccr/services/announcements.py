"""Announcements: what the coordination tells every member's desk until a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.safety_question import one_line
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import working_together as queries
from ccr.storage.queries.above_inbox import above_inbox as read_above_inbox
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.working_together import Announcement

__all__ = ["Announcement", "above_inbox", "announce", "current", "withdraw"]
LONGEST_TITLE, LONGEST_TEXT = 80, 1_000
FURTHEST = timedelta(days=366)
MOST = 5
"""Announcements at one time: more would hide the work behind them."""


def current(identity: Identity, timezone: str, *, at: datetime) -> tuple[Announcement, ...]:
    """Return what is announced today, the newest first."""
    authorise(identity, Permission.ANNOUNCEMENT_READ)
    return queries.list_announcements(identity.network_id, _day(timezone, at))


def above_inbox(
    identity: Identity, timezone: str, *, at: datetime
) -> tuple[tuple[Announcement, ...], int]:
    """Return what is announced today, and how many figures of one's own rooms are old."""
    authorise(identity, Permission.ANNOUNCEMENT_READ)
    authorise(identity, Permission.CAPACITY_UPDATE)
    day = _day(timezone, at)
    return read_above_inbox(identity.network_id, identity.compartment_id, day, at=at)


def announce(
    identity: Identity, timezone: str, title: str, text: str, until_on: date, *, at: datetime
) -> UUID:
    """Tell every member's desk until a day; return the announcement's id.

    Raises:
        InvalidInputError: no title, a text that is empty or too long, a day that is past or over a
            year away, or five announcements already; `field` names it.
    """
    on = _day(timezone, at)
    title = one_line(title, field="title", most=LONGEST_TITLE)
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not text or len(text) > LONGEST_TEXT or "\x00" in text:
        raise InvalidInputError(
            phrase("Write a text of at most %(most)s characters.", most=LONGEST_TEXT), field="text"
        )
    if not on <= until_on <= on + FURTHEST:
        raise InvalidInputError(
            phrase("Give a day from today to a year from now."), field="until_on"
        )
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if len(queries.list_announcements(identity.network_id, on)) >= MOST:
            raise InvalidInputError(
                phrase("There are five already. Take one back first."), field="title"
            )
        made = queries.add_announcement(identity.network_id, title, text, until_on, at=at)
        append_event(identity, "made", "announcement", made, at=at)
    return made


def withdraw(identity: Identity, announcement_id: UUID, *, at: datetime) -> None:
    """Take an announcement back; raises NotFoundError when it is not there."""
    with unit_of_work():
        authorise(identity, Permission.COORDINATION_MANAGE)
        if not queries.withdraw_announcement(identity.network_id, announcement_id, at=at):
            raise NotFoundError
        append_event(identity, "withdrawn", "announcement", announcement_id, at=at)


def _day(timezone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()
