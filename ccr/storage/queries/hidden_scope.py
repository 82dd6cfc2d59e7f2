"""What hangs on a place that is to be hidden: its records, the services given there, its past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from ccr.domain.directory import Point, Precision
from ccr.domain.telling_places import TellingPlace, same_place, street_key
from ccr.storage.db import db
from ccr.storage.models.directory import LocationRow, ServiceAtLocationRow
from ccr.storage.models.keeping import DirectoryChange, RecordAlias

_NEAR = 0.0005
"""Degrees around a point in which its other records are looked for, before they are measured."""


def places_of(network_id: UUID, service_ids: Collection[UUID]) -> list[TellingPlace]:
    """Return the public places at which any of these services is given."""
    linked = select(ServiceAtLocationRow.location_id).where(
        ServiceAtLocationRow.network_id == network_id,
        ServiceAtLocationRow.service_id.in_(service_ids),
    )
    return _places(_public(network_id).where(LocationRow.id.in_(linked)))


def other_records(network_id: UUID, places: Collection[TellingPlace]) -> list[TellingPlace]:
    """Return the other records of the same houses, by street and town or by point."""
    near: list[ColumnElement[bool]] = []
    for place in places:
        if first := street_key(place.address_1).split():
            # Spellings differ behind the number; what is read here is compared in full below.
            begins = func.lower(LocationRow.address_1).startswith(first[0], autoescape=True)
            zips = (place.postal_code or "")[:5]
            same_zip = func.substr(LocationRow.postal_code, 1, 5) == zips
            same_town = func.lower(LocationRow.city) == (place.city or "").lower()
            near.append(and_(begins, or_(same_zip, same_town)))
    for point in (place.point for place in places if place.point):
        near.append(
            and_(
                LocationRow.latitude.between(point.lat - _NEAR, point.lat + _NEAR),
                LocationRow.longitude.between(point.lon - _NEAR, point.lon + _NEAR),
            )
        )
    if not near:
        return []
    known = {place.id for place in places}
    found = _places(_public(network_id).where(or_(*near)))
    return [
        other
        for other in found
        if other.id not in known and any(same_place(place, other) for place in places)
    ]


def services_at(network_id: UUID, location_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the services given at each of these places; a place without any is absent."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for location_id, service_id in db.session.execute(
        select(ServiceAtLocationRow.location_id, ServiceAtLocationRow.service_id).where(
            ServiceAtLocationRow.network_id == network_id,
            ServiceAtLocationRow.location_id.in_(location_ids),
        )
    ):
        found[location_id].add(service_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def owners_of_places(network_id: UUID, location_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the member that each of these places belongs to."""
    rows = db.session.execute(
        select(LocationRow.id, LocationRow.member_id).where(
            LocationRow.network_id == network_id, LocationRow.id.in_(location_ids)
        )
    )
    return {row.id: row.member_id for row in rows}


def remembered_places(
    network_id: UUID, service_ids: Collection[UUID], location_ids: Collection[UUID]
) -> list[TellingPlace]:
    """Return what history still says of where these services were: old addresses, lost records.

    A record that stands elsewhere in the directory now is not among them: it is public there.
    """
    ids = {*location_ids, *_once_linked(network_id, service_ids)}
    ids |= set(former_ids(network_id, ids))
    standing = set(
        db.session.scalars(
            select(LocationRow.id).where(
                LocationRow.id.in_(ids), LocationRow.id.not_in(location_ids)
            )
        )
    )
    rows = db.session.execute(
        select(DirectoryChange.record_id, DirectoryChange.before, DirectoryChange.after).where(
            DirectoryChange.network_id == network_id,
            DirectoryChange.record_kind == "location",
            DirectoryChange.record_id.in_(ids - standing),
        )
    )
    return [
        _remembered(row.record_id, image)
        for row in rows
        for image in (row.before, row.after)
        if image
    ]


def former_ids(network_id: UUID, record_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids that were given up when these records were merged out of several."""
    return list(
        db.session.scalars(
            select(RecordAlias.id).where(
                RecordAlias.network_id == network_id, RecordAlias.record_id.in_(record_ids)
            )
        )
    )


def _once_linked(network_id: UUID, service_ids: Collection[UUID]) -> set[UUID]:
    """Return the ids of places that the history of these services names."""
    found = set()
    for row in db.session.execute(
        select(DirectoryChange.before, DirectoryChange.after).where(
            DirectoryChange.network_id == network_id,
            DirectoryChange.record_id.in_({*service_ids, *former_ids(network_id, service_ids)}),
        )
    ):
        for image in row:
            found |= set(_ids((image or {}).get("sites")))
    return found


def _ids(sites: object) -> Iterator[UUID]:
    for site in sites if isinstance(sites, list) else ():
        text = site.get("id") if isinstance(site, Mapping) else site
        try:
            yield UUID(str(text))
        except ValueError:
            continue


def _remembered(record_id: UUID, image: Mapping[str, Any]) -> TellingPlace:
    lat, lon = image.get("latitude"), image.get("longitude")
    point = None
    if isinstance(lat, int | float) and isinstance(lon, int | float):
        point = Point(lat, lon)
    texts = {
        name: str(image[name])
        for name in ("name", "address_1", "address_2", "city", "postal_code")
        if image.get(name)
    }
    return TellingPlace(record_id, point=point, **texts)


def _public(network_id: UUID) -> Select[Any]:
    return select(LocationRow.__table__).where(
        LocationRow.network_id == network_id, LocationRow.confidential.is_(False)
    )


def _places(statement: Select[Any]) -> list[TellingPlace]:
    return [
        TellingPlace(
            row.id,
            name=row.name,
            address_1=row.address_1,
            address_2=row.address_2,
            city=row.city,
            postal_code=row.postal_code,
            county_fips=row.county_fips,
            point=Point(row.latitude, row.longitude)
            if row.latitude is not None and _exact(row)
            else None,
        )
        for row in db.session.execute(statement.order_by(LocationRow.id))
    ]


def _exact(row: Any) -> bool:  # noqa: ANN401 -- a row of the table
    """Return True for a point of the house itself; the middle of a ZIP or town is everybody's."""
    return bool(row.precision == Precision.ROOFTOP or row.coordinates_from == "source")
