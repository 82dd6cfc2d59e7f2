"""Whole directory values as new rows: how the demo network gets into the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from ccr.domain.directory import Member, Service, Site
from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.storage.db import Base, db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.coordination import GapRow, PathwayRow, ProtocolRow
from ccr.storage.models.directory import (
    CapacityRow,
    CoverageRow,
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.models.gap_register import GapChangeRow, GapStepRow

SOURCE = "ccr-demo"


def add_demo_member(
    network_id: UUID,
    member: Member,
    *,
    key: str,
    phone: str,
    description: str,
    listed: bool,
    at: datetime,
) -> None:
    """Add a member with its phone; one that is not listed is never shown to the public (R5)."""
    db.session.add(
        MemberRow(
            id=member.id,
            network_id=network_id,
            name=member.name,
            description=description,
            category=member.category.value,
            sector=member.sector.value,
            regime=member.regime.value,
            mandated_reporter=member.mandated_reporter.value,
            law_enforcement_run=member.law_enforcement_run.value,
            public_records=member.public_records.value,
            asks_for_id=member.asks_for_id.value,
            active=member.active,
            listed=listed,
            source=SOURCE,
            source_id=key,
            last_verified_at=at,
            updated_at=at,
        )
    )
    db.session.flush()
    db.session.add(PhoneRow(id=uuid4(), network_id=network_id, member_id=member.id, number=phone))


def add_demo_program(
    network_id: UUID,
    program_id: UUID,
    member_id: UUID,
    *,
    name: str,
    kind: CompartmentKind,
    at: datetime,
) -> None:
    """Add a member's program under an id that is known already."""
    db.session.add(
        Compartment(
            id=program_id, network_id=network_id, member_id=member_id, name=name,
            kind=kind.value, created_at=at,
        )
    )  # fmt: skip
    db.session.flush()


def add_demo_sites(
    network_id: UUID,
    sites: Iterable[tuple[UUID, Site]],
    *,
    at: datetime,
    source: str = SOURCE,
) -> None:
    """Add public sites, each with the member that owns it."""
    db.session.add_all(
        LocationRow(
            id=site.id,
            network_id=network_id,
            member_id=member_id,
            name=site.name,
            city=site.city,
            state_province=site.state,
            postal_code=site.zip_code,
            country="US",
            county_fips=site.county_fips,
            latitude=site.point.lat if site.point else None,
            longitude=site.point.lon if site.point else None,
            precision=site.precision.value,
            coordinates_from="gazetteer",
            source=source,
            updated_at=at,
        )
        for member_id, site in sites
    )
    db.session.flush()


def add_demo_service(service: Service, *, key: str, at: datetime, source: str = SOURCE) -> None:
    """Add a service and everything that hangs on it; its sites are there already."""
    db.session.add(_service_row(service, key=key, at=at, source=source))
    db.session.flush()
    db.session.add_all(_hanging(service))
    db.session.flush()


def _service_row(service: Service, *, key: str, at: datetime, source: str) -> ServiceRow:
    return ServiceRow(
        id=service.id,
        network_id=service.network_id,
        member_id=service.member.id,
        compartment_id=service.compartment_id,
        name=service.name,
        description=service.description,
        status=service.status.value,
        do_not_refer=service.do_not_refer,
        confidential=service.confidential,
        tracks=sorted(track.value for track in service.tracks),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        gender_served=service.gender_served.value,
        populations=sorted(population.value for population in service.populations),
        populations_only=service.populations_only,
        accessibility={a.value: k.value for a, k in sorted(service.accessibility.items())},
        cost=service.cost.value,
        in_person=service.in_person,
        by_phone=service.by_phone,
        virtual=service.virtual,
        application_process=service.how_to_apply,
        alert=service.alert,
        opening_hours=service.opening_hours,
        hours_text=service.hours_text,
        timezone=service.timezone,
        source=source,
        source_id=key,
        last_verified_at=service.last_verified_at,
        updated_at=at,
    )


