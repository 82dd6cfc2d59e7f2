"""Clocks of referrals: at most one of a kind, started anew in its own row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Select, Table, and_, bindparam, insert, select, update

from ccr.domain.chasing import SOONEST, next_look
from ccr.domain.clocks import Clock, ClockKind, Side
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.taxonomy import Need, Urgency
from ccr.storage.db import db
from ccr.storage.models.following import FollowUpRow
from ccr.storage.models.referrals import ClockRow
from ccr.storage.queries.referrals import BY_LINK, REFERRAL

CLOCK = cast("Table", ClockRow.__table__)
FOLLOW_UP = cast("Table", FollowUpRow.__table__)
SENDERS = FOLLOW_UP.alias("senders_follow_up")


@dataclass(frozen=True, slots=True)
class StoredClock:
    """A clock with the ids a worker needs to act on it."""

    id: UUID
    referral_id: UUID
    network_id: UUID
    owner_compartment_id: UUID
    sender_compartment_id: UUID
    clock: Clock


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock that the worker has to look at, with what decides about whom it tells and when.

    Attributes:
        assigned_to: who of the owning program works on the referral, or None.
        sender_assigned_to: who of the sending program does.
        snoozed_until: until when the owner's reminders rest, or None.
        by_link: True when the partner answers by a mailed link.
    """

    stored: StoredClock
    needs: frozenset[Need]
    assigned_to: UUID | None
    sender_assigned_to: UUID | None
    snoozed_until: datetime | None
    by_link: bool


def _with_referral() -> Select[Any]:
    return select(
        CLOCK,
        REFERRAL.c.sender_compartment_id,
        REFERRAL.c.hold_until,
    ).join(REFERRAL, REFERRAL.c.id == CLOCK.c.referral_id)


# Statements of every act, made once.
_OF_REFERRALS = _with_referral().where(CLOCK.c.referral_id.in_(bindparam("of_ids", expanding=True)))
_INSERT = insert(CLOCK)
_CHANGE = update(CLOCK).where(
    CLOCK.c.referral_id == bindparam("of_referral"), CLOCK.c.kind == bindparam("of_kind")
)
_WAKE = (
    update(FOLLOW_UP)
    .where(
        FOLLOW_UP.c.referral_id == bindparam("of_referral"),
        FOLLOW_UP.c.compartment_id == bindparam("of_owner"),
        FOLLOW_UP.c.snoozed_until.is_not(None),
    )
    .values(snoozed_until=None, snooze_reason=None)
)


def list_clocks(referral_ids: Collection[UUID]) -> dict[UUID, dict[ClockKind, Clock]]:
    """Return the clocks of these referrals by kind."""
    found: dict[UUID, dict[ClockKind, Clock]] = defaultdict(dict)
    if not referral_ids:
        return found
    for row in db.session.execute(_OF_REFERRALS, {"of_ids": list(referral_ids)}):
        stored = _stored(row)
        found[stored.referral_id][stored.clock.kind] = stored.clock
    return found


def save_clocks(
    referral: Referral,
    before: dict[ClockKind, Clock],
    after: dict[ClockKind, Clock],
    *,
    in_time: bool | None = None,
) -> None:
    """Store what changed between two sets of clocks of a referral that the caller has locked.

    `in_time` is kept for clocks that stop now: True or False when what they waited for happened,
    None when the wait itself ended. A clock that starts or changes hands is another duty: what
    its new owner let rest before does not hold it.
    """
    for kind, clock in after.items():
        old = before.get(kind)
        if clock == old:
            continue
        values: dict[str, Any] = {
            "owner_compartment_id": (
                referral.sender_compartment_id
                if clock.owner is Side.SENDER
                else referral.receiver_compartment_id
            ),
            "urgency": clock.urgency.value,
            "started_at": clock.started_at,
            "due_at": clock.due_at,
            "paused_at": clock.paused_at,
            "due_before_pause": clock.due_before,
            "stopped_at": clock.met_at,
            "met": None
            if clock.met_at is None or in_time is None
            else in_time and clock.met_at <= clock.due_at,
            "step": clock.steps_done,
            "step_at": clock.stepped_at,
            # Too early a look costs the worker a moment; too late a one would be a silence.
            "next_step_at": next_look(clock, SOONEST),
        }
        if old is None:
            new = {
                "id": uuid4(),
                "network_id": referral.network_id,
                "referral_id": referral.id,
                "kind": kind.value,
            }
            db.session.execute(_INSERT, {**new, **values})
        else:
            which = {"of_referral": referral.id, "of_kind": kind.value}
            db.session.execute(_CHANGE, {**which, **values})
        # Of a referral that is only just sent, and of immediate danger, nothing rests.
        if before and clock.urgency is not Urgency.IMMEDIATE and _is_new_duty(old, clock):
            whose = {"of_referral": referral.id, "of_owner": values["owner_compartment_id"]}
            db.session.execute(_WAKE, whose)


def _is_new_duty(old: Clock | None, clock: Clock) -> bool:
    if clock.met_at is not None:
        return False
    return old is None or (old.started_at, old.owner) != (clock.started_at, clock.owner)


