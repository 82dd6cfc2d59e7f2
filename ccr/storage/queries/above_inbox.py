"""What stands above an inbox, in one statement: announcements, and how many rooms are old."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.models.council import AnnouncementRow
from ccr.storage.queries.room import select_old_rooms
from ccr.storage.queries.working_together import (
    NEWEST_FIRST,
    Announcement,
    announcement,
    is_told,
)


def above_inbox(
    network_id: UUID, compartment_id: UUID, on: date, *, at: datetime
) -> tuple[tuple[Announcement, ...], int]:
    """Return what is announced on a day, the newest first, and how many rooms are old at `at`."""
    old = select_old_rooms(compartment_id, at=at).scalar_subquery().label("old_rooms")
    rows = db.session.execute(
        select(AnnouncementRow, old)
        .select_from(Network)
        .outerjoin(
            AnnouncementRow,
            and_(AnnouncementRow.network_id == Network.id, is_told(on)),
        )
        .where(Network.id == network_id)
        .order_by(*NEWEST_FIRST)
    ).all()
    told = tuple(announcement(found) for found, _ in rows if found is not None)
    return told, int(rows[0].old_rooms or 0) if rows else 0
