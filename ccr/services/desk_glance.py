"""The desk at a glance: counts of the navigation, what is unread, and whether a page has changed.

Everything comes from the projection: a mark, a count or a token that moved when the other side did
something it does not tell would tell it (design 2.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.referral_views import ReceiverView, SenderView
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.operations import JOBS, JobHealth, health_of
from ccr.services.referral_desk import ReceivedItem, SentItem, items_of, side_of
from ccr.services.world import World
from ccr.storage.queries.desk import DeskCounts, count_desk, read_marks
from ccr.storage.queries.shown_referrals import get_shown

NO_COUNTS = DeskCounts()
__all__ = [
    "NO_COUNTS",
    "DeskCounts",
    "counts_for",
    "glance",
    "referral_token",
    "token_of",
    "unread_of",
]


def counts_for(identity: Identity, timezone: str, *, at: datetime) -> DeskCounts:
    """Return what waits for one's own program now, in one statement."""
    return glance(identity, timezone, at=at)[0]


def glance(identity: Identity, timezone: str, *, at: datetime) -> tuple[DeskCounts, JobHealth]:
    """Return what waits for one's own program, and how the jobs do, in one statement."""
    authorise(identity, Permission.REFERRAL_LIST)
    zone = ZoneInfo(timezone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=zone)
    counts, beats = count_desk(identity.compartment_id, at=at, until=midnight, jobs=JOBS)
    return counts, health_of(beats, at=at)


def unread_of(identity: Identity, items: Iterable[ReceivedItem | SentItem]) -> frozenset[UUID]:
    """Return which of these have something new for one's own program."""
    authorise(identity, Permission.REFERRAL_LIST)
    views = [item.view for item in items]
    marks = read_marks([view.referral_id for view in views], identity.compartment_id)
    return frozenset(
        view.referral_id for view in views if _is_unread(view, marks.get(view.referral_id))
    )


def referral_token(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> str:
    """Return the token of one referral's page, without opening it: nothing is noted as read.

    Raises:
        NotFoundError: not of one's own program, or it has nothing of it.
    """
    side = side_of(identity, referral_id)
    row = get_shown(referral_id, side=side, compartment_id=identity.compartment_id)
    item = items_of(identity, world, [row], at=at).get(referral_id)
    if item is None:
        raise NotFoundError
    return token_of([item.view])


def _is_unread(view: SenderView | ReceiverView, read_at: datetime | None) -> bool:
    """Return True when the viewer may know of something that others did since it last looked."""
    own = Side.SENDER if isinstance(view, SenderView) else Side.RECEIVER
    if isinstance(view, ReceiverView) and not view.seen:
        return True
    since = read_at or view.sort_at
    return any(entry.side is not own and entry.at > since for entry in view.timeline)


def token_of(views: Iterable[SenderView | ReceiverView], *more: object) -> str:
    """Return a short token of what a page shows; it changes when one of its views does."""
    parts = [f"{view.referral_id}/{view.version}" for view in views]
    return hashlib.sha256(repr((parts, more)).encode()).hexdigest()[:20]
