"""The hand-counted directory of `data/three_counties.json`, as values."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ccr.domain.directory import Area, Coverage, DirectorySnapshot, Language, Point, Service
from ccr.domain.gap_questions import GapQuestion, Way, When
from ccr.domain.gaps import County
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CoverageMode,
    Known,
    LanguageMode,
    Need,
    Track,
)
from tests.builders import (
    ALBANY,
    NOW,
    TROY,
    make_capacity,
    make_member,
    make_service,
    make_site,
    make_snapshot,
)

COUNTIES = {
    "36001": County("Albany", "36001", "NY"),
    "36039": County("Greene", "36039", "NY"),
    "36083": County("Rensselaer", "36083", "NY"),
}
ZIPS = {"12180": "36083", "12207": "36001", "12414": "36039"}
CATSKILL = Point(42.2173, -73.8646)
POINTS = {
    "36001": (ALBANY.point, Point(42.58, -74.07)),  # the second is Berne, half an hour away
    "36039": (CATSKILL,),
    "36083": (TROY.point,),
}
OLD = NOW - timedelta(days=184)
FACTS = {"young": NOW - timedelta(days=10), "old": OLD, "never": None}
HOURS_TEXTS = {
    "office": "Mo-Fr 09:00-17:00",
    "late": "Mo-Fr 09:00-20:00",
    "always": "24/7",
    "weekend": "Sa-Su 10:00-16:00",
}
ROOM = {
    "open": make_capacity(),
    "full": make_capacity(CapacityStatus.NO_CAPACITY, available=0),
    "waitlist": make_capacity(CapacityStatus.WAITLIST, available=0),
    "old-full": make_capacity(
        CapacityStatus.NO_CAPACITY, available=0, updated_at=NOW - timedelta(days=30)
    ),
}


@cache
def document() -> dict[str, Any]:
    path = Path(__file__).with_name("data") / "three_counties.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def snapshot() -> DirectorySnapshot:
    members = {row["member"]: make_member(name=row["member"]) for row in document()["services"]}
    return make_snapshot([_service(row, members[row["member"]]) for row in document()["services"]])


def question(asked: dict[str, Any]) -> GapQuestion:
    read = {"track": Track, "access": Access, "when": When, "way": Way}
    return GapQuestion(**{k: read.get(k, lambda v: v)(v) for k, v in asked.items()})


def _service(row: dict[str, Any], member: object) -> Service:
    site = {"12207": ALBANY, "12180": TROY}.get(row.get("site", ""))
    return make_service(
        name=f"Service {row['n']}",
        member=member,
        needs=frozenset(Need(n) for n in row["needs"]),
        tracks=frozenset(Track(t) for t in row.get("tracks", ["survivor"])),
        areas=tuple(_area(code) for code in row["areas"]),
        sites=(make_site(site),) if site else (),
        last_verified_at=FACTS[row["facts"]],
        coverage=(Coverage(None, CoverageMode.STAFFED, HOURS_TEXTS[row["hours"]]),),
        opening_hours=None,
        capacity=ROOM[row.get("room", "open")],
        confidential=row.get("hidden", False),
        languages=tuple(Language(c, LanguageMode.STAFF) for c in row.get("languages", [])),
        accessibility={Access(k): Known(v) for k, v in row.get("access", {}).items()},
        by_phone=row.get("by_phone", False),
        in_person=row.get("in_person", True),
    )


def _area(code: str) -> Area:
    if code in COUNTIES:
        return Area(AreaExtent.COUNTY, code)
    return Area(AreaExtent.ZIP if code in ZIPS else AreaExtent.STATE, code)
