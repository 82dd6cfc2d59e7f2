"""Listings as open data and exports read them: whole, many at a time, and never one that hides.

Every statement says again which members and services may be told in this scope, so that a list of
ids made a moment ago cannot bring back what has been taken off since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, union_all

from ccr.domain.open_records import OpenMember, OpenPhone, OpenService, Scope
from ccr.domain.taxonomy import Access, Known, MemberCategory, ServiceStatus
from ccr.storage.db import db
from ccr.storage.models.directory import (
    CapacityRow,
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
from ccr.storage.queries.open_rows import Hanging, member_of_row, service_of_row, site_of_row

CHUNK = 500
"""Ids in one statement: well below what either engine takes."""


def may_be_told(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on a member for this scope."""
    listed = and_(MemberRow.listed, MemberRow.category != MemberCategory.SURVIVOR.value)
    return and_(listed, MemberRow.active) if scope is Scope.PUBLIC else listed


def service_may_be_told(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on a service, whose member is joined, for this scope."""
    if scope is Scope.STAFF:
        return may_be_told(scope)
    offered = and_(
        ServiceRow.status == ServiceStatus.ACTIVE.value, ServiceRow.do_not_refer.is_(False)
    )
    return and_(may_be_told(scope), offered)


def load_services(
    network_id: UUID, ids: Sequence[UUID], scope: Scope, *, whole: bool = True
) -> list[OpenService]:
    """Return these services in this order, without those that may not be told (any more).

    Eight statements at most for up to 500 services. Nothing is taken away yet but what storage
    never hands out: places of confidential services, and private phones.

    Args:
        whole: False for what lists in short need: members and sites, nothing else that hangs on.
    """
    found: dict[UUID, OpenService] = {}
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = db.session.execute(
            select(ServiceRow.__table__)
            .join(MemberRow, MemberRow.id == ServiceRow.member_id)
            .where(
                ServiceRow.network_id == network_id,
                ServiceRow.id.in_(chunk),
                service_may_be_told(scope),
            )
        ).all()
        if rows:
            made = _made(network_id, rows, scope, whole=whole)
            found |= {service.id: service for service in made}
    return [found[i] for i in wanted if i in found]


def load_members(network_id: UUID, ids: Collection[UUID], scope: Scope) -> list[OpenMember]:
    """Return these members in this order, without those that may not be told. Two statements."""
    wanted = list(dict.fromkeys(ids))
    members: dict[UUID, OpenMember] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        phones = _phones(network_id, PhoneRow.member_id.in_(chunk))
        members |= _members(network_id, chunk, scope, phones)
    return [members[i] for i in wanted if i in members]


def shared_access(
    network_id: UUID, services: Iterable[OpenService], scope: Scope
) -> dict[UUID, tuple[Access, ...]]:
    """Return what can be used at each site of these services. One statement for 500 sites.

    That is whatever all services told at the site agree on, as far as they say anything of it:
    one with a ramp and one without make no promise either way.
    """
    sites = list({site.id for service in services for _, site in service.links})
    said: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for start in range(0, len(sites), CHUNK):
        rows = db.session.execute(
            select(ServiceAtLocationRow.location_id, ServiceRow.accessibility)
            .join(ServiceRow, ServiceRow.id == ServiceAtLocationRow.service_id)
            .join(MemberRow, MemberRow.id == ServiceRow.member_id)
            .where(
                ServiceAtLocationRow.network_id == network_id,
                ServiceAtLocationRow.location_id.in_(sites[start : start + CHUNK]),
                service_may_be_told(scope),
            )
        )
        for site_id, accessibility in rows:
            for code, known in accessibility.items():
                said[site_id][code].add(known)
    return {
        site_id: tuple(a for a in Access if codes.get(a.value) == {Known.YES.value})
        for site_id, codes in said.items()
    }


def end_of_reading() -> None:
    """Let the read transaction go: a long answer must not keep the database from tidying up."""
    db.session.rollback()


# -- parts ---------------------------------------------------------------------------------------


def _made(network_id: UUID, rows: Sequence[Any], scope: Scope, *, whole: bool) -> list[OpenService]:
    ids = [row.id for row in rows]
    public = [row.id for row in rows if not row.confidential]
    members = list(dict.fromkeys(row.member_id for row in rows))
    links = _links(network_id, public)
    sites = {row.location_id for rows_ in links.values() for row in rows_}
    owned = or_(
        PhoneRow.service_id.in_(ids),
        PhoneRow.member_id.in_(members),
        PhoneRow.location_id.in_(sites),
    )
    phones = _phones(network_id, owned) if whole else {}
    known = _members(network_id, members, scope, phones)
    owners = _owners(network_id, links, known, scope)
    hanging = _all_hanging(ids, scope) if whole else {}
    return [
        service_of_row(
            row,
            known[row.member_id],
            hanging,
            tuple(
                (
                    link.link_id,
                    site_of_row(link, owners.get(link.location_id, row.member_id), phones),
                )
                for link in links.get(row.id, ())
            ),
            phones.get(row.id, ()),
        )
        for row in rows
        if row.member_id in known
    ]


def _all_hanging(ids: Sequence[UUID], scope: Scope) -> dict[str, Hanging]:
    return {
        **_pairs(ids),
        "terms": _hanging(
            ServiceTermRow, ids, ServiceTermRow.taxonomy, ServiceTermRow.code, ServiceTermRow.name
        ),
        # What is not for this scope is not even read.
        "capacity": _hanging(CapacityRow, ids if scope is Scope.STAFF else [], CapacityRow.status),
    }


def _hanging(model: Any, ids: Sequence[UUID], *order: Any) -> Hanging:  # noqa: ANN401 -- any row
    found: dict[UUID, list[Any]] = defaultdict(list)
    if ids:
        for row in db.session.execute(
            select(model.__table__).where(model.service_id.in_(ids)).order_by(*order)
        ):
            found[row.service_id].append(row)
    return found


_PAIRS: Mapping[str, tuple[Any, Any, Any]] = {
    "needs": (ServiceNeedRow.service_id, ServiceNeedRow.need, literal("")),
    "areas": (ServiceAreaRow.service_id, ServiceAreaRow.extent, ServiceAreaRow.code),
    "languages": (
        ServiceLanguageRow.service_id,
        ServiceLanguageRow.code,
        ServiceLanguageRow.mode,
    ),
}


def _pairs(ids: Sequence[UUID]) -> dict[str, dict[UUID, list[tuple[str, str]]]]:
    """Return what hangs on services as two words each, by kind, in one statement."""
    found: dict[str, dict[UUID, list[tuple[str, str]]]] = {k: defaultdict(list) for k in _PAIRS}
    whole = union_all(
        *(
            select(
                literal(kind).label("kind"),
                service_id.label("service_id"),
                first.label("first"),
                second.label("second"),
            ).where(service_id.in_(ids))
            for kind, (service_id, first, second) in _PAIRS.items()
        )
    ).order_by("kind", "first", "second")
    for kind, service_id, first, second in db.session.execute(whole):
        found[kind][service_id].append((first, second))
    return found


def _links(network_id: UUID, ids: Sequence[UUID]) -> Hanging:
    """Return the public places of services that hide nothing."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    if not ids:
        return found
    statement: Select[Any] = (
        select(
            ServiceAtLocationRow.id.label("link_id"),
            ServiceAtLocationRow.service_id,
            ServiceAtLocationRow.location_id,
            LocationRow.__table__,
        )
        .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(
            ServiceAtLocationRow.network_id == network_id,
            ServiceAtLocationRow.service_id.in_(ids),
            ServiceAtLocationRow.confidential.is_(False),
            LocationRow.confidential.is_(False),
        )
        .order_by(LocationRow.name, LocationRow.id)
    )
    for row in db.session.execute(statement):
        found[row.service_id].append(row)
    return found


def _owners(
    network_id: UUID, links: Hanging, known: Mapping[UUID, OpenMember], scope: Scope
) -> dict[UUID, UUID]:
    """Return whose each site is, where that member may be told; others go with the service."""
    owner = {row.location_id: row.member_id for rows in links.values() for row in rows}
    others = set(owner.values()) - known.keys()
    told = set(known)
    if others:
        told |= set(
            db.session.scalars(
                select(MemberRow.id).where(
                    MemberRow.network_id == network_id, MemberRow.id.in_(others), may_be_told(scope)
                )
            )
        )
    return {site: member for site, member in owner.items() if member in told}


def _phones(network_id: UUID, condition: ColumnElement[bool]) -> dict[UUID, tuple[OpenPhone, ...]]:
    """Return phones by their owner's id, as shown; a private one is never read."""
    found: dict[UUID, list[OpenPhone]] = defaultdict(list)
    for row in db.session.execute(
        select(PhoneRow.__table__)
        .where(PhoneRow.network_id == network_id, PhoneRow.is_private.is_(False), condition)
        .order_by(PhoneRow.position, PhoneRow.id)
    ):
        phone = OpenPhone(row.id, row.number, row.extension, row.type, row.description)
        found[row.service_id or row.location_id or row.member_id].append(phone)
    return {owner: tuple(phones) for owner, phones in found.items()}


def _members(
    network_id: UUID,
    ids: Collection[UUID],
    scope: Scope,
    phones: Mapping[UUID, tuple[OpenPhone, ...]],
) -> dict[UUID, OpenMember]:
    hides = exists().where(ServiceRow.member_id == MemberRow.id, ServiceRow.confidential)
    rows = db.session.execute(
        select(MemberRow.__table__, hides.label("hides")).where(
            MemberRow.network_id == network_id, MemberRow.id.in_(ids), may_be_told(scope)
        )
    )
    return {row.id: member_of_row(row, phones.get(row.id, ())) for row in rows}
