"""The editable state of services, members and public places, as plain values that JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, or_, select, union_all

from ccr.domain.errors import NotFoundError
from ccr.domain.listing_fields import LIST_FIELDS, MEMBER_FIELDS, PLACE_ROW_FIELDS, ROW_FIELDS
from ccr.domain.taxonomy import CompartmentKind
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceTermRow,
)


@dataclass(frozen=True, slots=True)
class ListingState:
    """A service as it can be edited.

    Attributes:
        fields: everything by the names of `ccr.domain.listing_fields`; times stay datetimes.
        edited_fields: what people set here, with the ISO time.
    """

    id: UUID
    network_id: UUID
    member_id: UUID
    compartment_id: UUID
    compartment_kind: CompartmentKind
    confidential: bool
    version: int
    fields: dict[str, Any]
    edited_fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member as it can be edited: its words and its phones."""

    id: UUID
    network_id: UUID
    version: int
    fields: dict[str, Any]
    edited_fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A public place as it can be edited; `stamp` changes with every edit."""

    id: UUID
    network_id: UUID
    member_id: UUID
    stamp: str
    fields: dict[str, Any]
    edited_fields: dict[str, str]


def listing_state(network_id: UUID, service_id: UUID) -> ListingState:
    """Return a service with all that hangs on it, in four statements; raises NotFoundError."""
    row = db.session.execute(
        select(ServiceRow.__table__, Compartment.kind)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.id == service_id, ServiceRow.network_id == network_id)
    ).first()
    if row is None:
        raise NotFoundError
    fields = {name: getattr(row, name) for name in ROW_FIELDS}
    # Codes are sets to the domain: one order makes them comparable.
    fields |= {name: sorted(fields[name]) for name in ("tracks", "populations")}
    fields["accessibility"] = dict(sorted(fields["accessibility"].items()))
    return ListingState(
        id=row.id,
        network_id=row.network_id,
        member_id=row.member_id,
        compartment_id=row.compartment_id,
        compartment_kind=CompartmentKind(row.kind),
        confidential=row.confidential,
        version=row.version,
        fields=fields | _hanging(service_id),
        edited_fields=dict(row.edited_fields),
    )


def _hanging(service_id: UUID) -> dict[str, Any]:
    """Return the lists of a service in two statements."""
    nothing = literal("")
    branches = [
        select(literal("needs").label("kind"), ServiceNeedRow.need, nothing, nothing),
        select(literal("areas"), ServiceAreaRow.extent, ServiceAreaRow.code, nothing),
        select(literal("languages"), ServiceLanguageRow.code, ServiceLanguageRow.mode, nothing),
        select(literal("terms"), ServiceTermRow.taxonomy, ServiceTermRow.code, ServiceTermRow.name),
    ]
    models = (ServiceNeedRow, ServiceAreaRow, ServiceLanguageRow, ServiceTermRow)
    found: dict[str, list[Any]] = {name: [] for name in LIST_FIELDS}
    whole = union_all(
        *(
            branch.where(model.service_id == service_id)  # type: ignore[attr-defined]
            for branch, model in zip(branches, models, strict=True)
        )
    )
    for kind, a, b, c in db.session.execute(whole):
        found[kind].append([a, b, c])
    found["needs"] = [a for a, _, _ in found["needs"]]
    for pairs in ("areas", "languages"):
        found[pairs] = [[a, b] for a, b, _ in found[pairs]]
    found["sites"] = [
        str(place)
        for place in db.session.scalars(
            select(ServiceAtLocationRow.location_id).where(
                ServiceAtLocationRow.service_id == service_id,
                ServiceAtLocationRow.confidential.is_(False),
            )
        )
    ]
    lists = {name: sorted(items) for name, items in found.items()}
    return lists | {"phones": phones_of(PhoneRow.service_id, service_id)}


def phones_of(column: Any, owner: UUID) -> list[dict[str, Any]]:  # noqa: ANN401 -- an owner's column
    """Return the phones of a service, member or place, public and private, in the order shown."""
    rows = db.session.execute(
        select(PhoneRow.__table__).where(column == owner).order_by(PhoneRow.position, PhoneRow.id)
    )
    return [
        {
            "number": row.number,
            "extension": row.extension,
            "type": row.type,
            "description": row.description,
            "is_private": row.is_private,
        }
        for row in rows
    ]


def member_state(network_id: UUID, member_id: UUID) -> MemberState:
    """Return a member; raises NotFoundError."""
    row = db.session.execute(
        select(MemberRow.__table__).where(
            MemberRow.id == member_id, MemberRow.network_id == network_id
        )
    ).first()
    if row is None:
        raise NotFoundError
    fields = {name: getattr(row, name) for name in MEMBER_FIELDS}
    fields["phones"] = phones_of(PhoneRow.member_id, member_id)
    return MemberState(row.id, row.network_id, row.version, fields, dict(row.edited_fields))


def place_state(network_id: UUID, location_id: UUID) -> PlaceState:
    """Return a public place; a hidden one is not there. Raises NotFoundError."""
    row = db.session.execute(
        select(LocationRow.__table__).where(
            LocationRow.id == location_id,
            LocationRow.network_id == network_id,
            LocationRow.confidential.is_(False),
        )
    ).first()
    if row is None:
        raise NotFoundError
    return _place(row)


def places_for(state: ListingState) -> list[PlaceState]:
    """Return the public places that a service may be given at, by name and town.

    Those of its member, and those it is at already.
    """
    mine = LocationRow.member_id == state.member_id
    linked = LocationRow.id.in_([UUID(site) for site in state.fields["sites"]])
    return _places(state.network_id, or_(mine, linked))


def places_of_member(network_id: UUID, member_id: UUID) -> list[PlaceState]:
    """Return the public places of a member, by name and town."""
    return _places(network_id, LocationRow.member_id == member_id)


def _places(network_id: UUID, condition: ColumnElement[bool]) -> list[PlaceState]:
    rows = db.session.execute(
        select(LocationRow.__table__)
        .where(
            LocationRow.network_id == network_id,
            LocationRow.confidential.is_(False),
            LocationRow.location_type != "virtual",
            condition,
        )
        .order_by(LocationRow.name, LocationRow.city, LocationRow.id)
    )
    return [_place(row) for row in rows]


def _place(row: Any) -> PlaceState:  # noqa: ANN401 -- a row of the table
    return PlaceState(
        row.id,
        row.network_id,
        row.member_id,
        row.updated_at.isoformat(),
        {name: getattr(row, name) for name in PLACE_ROW_FIELDS},
        dict(row.edited_fields),
    )
