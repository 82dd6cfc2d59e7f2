"""Groups of one program, and the public places where its services are given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.directory import Point, Precision, Site
from ccr.domain.errors import DuplicateError, NotFoundError, StaleError
from ccr.domain.participants import ParticipantState
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group, Level
from ccr.storage.db import db, savepoint
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from ccr.storage.models.programs import ParticipantRow, ProgramGroupRow
from ccr.storage.queries.referrals import rows_changed

TABLE = cast("Table", ProgramGroupRow.__table__)


def list_groups(compartment_id: UUID) -> tuple[Group, ...]:
    """Return a program's groups through the week, those that meet first, with how many are in."""
    enrolled = and_(
        ParticipantRow.group_id == TABLE.c.id,
        ParticipantRow.compartment_id == compartment_id,
        ParticipantRow.state == ParticipantState.ENROLLED.value,
    )
    rows = db.session.execute(
        select(TABLE, func.count(ParticipantRow.id).label("taken"))
        .outerjoin(ParticipantRow, enrolled)
        .where(TABLE.c.compartment_id == compartment_id)
        .group_by(TABLE.c.id)
        .order_by(
            TABLE.c.active.desc(), TABLE.c.weekday, TABLE.c.starts_at, TABLE.c.name, TABLE.c.id
        )
    )
    return tuple(_group(row) for row in rows)


def get_group(group_id: UUID, *, compartment_id: UUID) -> Group:
    """Return a group of this program; raises NotFoundError for any other."""
    found = [group for group in list_groups(compartment_id) if group.id == group_id]
    if not found:
        raise NotFoundError
    return found[0]


def _group(row: Any) -> Group:  # noqa: ANN401 -- a row has no type
    return Group(
        id=row.id,
        name=row.name,
        weekday=row.weekday,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        language=row.language,
        level=Level(row.level),
        places=row.places,
        location_id=row.location_id,
        active=row.active,
        version=row.version,
        taken=row.taken,
    )


def _columns(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "weekday": group.weekday,
        "starts_at": group.starts_at,
        "ends_at": group.ends_at,
        "language": group.language,
        "level": group.level.value,
        "places": group.places,
        "location_id": group.location_id,
        "active": group.active,
    }


def add_group(network_id: UUID, compartment_id: UUID, group: Group) -> None:
    """Add a group; raises DuplicateError when the program has one of this name."""
    try:
        with savepoint():
            db.session.execute(
                insert(TABLE).values(
                    id=group.id,
                    network_id=network_id,
                    compartment_id=compartment_id,
                    version=1,
                    **_columns(group),
                )
            )
    except IntegrityError as error:
        raise DuplicateError(phrase("There is a group of this name."), field="name") from error


def save_group(compartment_id: UUID, group: Group) -> None:
    """Store a group over the version it was made from.

    Raises:
        DuplicateError: the program has another one of this name.
        StaleError: somebody else changed it first.
    """
    statement = (
        update(TABLE)
        .where(
            TABLE.c.id == group.id,
            TABLE.c.compartment_id == compartment_id,
            TABLE.c.version == group.version,
        )
        .values(version=group.version + 1, **_columns(group))
    )
    try:
        with savepoint():
            changed = rows_changed(statement)
    except IntegrityError as error:
        raise DuplicateError(phrase("There is a group of this name."), field="name") from error
    if changed != 1:
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))


def take_place(compartment_id: UUID, group_id: UUID) -> None:
    """Hold a group of this program until this unit of work ends: one place is given once."""
    statement = (
        update(TABLE)
        .where(TABLE.c.id == group_id, TABLE.c.compartment_id == compartment_id)
        .values(version=TABLE.c.version)
    )
    if rows_changed(statement) != 1:
        raise NotFoundError


def list_places(compartment_id: UUID) -> dict[UUID, str]:
    """Return the public places of a program's services, by id: how each is called."""
    columns = (LocationRow.id, LocationRow.name, LocationRow.address_1, LocationRow.city)
    rows = db.session.execute(_public_places(*columns, compartment_id=compartment_id))
    return {row.id: ", ".join(dict.fromkeys(filter(None, row[1:]))) for row in rows}


def _public_places(*columns: Any, compartment_id: UUID) -> Any:  # noqa: ANN401 -- of any columns
    return (
        select(*columns)
        .join(ServiceAtLocationRow, ServiceAtLocationRow.location_id == LocationRow.id)
        .join(ServiceRow, ServiceRow.id == ServiceAtLocationRow.service_id)
        .where(
            ServiceRow.compartment_id == compartment_id,
            ~ServiceRow.confidential,
            ~LocationRow.confidential,
            LocationRow.location_type == "physical",
        )
        .order_by(LocationRow.name, LocationRow.id)
    )


def sites_of(location_ids: Collection[UUID]) -> Mapping[UUID, Site]:
    """Return the public ones of these places as sites, by id."""
    rows = db.session.execute(
        select(LocationRow.__table__).where(
            LocationRow.id.in_(location_ids), ~LocationRow.confidential
        )
    )
    return {
        row.id: Site(
            id=row.id,
            name=row.name,
            city=row.city or "",
            state=row.state_province or "",
            county_fips=row.county_fips,
            zip_code=row.postal_code,
            point=None if row.latitude is None else Point(row.latitude, row.longitude),
            precision=Precision(row.precision),
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The program's member by name, and the lines of the address of its first public site."""

    name: str
    lines: tuple[str, ...]


def letterhead(compartment_id: UUID) -> Letterhead:
    """Return what stands on top of a program's letters; no line of a confidential place."""
    name = db.session.scalar(
        select(MemberRow.name)
        .join(Compartment, Compartment.member_id == MemberRow.id)
        .where(Compartment.id == compartment_id)
    )
    row = db.session.execute(
        _public_places(
            LocationRow.address_1,
            LocationRow.address_2,
            LocationRow.city,
            LocationRow.state_province,
            LocationRow.postal_code,
            compartment_id=compartment_id,
        ).limit(1)
    ).first()
    if row is None:
        return Letterhead(name or "", ())
    town = " ".join(filter(None, (row.state_province, row.postal_code)))
    last = ", ".join(filter(None, (row.city, town)))
    lines = tuple(line for line in (row.address_1, row.address_2, last) if line)
    return Letterhead(name or "", lines)
