"""Nothing is forgotten: what one's own program has to do, what rests, what was handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.errors import NotFoundError
from ccr.domain.paging import Page
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.assigning import Colleague, colleagues_here, open_of
from ccr.services.authorise import authorise
from ccr.services.chasing import ClockRun, run_clocks
from ccr.services.referral_desk import items_of
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.world import World
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.follow_up_lists import (
    Part,
    Span,
    Whose,
    count_duties,
    list_handed_over,
    list_of,
    list_queue,
)
from ccr.storage.queries.follow_ups import Kept, kept_of

__all__ = [
    "ClockRun",
    "FollowUps",
    "Shift",
    "Whose",
    "count_overdue",
    "follow_ups",
    "items_in_order",
    "run_clocks",
    "shift_of",
]

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What one's own program has to do, soonest first.

    Attributes:
        overdue, today, this_week: own duties, received or sent.
        unanswered: sent referrals whose answer is so late that the sender may choose anew.
        snoozed: own duties whose reminders rest, overdue or not.
        handed_over: what a colleague handed to whoever asks, until they say they have it.
        kept: by referral, who works on it and until when it rests.
    """

    overdue: Page[ReceivedItem | SentItem]
    today: Page[ReceivedItem | SentItem]
    this_week: Page[ReceivedItem | SentItem]
    unanswered: Page[ReceivedItem | SentItem]
    snoozed: Page[ReceivedItem | SentItem]
    handed_over: tuple[ReceivedItem | SentItem, ...]
    kept: Mapping[UUID, Kept]


def follow_ups(
    identity: Identity, world: World, *, whose: Whose = Whose.ALL, at: datetime
) -> FollowUps:
    """Return what is overdue, due today and due within a week, in a fixed number of statements."""
    authorise(identity, Permission.REFERRAL_LIST)
    mine, me = identity.compartment_id, identity.user_id
    zone = ZoneInfo(get_network(identity.network_id).timezone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    span = Span(at, datetime.combine(tomorrow, time(), tzinfo=zone), at + WEEK)
    queued = list_queue(mine, span, whose=whose, account_id=me)
    handed = list_handed_over(mine, me) if me is not None else []
    items = items_of(identity, world, (*(one.row for one in queued), *handed), at=at)
    kept = {one.row.referral.id: one.kept for one in queued}
    kept |= kept_of([row.referral.id for row in handed], mine)

    def part(name: Part) -> Page[ReceivedItem | SentItem]:
        here = [one for one in queued if one.part is name]
        shown = tuple(items[one.row.referral.id] for one in here if one.row.referral.id in items)
        return Page(shown, here[0].total if here else 0, 1)

    return FollowUps(
        part(Part.OVERDUE),
        part(Part.TODAY),
        part(Part.THIS_WEEK),
        part(Part.UNANSWERED),
        part(Part.SNOOZED),
        tuple(items[row.referral.id] for row in handed if row.referral.id in items),
        kept,
    )


def count_overdue(identity: Identity, *, at: datetime) -> int:
    """Return how many duties of one's own program are overdue and do not rest."""
    authorise(identity, Permission.REFERRAL_LIST)
    return count_duties(identity.compartment_id, at=at)


@dataclass(frozen=True, slots=True)
class Shift:
    """What somebody works on that is open, and who could have it next.

    Attributes:
        of: whose it is.
        items: soonest due first.
        colleagues: everybody else of the program who can sign in, away or not.
        may_choose: True for an administrator, who may hand over for a colleague.
    """

    of: UUID | None
    items: tuple[ReceivedItem | SentItem, ...]
    colleagues: tuple[Colleague, ...]
    may_choose: bool


def shift_of(identity: Identity, world: World, *, of: UUID | None = None, at: datetime) -> Shift:
    """Return one's own shift, or as administrator a colleague's.

    Raises:
        NotFoundError: nobody of one's own program, or asked by who may not.
    """
    authorise(identity, Permission.REFERRAL_LIST)
    everybody = colleagues_here(identity, at=at)
    whose, admin = of or identity.user_id, Role.AGENCY_ADMIN in identity.roles
    others = tuple(one for one in everybody if one.person.account_id != whose)
    if whose != identity.user_id and (not admin or len(others) == len(everybody)):
        raise NotFoundError
    ids = open_of(identity, whose, at=at)
    return Shift(whose, items_in_order(identity, world, ids, at=at), others, admin)


def items_in_order(
    identity: Identity, world: World, referral_ids: Sequence[UUID], *, at: datetime
) -> tuple[ReceivedItem | SentItem, ...]:
    """Return referrals of one's own program as it sees them, in this order."""
    authorise(identity, Permission.REFERRAL_LIST)
    rows = list_of(identity.compartment_id, referral_ids)
    items = items_of(identity, world, rows, at=at)
    return tuple(items[key] for key in referral_ids if key in items)
