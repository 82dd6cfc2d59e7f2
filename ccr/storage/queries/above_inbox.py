"""What stands above an inbox, in one statement: announcements, and how many rooms are old."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.models.council import AnnouncementRow
from ccr.storage.queries.room import select_old_rooms
from ccr.storage.queries.working_together import Announcement


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
            and_(
                AnnouncementRow.network_id == Network.id,
                AnnouncementRow.withdrawn_at.is_(None),
                AnnouncementRow.until_on >= on,
            ),
        )
        .where(Network.id == network_id)
        .order_by(AnnouncementRow.made_at.desc(), AnnouncementRow.id)
    ).all()
    told = tuple(
        Announcement(row.id, row.title, row.text, row.until_on)
        for row, _ in rows
        if row is not None
    )
    return told, int(rows[0].old_rooms or 0) if rows else 0
