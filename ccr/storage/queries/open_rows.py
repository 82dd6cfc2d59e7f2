"""Rows of the directory as the records that open data and exports tell; nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ccr.domain.directory import Area, Language, Point, Precision
from ccr.domain.hsds_profile import MAY_ASK
from ccr.domain.open_records import (
    OpenCapacity,
    OpenMember,
    OpenPhone,
    OpenService,
    OpenSite,
    OpenTerm,
)
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    LanguageMode,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)

Hanging = Mapping[UUID, list[Any]]
"""Rows of one table by the service they hang on."""


def member_of_row(row: Any, phones: tuple[OpenPhone, ...]) -> OpenMember:  # noqa: ANN401 -- any row
    """Return the member that a row with `hides` describes."""
    return OpenMember(
        id=row.id,
        name=row.name,
        alternate_name=row.alternate_name,
        description=row.description,
        website=row.website,
        email=row.email,
        category=MemberCategory(row.category),
        sector=Sector(row.sector),
        regime=Regime(row.regime),
        may_ask={name: Known(getattr(row, name)) for name in MAY_ASK},
        active=row.active,
        hides=bool(row.hides),
        phones=phones,
    )


def site_of_row(
    row: Any,  # noqa: ANN401 -- a row of two tables
    member_id: UUID,
    phones: Mapping[UUID, tuple[OpenPhone, ...]],
) -> OpenSite:
    """Return the site that a link joined with its location describes."""
    known = row.latitude is not None
    return OpenSite(
        id=row.location_id,
        member_id=member_id,
        name=row.name,
        kind=row.location_type,
        description=row.description,
        transportation=row.transportation,
        address_1=row.address_1,
        address_2=row.address_2,
        city=row.city,
        state_province=row.state_province,
        postal_code=row.postal_code,
        country=row.country,
        county_fips=row.county_fips,
        point=Point(row.latitude, row.longitude) if known else None,
        precision=Precision(row.precision),
        coordinates_from=row.coordinates_from,
        phones=phones.get(row.location_id, ()),
    )


def service_of_row(
    row: Any,  # noqa: ANN401 -- a row of the service table
    member: OpenMember,
    hanging: Mapping[str, Hanging],
    links: tuple[tuple[UUID, OpenSite], ...],
    phones: tuple[OpenPhone, ...],
) -> OpenService:
    """Return the service that a row and what hangs on it describe; nothing hangs on it if {}."""

    def of(kind: str) -> list[Any]:
        return hanging[kind].get(row.id, []) if hanging else []

    return OpenService(
        id=row.id,
        member=member,
        name=row.name,
        alternate_name=row.alternate_name,
        description=row.description,
        status=ServiceStatus(row.status),
        do_not_refer=row.do_not_refer,
        confidential=row.confidential,
        needs=frozenset(Need(need) for need, _ in of("needs")),
        tracks=frozenset(Track(code) for code in row.tracks),
        populations=frozenset(Population(code) for code in row.populations),
        populations_only=row.populations_only,
        gender_served=Gender(row.gender_served),
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        accessibility={Access(code): Known(known) for code, known in row.accessibility.items()},
        cost=Cost(row.cost),
        fees_description=row.fees_description,
        in_person=row.in_person,
        by_phone=row.by_phone,
        virtual=row.virtual,
        url=row.url,
        email=row.email,
        application_process=row.application_process,
        eligibility_description=row.eligibility_description,
        interpretation_services=row.interpretation_services,
        wait_time=row.wait_time,
        alert=row.alert,
        opening_hours=row.opening_hours,
        hours_text=row.hours_text,
        timezone=row.timezone,
        last_verified_at=row.last_verified_at,
        public_modified_at=row.public_modified_at,
        areas=tuple(Area(AreaExtent(extent), code) for extent, code in of("areas")),
        languages=tuple(Language(code, LanguageMode(mode)) for code, mode in of("languages")),
        terms=tuple(OpenTerm(held.taxonomy, held.code, held.name) for held in of("terms")),
        phones=phones,
        links=links,
        capacity=next(
            (
                OpenCapacity(CapacityStatus(h.status), h.available, h.unit, h.updated_at)
                for h in of("capacity")
            ),
            None,
        ),
    )
