"""What one person agreed to together: several partners asked for one of them (sender's side alone).

Whoever changes a referral that is part of an asking locks the asking first, then the referral: two
partners that act at one moment then wait for one another in one order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, bindparam, exists, insert, or_, select, update

from ccr.domain.asking import AskingWay, PartState
from ccr.domain.clocks import STEP_OFFSETS, ClockKind, Side, Step
from ccr.domain.next_contact import NextContact
from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.models.asking import AskingPartRow, AskingRow
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.drafts import SEARCH
from ccr.storage.queries.next_contact import CONTACT, contact_of
from ccr.storage.queries.referrals import REFERRAL, rows_changed, visible_to
from ccr.storage.queries.shown_referrals import ShownReferral, select_shown, shown_referral

ASKING = cast("Table", AskingRow.__table__)
PART = cast("Table", AskingPartRow.__table__)


@dataclass(frozen=True, slots=True)
class Part:
    """One named partner of an asking. `position` counts from 1, the first who is asked."""

    position: int
    state: PartState
    reason: str | None = None
    referral_id: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Several partners for one person, with how far each has come, in their order."""

    id: UUID
    network_id: UUID
    sender_compartment_id: UUID
    way: AskingWay
    ended_at: datetime | None
    winner_referral_id: UUID | None
    parts: tuple[Part, ...]

    @property
    def waiting(self) -> tuple[Part, ...]:
        """Return those not asked yet, in order."""
        return tuple(part for part in self.parts if part.state is PartState.WAITING)

    @property
    def first_referral_id(self) -> UUID | None:
        """Return the referral beside which the order is kept, or None when it is erased."""
        return self.parts[0].referral_id if self.parts else None


def add_asking(
    *,
    network_id: UUID,
    sender_compartment_id: UUID,
    way: AskingWay,
    first_referral_id: UUID,
    further: int,
    at: datetime,
) -> UUID:
    """Keep that further partners were named beside the first, who is asked now; return its id."""
    asking_id = uuid4()
    db.session.execute(
        insert(ASKING).values(
            id=asking_id,
            network_id=network_id,
            sender_compartment_id=sender_compartment_id,
            way=way.value,
            created_at=at,
        )
    )
    for position in range(1, further + 2):
        first = position == 1
        db.session.execute(
            insert(PART).values(
                id=uuid4(),
                asking_id=asking_id,
                position=position,
                state=(PartState.ASKED if first else PartState.WAITING).value,
                referral_id=first_referral_id if first else None,
                at=at if first else None,
            )
        )
    return asking_id


_HELD = (
    select(ASKING)
    .where(
        ASKING.c.id.in_(select(PART.c.asking_id).where(PART.c.referral_id == bindparam("of_id")))
    )
    .with_for_update(of=ASKING)
)
"""Of every act, so made once."""


def hold_asking(referral_id: UUID) -> Asking | None:
    """Return the asking that a referral is part of, locked; None when it is asked for alone.

    Called before the referral itself is locked.
    """
    row = db.session.execute(_HELD, {"of_id": referral_id}).first()
    return None if row is None else _with_parts(row)


def get_asking(referral_id: UUID, *, sender_compartment_id: UUID) -> Asking | None:
    """Return the asking that a referral of this sender is part of, or None."""
    return kept_beside(referral_id, sender_compartment_id=sender_compartment_id).asking


@dataclass(frozen=True, slots=True)
class KeptBeside:
    """What a sender keeps beside a referral.

    Attributes:
        why_sealed: why its partner was proposed.
        asking: the asking that it is part of.
        facts_sealed: what is kept beside the first of that asking; None without one.
        contact: when the person calls or comes again.
    """

    why_sealed: str | None = None
    asking: Asking | None = None
    facts_sealed: str | None = None
    contact: NextContact | None = None


def kept_beside(referral_id: UUID, *, sender_compartment_id: UUID) -> KeptBeside:
    """Return what this sender keeps beside a referral, in one statement."""
    mine, first = SEARCH.alias("mine"), SEARCH.alias("first")
    own, part = PART.alias("own"), PART.alias("part")
    rows = db.session.execute(
        select(
            mine.c.why_sealed,
            *ASKING.c,
            part.c.position,
            part.c.state.label("part_state"),
            part.c.reason,
            part.c.referral_id,
            part.c.at,
            first.c.facts_sealed,
            CONTACT.c.day.label("next_day"),
            CONTACT.c.part.label("next_part"),
            CONTACT.c.way.label("next_way"),
        )
        .select_from(
            mine.outerjoin(own, own.c.referral_id == mine.c.referral_id)
            .outerjoin(CONTACT, CONTACT.c.referral_id == mine.c.referral_id)
            .outerjoin(ASKING, ASKING.c.id == own.c.asking_id)
            .outerjoin(part, part.c.asking_id == ASKING.c.id)
            .outerjoin(first, and_(first.c.referral_id == part.c.referral_id, part.c.position == 1))
        )
        .where(
            mine.c.referral_id == referral_id,
            mine.c.sender_compartment_id == sender_compartment_id,
        )
        .order_by(part.c.position)
    ).all()
    if not rows:
        return KeptBeside()
    contact = contact_of(rows[0]) if rows[0].next_day is not None else None
    if rows[0].id is None:
        return KeptBeside(rows[0].why_sealed, contact=contact)
    parts = tuple(
        Part(row.position, PartState(row.part_state), row.reason, row.referral_id, row.at)
        for row in rows
    )
    return KeptBeside(rows[0].why_sealed, _asking(rows[0], parts), rows[0].facts_sealed, contact)


