"""Listings with everything that open data and exports tell of them, and what is taken away first.

Two scopes: the public's, and that of staff who take the directory away as files. In neither is
there a place of a confidential service, a private phone or a member that is not listed; the
public's has no capacity, e-mail or anything that is not offered now. Storage loads these records,
`as_open` takes away, and only then does anything else see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from ccr.domain.directory import Area, Language, Point, Precision
from ccr.domain.hidden_places import PlaceTraces, gives_away, without_traces
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)


class Scope(StrEnum):
    """Who the data is for."""

    PUBLIC = "public"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class OpenPhone:
    """A phone that is not private."""

    id: UUID
    number: str
    extension: str | None = None
    kind: str = "voice"
    description: str = ""


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """A term of somebody's taxonomy on a service, as it came."""

    taxonomy: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenSite:
    """A public place. `county_fips` is five digits."""

    id: UUID
    member_id: UUID
    name: str = ""
    kind: str = "physical"
    description: str | None = None
    transportation: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    state_province: str | None = None
    postal_code: str | None = None
    country: str | None = None
    county_fips: str | None = None
    point: Point | None = None
    precision: Precision = Precision.NONE
    coordinates_from: str | None = None
    phones: tuple[OpenPhone, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenMember:
    """A member organization with what anybody may know of it."""

    id: UUID
    name: str
    alternate_name: str | None = None
    description: str = ""
    website: str | None = None
    email: str | None = None
    category: MemberCategory = MemberCategory.COMMUNITY
    sector: Sector = Sector.UNKNOWN
    regime: Regime = Regime.OTHER
    may_ask: Mapping[str, Known] = field(default_factory=dict)
    """mandated_reporter, law_enforcement_run, public_records and asks_for_id."""
    active: bool = True
    hides: bool = False
    """True when one of its services is confidential."""
    phones: tuple[OpenPhone, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCapacity:
    """Room for one more; for staff alone."""

    status: CapacityStatus
    available: int | None
    unit: str | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service with all that hangs on it. `links` are (id, site), in the order of the sites."""

    id: UUID
    member: OpenMember
    name: str
    alternate_name: str | None = None
    description: str = ""
    status: ServiceStatus = ServiceStatus.ACTIVE
    do_not_refer: bool = False
    confidential: bool = False
    needs: frozenset[Need] = frozenset()
    tracks: frozenset[Track] = frozenset()
    populations: frozenset[Population] = frozenset()
    populations_only: bool = False
    gender_served: Gender = Gender.UNKNOWN
    minimum_age: int | None = None
    maximum_age: int | None = None
    accessibility: Mapping[Access, Known] = field(default_factory=dict)
    cost: Cost = Cost.UNKNOWN
    fees_description: str = ""
    in_person: bool = True
    by_phone: bool = False
    virtual: bool = False
    url: str | None = None
    email: str | None = None
    application_process: str = ""
    eligibility_description: str = ""
    interpretation_services: str = ""
    wait_time: str = ""
    alert: str = ""
    opening_hours: str | None = None
    hours_text: str = ""
    timezone: str = "America/New_York"
    last_verified_at: datetime | None = None
    public_modified_at: datetime | None = None
    areas: tuple[Area, ...] = ()
    languages: tuple[Language, ...] = ()
    terms: tuple[OpenTerm, ...] = ()
    phones: tuple[OpenPhone, ...] = ()
    links: tuple[tuple[UUID, OpenSite], ...] = ()
    capacity: OpenCapacity | None = None

    def __post_init__(self) -> None:
        """Refuse a confidential service with a place finer than a county (R48)."""
        if self.confidential and (
            self.links or any(area.extent is AreaExtent.ZIP for area in self.areas)
        ):
            msg = "a confidential service has an area of a county or coarser and no site"
            raise ValueError(msg)


def is_open_program(service: OpenService) -> bool:
    """Return True for a program for abusive partners, whose limits every file holds (R10)."""
    return (
        Need.ABUSIVE_PARTNER_INTERVENTION in service.needs
        or service.member.category is MemberCategory.APIP
    )


_NOTHING_KNOWN = PlaceTraces()
_TEXTS = (
    "description",
    "application_process",
    "eligibility_description",
    "fees_description",
    "interpretation_services",
    "wait_time",
    "alert",
    "hours_text",
)


def as_open(service: OpenService, scope: Scope) -> OpenService:
    """Return the service without what is not for this scope."""
    member = member_as_open(service.member, scope)
    service = replace(service, member=member)
    if scope is Scope.PUBLIC:
        service = replace(service, email=None, capacity=None)
    if not service.confidential:
        return service
    # Whether a hidden place has room never leaves the site, and its own words name no street.
    kept: dict[str, Any] = {name: _without_streets(getattr(service, name)) for name in _TEXTS}
    return replace(
        service,
        capacity=None,
        url=None if scope is Scope.PUBLIC else service.url,
        alternate_name=_unless_telling(service.alternate_name),
        phones=tuple(
            replace(phone, description=_without_streets(phone.description))
            for phone in service.phones
        ),
        **kept,
    )


def member_as_open(member: OpenMember, scope: Scope) -> OpenMember:
    """Return the member without what is not for this scope."""
    if scope is Scope.PUBLIC:
        member = replace(member, email=None)
    if not member.hides:
        return member
    # Its hidden place may be told in the words about the member.
    return replace(
        member,
        description=_without_streets(member.description),
        phones=tuple(
            replace(phone, description=_without_streets(phone.description))
            for phone in member.phones
        ),
    )


def _without_streets(text: str) -> str:
    return without_traces(text, _NOTHING_KNOWN)


def _unless_telling(text: str | None) -> str | None:
    return None if text and gives_away(text, _NOTHING_KNOWN) else text
