"""Writing a listing hidden, or public again: its rows, its texts, its phones, its areas.

The caller holds one unit of work and has decided what is to be hidden; see services/hiding.py. The
database itself refuses a hidden service that still has a place, so nothing can be left half done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from ccr.domain.directory import Area
from ccr.domain.hidden_places import CountyOf, coarse
from ccr.domain.taxonomy import AreaExtent
from ccr.domain.telling_places import Telling
from ccr.storage.db import db
from ccr.storage.models.directory import (
    CapacityRow,
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceRow,
    ServiceTermRow,
)
from ccr.storage.models.keeping import PublicationAuthorization
from ccr.storage.queries.listing_text import refresh_texts
from ccr.storage.queries.scrubbing import (
    say_of_phone,
    scrubbed_texts,
    unless_told,
    update_service,
)

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class HiddenService:
    """A service to hide: its version as it was confirmed, and the counties of its places."""

    id: UUID
    version: int
    counties: frozenset[str]


def hide_service(
    network_id: UUID,
    hidden: HiddenService,
    telling: Telling,
    county_of: CountyOf,
    *,
    at: datetime,
) -> bool:
    """Hide one service: links, fine areas and telling words go; False when its version moved on.

    Phones of its places become phones of its own for staff alone: a number may be looked up.
    """
    service_id = hidden.id
    areas = _coarse_areas(service_id, hidden.counties, county_of)
    _take_over_phones(network_id, service_id)
    db.session.execute(
        delete(ServiceAtLocationRow).where(ServiceAtLocationRow.service_id == service_id)
    )
    db.session.execute(delete(ServiceAreaRow).where(ServiceAreaRow.service_id == service_id))
    row = _service(service_id)
    values = {
        **scrubbed_texts(row, telling.own_text),
        "alternate_name": unless_told(row.alternate_name, telling),
        "url": unless_told(row.url, telling),
        "confidential": True,
        "edited_fields": {**row.edited_fields, "confidential": at.isoformat()},
    }
    if not update_service(network_id, hidden.id, hidden.version, values, at=at):
        return False
    _add_areas(service_id, areas, confidential=True)
    _scrub_hanging(service_id, telling)
    refresh_texts([service_id])
    return True


def publish_service(network_id: UUID, service_id: UUID, version: int, *, at: datetime) -> bool:
    """Let a hidden service be a public one, still without a place; False when its version moved on.

    Its phones for staff alone stay so.
    """
    areas = _areas(service_id)
    locations = list(
        db.session.scalars(
            select(ServiceAtLocationRow.location_id).where(
                ServiceAtLocationRow.service_id == service_id
            )
        )
    )
    db.session.execute(
        delete(ServiceAtLocationRow).where(ServiceAtLocationRow.service_id == service_id)
    )
    db.session.execute(delete(ServiceAreaRow).where(ServiceAreaRow.service_id == service_id))
    row = _service(service_id)
    values = {
        "confidential": False,
        "edited_fields": {**row.edited_fields, "confidential": at.isoformat()},
    }
    if not update_service(network_id, service_id, version, values, at=at):
        return False
    _add_areas(service_id, areas, confidential=False)
    still_used = select(ServiceAtLocationRow.location_id)
    db.session.execute(
        delete(LocationRow).where(
            LocationRow.id.in_(locations),
            LocationRow.confidential.is_(True),
            LocationRow.id.not_in(still_used),
        )
    )
    return True


def add_authorization(
    network_id: UUID,
    service_id: UUID,
    *,
    operator_name: str,
    signed_on: Any,  # noqa: ANN401 -- a date
    note: str,
    account_id: UUID | None,
    at: datetime,
) -> None:
    """Keep the operator's written authorization to make a hidden place public (R51)."""
    db.session.execute(
        insert(PublicationAuthorization).values(
            id=uuid4(),
            network_id=network_id,
            service_id=service_id,
            operator_name=operator_name,
            signed_on=signed_on,
            note=note,
            account_id=account_id,
            recorded_at=at,
        )
    )


def erase_locations(network_id: UUID, location_ids: Collection[UUID]) -> None:
    """Delete places with their phones and what a geocoder answered for them."""
    if location_ids:
        db.session.execute(
            delete(LocationRow).where(
                LocationRow.network_id == network_id, LocationRow.id.in_(location_ids)
            )
        )


def still_public(service_ids: Collection[UUID]) -> list[UUID]:
    """Return those of these services that are public at this moment."""
    ids: list[UUID] = list(service_ids)
    found: list[UUID] = []
    for start in range(0, len(ids), _CHUNK):
        found += db.session.scalars(
            select(ServiceRow.id).where(
                ServiceRow.id.in_(ids[start : start + _CHUNK]), ServiceRow.confidential.is_(False)
            )
        )
    return found