def hold_asking_by_id(asking_id: UUID) -> Asking | None:
    """Return an asking for the worker, locked; None when it is gone."""
    row = db.session.execute(
        select(ASKING).where(ASKING.c.id == asking_id).with_for_update(of=ASKING)
    ).first()
    return None if row is None else _with_parts(row)


def _with_parts(row: Any) -> Asking:  # noqa: ANN401 -- a row has no type of its own
    parts = db.session.execute(
        select(PART).where(PART.c.asking_id == row.id).order_by(PART.c.position)
    )
    return _asking(
        row,
        tuple(
            Part(part.position, PartState(part.state), part.reason, part.referral_id, part.at)
            for part in parts
        ),
    )


def _asking(row: Any, parts: tuple[Part, ...]) -> Asking:  # noqa: ANN401 -- the same
    return Asking(
        row.id,
        row.network_id,
        row.sender_compartment_id,
        AskingWay(row.way),
        row.ended_at,
        row.winner_referral_id,
        parts,
    )


def list_together(referral_id: UUID, *, sender_compartment_id: UUID) -> list[ShownReferral]:
    """Return a referral of this sender and those of the same asking, in one statement."""
    own, part = PART.alias("own"), PART.alias("part")
    others = (
        select(part.c.referral_id)
        .join(own, own.c.asking_id == part.c.asking_id)
        .where(own.c.referral_id == referral_id, part.c.referral_id.is_not(None))
    )
    statement = select_shown().where(
        or_(REFERRAL.c.id == referral_id, REFERRAL.c.id.in_(others)),
        *visible_to(Side.SENDER, sender_compartment_id),
    )
    return [shown_referral(row) for row in db.session.execute(statement).mappings()]


def save_part(
    asking_id: UUID,
    position: int,
    state: PartState,
    *,
    at: datetime,
    referral_id: UUID | None = None,
    reason: str | None = None,
) -> bool:
    """Store what became of one who waited; return False when it waits no longer."""
    return (
        rows_changed(
            update(PART)
            .where(
                PART.c.asking_id == asking_id,
                PART.c.position == position,
                PART.c.state == PartState.WAITING.value,
            )
            .values(state=state.value, referral_id=referral_id, reason=reason, at=at)
        )
        == 1
    )


def end_asking(asking_id: UUID, *, at: datetime) -> None:
    """End an asking: whoever waits is never asked."""
    db.session.execute(
        update(ASKING)
        .where(ASKING.c.id == asking_id, ASKING.c.ended_at.is_(None))
        .values(ended_at=at)
    )
    db.session.execute(
        update(PART)
        .where(PART.c.asking_id == asking_id, PART.c.state == PartState.WAITING.value)
        .values(state=PartState.LEFT.value)
    )


def take_the_win(asking_id: UUID, referral_id: UUID, *, at: datetime) -> bool:
    """Let one of several asked at once be the one; return False when another was first."""
    return (
        rows_changed(
            update(ASKING)
            .where(
                ASKING.c.id == asking_id,
                ASKING.c.winner_referral_id.is_(None),
                ASKING.c.ended_at.is_(None),
            )
            .values(winner_referral_id=referral_id, ended_at=at)
        )
        == 1
    )


def orders_to_move_on(at: datetime, *, limit: int, but: Collection[UUID] = ()) -> list[UUID]:
    """Return open orders in which somebody waits and nobody who was asked can still take it soon.

    Those whose last partner is so late that the sender has new options, or has come back.
    """
    late = or_(
        *(
            and_(
                REFERRAL.c.urgency == urgency.value,
                CLOCK.c.due_at <= at - offsets[Step.NEW_OPTIONS],
            )
            for urgency, offsets in STEP_OFFSETS.items()
        )
    )
    unanswered = exists(
        select(CLOCK.c.id).where(
            CLOCK.c.referral_id == REFERRAL.c.id,
            CLOCK.c.stopped_at.is_(None),
            CLOCK.c.kind == ClockKind.ANSWER.value,
            CLOCK.c.owner_compartment_id != REFERRAL.c.sender_compartment_id,
            late,
        )
    ).correlate(REFERRAL)
    waits = PART.alias("waiting_part")
    statement = (
        select(ASKING.c.id)
        .join(PART, PART.c.asking_id == ASKING.c.id)
        .join(REFERRAL, REFERRAL.c.id == PART.c.referral_id)
        .where(
            ASKING.c.way == AskingWay.ORDERED.value,
            ASKING.c.ended_at.is_(None),
            exists(
                select(waits.c.id).where(
                    waits.c.asking_id == ASKING.c.id, waits.c.state == PartState.WAITING.value
                )
            ).correlate(ASKING),
            or_(
                REFERRAL.c.state == State.DECLINED.value,
                and_(REFERRAL.c.state.in_([State.SENT.value, State.WAITLISTED.value]), unanswered),
            ),
        )
        .order_by(ASKING.c.id)
        .limit(limit)
    )
    if but:
        statement = statement.where(ASKING.c.id.not_in(but))
    return list(dict.fromkeys(db.session.scalars(statement)))
