"""Events of many referrals at once, for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from ccr.storage.db import db
from ccr.storage.queries.referrals import EVENT, NewEvent, event_columns


def add_events(events: Sequence[NewEvent]) -> None:
    """Append events to referrals that the caller has locked, in two statements."""
    if not events:
        return
    rows = db.session.execute(
        select(EVENT.c.referral_id, func.max(EVENT.c.position))
        .where(EVENT.c.referral_id.in_({event.referral_id for event in events}))
        .group_by(EVENT.c.referral_id)
    )
    last: dict[UUID, int] = {row[0]: row[1] for row in rows}
    values = []
    for event in events:
        last[event.referral_id] = last.get(event.referral_id, 0) + 1
        values.append({"id": uuid4(), "position": last[event.referral_id], **event_columns(event)})
    db.session.execute(insert(EVENT), values)
