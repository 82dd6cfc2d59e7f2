"""What free-text search reads of services, written anew after somebody changed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update

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
TEXT = cast("Table", ServiceText.__table__)


def refresh_texts(service_ids: Collection[UUID]) -> None:
    """Write anew what search reads of these services. A hidden one has no town to give.

    Six statements for every 500 services.
    """
    wanted = list(dict.fromkeys(service_ids))
    for start in range(0, len(wanted), CHUNK):
        _refresh(wanted[start : start + CHUNK])


def _refresh(ids: Sequence[UUID]) -> None:
    rows = db.session.execute(
        select(ServiceRow.__table__, MemberRow.name.label("member"))
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.id.in_(ids))
    ).all()
    needs = _grouped(
        select(ServiceNeedRow.service_id, ServiceNeedRow.need)
        .where(ServiceNeedRow.service_id.in_(ids))
        .order_by(ServiceNeedRow.need)
    )
    terms = _grouped(
        select(ServiceTermRow.service_id, ServiceTermRow.name)
        .where(ServiceTermRow.service_id.in_(ids))
        .order_by(ServiceTermRow.name)
    )
    towns = _grouped(
        select(ServiceAtLocationRow.service_id, LocationRow.city)
        .join(LocationRow, ServiceAtLocationRow.location_id == LocationRow.id)
        .where(
            ServiceAtLocationRow.service_id.in_(ids),
            LocationRow.confidential.is_(False),
            LocationRow.city.is_not(None),
        )
        .order_by(LocationRow.city)
    )
    there = set(
        db.session.scalars(select(ServiceText.service_id).where(ServiceText.service_id.in_(ids)))
    )
    bodies = [
        {
            "a_service": row.id,
            "network_id": row.network_id,
            "a_body": _body(row, needs[row.id], terms[row.id], towns[row.id]),
        }
        for row in rows
    ]
    _write([body for body in bodies if body["a_service"] in there], fresh=False)
    _write([body for body in bodies if body["a_service"] not in there], fresh=True)


def _write(bodies: list[dict[str, Any]], *, fresh: bool) -> None:
    if not bodies:
        return
    if fresh:
        rows = [
            {"service_id": b["a_service"], "network_id": b["network_id"], "body": b["a_body"]}
            for b in bodies
        ]
        db.session.execute(insert(ServiceText), rows)
        return
    db.session.connection().execute(
        update(TEXT)
        .where(TEXT.c.service_id == bindparam("a_service"))
        .values(body=bindparam("a_body")),
        [{"a_service": b["a_service"], "a_body": b["a_body"]} for b in bodies],
    )


def _body(row: Any, needs: list[str], terms: list[str], towns: list[str]) -> str:  # noqa: ANN401
    return search_body(
        [
            row.name,
            row.alternate_name or "",
            row.member,
            *(str(Need(need).label) for need in needs),
            *terms,
            *(() if row.confidential else towns),
            row.description,
            row.eligibility_description,
            row.application_process,
        ]
    )


def _grouped(statement: Any) -> defaultdict[UUID, list[str]]:  # noqa: ANN401 -- any selection
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for owner, text in db.session.execute(statement):
        if text:
            found[owner].append(text)
    return found
