"""Distances of the ZIPs of a county as the page and the CSV read them."""

from __future__ import annotations

from collections.abc import Sequence

from ccr.domain.gaps import LINES, line_label
from ccr.domain.nearest_services import AreaAccess, Near
from ccr.domain.phrases import Phrase, phrase
from ccr.services.gap_access import CountyAccess
from ccr.web.language import translated
from ccr.web.presenters.gaps import MAP_HEIGHT, MAP_WIDTH, asked_view, day_text
from ccr.web.presenters.maps import KM_PER_MILE
from ccr.web.presenters.zip_map import zip_map

NEAR_MINUTES = 30
"""What the map calls near: half an hour by car. Our choice."""
BANDS: dict[str, Phrase] = {
    "none": phrase("No public place"),
    "one": phrase("Over %(minutes)s minutes", minutes=NEAR_MINUTES),
    "ok": phrase("Within %(minutes)s minutes", minutes=NEAR_MINUTES),
}


def access_view(found: CountyAccess) -> dict[str, object]:
    """Return everything the page shows."""
    board, areas = found.board, found.areas
    asked = asked_view(board)
    county = board.zips_of
    looks = [(area.code, band_of(area)) for area in reversed(areas)]
    return {
        **asked,
        "county": county,
        "row": LINES.index(found.line),
        "line": translated(line_label(found.line)),
        "lines": [(number, translated(line_label(line))) for number, line in enumerate(LINES)],
        "rows": [_row(area) for area in areas],
        "bands": _bands(areas),
        "map": zip_map(county.fips, looks, board.zip_points, width=MAP_WIDTH, height=MAP_HEIGHT)
        if county
        else None,
        "public": sum(bool(area.near) for area in areas),
        "day": day_text(board.on),
    }


def band_of(area: AreaAccess) -> str:
    """Return the look of an area on the map, by the minutes to its nearest public service."""
    if not area.near:
        return "none"
    return "ok" if area.near[0].minutes <= NEAR_MINUTES else "one"


def access_rows(found: CountyAccess) -> list[tuple[object, ...]]:
    """Return the page as rows of a CSV, a heading first. Services in public places alone."""
    rows: list[tuple[object, ...]] = [
        ("need", "zip", "nearest", "nearest_km", "nearest_minutes", "second", "second_km",
         "second_minutes", "services_by_area_only", "services_by_phone_or_video"),
    ]  # fmt: skip
    for area in found.areas:
        cells: list[object] = [found.line, area.code]
        for place in range(2):
            near = area.near[place] if place < len(area.near) else None
            cells += [near.service.name, round(near.km, 1), near.minutes] if near else ["", "", ""]
        rows.append((*cells, len(area.by_area), len(area.remote)))
    return rows


def _bands(areas: Sequence[AreaAccess]) -> list[dict[str, object]]:
    counts = dict.fromkeys(BANDS, 0)
    for area in areas:
        counts[band_of(area)] += 1
    return [
        {
            "look": look,
            "word": translated(BANDS[look]),
            "names": translated(phrase("%(count)s ZIPs", count=number)),
        }
        for look, number in counts.items()
        if number
    ]


def _row(area: AreaAccess) -> dict[str, object]:
    near = [_near(n) for n in area.near]
    return {
        "name": area.name,
        "look": band_of(area),
        "first": near[0] if near else None,
        "second": near[1] if len(near) > 1 else None,
        "by_area": len(area.by_area),
        "remote": len(area.remote),
    }


def _near(near: Near) -> dict[str, object]:
    return {
        "service": near.service.name,
        "member": near.service.member.name,
        "miles": round(near.km / KM_PER_MILE),
        "minutes": near.minutes,
    }
