"""Which listings a file or a sheet holds, in the order of their names: ids alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select

from ccr.domain.open_records import Scope
from ccr.storage.db import db
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from ccr.storage.queries.open_data import service_may_be_told


@dataclass(frozen=True, slots=True)
class CountyReach:
    """A county with what lies in it and around it: its ZIPs, its state, its country."""

    fips: str
    zips: Collection[str]
    state: str
    nation: str = "US"


def told_services(
    network_id: UUID, reach: CountyReach | None = None, *, most: int | None = None
) -> list[UUID]:
    """Return the services that anybody may be told of, by name: all, or those of a county.

    Of a county are those that serve it, its ZIPs, its state or the country, and those with a
    public place in it. One statement.
    """
    statement = (
        select(ServiceRow.id)
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .where(ServiceRow.network_id == network_id, service_may_be_told(Scope.PUBLIC))
        .order_by(func.lower(ServiceRow.name), ServiceRow.id)
        .limit(most)
    )
    if reach is not None:
        area = ServiceAreaRow
        serves = exists().where(
            area.service_id == ServiceRow.id,
            or_(
                and_(area.extent == "county", area.code == reach.fips),
                and_(area.extent == "state", area.code == reach.state),
                and_(area.extent == "nation", area.code == reach.nation),
                and_(area.extent == "zip", area.code.in_(reach.zips)),
            ),
        )
        sited = exists().where(
            ServiceAtLocationRow.service_id == ServiceRow.id,
            ServiceAtLocationRow.location_id == LocationRow.id,
            LocationRow.confidential.is_(False),
            LocationRow.county_fips == reach.fips,
        )
        statement = statement.where(or_(serves, sited))
    return list(db.session.scalars(statement))
