"""Nothing is forgotten: what is due today and overdue, and the worker that chases it.

The worker acts for no person. Each of its steps is one transaction that begins by taking the step
conditionally, so that two workers, or one that runs twice, have one effect. It reminds and
escalates inside the program whose move it is; a missed answer also gives the sender new options;
a missed contact is the receiver's alone (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import Side, Step, due_steps
from ccr.domain.errors import NotFoundError
from ccr.domain.paging import Page, page_number
from ccr.domain.projection_table import NOT_SHARED_AFTER
from ccr.domain.referral_states import Action, EventKind
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify, notify_compartment
from ccr.services.referral_desk import ReceivedItem, SentItem, items_of
from ccr.services.system_acts import act_alone
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import referral_lists as lists
from ccr.storage.queries.accounts import get_network, staff_of
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.clocks import (
    StoredClock,
    due_clocks,
    holds_that_ended,
    take_step,
)
from ccr.storage.queries.drafts import forget_old_reasons
from ccr.storage.queries.referrals import (
    NewEvent,
    add_event,
    lock_referral,
)

BATCH = 200
WEEK = timedelta(days=7)

_KIND_OF_STEP = {
    Step.REMIND: EventKind.REMINDED,
    Step.ESCALATE: EventKind.ESCALATED,
    Step.NEW_OPTIONS: EventKind.OPTIONS_OFFERED,
}


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What one's own program has to do, soonest first.

    Attributes:
        overdue, today, this_week: own duties, received or sent.
        unanswered: sent referrals whose answer is so late that the sender may choose anew.
    """

    overdue: Page[ReceivedItem | SentItem]
    today: Page[ReceivedItem | SentItem]
    this_week: Page[ReceivedItem | SentItem]
    unanswered: Page[ReceivedItem | SentItem]


@dataclass(frozen=True, slots=True)
class ClockRun:
    """What one run of the clocks did."""

    reminded: int = 0
    escalated: int = 0
    options_offered: int = 0
    resumed: int = 0


def follow_ups(identity: Identity, world: World, *, at: datetime, page: int = 1) -> FollowUps:
    """Return what is overdue, due today and due within a week, in a fixed number of statements."""
    authorise(identity, Permission.REFERRAL_LIST)
    mine, number = identity.compartment_id, page_number(page)
    zone = ZoneInfo(get_network(identity.network_id).timezone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=zone)
    found = (
        lists.list_due(mine, after=None, until=at, number=number),
        lists.list_due(mine, after=at, until=midnight, number=number),
        lists.list_due(mine, after=midnight, until=at + WEEK, number=number),
        lists.list_unanswered(mine, at=at, number=number),
    )
    items = items_of(identity, world, (row for page in found for row in page.items), at=at)
    return FollowUps(
        *(
            Page(
                tuple(items[r.referral.id] for r in page.items if r.referral.id in items),
                page.total,
                page.number,
            )
            for page in found
        )
    )


def run_clocks(world: World, *, at: datetime) -> ClockRun:
    """Take every step that is due at `at`, and end every hold whose date has come.

    Safe to run twice, or twice at once.
    """
    resumed = _end_holds(world, at=at)
    _forget_reasons(at)
    done = dict.fromkeys(Step, 0)
    after: UUID | None = None
    while batch := due_clocks(at, limit=BATCH, after=after):
        after = batch[-1].id
        for found in batch:
            stored = found
            for step in due_steps(found.clock, at):
                if not _take(stored, step, at=at):
                    break
                done[step] += 1
                stored = _one_step_on(stored)
    return ClockRun(done[Step.REMIND], done[Step.ESCALATE], done[Step.NEW_OPTIONS], resumed)


def _forget_reasons(at: datetime) -> None:
    """Delete why partners were proposed, at the fixed time from which nothing more is told."""
    with unit_of_work():
        forget_old_reasons({u.value: at - after for u, after in NOT_SHARED_AFTER.items()})


def _take(stored: StoredClock, step: Step, *, at: datetime) -> bool:
    """Take one step in one transaction; return False when it is not there to be taken any more."""
    with unit_of_work():
        try:
            lock_referral(stored.referral_id)
        except NotFoundError:
            return False
        if not take_step(stored, at=at):
            return False
        kind = _KIND_OF_STEP[step]
        add_event(
            NewEvent(stored.referral_id, kind, Side.SYSTEM, at, reason=stored.clock.owner.value)
        )
        to_sender = step is Step.NEW_OPTIONS
        told = stored.sender_compartment_id if to_sender else stored.owner_compartment_id
        append_event_to(told, None, kind.value, "referral", stored.referral_id, at=at)
        _tell(stored, step, told, at=at)
    return True


def _tell(stored: StoredClock, step: Step, told: UUID, *, at: datetime) -> None:
    started = stored.clock.started_at.isoformat()
    about = f"clock/{stored.id}/{started}/{stored.clock.owner}/{step}"
    if step is Step.NEW_OPTIONS:
        notify_compartment(stored.network_id, told, Notice.ITEM_TO_REVIEW, about=about, at=at)
        return
    if step is Step.ESCALATE and (supervisors := staff_of(told, admins_only=True)):
        notify(stored.network_id, told, supervisors, Notice.ITEM_OVERDUE, about=about, at=at)
        return
    notify_compartment(stored.network_id, told, Notice.ITEM_OVERDUE, about=about, at=at)


def _one_step_on(stored: StoredClock) -> StoredClock:
    clock = replace(stored.clock, steps_done=stored.clock.steps_done + 1)
    return replace(stored, clock=clock)


def _end_holds(world: World, *, at: datetime) -> int:
    """Go on with what was on hold until now; return how many."""
    count = 0
    for referral_id in holds_that_ended(at, limit=BATCH):
        if act_alone(world, referral_id, Action.RESUME, at=at) is not None:
            count += 1
    return count
