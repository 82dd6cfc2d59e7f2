"""The areas of the gap board in words: counties, ZIPs of a county, districts of the network's own.

What lives here: what areas are called, how many people live there, which ZIPs of a district have
nobody. What must not: services.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import format_decimal

from ccr.domain.districts import unserved
from ccr.domain.gaps import Cell, CellState, County
from ccr.domain.phrases import Phrase, phrase
from ccr.services.gaps import GapBoard
from ccr.web.language import translated

BY_DISTRICT = "districts"
"""What the part "zips" of an address says when the columns are districts."""
MOST_NAMED = 16
"""ZIPs that are named beside the map or the evidence; more are counted."""
LOOKS = {
    CellState.NONE: "none",
    CellState.STALE: "stale",
    CellState.FULL: "full",
    CellState.SINGLE: "one",
    CellState.ADEQUATE: "ok",
}
WORDS: dict[str, Phrase] = {
    "none": phrase("None"),
    "stale": phrase("Old facts"),
    "full": phrase("Full"),
    "one": phrase("One only"),
    "ok": phrase("Two or more"),
}


def area_groups(board: GapBoard, line: str) -> list[dict[str, object]]:
    """Return the areas of a line by state, worst first: the map as words. Many ZIPs are counted."""
    found: dict[str, list[County]] = {look: [] for look in WORDS}
    for cell in board.shown.line(line):
        found[LOOKS[cell.state]].append(cell.county)
    return [
        {
            "look": look,
            "names": _area_names(areas, by_zip=board.zips_of is not None),
            "people": people_text(board, areas),
        }
        for look, areas in found.items()
        if areas
    ]


def _area_names(areas: Sequence[County], *, by_zip: bool) -> str:
    if by_zip and len(areas) > MOST_NAMED:
        return translated(phrase("%(count)s ZIPs", count=len(areas)))
    return ", ".join(area.fips if by_zip else area.name for area in areas)


def people_in(board: GapBoard, areas: Sequence[County]) -> int | None:
    """Return how many people live in these areas, each once; None where none of it is known."""
    if board.areas:
        districts = [board.areas[area.fips].district for area in areas]
        return board.people.together(
            [fips for district in districts for fips in district.counties],
            [code for district in districts for code in district.zips],
        )
    of = board.people.zip if board.zips_of is not None else board.people.county
    known = [found.people for area in areas if (found := of(area.fips)) is not None]
    return sum(known) if known else None


def people_text(board: GapBoard, areas: Sequence[County]) -> str | None:
    """Return how many people live in these areas, of those of which it is known; else None."""
    count = people_in(board, areas)
    if count is None:
        return None
    return translated(phrase("%(count)s people live there", count=format_decimal(count)))


def left_out(board: GapBoard, cell: Cell) -> tuple[str, ...]:
    """Return the ZIPs of a district that nobody of a cell counts for; none for other areas."""
    area = board.areas.get(cell.county.fips)
    return unserved(cell, area) if area else ()


def left_out_text(board: GapBoard, cell: Cell) -> str | None:
    """Return the part of a district that nobody counts for, in words; None where there is none."""
    area, zips = board.areas.get(cell.county.fips), left_out(board, cell)
    if area is None or not zips or not (cell.checked or cell.unchecked):
        return None
    total = len(area.all_zips)
    if len(zips) > MOST_NAMED:
        return translated(
            phrase(
                "In %(count)s of its %(total)s ZIPs nobody counts.", count=len(zips), total=total
            )
        )
    return translated(
        phrase(
            "In %(count)s of its %(total)s ZIPs nobody counts: %(zips)s.",
            count=len(zips),
            total=total,
            zips=", ".join(zips),
        )
    )
