"""A large directory laid into the database of a site, table by table, as the site would hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from ccr.domain.directory import Service
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import (
    AgreementRow,
    CapacityRow,
    CoverageRow,
    LocationRow,
    MemberRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.queries.directory_log import raise_directory_version
from tests.bench.large_directory import LargeDirectory
from tests.builders import NOW

_CHUNK = 20_000
Row = dict[str, Any]


def store(directory: LargeDirectory, network_id: UUID) -> None:
    """Add the directory to a network, in one transaction."""
    with unit_of_work():
        for model, rows in _tables(directory, network_id):
            batch: list[Row] = []
            for row in rows:
                batch.append(row)
                if len(batch) == _CHUNK:
                    db.session.execute(insert(model), batch)
                    batch = []
            if batch:
                db.session.execute(insert(model), batch)
        raise_directory_version(network_id, [])


def _tables(directory: LargeDirectory, network_id: UUID) -> Iterator[tuple[type, Iterator[Row]]]:
    services = directory.snapshot.services
    own = {"network_id": network_id}
    yield (
        MemberRow,
        (
            {**own, "id": m.id, "name": m.name, "active": m.active, "updated_at": NOW}
            for m in directory.members
        ),
    )
    kinds = {s.compartment_id: s.compartment_kind for s in services}
    yield Compartment, (
        {**own, "id": key, "member_id": member.id, "name": "Program", "created_at": NOW,
         "kind": kinds[key].value if key in kinds else "general"}
        for key, member in zip(directory.compartments, directory.members, strict=True)
    )  # fmt: skip
    yield ServiceRow, ({**own, **_service(s)} for s in services)
    yield ServiceNeedRow, ({"service_id": s.id, "need": n.value} for s in services for n in s.needs)
    yield ServiceAreaRow, (
        {"id": uuid4(), "service_id": s.id, "confidential": s.confidential,
         "extent": area.extent.value, "code": area.code}
        for s in services for area in s.areas
    )  # fmt: skip
    yield ServiceLanguageRow, (
        {"service_id": s.id, "code": spoken.code, "mode": spoken.mode.value}
        for s in services for spoken in s.languages
    )  # fmt: skip
    yield CoverageRow, (
        {"id": uuid4(), "service_id": s.id, "need": None, "mode": row.mode.value,
         "opening_hours": row.opening_hours, "phone": row.phone}
        for s in services for row in s.coverage
    )  # fmt: skip
    yield CapacityRow, (
        {"service_id": s.id, "status": s.capacity.status.value, "unit": s.capacity.unit,
         "available": s.capacity.available, "updated_at": s.capacity.updated_at}
        for s in services if s.capacity is not None
    )  # fmt: skip
    yield LocationRow, ({**own, **row} for row in _locations(services))
    yield ServiceAtLocationRow, (
        {**own, "id": uuid4(), "service_id": s.id, "location_id": site.id, "confidential": False}
        for s in services for site in s.sites
    )  # fmt: skip
    yield AgreementRow, (
        {**own, "id": uuid4(), "member_a_id": min(pair), "member_b_id": max(pair),
         "signed_on": agreement.signed_on, "expires_on": agreement.expires_on}
        for agreement in directory.snapshot.agreements
        for pair in [agreement.member_ids]
    )  # fmt: skip


def _service(service: Service) -> Row:
    return {
        "id": service.id,
        "member_id": service.member.id,
        "compartment_id": service.compartment_id,
        "name": service.name,
        "status": service.status.value,
        "do_not_refer": service.do_not_refer,
        "confidential": service.confidential,
        "tracks": sorted(service.tracks),
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "gender_served": service.gender_served.value,
        "populations": sorted(service.populations),
        "populations_only": service.populations_only,
        "accessibility": {
            access.value: known.value for access, known in service.accessibility.items()
        },
        "cost": service.cost.value,
        "in_person": service.in_person,
        "by_phone": service.by_phone,
        "virtual": service.virtual,
        "opening_hours": service.opening_hours,
        "timezone": service.timezone,
        "last_verified_at": service.last_verified_at,
        "updated_at": NOW,
    }


def _locations(services: tuple[Service, ...]) -> Iterator[Row]:
    """Yield each place once; its member is that of the services there."""
    seen: set[UUID] = set()
    for service in services:
        for site in service.sites:
            if site.id not in seen and site.point is not None:
                seen.add(site.id)
                yield {
                    "id": site.id,
                    "member_id": service.member.id,
                    "name": site.name,
                    "city": site.city,
                    "state_province": site.state,
                    "postal_code": site.zip_code,
                    "county_fips": site.county_fips,
                    "latitude": site.point.lat,
                    "longitude": site.point.lon,
                    "precision": site.precision.value,
                    "updated_at": NOW,
                }
