"""Directory values written straight into storage: build a service, then `save_service` it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from ccr.domain.directory import Service
from ccr.domain.linkages import paper_of_two
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    CapacityRow,
    CoverageRow,
    LocationRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.linkages import add_linkage
from tests.builders import NOW, make_service
from tests.people import Team


def save_service(team: Team, *, at: datetime = NOW, **changes: Any) -> UUID:
    """Write `make_service(**changes)` as a service of the team's program; return its id."""
    service = make_service(**changes)
    network_id = team.identity.network_id
    with unit_of_work():
        db.session.add(_service_row(service, team, at))
        db.session.flush()
        db.session.add_all(_children(service))
        if service.phone:
            db.session.add(
                PhoneRow(network_id=network_id, service_id=service.id, number=service.phone)
            )
        for site in service.sites:
            db.session.add(
                LocationRow(
                    id=site.id,
                    network_id=network_id,
                    member_id=team.member_id,
                    name=site.name,
                    city=site.city,
                    state_province=site.state,
                    postal_code=site.zip_code,
                    county_fips=site.county_fips,
                    precision=site.precision.value,
                    updated_at=at,
                    latitude=site.point.lat if site.point else None,
                    longitude=site.point.lon if site.point else None,
                )
            )
            db.session.flush()
            db.session.add(
                ServiceAtLocationRow(
                    id=uuid4(), network_id=network_id, service_id=service.id, location_id=site.id
                )
            )
        raise_directory_version(network_id, [service.id])
    return service.id


def save_agreement(
    network_id: UUID,
    a: Team,
    b: Team,
    *,
    signed_on: date = date(2026, 1, 5),
    expires_on: date | None = None,
) -> None:
    """Write an agreement between two members."""
    paper = paper_of_two(a.member_id, b.member_id, signed_on, expires_on)
    with unit_of_work():
        add_linkage(network_id, paper)


class Statements:
    """Counts the SQL statements run inside the `with` block."""

    def __enter__(self) -> Statements:
        self.texts: list[str] = []
        db.session.rollback()
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _conn: Any, _cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith(("BEGIN", "PRAGMA")):
            self.texts.append(text)


def _service_row(service: Service, team: Team, at: datetime) -> ServiceRow:
    return ServiceRow(
        id=service.id,
        network_id=team.identity.network_id,
        member_id=team.member_id,
        compartment_id=team.compartment_id,
        name=service.name,
        status=service.status.value,
        do_not_refer=service.do_not_refer,
        confidential=service.confidential,
        tracks=list(service.tracks),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        gender_served=service.gender_served.value,
        populations=list(service.populations),
        populations_only=service.populations_only,
        accessibility={a.value: k.value for a, k in service.accessibility.items()},
        cost=service.cost.value,
        in_person=service.in_person,
        by_phone=service.by_phone,
        virtual=service.virtual,
        opening_hours=service.opening_hours,
        timezone=service.timezone,
        last_verified_at=service.last_verified_at,
        updated_at=at,
    )


def _children(service: Service) -> list[object]:
    rows: list[object] = [
        ServiceNeedRow(service_id=service.id, need=need.value) for need in service.needs
    ]
    rows += [
        ServiceAreaRow(
            service_id=service.id,
            confidential=service.confidential,
            extent=area.extent.value,
            code=area.code,
        )
        for area in service.areas
    ]
    rows += [
        ServiceLanguageRow(service_id=service.id, code=entry.code, mode=entry.mode.value)
        for entry in service.languages
    ]
    rows += [
        CoverageRow(
            service_id=service.id,
            need=row.need.value if row.need else None,
            mode=row.mode.value,
            opening_hours=row.opening_hours,
            phone=row.phone,
        )
        for row in service.coverage
    ]
    if service.capacity is not None:
        rows.append(
            CapacityRow(
                service_id=service.id,
                status=service.capacity.status.value,
                available=service.capacity.available,
                unit=service.capacity.unit,
                updated_at=service.capacity.updated_at,
                updated_by="Ana",
            )
        )
    return rows
