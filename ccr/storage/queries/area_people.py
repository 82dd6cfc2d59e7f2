"""How many people live where, as a network's coordinator brought it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from ccr.domain.area_people import AreaPeople
from ccr.domain.taxonomy import AreaExtent
from ccr.storage.db import db
from ccr.storage.models.coordination import AreaPeopleRow


def list_area_people(network_id: UUID) -> tuple[tuple[AreaPeople, ...], datetime | None]:
    """Return the table of a network, and when it was brought; nothing and None without one."""
    table = AreaPeopleRow
    rows = db.session.execute(
        select(table.extent, table.code, table.people, table.languages, table.brought_at)
        .where(table.network_id == network_id)
        .order_by(table.extent, table.code)
    ).all()
    found = tuple(AreaPeople(AreaExtent(r.extent), r.code, r.people, r.languages) for r in rows)
    return found, rows[0].brought_at if rows else None


def replace_area_people(network_id: UUID, rows: Iterable[AreaPeople], *, at: datetime) -> None:
    """Put these rows in the place of all that the network had."""
    db.session.execute(delete(AreaPeopleRow).where(AreaPeopleRow.network_id == network_id))
    values = [
        {
            "network_id": network_id,
            "extent": row.extent.value,
            "code": row.code,
            "people": row.people,
            "languages": dict(row.languages),
            "brought_at": at,
        }
        for row in rows
    ]
    if values:
        db.session.execute(insert(AreaPeopleRow), values)
