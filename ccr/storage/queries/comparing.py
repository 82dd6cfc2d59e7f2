"""Records of the directory as they are compared with each other and with a package's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select

from ccr.domain.directory_history import RecordKind
from ccr.domain.duplicates import Compared, host_key, phone_key, place_key
from ccr.storage.db import db
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAtLocationRow,
    ServiceRow,
)


def compared_records(network_id: UUID) -> list[Compared]:
    """Return every member and service of a network; keys are "kind:id". A few statements.

    A hidden service brings no place.
    """
    phones = _phones(network_id)
    of_member, of_service = _places(network_id)
    names: dict[UUID, str] = {}
    found = []
    for row in db.session.execute(
        select(MemberRow.id, MemberRow.name, MemberRow.website).where(
            MemberRow.network_id == network_id
        )
    ):
        names[row.id] = row.name
        found.append(
            Compared(
                f"member:{row.id}",
                RecordKind.MEMBER,
                row.name,
                phones=frozenset(phones["member_id", row.id]),
                hosts=_hosts(row.website),
                places=frozenset(of_member[row.id]),
            )
        )
    for service in db.session.execute(
        select(
            ServiceRow.id,
            ServiceRow.name,
            ServiceRow.member_id,
            ServiceRow.url,
            ServiceRow.confidential,
        ).where(ServiceRow.network_id == network_id)
    ):
        found.append(
            Compared(
                f"service:{service.id}",
                RecordKind.SERVICE,
                service.name,
                names[service.member_id],
                frozenset(phones["service_id", service.id]),
                _hosts(service.url),
                frozenset() if service.confidential else frozenset(of_service[service.id]),
            )
        )
    return found


def _hosts(url: str | None) -> frozenset[str]:
    host = host_key(url)
    return frozenset([host]) if host else frozenset()


def _phones(network_id: UUID) -> dict[tuple[str, UUID], set[str]]:
    found: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    columns = ("service_id", "member_id")
    for row in db.session.execute(
        select(PhoneRow.number, PhoneRow.service_id, PhoneRow.member_id).where(
            PhoneRow.network_id == network_id, PhoneRow.is_private.is_(False)
        )
    ):
        key = phone_key(row.number)
        for column in columns:
            owner = getattr(row, column)
            if key and owner:
                found[column, owner].add(key)
    return found


def _places(network_id: UUID) -> tuple[dict[UUID, set[str]], dict[UUID, set[str]]]:
    """Return places to compare by, of members and of services; public ones alone."""
    keys: dict[UUID, str] = {}
    of_member: dict[UUID, set[str]] = defaultdict(set)
    for row in db.session.execute(
        select(
            LocationRow.id, LocationRow.member_id, LocationRow.address_1, LocationRow.postal_code
        ).where(LocationRow.network_id == network_id, LocationRow.confidential.is_(False))
    ):
        if key := place_key(row.address_1, row.postal_code):
            keys[row.id] = key
            of_member[row.member_id].add(key)
    of_service: dict[UUID, set[str]] = defaultdict(set)
    links: Any = select(ServiceAtLocationRow.service_id, ServiceAtLocationRow.location_id).where(
        ServiceAtLocationRow.network_id == network_id,
        ServiceAtLocationRow.confidential.is_(False),
    )
    for service_id, location_id in db.session.execute(links):
        if location_id in keys:
            of_service[service_id].add(keys[location_id])
    return of_member, of_service


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a record a person compares with another. A hidden service shows no place."""

    id: UUID
    name: str
    member: str = ""
    phones: str = ""
    website: str = ""
    places: str = ""


def shown_records(network_id: UUID, kind: RecordKind, ids: Collection[UUID]) -> dict[UUID, Shown]:
    """Return what is shown of these members or services, by id; at most three statements."""
    if not ids:
        return {}
    member = kind is RecordKind.MEMBER
    rows: Any = db.session.execute(
        select(MemberRow.id, MemberRow.name, MemberRow.website, literal("").label("member")).where(
            MemberRow.network_id == network_id, MemberRow.id.in_(ids)
        )
        if member
        else select(ServiceRow.id, ServiceRow.name, ServiceRow.url, MemberRow.name.label("member"))
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.network_id == network_id, ServiceRow.id.in_(ids))
    )
    owner = PhoneRow.member_id if member else PhoneRow.service_id
    phones = _joined(
        select(owner, PhoneRow.number)
        .where(owner.in_(ids), PhoneRow.is_private.is_(False))
        .order_by(PhoneRow.position, PhoneRow.id)
    )
    places = _joined(_towns(ids, member=member))
    return {
        row[0]: Shown(row[0], row[1], row[3], phones[row[0]], row[2] or "", places[row[0]])
        for row in rows
    }


def _towns(ids: Collection[UUID], *, member: bool) -> Any:  # noqa: ANN401 -- two columns
    public = (LocationRow.confidential.is_(False), LocationRow.city.is_not(None))
    if member:
        return (
            select(LocationRow.member_id, LocationRow.city)
            .where(LocationRow.member_id.in_(ids), *public)
            .order_by(LocationRow.city)
        )
    return (
        select(ServiceAtLocationRow.service_id, LocationRow.city)
        .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(ServiceAtLocationRow.service_id.in_(ids), *public)
        .order_by(LocationRow.city)
    )


def _joined(statement: Any) -> dict[UUID, str]:  # noqa: ANN401 -- two columns
    found: dict[UUID, dict[str, None]] = defaultdict(dict)
    for record_id, text in db.session.execute(statement):
        found[record_id][text] = None
    return defaultdict(str, {key: ", ".join(texts) for key, texts in found.items()})
