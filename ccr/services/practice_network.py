"""How a practice network is made: one's own program, and four invented partners around it.

What lives here: the invented names, services and places. What must not: anything real. Phone
numbers are of the range kept for invention (R100).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from ccr.adapters.gazetteer import CountyFact
from ccr.domain.directory import (
    Area,
    Coverage,
    Member,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.practice import InventedPartner
from ccr.domain.taxonomy import (
    AreaExtent,
    CompartmentKind,
    CoverageMode,
    Gender,
    MemberCategory,
    Need,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)
from ccr.storage.queries import accounts as account_rows
from ccr.storage.queries import demo_rows
from ccr.storage.queries import practice as queries
from ccr.storage.queries.accounts import CompartmentFacts, NetworkFacts

OWN = "own"
TOWN = "Practice town"
_NEVER = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION})
_MOST_NEEDS = frozenset(Need) - _NEVER
_DAY_AND_NIGHT = (Coverage(None, CoverageMode.STAFFED, "24/7"),)


@dataclass(frozen=True, slots=True)
class _Invented:
    """An invented partner: its names, what it helps with, and where it stands from the middle."""

    partner: InventedPartner
    member: str
    service: str
    category: MemberCategory
    regime: Regime
    needs: frozenset[Need]
    phone: str
    shift: tuple[float, float] | None


_PARTNERS = (
    _Invented(
        InventedPartner.TAKES, "Meadow Advocates (practice)", "Meadow advocacy (practice)",
        MemberCategory.COMMUNITY, Regime.OTHER, _MOST_NEEDS, "518-555-0161", (0.03, 0.02),
    ),
    _Invented(
        InventedPartner.ASKS, "Harbor Legal Help (practice)", "Harbor legal desk (practice)",
        MemberCategory.LEGAL, Regime.OTHER,
        frozenset({
            Need.ADVOCACY, Need.PROTECTION_ORDER, Need.FAMILY_LAW, Need.IMMIGRATION_LAW,
            Need.HOUSING, Need.ECONOMIC,
        }),
        "518-555-0162", (-0.04, 0.03),
    ),
    _Invented(
        InventedPartner.FULL, "Granite House (practice)", "Granite safe rooms (practice)",
        MemberCategory.COMMUNITY, Regime.OTHER,
        frozenset({Need.ADVOCACY, Need.EMERGENCY_SHELTER, Need.HOUSING, Need.CHILDREN}),
        "518-555-0163", None,
    ),
    _Invented(
        InventedPartner.PHONE, "Old Mill Chapel (practice)", "Old Mill rides and meals (practice)",
        MemberCategory.FAITH, Regime.OTHER,
        frozenset({Need.ADVOCACY, Need.TRANSPORT, Need.FOOD, Need.FAITH_SUPPORT}),
        "518-555-0164", (0.01, -0.05),
    ),
)  # fmt: skip


def build(
    own: CompartmentFacts, network: NetworkFacts, county: CountyFact, *, at: datetime
) -> UUID:
    """Make a practice network around a county; return one's own program in it."""
    network_id = queries.add_practice_network(state=network.state, timezone=network.timezone, at=at)
    for invented in _PARTNERS:
        _add_partner(network_id, invented, county, network.timezone, at=at)
    return _add_own(network_id, own, county, network.timezone, at=at)


def _add_partner(
    network_id: UUID, invented: _Invented, county: CountyFact, timezone: str, *, at: datetime
) -> None:
    kind = (invented.category, invented.regime, Sector.PRIVATE)
    member_id = queries.add_practice_member(
        network_id, invented.member, kind, code=invented.partner.value, at=at
    )
    compartment_id = account_rows.add_compartment(
        network_id, member_id, name="Practice", kind=CompartmentKind.GENERAL, at=at
    )
    member = _member(member_id, invented.member, invented.category, invented.regime)
    sites: tuple[Site, ...] = ()
    if invented.shift is not None:
        north, east = invented.shift
        point = Point(county.point.lat + north, county.point.lon + east)
        sites = (
            Site(
                uuid4(), invented.service, TOWN, county.state, county.fips, None, point,
                Precision.CITY,
            ),
        )  # fmt: skip
        demo_rows.add_demo_sites(
            network_id, [(member_id, s) for s in sites], at=at, source=queries.SOURCE
        )
    service = _service(
        network_id, member, compartment_id, invented.service, invented.needs, county, timezone,
        sites=sites, phone=invented.phone, confidential=invented.shift is None, at=at,
    )  # fmt: skip
    demo_rows.add_demo_service(service, key=invented.partner.value, at=at, source=queries.SOURCE)
    if invented.partner is InventedPartner.PHONE:
        queries.answer_by_phone(network_id, member_id, at=at)


def _add_own(
    network_id: UUID, own: CompartmentFacts, county: CountyFact, timezone: str, *, at: datetime
) -> UUID:
    kind = (own.category, own.regime, Sector.UNKNOWN)
    name = f"Practice: {own.member_name}"
    member_id = queries.add_practice_member(network_id, name, kind, code=OWN, at=at)
    compartment_id = account_rows.add_compartment(
        network_id, member_id, name="Practice", kind=own.kind, at=at
    )
    program = own.kind is CompartmentKind.APIP
    service = _service(
        network_id, _member(member_id, name, own.category, own.regime), compartment_id,
        "My own service (practice)",
        frozenset({Need.ABUSIVE_PARTNER_INTERVENTION if program else Need.ADVOCACY}),
        county, timezone, sites=(), phone="518-555-0160", confidential=False, at=at,
        tracks=frozenset({Track.ABUSIVE_PARTNER}) if program else _EVERYBODY,
    )  # fmt: skip
    demo_rows.add_demo_service(service, key=OWN, at=at, source=queries.SOURCE)
    return compartment_id


_EVERYBODY = frozenset({Track.SURVIVOR, Track.CHILD, Track.OTHER})


def _member(member_id: UUID, name: str, category: MemberCategory, regime: Regime) -> Member:
    return Member(
        id=member_id,
        name=name,
        category=category,
        sector=Sector.PRIVATE,
        regime=regime,
        active=True,
        on_ccr=True,
    )


def _service(  # noqa: PLR0913 -- a service is what it is made of
    network_id: UUID,
    member: Member,
    compartment_id: UUID,
    name: str,
    needs: frozenset[Need],
    county: CountyFact,
    timezone: str,
    *,
    sites: tuple[Site, ...],
    phone: str,
    confidential: bool,
    at: datetime,
    tracks: frozenset[Track] = frozenset(Track),
) -> Service:
    return Service(
        id=uuid4(),
        network_id=network_id,
        member=member,
        compartment_id=compartment_id,
        compartment_kind=CompartmentKind.GENERAL,
        name=name,
        status=ServiceStatus.ACTIVE,
        needs=needs,
        tracks=tracks,
        # The whole state as well: whatever town one tries, somebody answers.
        areas=(Area(AreaExtent.COUNTY, county.fips), Area(AreaExtent.STATE, county.state)),
        sites=sites,
        coverage=_DAY_AND_NIGHT,
        confidential=confidential,
        description="Invented, to practise with.",
        opening_hours="24/7",
        gender_served=Gender.ALL,
        by_phone=True,
        phone=phone,
        last_verified_at=at,
        timezone=timezone,
    )
