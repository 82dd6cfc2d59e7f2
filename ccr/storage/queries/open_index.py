"""What the index of open data is made of, and which record an id that was given up stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from ccr.domain.open_records import OpenTerm, Scope
from ccr.storage.db import db
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAtLocationRow,
    ServiceRow,
    ServiceTermRow,
    ServiceText,
)
from ccr.storage.models.finding import TaxonomyTermRow
from ccr.storage.models.keeping import RecordAlias
from ccr.storage.queries.open_data import may_be_told, service_may_be_told


def index_links(network_id: UUID) -> list[tuple[UUID, UUID, UUID]]:
    """Return (link, service, location) of every service that hides nothing."""
    rows = db.session.execute(
        select(
            ServiceAtLocationRow.id,
            ServiceAtLocationRow.service_id,
            ServiceAtLocationRow.location_id,
        )
        .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(
            ServiceAtLocationRow.network_id == network_id,
            ServiceAtLocationRow.confidential.is_(False),
            LocationRow.confidential.is_(False),
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


def index_terms(network_id: UUID) -> list[tuple[UUID, OpenTerm]]:
    """Return (service, term) of every service of the network."""
    rows = db.session.execute(
        select(
            ServiceTermRow.service_id,
            ServiceTermRow.taxonomy,
            ServiceTermRow.code,
            ServiceTermRow.name,
        )
        .join(ServiceRow, ServiceRow.id == ServiceTermRow.service_id)
        .where(ServiceRow.network_id == network_id)
    )
    return [(row[0], OpenTerm(row[1], row[2], row[3])) for row in rows]


def index_times(network_id: UUID) -> dict[UUID, datetime | None]:
    """Return when anything public of each service last changed."""
    rows = db.session.execute(
        select(ServiceRow.id, ServiceRow.public_modified_at).where(
            ServiceRow.network_id == network_id
        )
    )
    return {row[0]: row[1] for row in rows}


def index_members(network_id: UUID) -> list[Any]:
    """Return the members that anybody may be told of, with what they are found by."""
    return list(
        db.session.execute(
            select(
                MemberRow.id,
                MemberRow.name,
                MemberRow.alternate_name,
                MemberRow.description,
                MemberRow.category,
                MemberRow.sector,
                MemberRow.regime,
            ).where(MemberRow.network_id == network_id, may_be_told(Scope.PUBLIC))
        )
    )


def search_bodies(network_id: UUID) -> dict[UUID, str]:
    """Return the words that services which hide nothing are found by, ready folded."""
    rows = db.session.execute(
        select(ServiceText.service_id, ServiceText.body)
        .join(ServiceRow, ServiceRow.id == ServiceText.service_id)
        .where(ServiceText.network_id == network_id, ServiceRow.confidential.is_(False))
    )
    return {row[0]: row[1] for row in rows}


def kept_terms(network_id: UUID) -> list[Any]:
    """Return the terms of the vocabularies that the network keeps, as rows."""
    return list(
        db.session.execute(
            select(TaxonomyTermRow.__table__).where(TaxonomyTermRow.network_id == network_id)
        )
    )


def kept_record(network_id: UUID, kind: str, given_up: UUID) -> UUID | None:
    """Return the id of the record that this one was merged into, or None.

    Args:
        kind: "service" or "member".
    """
    seen: set[UUID] = set()
    here: UUID | None = given_up
    while here is not None and here not in seen:
        seen.add(here)
        found = db.session.scalar(
            select(RecordAlias.record_id).where(
                RecordAlias.network_id == network_id,
                RecordAlias.record_kind == kind,
                RecordAlias.id == here,
            )
        )
        if found is None:
            return None if here == given_up else here
        here = found
    return None


def service_ids(network_id: UUID, scope: Scope) -> list[UUID]:
    """Return the ids of the services that may be told in this scope, in order."""
    found = db.session.scalars(
        select(ServiceRow.id)
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.network_id == network_id, service_may_be_told(scope))
        .order_by(ServiceRow.id)
    )
    return list(found)


def members_without_services(network_id: UUID, scope: Scope) -> list[UUID]:
    """Return the ids of the members that may be told in this scope and have no service there."""
    serves = exists().where(ServiceRow.member_id == MemberRow.id)
    found = db.session.scalars(
        select(MemberRow.id)
        .where(MemberRow.network_id == network_id, may_be_told(scope), ~serves)
        .order_by(MemberRow.id)
    )
    return list(found)
