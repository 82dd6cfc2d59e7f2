"""What one's own program has to do, as the follow-up queue shows it: grouped, counted, paged.

A duty is a running clock that the program owns; one that the other side owns is never among its
duties. What it notes for itself (who works on it, what rests) decides the group, and nothing that
it may not know does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from ccr.domain.clocks import STEP_OFFSETS, ClockKind, Side, Step
from ccr.domain.paging import PAGE_SIZE
from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.follow_ups import FOLLOW_UP, Kept
from ccr.storage.queries.referrals import REFERRAL, visible_to
from ccr.storage.queries.shown_referrals import ShownReferral, select_shown, shown_referral


class Part(StrEnum):
    """A part of the queue."""

    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this-week"
    SNOOZED = "snoozed"
    UNANSWERED = "unanswered"


class Whose(StrEnum):
    """Whose work is looked at."""

    ALL = "all"
    MINE = "mine"
    NOBODYS = "nobodys"


@dataclass(frozen=True, slots=True)
class Queued:
    """A referral in a part of the queue, with what one's own program notes of it."""

    part: Part
    row: ShownReferral
    kept: Kept
    total: int


@dataclass(frozen=True, slots=True)
class Span:
    """The moments that part the queue: now, the end of today, and how far it looks ahead."""

    at: datetime
    midnight: datetime
    until: datetime


def list_queue(
    compartment_id: UUID, span: Span, *, whose: Whose, account_id: UUID | None
) -> list[Queued]:
    """Return the soonest of every part of the queue, in one statement; `total` counts its part."""
    owned = CLOCK.c.owner_compartment_id == compartment_id
    duties = _placed(
        compartment_id,
        case(
            (FOLLOW_UP.c.snoozed_until > span.at, Part.SNOOZED.value),
            (CLOCK.c.due_at <= span.at, Part.OVERDUE.value),
            (CLOCK.c.due_at <= span.midnight, Part.TODAY.value),
            else_=Part.THIS_WEEK.value,
        ),
        and_(owned, or_(CLOCK.c.due_at <= span.until, FOLLOW_UP.c.snoozed_until > span.at)),
        _of(whose, account_id),
    )
    late = _placed(
        compartment_id,
        literal(Part.UNANSWERED.value),
        and_(
            REFERRAL.c.sender_compartment_id == compartment_id,
            REFERRAL.c.state.in_([State.SENT.value, State.WAITLISTED.value]),
            CLOCK.c.kind == ClockKind.ANSWER.value,
            # What is the sender's own to answer is among its own duties already.
            CLOCK.c.owner_compartment_id != REFERRAL.c.sender_compartment_id,
            _so_late(span.at),
        ),
        _of(whose, account_id),
    )
    placed = duties.union_all(late).subquery()
    counted = select(
        placed,
        func.row_number()
        .over(partition_by=placed.c.part, order_by=(placed.c.due_at, placed.c.referral_id))
        .label("place"),
        func.count().over(partition_by=placed.c.part).label("total"),
    ).subquery()
    rows = db.session.execute(
        select_shown()
        .add_columns(
            counted.c.part,
            counted.c.total,
            counted.c.assigned_account_id,
            counted.c.handed_over_at,
            counted.c.snoozed_until,
            counted.c.snooze_reason,
        )
        .join(counted, counted.c.referral_id == REFERRAL.c.id)
        .where(counted.c.place <= PAGE_SIZE)
        .order_by(counted.c.due_at, REFERRAL.c.id)
    ).mappings()
    return [
        Queued(
            Part(row["part"]),
            shown_referral(row),
            Kept(
                row["assigned_account_id"],
                row["handed_over_at"],
                row["snoozed_until"],
                row["snooze_reason"],
            ),
            row["total"],
        )
        for row in rows
    ]


def count_duties(compartment_id: UUID, *, at: datetime) -> int:
    """Return how many duties of this program are overdue and do not rest."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(CLOCK)
            .outerjoin(FOLLOW_UP, _own_note(compartment_id))
            .where(
                CLOCK.c.owner_compartment_id == compartment_id,
                CLOCK.c.stopped_at.is_(None),
                CLOCK.c.due_at <= at,
                or_(FOLLOW_UP.c.snoozed_until.is_(None), FOLLOW_UP.c.snoozed_until <= at),
            )
        )
        or 0
    )


def list_handed_over(compartment_id: UUID, account_id: UUID) -> list[ShownReferral]:
    """Return what colleagues handed to somebody who has not yet taken it over, newest first."""
    return _shown(
        select_shown()
        .join(FOLLOW_UP, FOLLOW_UP.c.referral_id == REFERRAL.c.id)
        .where(
            FOLLOW_UP.c.compartment_id == compartment_id,
            FOLLOW_UP.c.assigned_account_id == account_id,
            FOLLOW_UP.c.handed_over_at.is_not(None),
            _visible(compartment_id),
        )
        .order_by(FOLLOW_UP.c.handed_over_at.desc(), REFERRAL.c.id)
        .limit(PAGE_SIZE)
    )


def list_of(compartment_id: UUID, referral_ids: Collection[UUID]) -> list[ShownReferral]:
    """Return those of these referrals that this program sent or received, in no order."""
    if not referral_ids:
        return []
    return _shown(select_shown().where(REFERRAL.c.id.in_(referral_ids), _visible(compartment_id)))


def _shown(statement: Select[Any]) -> list[ShownReferral]:
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]


def _visible(compartment_id: UUID) -> ColumnElement[bool]:
    return or_(
        and_(*visible_to(Side.SENDER, compartment_id)),
        and_(*visible_to(Side.RECEIVER, compartment_id)),
    )


def _placed(
    compartment_id: UUID,
    part: ColumnElement[str],
    condition: ColumnElement[bool],
    of: ColumnElement[bool],
) -> Select[Any]:
    return (
        select(
            CLOCK.c.referral_id,
            CLOCK.c.due_at,
            part.label("part"),
            FOLLOW_UP.c.assigned_account_id,
            FOLLOW_UP.c.handed_over_at,
            FOLLOW_UP.c.snoozed_until,
            FOLLOW_UP.c.snooze_reason,
        )
        .select_from(CLOCK)
        .join(REFERRAL, REFERRAL.c.id == CLOCK.c.referral_id)
        .outerjoin(FOLLOW_UP, _own_note(compartment_id))
        .where(CLOCK.c.stopped_at.is_(None), condition, of)
    )


def _own_note(compartment_id: UUID) -> ColumnElement[bool]:
    return and_(
        FOLLOW_UP.c.referral_id == CLOCK.c.referral_id,
        FOLLOW_UP.c.compartment_id == compartment_id,
    )


def _of(whose: Whose, account_id: UUID | None) -> ColumnElement[bool]:
    if whose is Whose.MINE:
        return FOLLOW_UP.c.assigned_account_id == account_id
    if whose is Whose.NOBODYS:
        return FOLLOW_UP.c.assigned_account_id.is_(None)
    return CLOCK.c.id.is_not(None)


def _so_late(at: datetime) -> ColumnElement[bool]:
    """Return the condition that the sender may choose anew."""
    return or_(
        *(
            and_(
                REFERRAL.c.urgency == urgency.value,
                CLOCK.c.due_at <= at - offsets[Step.NEW_OPTIONS],
            )
            for urgency, offsets in STEP_OFFSETS.items()
        )
    )
