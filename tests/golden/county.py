"""How the cases of docs/routing-cases.md are made, and how an answer is told there.

Every listing is open, checked, free, has room and serves the county: a case says only what differs.
Kilometres are due north of the place asked from, so that the minutes can be worked out on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geopy.distance import geodesic

from ccr.domain.directory import (
    Agreement,
    Area,
    Capacity,
    Coverage,
    DirectorySnapshot,
    Point,
    Service,
)
from ccr.domain.routing_request import LeftOut, Partner, RouteAnswer, RouteRequest
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
    Need,
)
from tests.builders import TROY, make_member, make_request, make_service, make_site, make_snapshot

PAGE = Path(__file__).parents[2] / "docs" / "routing-cases.md"
_SECTION = re.compile(
    r"^## (?P<title>.+?)\n.+?^```text\n(?P<answer>.*?)^```$", re.MULTILINE | re.DOTALL
)

THURSDAY_AFTERNOON = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
"""14:05 where the cases happen."""
MONDAY_MORNING = datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
"""When everybody last said what room they have, if the case does not say otherwise."""
OFFICE_HOURS = "Mo-Fr 09:00-17:00"
STATE = (Area(AreaExtent.STATE, "NY"),)
NEXT_COUNTY = (Area(AreaExtent.COUNTY, "36001"),)
VICTIM_SERVICES = {"compartment_kind": CompartmentKind.VICTIM_SERVICES}
PROGRAM = {"compartment_kind": CompartmentKind.APIP}


@dataclass(frozen=True)
class Case:
    """A small network, and what is asked of it. What is answered stands on the page."""

    title: str
    snapshot: DirectorySnapshot
    request: RouteRequest


Asked = tuple[Iterable[Service], Iterable[Agreement], RouteRequest]


def case_of(make: Callable[[], Asked], title: str) -> Case:
    """Return the case that a function makes, under its title on the page."""
    services, agreements, request = make()
    return Case(title, make_snapshot(services, agreements), request)


def answers_on_the_page() -> dict[str, str]:
    """Return what the page answers, by title."""
    found = _SECTION.finditer(PAGE.read_text(encoding="utf-8"))
    return {section["title"]: section["answer"].rstrip("\n") for section in found}


def north(km: float) -> Point:
    """Return the point so many kilometres north of the place asked from."""
    there = geodesic(kilometers=km).destination((TROY.point.lat, TROY.point.lon), bearing=0)
    return Point(there.latitude, there.longitude)


def listing(name: str, *needs: Need, km: float | None = None, **changes: Any) -> Service:
    """Return a listing; without `km` it has no public place and is known by area alone."""
    return make_service(
        **{
            "name": name,
            "member": make_member(name=name),
            "needs": frozenset(needs),
            "sites": () if km is None else (make_site(point=north(km)),),
            "capacity": room(),
            "cost": Cost.FREE,
            **changes,
        }
    )


def room(
    status: CapacityStatus = CapacityStatus.CAPACITY,
    *,
    places: int | None = None,
    at: datetime = MONDAY_MORNING,
) -> Capacity:
    return Capacity(status, places, "places", at)


def answers(mode: CoverageMode, hours: str, phone: str | None = None) -> Coverage:
    """Return who answers when, for every need."""
    return Coverage(None, mode, hours, phone)


def asked(*needs: Need, at: datetime = THURSDAY_AFTERNOON, **changes: Any) -> RouteRequest:
    return make_request(needs=needs, at=at, **changes)


def told(case_: Case, answer: RouteAnswer) -> str:
    """Return the whole answer as the page tells it, a line for each thing."""
    names = {service.id: service.name for service in case_.snapshot.services}
    lines: list[str] = []
    for place, partner in enumerate(answer.partners, start=1):
        lines += [f"{place}. {_partner(partner)}", *_to_check(partner.unknown)]
    for area_partner in answer.area_partners:
        lines += [f"by area: {area_partner.service.name}", *_to_check(area_partner.unknown)]
    lines += [_left_out(item) for item in answer.why_not]
    for plan in answer.plans:
        doors = " + ".join(names[service_id] for service_id in plan.service_ids)
        lines.append(f"plan: {doors}, {plan.effective_minutes} min")
    return "\n".join(lines)


def _partner(partner: Partner) -> str:
    parts = "; ".join(f"{part.text} {part.minutes}" for part in partner.parts)
    return f"{partner.service.name}, {partner.effective_minutes} min: {parts}"


def _to_check(unknown: Iterable[object]) -> list[str]:
    return [f"   {text}" for text in unknown]


def _left_out(item: LeftOut) -> str:
    return f"not {item.service.name}: {item.text} (would change it: {item.would_change})"
