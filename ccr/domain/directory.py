"""The directory as values: members, services, sites and areas, frozen, as routing reads them.

What lives here: shapes and what must always hold. What must not: rows, files, the clock.
HSDS names are used where HSDS has a word (organization = member). Source: HSDS 3.2.3; domain.md R6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.answer_times import NOT_TOLD, AnswerTimes
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
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


class Precision(StrEnum):
    """How exact a point is."""

    ROOFTOP = "rooftop"
    STREET = "street"
    ZIP = "zip"
    CITY = "city"
    COUNTY = "county"
    NONE = "none"

    @property
    def about_km(self) -> float:
        """Return the typical error in km (measured: ZIP centre median 1.4 km, p90 3.6 km)."""
        return _ABOUT_KM[self.value]


_ABOUT_KM = {
    "rooftop": 0.1, "street": 0.5, "zip": 4.0, "city": 6.0, "county": 25.0, "none": 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the WGS84 ellipsoid, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search starts: resolved from a ZIP, a town or a county, never from a street.

    Attributes:
        label: as shown, e.g. "Troy, NY 12180" or "Albany County, NY".
        point: centre of the place.
        precision: zip, city or county.
        zip_code: five digits, or None.
        county_fips: five digits.
        county: name without "County".
        state: two letters.
    """

    label: str
    point: Point
    precision: Precision
    zip_code: str | None
    county_fips: str
    county: str
    state: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A linkage agreement between two members (R90). It never replaces a person's release."""

    member_ids: frozenset[UUID]
    signed_on: date
    expires_on: date | None

    def in_force(self, on: date) -> bool:
        """Return True from the day it is signed until the day before it expires."""
        return self.signed_on <= on and (self.expires_on is None or on < self.expires_on)


@dataclass(frozen=True, slots=True)
class Member:
    """A member organization (HSDS organization), with what a person may ask before choosing it."""

    id: UUID
    name: str
    category: MemberCategory
    sector: Sector
    regime: Regime
    active: bool
    mandated_reporter: Known = Known.UNKNOWN
    law_enforcement_run: Known = Known.UNKNOWN
    public_records: Known = Known.UNKNOWN
    asks_for_id: Known = Known.UNKNOWN
    on_ccr: bool = False
    """True when staff of this member can sign in and read an inbox."""
    by_phone: bool = False
    """True when it has no inbox here but promised to pick up: the sender calls."""
    by_link: bool = False
    """True when it has no inbox here but answers by a mailed link and a code that is read out."""


@dataclass(frozen=True, slots=True)
class Area:
    """A piece of a service area: a nation, a state (two letters), a county (FIPS) or a ZIP."""

    extent: AreaExtent
    code: str


@dataclass(frozen=True, slots=True)
class Site:
    """A public place where a service is given. A confidential service has none with a point.

    `point` is None when coordinates are not known.
    """

    id: UUID
    name: str
    city: str
    state: str
    county_fips: str | None
    zip_code: str | None
    point: Point | None
    precision: Precision
    coordinates_from: str | None = None
    """Whose point it is: "source", "gazetteer", or the name of a geocoder."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language (ISO 639-1 code where there is one) and how it is spoken (R86)."""

    code: str
    mode: LanguageMode


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who reads or answers, for one need or (need None) for all, in OSM opening-hours text."""

    need: Need | None
    mode: CoverageMode
    opening_hours: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """Room for one more, with its age and source."""

    status: CapacityStatus
    available: int | None
    unit: str | None
    updated_at: datetime | None
    updated_by: str | None = None
    households: Mapping[str, int] = field(default_factory=dict)
    """Free places by kind of household (ccr.domain.room), where somebody said so."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Service:
    """A service as routing and the pages see it: everything that was said, and what was not.

    Attributes:
        confidential: True for a hidden place; then `sites` is empty and `areas` are county or
            coarser (R48, design 2.3).
        needs: what it helps with.
        opening_hours: OSM opening-hours text, or None when not known.
        minimum_age, maximum_age: whole years, or None when not said.
        accessibility: Known per access need; absent means not known.
        in_person, by_phone, virtual: how it can be had.
        timezone: IANA name, for opening hours.
        version: changes with every edit.
    """

    id: UUID
    network_id: UUID
    member: Member
    compartment_id: UUID
    compartment_kind: CompartmentKind
    name: str
    status: ServiceStatus
    needs: frozenset[Need]
    tracks: frozenset[Track]
    areas: tuple[Area, ...] = ()
    sites: tuple[Site, ...] = ()
    languages: tuple[Language, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    capacity: Capacity | None = None
    confidential: bool = False
    do_not_refer: bool = False
    description: str = ""
    opening_hours: str | None = None
    hours_text: str = ""
    minimum_age: int | None = None
    maximum_age: int | None = None
    gender_served: Gender = Gender.UNKNOWN
    populations: frozenset[Population] = frozenset()
    populations_only: bool = False
    accessibility: Mapping[Access, Known] = field(default_factory=dict)
    cost: Cost = Cost.UNKNOWN
    in_person: bool = True
    by_phone: bool = False
    virtual: bool = False
    phone: str | None = None
    website: str | None = None
    email: str | None = None
    how_to_apply: str = ""
    eligibility_text: str = ""
    fees_text: str = ""
    alert: str = ""
    last_verified_at: datetime | None = None
    timezone: str = "America/New_York"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse a confidential service with a place finer than a county (R48)."""
        if self.confidential and (
            self.sites or any(a.extent is AreaExtent.ZIP for a in self.areas)
        ):
            msg = "a confidential service has an area of a county or coarser and no site"
            raise ValueError(msg)

    @property
    def routable(self) -> bool:
        """Return True when the service may be proposed at all."""
        return self.status is ServiceStatus.ACTIVE and not self.do_not_refer and self.member.active

    @property
    def area_only(self) -> bool:
        """Return True when it enters every list by area alone: confidential, or no usable site."""
        return self.confidential or not any(s.point for s in self.sites)


@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """The whole directory of one network at one version."""

    network_id: UUID
    version: int
    services: tuple[Service, ...]
    agreements: tuple[Agreement, ...] = ()
    answer_times: AnswerTimes = NOT_TOLD
    pathways: tuple[Pathway, ...] = ()
    protocols: tuple[Protocol, ...] = ()

    @property
    def routable(self) -> list[Service]:
        """Return the services that referrals may go to, by name."""
        return sorted((s for s in self.services if s.routable), key=lambda s: (s.name, s.id))
