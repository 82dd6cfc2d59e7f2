"""How many of what a program sent it introduced live itself. Its own acts alone are counted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, distinct, func, select

from ccr.domain.clocks import Side
from ccr.domain.referral_states import EventKind, State
from ccr.storage.db import db
from ccr.storage.queries.referrals import EVENT, REFERRAL


def count_warm(compartment_id: UUID, *, since: datetime) -> tuple[int, int]:
    """Return (sent, introduced live) of what a program sent from `since` on, errors left out.

    What the receiver logs is not looked at: the sender must not learn of it (design 2.4).
    """
    introduced = and_(
        EVENT.c.referral_id == REFERRAL.c.id,
        EVENT.c.action == EventKind.LIVE_HAND_OFF.value,
        EVENT.c.side == Side.SENDER.value,
    )
    row = db.session.execute(
        select(func.count(distinct(REFERRAL.c.id)), func.count(distinct(EVENT.c.referral_id)))
        .select_from(REFERRAL)
        .outerjoin(EVENT, introduced)
        .where(
            REFERRAL.c.sender_compartment_id == compartment_id,
            REFERRAL.c.sent_at >= since,
            REFERRAL.c.state != State.ENTERED_IN_ERROR.value,
        )
    ).one()
    return int(row[0]), int(row[1])