def names_and_versions(network_id: UUID, ids: Collection[UUID]) -> list[Any]:
    """Return id, name, version, confidential, compartment_id and member of services, by name."""
    return list(
        db.session.execute(
            select(
                ServiceRow.id,
                ServiceRow.name,
                ServiceRow.version,
                ServiceRow.confidential,
                ServiceRow.compartment_id,
                ServiceRow.network_id,
                ServiceRow.member_id,
                MemberRow.name.label("member"),
            )
            .join(MemberRow, MemberRow.id == ServiceRow.member_id)
            .where(ServiceRow.network_id == network_id, ServiceRow.id.in_(ids))
            .order_by(ServiceRow.name, ServiceRow.id)
        )
    )


def public_phones(service_id: UUID) -> list[str]:
    """Return the numbers that anybody may see of a service, in the order they are shown."""
    return list(
        db.session.scalars(
            select(PhoneRow.number)
            .where(PhoneRow.service_id == service_id, PhoneRow.is_private.is_(False))
            .order_by(PhoneRow.position, PhoneRow.number)
        )
    )


# -- steps ---------------------------------------------------------------------------------------


def _service(service_id: UUID) -> Any:  # noqa: ANN401 -- a row
    return db.session.execute(select(ServiceRow.__table__).where(ServiceRow.id == service_id)).one()


def _areas(service_id: UUID) -> list[Area]:
    rows = db.session.execute(
        select(ServiceAreaRow.extent, ServiceAreaRow.code).where(
            ServiceAreaRow.service_id == service_id
        )
    )
    return [Area(AreaExtent(row.extent), row.code) for row in rows]


def _coarse_areas(
    service_id: UUID, counties: Iterable[str], county_of: CountyOf
) -> tuple[Area, ...]:
    """Return the areas of a county or more; the county of its places when it states none at all."""
    areas = _areas(service_id) or [Area(AreaExtent.COUNTY, fips) for fips in sorted(counties)]
    return coarse(areas, county_of)


def _add_areas(service_id: UUID, areas: Iterable[Area], *, confidential: bool) -> None:
    rows = [
        {
            "id": uuid4(),
            "service_id": service_id,
            "confidential": confidential,
            "extent": area.extent.value,
            "code": area.code,
        }
        for area in areas
    ]
    if rows:
        db.session.execute(insert(ServiceAreaRow), rows)


def _take_over_phones(network_id: UUID, service_id: UUID) -> None:
    """Give the service the numbers of its places that it has not, for staff alone."""
    own = set(db.session.scalars(select(PhoneRow.number).where(PhoneRow.service_id == service_id)))
    places = select(ServiceAtLocationRow.location_id).where(
        ServiceAtLocationRow.service_id == service_id
    )
    rows = db.session.execute(
        select(PhoneRow.number, PhoneRow.extension, PhoneRow.type)
        .where(PhoneRow.location_id.in_(places))
        .order_by(PhoneRow.position, PhoneRow.number)
    ).all()
    new: dict[str, Any] = {row.number: row for row in rows if row.number not in own}
    if new:
        db.session.execute(
            insert(PhoneRow),
            [
                {
                    "id": uuid4(),
                    "network_id": network_id,
                    "service_id": service_id,
                    "number": row.number,
                    "extension": row.extension,
                    "type": row.type,
                    "description": "",
                    "is_private": True,
                    "position": len(own) + number,
                }
                for number, row in enumerate(new.values())
            ],
        )


def _scrub_hanging(service_id: UUID, telling: Telling) -> None:
    """Take the place out of words beside phones, terms and the note on room."""
    for row in db.session.execute(
        select(PhoneRow.id, PhoneRow.description).where(
            PhoneRow.service_id == service_id, PhoneRow.description != ""
        )
    ).all():
        say_of_phone(row, telling.own_text(row.description))
    terms = db.session.execute(
        select(ServiceTermRow.id, ServiceTermRow.name).where(
            ServiceTermRow.service_id == service_id
        )
    ).all()
    told = [row.id for row in terms if telling.own_text(row.name) != row.name]
    db.session.execute(delete(ServiceTermRow).where(ServiceTermRow.id.in_(told)))
    note = db.session.scalar(select(CapacityRow.note).where(CapacityRow.service_id == service_id))
    if note:
        db.session.execute(
            update(CapacityRow)
            .where(CapacityRow.service_id == service_id)
            .values(note=telling.own_text(note))
            .execution_options(synchronize_session=False)
        )
