"""Edits that people make to listings: each a conditional update, so that one of two wins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, insert, select, update

from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import Need, Track
from ccr.storage.db import db
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAtLocationRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
    ServiceText,
)


def save_needs(
    network_id: UUID,
    service_id: UUID,
    needs: Iterable[Need],
    tracks: Iterable[Track],
    *,
    version: int,
    at: datetime,
) -> bool:
    """Set the needs and tracks of a service still at this version; return False when it is not.

    What free-text search reads of it follows.
    """
    needs = sorted(needs)
    result = db.session.execute(
        update(ServiceRow)
        .where(
            ServiceRow.id == service_id,
            ServiceRow.network_id == network_id,
            ServiceRow.version == version,
        )
        .values(tracks=list(tracks), version=version + 1, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return False
    db.session.execute(delete(ServiceNeedRow).where(ServiceNeedRow.service_id == service_id))
    rows = [{"service_id": service_id, "need": need.value} for need in needs]
    if rows:
        db.session.execute(insert(ServiceNeedRow), rows)
    write_text(service_id, needs)
    return True


def write_text(service_id: UUID, needs: Iterable[Need]) -> None:
    """Write anew what search reads of a service. A hidden one has no town to give."""
    row = db.session.execute(
        select(ServiceRow.__table__, MemberRow.name.label("member"))
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.id == service_id)
    ).one()
    terms = db.session.scalars(
        select(ServiceTermRow.name).where(ServiceTermRow.service_id == service_id)
    )
    towns = db.session.scalars(
        select(LocationRow.city)
        .join(ServiceAtLocationRow, ServiceAtLocationRow.location_id == LocationRow.id)
        .where(
            ServiceAtLocationRow.service_id == service_id,
            LocationRow.confidential.is_(False),
            LocationRow.city.is_not(None),
        )
    )
    body = search_body(
        [
            row.name,
            row.alternate_name or "",
            row.member,
            *(str(need.label) for need in needs),
            *terms,
            *(() if row.confidential else (town for town in towns if town)),
            row.description,
            row.eligibility_description,
            row.application_process,
        ]
    )
    db.session.execute(
        update(ServiceText)
        .where(ServiceText.service_id == service_id)
        .values(body=body)
        .execution_options(synchronize_session=False)
    )
