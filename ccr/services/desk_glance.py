"""The desk at a glance: counts of the navigation, what is unread, and whether a page has changed.

Everything comes from the projection: a mark, a count or a token that moved when the other side did
something it does not tell would tell it (design 2.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.referral_states import EventKind
from ccr.domain.referral_views import ReceiverView, SenderView
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.operations import JOBS, JobHealth, health_of
from ccr.services.referral_desk import items_of, side_of
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.world import World
from ccr.storage.queries.desk import DeskCounts, count_desk, marks_of
from ccr.storage.queries.shown_referrals import get_shown

NO_COUNTS = DeskCounts()
__all__ = [
    "NO_COUNTS",
    "DeskCounts",
    "RowMark",
    "Whose",
    "counts_for",
    "glance",
    "referral_token",
    "row_marks",
    "token_of",
]


def counts_for(identity: Identity, timezone: str, *, at: datetime) -> DeskCounts:
    """Return what waits for one's own program now, in one statement."""
    return glance(identity, timezone, at=at)[0]


def glance(identity: Identity, timezone: str, *, at: datetime) -> tuple[DeskCounts, JobHealth]:
    """Return what waits for one's own program, and how the jobs do, in one statement."""
    authorise(identity, Permission.REFERRAL_LIST)
    zone = ZoneInfo(timezone)
    today = at.astimezone(zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    counts, beats = count_desk(
        identity.compartment_id, at=at, until=midnight, today=today, jobs=JOBS
    )
    return counts, health_of(beats, at=at)


class Whose(StrEnum):
    """Who of one's own program works on something."""

    MINE = "mine"
    COLLEAGUES = "colleagues"


@dataclass(frozen=True, slots=True)
class RowMark:
    """What stands beside a row of a list: is there something new, and who works on it."""

    unread: bool = False
    whose: Whose | None = None


def row_marks(identity: Identity, items: Iterable[ReceivedItem | SentItem]) -> dict[UUID, RowMark]:
    """Return what one's own program has noted of each of these, in one statement."""
    authorise(identity, Permission.REFERRAL_LIST)
    views = {item.view.referral_id: item.view for item in items}
    marks = marks_of(list(views), identity.compartment_id)
    return {
        key: RowMark(_is_unread(view, marks[key].read_at), _whose(identity, marks[key].assigned_to))
        for key, view in views.items()
    }


def _whose(identity: Identity, assigned_to: UUID | None) -> Whose | None:
    if assigned_to is None:
        return None
    return Whose.MINE if assigned_to == identity.user_id else Whose.COLLEAGUES


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
    # The first look of a receiver is in its record already, and is not kept twice.
    looks = (e.at for e in view.timeline if e.kind == EventKind.SEEN and e.side is own)
    since = read_at or max(looks, default=view.sort_at)
    return any(entry.side is not own and entry.at > since for entry in view.timeline)


def token_of(views: Iterable[SenderView | ReceiverView], *more: object) -> str:
    """Return a short token of what a page shows; it changes when one of its views does."""
    parts = [f"{view.referral_id}/{view.version}" for view in views]
    return hashlib.sha256(repr((parts, more)).encode()).hexdigest()[:20]
