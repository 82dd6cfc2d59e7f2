"""What services say of their room, and the conditional update that changes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, true, update

from ccr.domain.paging import PAGE_SIZE, Page
from ccr.domain.room import REMIND_AFTER, Household, RoomSaid
from ccr.domain.taxonomy import CapacityStatus, Need
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import CapacityRow, MemberRow, ServiceNeedRow, ServiceRow
from ccr.storage.queries.taking_part import on_ccr


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A service with what was last said of its room.

    Attributes:
        seen: a fingerprint of what is kept; whoever changes it says which one they saw.
    """

    service_id: UUID
    network_id: UUID
    compartment_id: UUID
    service: str
    member: str
    said: RoomSaid
    updated_at: datetime | None
    updated_by: str | None
    seen: str


def list_rooms(network_id: UUID, compartment_id: UUID | None, *, number: int) -> Page[RoomLine]:
    """Return the active services of a program; without one, those whose member reads no inbox."""
    which: ColumnElement[bool] = and_(
        ServiceRow.network_id == network_id, ServiceRow.status == "active", MemberRow.active
    )
    if compartment_id is not None:
        which = and_(which, ServiceRow.compartment_id == compartment_id)
    else:
        which = and_(which, ~on_ccr(MemberRow.id, MemberRow.network_id))
    found = _lines(which, true(), number)
    return Page(tuple(found), _count(which), number)


def get_room(network_id: UUID, service_id: UUID) -> RoomLine | None:
    """Return one service with what was last said, or None; locked until the unit of work ends."""
    db.session.execute(select(ServiceRow.id).where(ServiceRow.id == service_id).with_for_update())
    found = _lines(ServiceRow.network_id == network_id, ServiceRow.id == service_id, number=1)
    return found[0] if found else None


def needs_of(service_id: UUID) -> frozenset[Need]:
    """Return the needs of a service."""
    return frozenset(
        Need(code)
        for code in db.session.scalars(
            select(ServiceNeedRow.need).where(ServiceNeedRow.service_id == service_id)
        )
    )


def save_room(line: RoomLine, said: RoomSaid, *, at: datetime, by: str) -> None:
    """Write what is said now in place of what `line` holds (read with its lock)."""
    values: dict[str, Any] = {
        "status": said.status.value,
        "available": said.available,
        "households": {kind.value: count for kind, count in said.households.items()},
        "note": said.note,
        "updated_at": at,
        "updated_by": by,
    }
    done = db.session.execute(
        update(CapacityRow)
        .where(CapacityRow.service_id == line.service_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if not getattr(done, "rowcount", 0):
        db.session.execute(insert(CapacityRow).values(service_id=line.service_id, **values))


def reminder_of(compartment_id: UUID) -> bool:
    """Return whether the people of a program are reminded of old figures."""
    return bool(
        db.session.scalar(
            select(Compartment.capacity_reminder).where(Compartment.id == compartment_id)
        )
    )


def set_reminder(compartment_id: UUID, *, wanted: bool) -> None:
    """Keep whether they are."""
    db.session.execute(
        update(Compartment)
        .where(Compartment.id == compartment_id)
        .values(capacity_reminder=wanted)
        .execution_options(synchronize_session=False)
    )


def select_old_rooms(compartment_id: UUID, *, at: datetime) -> Select[int]:
    """Return the count of services of a program that wants reminders whose figure is old.

    A service that never said anything counts once it has said something: silence is a choice.
    """
    return (
        select(func.count())
        .select_from(CapacityRow)
        .join(ServiceRow, ServiceRow.id == CapacityRow.service_id)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(
            ServiceRow.compartment_id == compartment_id,
            ServiceRow.status == "active",
            Compartment.capacity_reminder,
            or_(CapacityRow.updated_at.is_(None), CapacityRow.updated_at < at - REMIND_AFTER),
        )
    )


def _count(which: ColumnElement[bool]) -> int:
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(ServiceRow)
            .join(MemberRow, MemberRow.id == ServiceRow.member_id)
            .where(which)
        )
        or 0
    )


def _lines(which: ColumnElement[bool], further: ColumnElement[bool], number: int) -> list[RoomLine]:
    rows = db.session.execute(
        select(
            ServiceRow.id,
            ServiceRow.network_id,
            ServiceRow.compartment_id,
            ServiceRow.name,
            MemberRow.name.label("member"),
            CapacityRow.status,
            CapacityRow.households,
            CapacityRow.note,
            CapacityRow.updated_at,
            CapacityRow.updated_by,
        )
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .outerjoin(CapacityRow, CapacityRow.service_id == ServiceRow.id)
        .where(which, further)
        .order_by(func.lower(ServiceRow.name), ServiceRow.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return [_line(row) for row in rows]


def _line(row: Any) -> RoomLine:  # noqa: ANN401 -- a row of the statement above
    kept = row.households or {}
    said = RoomSaid(
        CapacityStatus(row.status or "unknown"),
        {kind: int(kept[kind.value]) for kind in Household if kind.value in kept},
        row.note or "",
    )
    return RoomLine(
        service_id=row.id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        service=row.name,
        member=row.member,
        said=said,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        seen=fingerprint(said, row.updated_at),
    )


def fingerprint(said: RoomSaid, updated_at: datetime | None) -> str:
    """Return what stands for a figure in a form: 16 hex digits that change with it."""
    facts = [
        said.status.value,
        {kind.value: count for kind, count in said.households.items()},
        said.note,
        updated_at.isoformat() if updated_at else "",
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