def due_ids(at: datetime, *, limit: int, but: Collection[UUID] = ()) -> list[UUID]:
    """Return which clocks the worker has to look at, longest due first; nothing is locked."""
    return list(db.session.scalars(_due(select(CLOCK.c.id), at, but).limit(limit)))


def lock_due(
    at: datetime, *, limit: int, only: UUID | None = None, but: Collection[UUID] = ()
) -> list[DueClock]:
    """Return clocks that the worker has to look at, locked together with their referrals.

    `only` this one clock, where it is due; `but` none of these.

    On SQLite the unit of work is the only writer; on PostgreSQL what another holds at this moment
    is left out. So whatever is returned is as stored, and nobody else takes a step of it before
    the unit ends.
    """
    statement = (
        _due(_with_referral(), at, but)
        .add_columns(
            REFERRAL.c.needs,
            BY_LINK.label("by_link"),
            FOLLOW_UP.c.assigned_account_id,
            FOLLOW_UP.c.snoozed_until,
            SENDERS.c.assigned_account_id.label("sender_assigned_id"),
        )
        .outerjoin(
            FOLLOW_UP,
            and_(
                FOLLOW_UP.c.referral_id == CLOCK.c.referral_id,
                FOLLOW_UP.c.compartment_id == CLOCK.c.owner_compartment_id,
            ),
        )
        .outerjoin(
            SENDERS,
            and_(
                SENDERS.c.referral_id == CLOCK.c.referral_id,
                SENDERS.c.compartment_id == REFERRAL.c.sender_compartment_id,
            ),
        )
        .limit(limit)
        # An act locks the referral before it changes a clock, and nothing here waits for a lock.
        .with_for_update(of=(REFERRAL, CLOCK), skip_locked=True)
    )
    if only is not None:
        statement = statement.where(CLOCK.c.id == only)
    return [
        DueClock(
            _stored(row),
            frozenset(Need(code) for code in row.needs),
            row.assigned_account_id,
            row.sender_assigned_id,
            row.snoozed_until,
            bool(row.by_link),
        )
        for row in db.session.execute(statement)
    ]


def _due(statement: Select[Any], at: datetime, but: Collection[UUID]) -> Select[Any]:
    found = statement.where(CLOCK.c.next_step_at <= at)
    if but:
        found = found.where(CLOCK.c.id.not_in(but))
    return found.order_by(CLOCK.c.next_step_at, CLOCK.c.id)


def save_steps(moved: Collection[tuple[StoredClock, datetime | None]]) -> None:
    """Store how far clocks that `lock_due` returned have come, and when each is looked at next."""
    if not moved:
        return
    db.session.connection().execute(
        update(CLOCK)
        .where(CLOCK.c.id == bindparam("of_id"))
        .values(
            step=bindparam("now_step"),
            step_at=bindparam("now_step_at"),
            next_step_at=bindparam("now_next"),
        ),
        [
            {
                "of_id": stored.id,
                "now_step": stored.clock.steps_done,
                "now_step_at": stored.clock.stepped_at,
                "now_next": look_at,
            }
            for stored, look_at in moved
        ],
    )


def look_again(referral_id: UUID, compartment_id: UUID, *, at: datetime) -> None:
    """Let the worker look at once at what this program has running: what held it has changed."""
    db.session.execute(
        update(CLOCK)
        .where(
            CLOCK.c.referral_id == referral_id,
            CLOCK.c.owner_compartment_id == compartment_id,
            CLOCK.c.stopped_at.is_(None),
            CLOCK.c.next_step_at.is_not(None),
        )
        .values(next_step_at=at)
    )


def holds_that_ended(at: datetime, *, limit: int, but: Collection[UUID] = ()) -> list[UUID]:
    """Return referrals on hold whose date has come, but none of these.

    The worker looks at their paused clocks.
    """
    return list(
        db.session.scalars(
            select(REFERRAL.c.id)
            .join(CLOCK, CLOCK.c.referral_id == REFERRAL.c.id)
            .where(
                CLOCK.c.next_step_at <= at,
                CLOCK.c.paused_at.is_not(None),
                REFERRAL.c.state == State.ON_HOLD.value,
                REFERRAL.c.hold_until <= at,
                *([REFERRAL.c.id.not_in(but)] if but else ()),
            )
            .order_by(REFERRAL.c.id)
            .limit(limit)
        )
    )


def _stored(row: Any) -> StoredClock:  # noqa: ANN401 -- a row of a join has no type
    of_sender = row.owner_compartment_id == row.sender_compartment_id
    clock = Clock(
        kind=ClockKind(row.kind),
        urgency=Urgency(row.urgency),
        owner=Side.SENDER if of_sender else Side.RECEIVER,
        started_at=row.started_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
        # A clock is paused exactly while its referral is on hold, until the same date.
        paused_until=row.hold_until if row.paused_at is not None else None,
        met_at=row.stopped_at,
        steps_done=row.step,
        stepped_at=row.step_at,
        due_before=row.due_before_pause,
    )
    return StoredClock(
        row.id,
        row.referral_id,
        row.network_id,
        row.owner_compartment_id,
        row.sender_compartment_id,
        clock,
    )
