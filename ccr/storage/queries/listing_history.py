"""The remembered changes of a listing and of its public places, a page at a time."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from ccr.domain.directory_history import Change
from ccr.domain.paging import PAGE_SIZE, Page
from ccr.storage.db import db
from ccr.storage.models.directory import ServiceAtLocationRow
from ccr.storage.models.keeping import DirectoryChange
from ccr.storage.queries.directory_changes import change_of_row


def listing_history(network_id: UUID, service_id: UUID, number: int) -> Page[Change]:
    """Return what happened to a listing and to the public places it is given at, newest first."""
    places = select(ServiceAtLocationRow.location_id).where(
        ServiceAtLocationRow.service_id == service_id,
        ServiceAtLocationRow.confidential.is_(False),
    )
    conditions: list[ColumnElement[bool]] = [
        DirectoryChange.network_id == network_id,
        or_(DirectoryChange.record_id == service_id, DirectoryChange.record_id.in_(places)),
    ]
    total = db.session.scalar(select(func.count()).select_from(DirectoryChange).where(*conditions))
    rows = db.session.execute(
        select(DirectoryChange.__table__)
        .where(*conditions)
        .order_by(DirectoryChange.at.desc(), DirectoryChange.version.desc(), DirectoryChange.id)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Page(tuple(change_of_row(row) for row in rows), int(total or 0), number)
