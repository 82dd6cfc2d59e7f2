"""A calendar feed of what one's own program has to do: secret, revocable, and neutral.

What a calendar gets is a time and "An item is due": no code, no need, no partner, no link. A
calendar is kept by strangers, on phones that others look at. Everything comes from the projection.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.errors import CcrError, NotFoundError
from ccr.domain.referral_views import ReceiverView
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.followups import follow_ups
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import calendar_feeds as queries
from ccr.storage.queries.accounts import identity_of
from ccr.storage.queries.attempts import hashed
from ccr.storage.queries.audit import append_event

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class DueItem:
    """One entry of a feed: a name that says nothing and stays the same, and when it is due."""

    uid: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DueFeed:
    """What a feed shows now, in whose language."""

    items: tuple[DueItem, ...]
    language: str | None


def feed_since(identity: Identity) -> datetime | None:
    """Return since when one has a feed, or None."""
    authorise(identity, Permission.REFERRAL_LIST)
    return None if identity.user_id is None else queries.made_at(identity.user_id)


def make_feed(identity: Identity, *, at: datetime) -> str:
    """Return the secret of a new feed, said once; the one before is worthless from now on.

    Raises:
        NotFoundError: no person asks, or one who practises: what is invented is due to nobody.
    """
    authorise(identity, Permission.REFERRAL_LIST)
    if identity.user_id is None or identity.in_practice:
        raise NotFoundError
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with unit_of_work():
        queries.replace_feed(identity.user_id, identity.compartment_id, _hash(token), at=at)
        append_event(identity, "calendar-made", "account", identity.user_id, at=at)
    return token


def end_feed(identity: Identity, *, at: datetime) -> None:
    """Make one's feed worthless at once; having none is no error."""
    authorise(identity, Permission.REFERRAL_LIST)
    if identity.user_id is None:
        return
    with unit_of_work():
        if queries.end_feed(identity.user_id):
            append_event(identity, "calendar-ended", "account", identity.user_id, at=at)


def read_feed(world: World, token: str, *, at: datetime) -> DueFeed:
    """Return what the feed with this secret shows: what is overdue, due today and this week.

    Raises:
        NotFoundError: no such feed, ended, or its owner can no longer see this: all read the same.
    """
    feed = queries.find_feed(_hash(token))
    if feed is None:
        raise NotFoundError
    try:
        identity = identity_of(feed.account_id, feed.compartment_id, feed.roles)
        found = follow_ups(identity, world, at=at)
    except CcrError as error:
        raise NotFoundError from error
    items: dict[UUID, DueItem] = {}
    for page in (found.overdue, found.today, found.this_week):
        for item in page.items:
            move = item.view.next_move
            own = Side.RECEIVER if isinstance(item.view, ReceiverView) else Side.SENDER
            if move is not None and move.due_at is not None and move.side is own:
                key = item.view.referral_id
                items[key] = DueItem(_uid(feed.id, key), move.due_at)
    return DueFeed(tuple(sorted(items.values(), key=lambda due: due.due_at)), feed.language)


def _hash(token: str) -> str:
    return hashed("calendar-feed", token)


def _uid(feed_id: UUID, referral_id: UUID) -> str:
    """Return a name for an entry that leads nowhere, not even to the same entry of a colleague."""
    return hashlib.sha256(feed_id.bytes + referral_id.bytes).hexdigest()[:32]
