"""Domain values with sane defaults, for every test. Change what the test is about, and only that.

`make_service()` fits `make_request()` in full: its only cost is travel.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import (
    Agreement,
    Area,
    Capacity,
    Coverage,
    DirectorySnapshot,
    Language,
    Member,
    Place,
    Point,
    Precision,
    Service,
    Site,
)
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    Gender,
    LanguageMode,
    MemberCategory,
    Need,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)

NOW = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
"""Thursday 12 November 2026, 14:05 in New York; the same moment as the `now` fixture."""

_numbers = itertools.count(1)


def make_id() -> UUID:
    """Return a new version 4 id; in one process they count up, so failures read alike."""
    # The four bits above the lowest twelve hold the version: the number goes around them.
    above, low = divmod(next(_numbers), 1 << 12)
    return UUID(int=above << 80 | low << 64 | 0x8000_0000_0000_0000, version=4)


NETWORK_ID = make_id()


def make_place(**changes: Any) -> Place:
    return Place(
        **{
            "label": "Troy, NY 12180",
            "point": Point(42.7284, -73.6918),
            "precision": Precision.ZIP,
            "zip_code": "12180",
            "county_fips": "36083",
            "county": "Rensselaer",
            "state": "NY",
            **changes,
        }
    )


TROY = make_place()
ALBANY = make_place(
    label="Albany, NY 12207",
    point=Point(42.6526, -73.7562),
    zip_code="12207",
    county_fips="36001",
    county="Albany",
)
SCHENECTADY = make_place(
    label="Schenectady, NY 12305",
    point=Point(42.8142, -73.9396),
    zip_code="12305",
    county_fips="36093",
    county="Schenectady",
)
CAPITAL_REGION: tuple[Area, ...] = (
    Area(AreaExtent.COUNTY, "36083"),
    Area(AreaExtent.COUNTY, "36001"),
    Area(AreaExtent.COUNTY, "36093"),
)


def make_member(**changes: Any) -> Member:
    number = next(_numbers)
    return Member(
        **{
            "id": make_id(),
            "name": f"Member {number} (demo)",
            "category": MemberCategory.COMMUNITY,
            "sector": Sector.PRIVATE,
            "regime": Regime.OTHER,
            "active": True,
            "on_ccr": True,
            **changes,
        }
    )


def make_site(place: Place = TROY, **changes: Any) -> Site:
    return Site(
        **{
            "id": make_id(),
            "name": "Main site",
            "city": place.label.split(",")[0],
            "state": place.state,
            "county_fips": place.county_fips,
            "zip_code": place.zip_code,
            "point": place.point,
            "precision": Precision.ROOFTOP,
            **changes,
        }
    )


def make_service(**changes: Any) -> Service:
    """Return a service that fits in full. `confidential=True` drops the site by itself."""
    number = next(_numbers)
    confidential = changes.get("confidential", False)
    return Service(
        **{
            "id": make_id(),
            "network_id": NETWORK_ID,
            "member": changes["member"] if "member" in changes else make_member(),
            "compartment_id": make_id(),
            "compartment_kind": CompartmentKind.GENERAL,
            "name": f"Service {number} (demo)",
            "status": ServiceStatus.ACTIVE,
            "needs": frozenset({Need.ADVOCACY}),
            "tracks": frozenset(Track),
            "areas": CAPITAL_REGION,
            "sites": () if confidential else (make_site(),),
            "languages": (Language("en", LanguageMode.STAFF),),
            "coverage": (Coverage(None, CoverageMode.STAFFED, "24/7"),),
            "capacity": make_capacity(),
            "opening_hours": "24/7",
            "gender_served": Gender.ALL,
            "phone": "518-555-0118",
            "last_verified_at": NOW - timedelta(days=10),
            **changes,
        }
    )


def make_capacity(
    status: CapacityStatus = CapacityStatus.CAPACITY,
    *,
    available: int | None = 2,
    updated_at: datetime | None = NOW - timedelta(hours=2),
) -> Capacity:
    return Capacity(status, available, "places", updated_at)


def make_agreement(
    *members: Member, signed_on: date = date(2026, 1, 5), expires_on: date | None = None
) -> Agreement:
    return Agreement(frozenset(m.id for m in members), signed_on, expires_on)


def make_snapshot(
    services: Iterable[Service] = (), agreements: Iterable[Agreement] = (), version: int = 1
) -> DirectorySnapshot:
    return DirectorySnapshot(NETWORK_ID, version, tuple(services), tuple(agreements))


def make_request(**changes: Any) -> RouteRequest:
    return RouteRequest(**{"needs": (Need.ADVOCACY,), "near": TROY, "at": NOW, **changes})


class WeekHours:
    """An hours book for tests: reads "24/7", "off" and "Mo-Fr 09:00-17:00; Sa 10:00-12:00"."""

    DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

    def calendar(self, osm_text: str, timezone: str) -> WeekCalendar:
        spans: dict[int, list[tuple[time, time]]] = {}
        if osm_text == "24/7":
            return WeekCalendar(None, ZoneInfo(timezone))
        for rule in osm_text.split(";") if osm_text != "off" else ():
            try:
                days, hours = rule.split()
                start, end = (time.fromisoformat(t) for t in hours.split("-"))
                first, _, last = days.partition("-")
                for day in range(self.DAYS.index(first), self.DAYS.index(last or first) + 1):
                    spans.setdefault(day, []).append((start, end))
            except ValueError as error:
                raise InvalidInputError(phrase("These hours cannot be read.")) from error
        return WeekCalendar(spans, ZoneInfo(timezone))


class WeekCalendar:
    """The same open hours every week; None means always open."""

    def __init__(self, spans: dict[int, list[tuple[time, time]]] | None, zone: ZoneInfo) -> None:
        self._spans = spans
        self._zone = zone

    def is_open(self, at: datetime) -> bool:
        if self._spans is None:
            return True
        local = at.astimezone(self._zone)
        return any(start <= local.time() < end for start, end in self._on(local))

    def next_change(self, at: datetime) -> datetime | None:
        if not self._spans:
            return None
        local = at.astimezone(self._zone)
        moments = [
            datetime.combine(local.date() + timedelta(days=ahead), edge, self._zone)
            for ahead in range(8)
            for span in self._on(local + timedelta(days=ahead))
            for edge in span
        ]
        return min(m.astimezone(UTC) for m in moments if m > local)

    def _on(self, local: datetime) -> list[tuple[time, time]]:
        return (self._spans or {}).get(local.weekday(), [])


HOURS = WeekHours()