def _hanging(service: Service) -> list[Base]:
    capacity = service.capacity
    rows: list[Base] = [
        *(ServiceNeedRow(service_id=service.id, need=need.value) for need in sorted(service.needs)),
        *(
            ServiceLanguageRow(service_id=service.id, code=entry.code, mode=entry.mode.value)
            for entry in service.languages
        ),
        *(
            ServiceAreaRow(
                id=uuid4(), service_id=service.id, confidential=service.confidential,
                extent=area.extent.value, code=area.code,
            )
            for area in service.areas
        ),
        *(
            ServiceAtLocationRow(
                id=uuid4(), network_id=service.network_id, service_id=service.id,
                location_id=site.id, confidential=False,
            )
            for site in service.sites
        ),
        *(
            CoverageRow(
                id=uuid4(), service_id=service.id, need=row.need.value if row.need else None,
                mode=row.mode.value, opening_hours=row.opening_hours, phone=row.phone,
            )
            for row in service.coverage
        ),
        ServiceText(
            service_id=service.id, network_id=service.network_id, body=_search_text(service)
        ),
    ]  # fmt: skip
    if service.phone:
        rows.append(
            PhoneRow(
                id=uuid4(), network_id=service.network_id, service_id=service.id,
                number=service.phone,
            )
        )  # fmt: skip
    if capacity is not None:
        rows.append(
            CapacityRow(
                service_id=service.id, status=capacity.status.value, available=capacity.available,
                unit=capacity.unit, updated_at=capacity.updated_at,
            )
        )  # fmt: skip
    return rows


def _search_text(service: Service) -> str:
    """Return what search reads; a hidden service has no town to give."""
    return search_body([
        service.name, service.member.name, *(str(need.label) for need in sorted(service.needs)),
        *(site.city for site in service.sites), service.description, service.how_to_apply,
    ])  # fmt: skip


def add_demo_pathway(
    network_id: UUID,
    *,
    from_member_id: UUID,
    to_member_id: UUID,
    need: Need | None,
    promised_on: date,
    ended_on: date | None,
) -> None:
    """Add a referral pathway that one member promised to another."""
    db.session.add(
        PathwayRow(
            network_id=network_id, from_member_id=from_member_id, to_member_id=to_member_id,
            need=need.value if need else "", promised_on=promised_on, ended_on=ended_on,
        )
    )  # fmt: skip


def add_demo_protocol(
    network_id: UUID,
    *,
    program_id: UUID,
    partner_member_id: UUID,
    signed_on: date,
    expires_on: date | None,
) -> None:
    """Add a consultation protocol of an abusive partner program."""
    db.session.add(
        ProtocolRow(
            network_id=network_id, program_compartment_id=program_id,
            partner_member_id=partner_member_id, signed_on=signed_on, expires_on=expires_on,
        )
    )  # fmt: skip


def add_demo_gap(
    network_id: UUID,
    *,
    key: str,
    owner_member_id: UUID,
    next_step: str,
    due_on: date,
    opened_at: datetime,
    by_member_id: UUID | None = None,
) -> UUID:
    """Add a gap that a member has taken on, with the first line of its history; return its id."""
    gap = GapRow(
        id=uuid4(), network_id=network_id, key=key, owner_member_id=owner_member_id,
        next_step=next_step, due_on=due_on, status="open", opened_at=opened_at,
        updated_at=opened_at,
    )  # fmt: skip
    db.session.add(gap)
    db.session.flush()
    db.session.add_all([
        GapStepRow(
            network_id=network_id, gap_id=gap.id, position=1, text=next_step, due_on=due_on,
            status="open",
        ),
        GapChangeRow(
            network_id=network_id, gap_id=gap.id, position=1, at=opened_at, verb="taken",
            member_id=by_member_id, status="open", owner_member_id=owner_member_id,
            step=next_step, effect="raises", whom="survivors",
        ),
    ])  # fmt: skip
    return gap.id
