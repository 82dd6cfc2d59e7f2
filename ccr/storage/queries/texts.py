"""What free-text search reads of listings, made anew from their rows, many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import Need
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

CHUNK = 500


def rewrite_texts(network_id: UUID, service_ids: Collection[UUID]) -> None:
    """Write what search reads of these services. A hidden one has no town to give."""
    wanted = list(dict.fromkeys(service_ids))
    for start in range(0, len(wanted), CHUNK):
        _rewrite(network_id, wanted[start : start + CHUNK])


def _rewrite(network_id: UUID, ids: list[UUID]) -> None:
    needs = _by_service(select(ServiceNeedRow.service_id, ServiceNeedRow.need), ids)
    terms = _by_service(select(ServiceTermRow.service_id, ServiceTermRow.name), ids)
    towns = _by_service(
        select(ServiceAtLocationRow.service_id, LocationRow.city)
        .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(LocationRow.confidential.is_(False), LocationRow.city.is_not(None)),
        ids,
    )
    rows = db.session.execute(
        select(ServiceRow.__table__, MemberRow.name.label("member"))
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.network_id == network_id, ServiceRow.id.in_(ids))
    ).all()
    db.session.execute(delete(ServiceText).where(ServiceText.service_id.in_(ids)))
    texts = [
        {
            "service_id": row.id,
            "network_id": network_id,
            "body": search_body(
                [
                    row.name,
                    row.alternate_name or "",
                    row.member,
                    *(str(Need(code).label) for code in sorted(needs[row.id])),
                    *sorted(terms[row.id]),
                    *(() if row.confidential else sorted(towns[row.id])),
                    row.description,
                    row.eligibility_description,
                    row.application_process,
                ]
            ),
        }
        for row in rows
    ]
    if texts:
        db.session.execute(insert(ServiceText), texts)


def _by_service(statement: Any, ids: list[UUID]) -> dict[UUID, list[str]]:  # noqa: ANN401
    """Return the texts of a two-column statement, by service."""
    found: dict[UUID, list[str]] = defaultdict(list)
    column = statement.selected_columns[0]
    for service_id, value in db.session.execute(statement.where(column.in_(ids))):
        found[service_id].append(value)
    return found
