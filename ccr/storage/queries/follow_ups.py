"""How one side keeps a referral: who works on it, until when its reminders rest.

Every read and write names the compartment whose note it is. No other side's is ever read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.clocks import Side
from ccr.domain.referral_states import TAKEN, WAITING_FOR_ANSWER
from ccr.domain.referral_views import Group
from ccr.storage.db import db
from ccr.storage.models.following import FollowUpRow
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.referral_lists import sender_group
from ccr.storage.queries.referrals import REFERRAL, rows_changed, visible_to
from ccr.storage.queries.releases import RELEASE

FOLLOW_UP = cast("Table", FollowUpRow.__table__)


@dataclass(frozen=True, slots=True)
class Kept:
    """How one side keeps one referral.

    Attributes:
        assigned_to: who of its people works on it, or None.
        handed_over_at: when a colleague handed it over, until it is taken over; else None.
        snoozed_until, snooze_reason: until when its reminders rest and why, or None.
    """

    assigned_to: UUID | None = None
    handed_over_at: datetime | None = None
    snoozed_until: datetime | None = None
    snooze_reason: str | None = None


NOT_KEPT = Kept()


def kept_of(referral_ids: Collection[UUID], compartment_id: UUID) -> dict[UUID, Kept]:
    """Return how this program keeps these referrals; those it has noted nothing of are absent."""
    if not referral_ids:
        return {}
    rows = db.session.execute(
        select(FOLLOW_UP).where(
            FOLLOW_UP.c.referral_id.in_(referral_ids), FOLLOW_UP.c.compartment_id == compartment_id
        )
    )
    return {
        row.referral_id: Kept(
            row.assigned_account_id, row.handed_over_at, row.snoozed_until, row.snooze_reason
        )
        for row in rows
    }


def assign(
    referral_id: UUID,
    compartment_id: UUID,
    account_id: UUID | None,
    *,
    held_by: UUID | None,
    handed_over: bool = False,
    at: datetime,
) -> bool:
    """Give a referral to somebody of this program, or to nobody; False when another has it.

    `held_by` is who has it as far as the asker knows: of two at once, one gets True.
    """
    values = {
        "assigned_account_id": account_id,
        "assigned_at": at if account_id else None,
        "handed_over_at": at if handed_over else None,
    }
    statement = (
        _insert()(FOLLOW_UP)
        .values(referral_id=referral_id, compartment_id=compartment_id, **values)
        .on_conflict_do_update(
            index_elements=["referral_id", "compartment_id"],
            set_=values,
            where=FOLLOW_UP.c.assigned_account_id.is_not_distinct_from(held_by),
        )
        .returning(FOLLOW_UP.c.referral_id)
    )
    if held_by is None:
        return db.session.execute(statement).first() is not None
    return bool(
        rows_changed(
            update(FOLLOW_UP)
            .where(
                FOLLOW_UP.c.referral_id == referral_id,
                FOLLOW_UP.c.compartment_id == compartment_id,
                FOLLOW_UP.c.assigned_account_id == held_by,
            )
            .values(**values)
        )
    )


def take_over(
    referral_ids: Collection[UUID], compartment_id: UUID, account_id: UUID, *, at: datetime
) -> list[UUID]:
    """Note that somebody has taken over what was handed to them; return which they were."""
    return list(
        db.session.scalars(
            update(FOLLOW_UP)
            .where(
                FOLLOW_UP.c.referral_id.in_(referral_ids),
                FOLLOW_UP.c.compartment_id == compartment_id,
                FOLLOW_UP.c.assigned_account_id == account_id,
                FOLLOW_UP.c.handed_over_at.is_not(None),
            )
            .values(handed_over_at=None, assigned_at=at)
            .returning(FOLLOW_UP.c.referral_id)
        )
    )


def snooze(
    referral_id: UUID, compartment_id: UUID, until: datetime | None, reason: str | None
) -> None:
    """Let reminders of a referral to this program rest until then; None for not any more."""
    values = {"snoozed_until": until, "snooze_reason": reason}
    db.session.execute(
        _insert()(FOLLOW_UP)
        .values(referral_id=referral_id, compartment_id=compartment_id, **values)
        .on_conflict_do_update(index_elements=["referral_id", "compartment_id"], set_=values)
    )


def open_ids_of(compartment_id: UUID, account_id: UUID, *, at: datetime) -> list[UUID]:
    """Return what somebody works on that is open in their program's eyes, soonest due first.

    What a sender may not know of a referral does not decide whether it is among them.
    """
    due = case(
        (CLOCK.c.owner_compartment_id == compartment_id, CLOCK.c.due_at),
        else_=None,
    )
    received = and_(
        *visible_to(Side.RECEIVER, compartment_id),
        REFERRAL.c.state.in_([state.value for state in WAITING_FOR_ANSWER | TAKEN]),
    )
    sent = and_(
        *visible_to(Side.SENDER, compartment_id),
        sender_group(at).not_in([g.value for g in Group if g.is_over]),
    )
    rows = db.session.execute(
        select(REFERRAL.c.id)
        .select_from(
            FOLLOW_UP.join(REFERRAL, REFERRAL.c.id == FOLLOW_UP.c.referral_id)
            .outerjoin(RELEASE, RELEASE.c.referral_id == REFERRAL.c.id)
            .outerjoin(
                CLOCK,
                and_(CLOCK.c.referral_id == REFERRAL.c.id, CLOCK.c.stopped_at.is_(None)),
            )
        )
        .where(
            FOLLOW_UP.c.compartment_id == compartment_id,
            FOLLOW_UP.c.assigned_account_id == account_id,
            or_(received, sent),
        )
        .group_by(REFERRAL.c.id, REFERRAL.c.sent_at)
        .order_by(func.coalesce(func.min(due), REFERRAL.c.sent_at), REFERRAL.c.id)
    )
    return [row.id for row in rows]


def unassign_all(account_id: UUID) -> list[UUID]:
    """Take everything out of somebody's hands; return the referrals they were."""
    return list(
        db.session.scalars(
            update(FOLLOW_UP)
            .where(FOLLOW_UP.c.assigned_account_id == account_id)
            .values(assigned_account_id=None, assigned_at=None, handed_over_at=None)
            .returning(FOLLOW_UP.c.referral_id)
        )
    )


def _insert() -> Any:  # noqa: ANN401 -- one of two functions of the same shape
    dialect = db.session.get_bind().dialect.name
    return postgresql.insert if dialect == "postgresql" else sqlite.insert
