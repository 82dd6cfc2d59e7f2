"""Clocks of referrals: at most one of a kind, started anew in its own row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Select, Table, case, insert, select, update

from ccr.domain.clocks import STEPS, Clock, ClockKind, Side
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db
from ccr.storage.models.referrals import ClockRow
from ccr.storage.queries.referrals import REFERRAL, rows_changed

CLOCK = cast("Table", ClockRow.__table__)
# The steps that are left depend on whose duty the answer is; every other clock has as many.
_MOST_STEPS = case(
    (
        (CLOCK.c.kind == ClockKind.ANSWER.value)
        & (CLOCK.c.owner_compartment_id == REFERRAL.c.receiver_compartment_id),
        len(STEPS[ClockKind.ANSWER, Side.RECEIVER]),
    ),
    else_=len(STEPS[ClockKind.FIRST_CONTACT, Side.RECEIVER]),
)


@dataclass(frozen=True, slots=True)
class StoredClock:
    """A clock with the ids a worker needs to act on it."""

    id: UUID
    referral_id: UUID
    network_id: UUID
    owner_compartment_id: UUID
    sender_compartment_id: UUID
    clock: Clock


def list_clocks(referral_ids: Collection[UUID]) -> dict[UUID, dict[ClockKind, Clock]]:
    """Return the clocks of these referrals by kind."""
    found: dict[UUID, dict[ClockKind, Clock]] = defaultdict(dict)
    if not referral_ids:
        return found
    for row in db.session.execute(_with_referral().where(CLOCK.c.referral_id.in_(referral_ids))):
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
    None when the wait itself ended.
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
        }
        if old is None:
            db.session.execute(
                insert(CLOCK).values(
                    id=uuid4(),
                    network_id=referral.network_id,
                    referral_id=referral.id,
                    kind=kind.value,
                    **values,
                )
            )
        else:
            if clock.started_at != old.started_at:
                values["step_at"] = None
            db.session.execute(
                update(CLOCK)
                .where(CLOCK.c.referral_id == referral.id, CLOCK.c.kind == kind.value)
                .values(**values)
            )


def due_clocks(at: datetime, *, limit: int, after: UUID | None = None) -> list[StoredClock]:
    """Return running clocks that are past their due time and have a step left, by id."""
    statement = (
        _with_referral()
        .where(CLOCK.c.stopped_at.is_(None), CLOCK.c.due_at <= at, CLOCK.c.step < _MOST_STEPS)
        .order_by(CLOCK.c.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(CLOCK.c.id > after)
    return [_stored(row) for row in db.session.execute(statement)]


def take_step(stored: StoredClock, *, at: datetime) -> bool:
    """Count one more step of a clock; return False when it stopped, moved, or was taken already."""
    return bool(
        rows_changed(
            update(CLOCK)
            .where(
                CLOCK.c.id == stored.id,
                CLOCK.c.stopped_at.is_(None),
                CLOCK.c.step == stored.clock.steps_done,
                CLOCK.c.started_at == stored.clock.started_at,
                CLOCK.c.due_at == stored.clock.due_at,
                CLOCK.c.owner_compartment_id == stored.owner_compartment_id,
            )
            .values(step=stored.clock.steps_done + 1, step_at=at)
        )
    )


def holds_that_ended(at: datetime, *, limit: int) -> list[UUID]:
    """Return referrals on hold whose date has come."""
    return list(
        db.session.scalars(
            select(REFERRAL.c.id)
            .where(REFERRAL.c.state == State.ON_HOLD.value, REFERRAL.c.hold_until <= at)
            .order_by(REFERRAL.c.id)
            .limit(limit)
        )
    )


def _with_referral() -> Select[Any]:
    return select(
        CLOCK,
        REFERRAL.c.sender_compartment_id,
        REFERRAL.c.hold_until,
    ).join(REFERRAL, REFERRAL.c.id == CLOCK.c.referral_id)


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
