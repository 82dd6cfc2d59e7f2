"""Random directories and requests: small worlds in which everything meets everything."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from ccr.domain.directory import (
    Agreement,
    Area,
    Capacity,
    Coverage,
    DirectorySnapshot,
    Language,
    Place,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.routing_request import NotNear, RouteRequest
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
    Transport,
    Urgency,
)
from ccr.domain.ways import Between, Target, Ways
from tests.builders import NETWORK_ID, NOW, make_id, make_member

NEEDS = (Need.ADVOCACY, Need.EMERGENCY_SHELTER, Need.PROTECTION_ORDER, Need.HOUSING, Need.FOOD)
COUNTIES = {
    "36083": ("Rensselaer", "NY", "12180"),
    "36001": ("Albany", "NY", "12207"),
    "25003": ("Berkshire", "MA", "01201"),
}
HOURS_TEXTS = ("24/7", "off", "Mo-Fr 09:00-17:00", "Mo-We 09:00-12:00", "what they say", None)
MEMBERS = tuple(make_member(on_ccr=i % 2 == 0, by_phone=i == 1, active=i != 3) for i in range(6))
COMPARTMENTS = tuple(make_id() for _ in range(4))
ZONES = ("America/New_York", "America/Los_Angeles")


def points(*, spread: float = 1.5) -> st.SearchStrategy[Point]:
    """Points around Albany, many of them the same; and some far away."""
    grid = st.integers(-3, 3).map(lambda step: step / 3 * spread)
    near = st.builds(lambda a, b: Point(42.7 + a, -73.7 + b), grid, grid)
    fine = st.builds(
        Point, st.floats(42.0, 43.4, allow_nan=False), st.floats(-74.6, -72.9, allow_nan=False)
    )
    far = st.sampled_from([Point(34.05, -118.24), Point(61.2, -149.9), Point(18.4, -66.1)])
    return st.one_of(near, fine, near, fine, far)


def places() -> st.SearchStrategy[Place]:
    def made(point: Point, county: str, precision: Precision) -> Place:
        name, state, zip_code = COUNTIES[county]
        return Place(
            label=f"{name}, {state}",
            point=point,
            precision=precision,
            zip_code=zip_code if precision is Precision.ZIP else None,
            county_fips=county,
            county=name,
            state=state,
        )

    return st.builds(
        made,
        points(),
        st.sampled_from(sorted(COUNTIES)),
        st.sampled_from([Precision.ZIP, Precision.CITY, Precision.COUNTY]),
    )


def areas(*, zips: bool = True) -> st.SearchStrategy[tuple[Area, ...]]:
    known = [Area(AreaExtent.COUNTY, fips) for fips in COUNTIES]
    known += [Area(AreaExtent.STATE, "NY"), Area(AreaExtent.STATE, "CA")]
    known += [Area(AreaExtent.NATION, "US"), Area(AreaExtent.COUNTY, "36083")]
    if zips:
        known += [Area(AreaExtent.ZIP, "12180"), Area(AreaExtent.ZIP, "12207")]
    return st.lists(st.sampled_from(known), max_size=2, unique=True).map(tuple)


def sites() -> st.SearchStrategy[Site]:
    return st.builds(
        Site,
        id=ids(),
        name=st.just("Site"),
        city=st.just("Troy"),
        state=st.just("NY"),
        county_fips=st.sampled_from([*COUNTIES, None]),
        zip_code=st.just("12180"),
        point=st.one_of(points(), points(), points(), st.none()),
        precision=st.sampled_from(list(Precision)),
    )


def ids() -> st.SearchStrategy[UUID]:
    return st.uuids(version=4)


def services() -> st.SearchStrategy[Service]:
    return st.booleans().flatmap(_services)


def _services(confidential: bool) -> st.SearchStrategy[Service]:
    ages = st.one_of(st.none(), st.sampled_from([0, 13, 18, 60]))
    return st.builds(
        Service,
        id=ids(),
        network_id=st.just(NETWORK_ID),
        member=st.sampled_from(MEMBERS),
        compartment_id=st.sampled_from(COMPARTMENTS),
        compartment_kind=st.sampled_from(
            [CompartmentKind.GENERAL, CompartmentKind.GENERAL, *CompartmentKind]
        ),
        name=st.sampled_from(["Desk", "House", "Line"]),
        status=st.sampled_from([ServiceStatus.ACTIVE] * 8 + list(ServiceStatus)),
        needs=st.sets(st.sampled_from(NEEDS), max_size=4).map(frozenset),
        tracks=st.sampled_from([frozenset(Track), frozenset(), frozenset({Track.SURVIVOR})]),
        areas=areas(zips=not confidential),
        sites=st.just(()) if confidential else st.lists(sites(), max_size=3).map(tuple),
        languages=st.sampled_from(
            [
                (),
                (Language("es", LanguageMode.STAFF),),
                (Language("es", LanguageMode.INTERPRETER), Language("en", LanguageMode.STAFF)),
                (Language("en", LanguageMode.STAFF),),
            ]
        ),
        coverage=st.lists(_coverage(), max_size=2).map(tuple),
        capacity=st.one_of(st.none(), _capacities()),
        confidential=st.just(confidential),
        do_not_refer=st.sampled_from([False] * 9 + [True]),
        opening_hours=st.sampled_from(HOURS_TEXTS),
        minimum_age=ages,
        maximum_age=st.one_of(st.none(), st.sampled_from([17, 24, 99])),
        gender_served=st.sampled_from([Gender.ALL, Gender.UNKNOWN, *Gender]),
        populations=st.sampled_from(
            [frozenset(), frozenset({Population.TEEN}), frozenset({Population.TRIBAL})]
        ),
        populations_only=st.booleans(),
        accessibility=st.dictionaries(
            st.sampled_from([Access.WHEELCHAIR, Access.PETS]), st.sampled_from(list(Known))
        ),
        cost=st.sampled_from(list(Cost)),
        in_person=st.sampled_from([True] * 5 + [False]),
        by_phone=st.sampled_from([False, False, True]),
        virtual=st.sampled_from([False, False, False, True]),
        phone=st.sampled_from([None, "518-555-0118"]),
        last_verified_at=st.one_of(
            st.none(),
            st.sampled_from([1, 10, 200, 364, 365, 366, 500]).map(lambda d: NOW - timedelta(d)),
        ),
        timezone=st.sampled_from(ZONES),
    )


def _coverage() -> st.SearchStrategy[Coverage]:
    return st.builds(
        Coverage,
        need=st.sampled_from([None, None, Need.ADVOCACY]),
        mode=st.sampled_from(list(CoverageMode)),
        opening_hours=st.sampled_from([text for text in HOURS_TEXTS if text]),
        phone=st.sampled_from([None, "518-555-0142"]),
    )


def _capacities() -> st.SearchStrategy[Capacity]:
    return st.builds(
        Capacity,
        status=st.sampled_from([CapacityStatus.CAPACITY, *CapacityStatus]),
        available=st.one_of(st.none(), st.integers(0, 5)),
        unit=st.just("places"),
        updated_at=st.one_of(
            st.none(), st.sampled_from([0, 1, 6, 7, 8, 40]).map(lambda d: NOW - timedelta(d))
        ),
    )


def agreements() -> st.SearchStrategy[Agreement]:
    pair = st.lists(st.sampled_from(MEMBERS), min_size=2, max_size=2, unique_by=lambda m: m.id)
    on = NOW.date()
    return st.builds(
        Agreement,
        member_ids=pair.map(lambda members: frozenset(m.id for m in members)),
        signed_on=st.sampled_from([on - timedelta(400), on, on + timedelta(1)]),
        expires_on=st.sampled_from([None, on, on + timedelta(1)]),
    )


def snapshots(*, max_services: int = 25) -> st.SearchStrategy[DirectorySnapshot]:
    return st.builds(
        DirectorySnapshot,
        network_id=st.just(NETWORK_ID),
        version=st.just(1),
        services=st.lists(services(), max_size=max_services, unique_by=lambda s: s.id).map(tuple),
        agreements=st.lists(agreements(), max_size=4).map(tuple),
    )


_KM = st.sampled_from([1.0, 8.0, 60.0])


def requests() -> st.SearchStrategy[RouteRequest]:
    member_ids = [member.id for member in MEMBERS]
    return st.builds(
        RouteRequest,
        needs=st.lists(st.sampled_from(NEEDS), min_size=1, max_size=5, unique=True).map(tuple),
        near=places(),
        at=st.sampled_from([NOW, NOW + timedelta(hours=12), NOW + timedelta(days=2)]),
        track=st.sampled_from([Track.SURVIVOR, *Track]),
        urgency=st.sampled_from([Urgency.STANDARD, *Urgency]),
        language=st.sampled_from([None, None, "en", "es", "so"]),
        access=st.sampled_from(
            [frozenset(), frozenset(), frozenset({Access.WHEELCHAIR}), frozenset({Access.DEAF})]
        ),
        age_band=st.one_of(st.none(), st.sampled_from(list(AgeBand))),
        gender=st.one_of(st.none(), st.sampled_from(list(Gender))),
        transport=st.sampled_from([Transport.CAR, *Transport]),
        excluded_members=st.sets(st.sampled_from(member_ids), max_size=2).map(frozenset),
        not_near=st.one_of(st.just(()), st.tuples(st.builds(NotNear, places(), _KM))),
        sender_member_id=st.one_of(st.none(), st.sampled_from(member_ids)),
        sender_compartment_id=st.one_of(st.none(), st.sampled_from(COMPARTMENTS)),
        limit=st.sampled_from([1, 2, 3, 10]),
    )


def ways() -> st.SearchStrategy[Ways]:
    """What lies between somebody and each kind of partner: often nothing, often the same."""
    minutes = st.sampled_from([0, 0, 15, 25, 300])
    members = st.sampled_from([member.id for member in MEMBERS])
    between = st.builds(Between, minutes, st.dictionaries(members, minutes, max_size=4))
    return st.builds(Ways, st.dictionaries(st.sampled_from(list(Target)), between, max_size=3))
