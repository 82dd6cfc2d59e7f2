"""The gap board as the page, the sheet for the council and the CSV read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import format_date

from ccr.domain.directory import Service
from ccr.domain.gaps import FIRST_LINES, LINES, Cell, County, GapMatrix, line_label
from ccr.domain.phrases import phrase
from ccr.services.gaps import BoardItem, GapBoard, TakenGap
from ccr.web.language import translated
from ccr.web.presenters.gap_areas import (
    BY_DISTRICT,
    LOOKS,
    MOST_NAMED,
    WORDS,
    area_groups,
    left_out_text,
    people_text,
)
from ccr.web.presenters.gap_filters import address_of, filter_fields, question_words
from ccr.web.presenters.gap_methods import methods_note
from ccr.web.presenters.maps import MapView, county_map
from ccr.web.presenters.zip_map import district_map, zip_map

__all__ = [
    "LINE_NUMBERS",
    "LOOKS",
    "MAP_HEIGHT",
    "MAP_WIDTH",
    "MOST_NAMED",
    "WORDS",
    "Chosen",
    "asked_view",
    "board_view",
    "day_text",
    "item_view",
    "line_map",
    "print_view",
    "read_choice",
    "taken_view",
]
COUNTIES_A_PAGE = 10
CARDS = 3
SHEET_CARDS = 5
MAP_WIDTH, MAP_HEIGHT = 380.0, 430.0
LINE_NUMBERS = {line: number for number, line in enumerate(LINES)}


@dataclass(frozen=True)
class Chosen:
    """What the reader has chosen: the row of the map, and a cell for its evidence.

    Attributes:
        row: place of the line in the matrix; a number, so that no need stands in an address.
        county: FIPS, or None.
        page: page of counties, from 1.
    """

    row: int
    county: str | None
    page: int


def read_choice(matrix: GapMatrix, row: int | None, county: str | None, page: int | None) -> Chosen:
    """Return a choice that the matrix has, whatever was asked for."""
    pages = max(1, -(-len(matrix.counties) // COUNTIES_A_PAGE))
    known = {c.fips for c in matrix.counties}
    return Chosen(
        row=row if row is not None and 0 <= row < len(matrix.lines) else 0,
        county=county if county in known else None,
        page=min(max(page or 1, 1), pages),
    )


def board_view(board: GapBoard, chosen: Chosen) -> dict[str, object]:
    """Return everything the gap page shows."""
    matrix = board.shown
    first = (chosen.page - 1) * COUNTIES_A_PAGE
    counties = matrix.counties[first : first + COUNTIES_A_PAGE]
    line = matrix.lines[chosen.row]
    return {
        "chosen": chosen,
        "counties": counties,
        "county_total": len(board.matrix.counties),
        "pages": max(1, -(-len(matrix.counties) // COUNTIES_A_PAGE)),
        "first_rows": _rows(matrix, counties, FIRST_LINES, chosen),
        "further_rows": _rows(matrix, counties, matrix.lines[len(FIRST_LINES) :], chosen),
        "further_open": chosen.row >= len(FIRST_LINES),
        "map": line_map(board, line),
        "line": translated(line_label(line)),
        "groups": area_groups(board, line),
        **asked_view(board),
        "evidence": _evidence(board, matrix.cell(line, chosen.county)) if chosen.county else None,
        "cards": [item_view(item, board.on) for item in board.items[:CARDS]],
        "rest": [item_view(item, board.on) for item in board.items[CARDS:]],
        "settled": [taken_view(gap, board.on) for gap in board.settled],
        "total": len(board.items),
        "unplaced": len(board.matrix.unplaced),
        "unmapped": len(board.matrix.unmapped),
        "day": day_text(board.on),
        "people_known": bool(board.people),
        "languages_known": board.people.has_languages,
    }


def print_view(board: GapBoard, row: int) -> dict[str, object]:
    """Return the sheet for the council: every county, the first lines, every open finding."""
    board = board.on_paper()
    matrix = board.shown
    chosen = read_choice(matrix, row, None, 1)
    line = matrix.lines[chosen.row]
    slices = [
        matrix.counties[n : n + COUNTIES_A_PAGE]
        for n in range(0, len(matrix.counties), COUNTIES_A_PAGE)
    ]
    return {
        "tables": [
            {"counties": part, "rows": _rows(matrix, part, FIRST_LINES, chosen)} for part in slices
        ],
        "map": line_map(board, line),
        "line": translated(line_label(line)),
        "groups": area_groups(board, line),
        **asked_view(board),
        "cards": [item_view(item, board.on) for item in board.items[:SHEET_CARDS]],
        "total": len(board.items),
        "day": day_text(board.on),
        "county_total": len(board.matrix.counties),
        "methods": methods_note(board, on_sheet=True),
        "unplaced": len(board.matrix.unplaced),
    }


def asked_view(board: GapBoard) -> dict[str, object]:
    """Return for whom the matrix is, by which areas, and how links of the page keep that."""
    keep = address_of(board.question)
    if board.zips_of or board.areas:
        keep["zips"] = board.zips_of.fips if board.zips_of else BY_DISTRICT
    return {
        "keep": keep,
        "asked": question_words(board.question),
        "fields": filter_fields(board.question),
        "zips_of": board.zips_of,
        "by_district": bool(board.areas),
        **_area_words(board),
        "districts": len(board.districts),
        "areas": [(county.fips, county.name) for county in board.matrix.counties],
    }


def _area_words(board: GapBoard) -> dict[str, str]:
    """Return what the table is called, and its parts, by what its columns are."""
    if board.areas:
        words = phrase("Need by district"), phrase("Districts"), phrase("Districts, part")
    elif board.zips_of is not None:
        of = phrase("Need by ZIP in %(county)s", county=board.zips_of.name)
        words = of, phrase("ZIPs"), phrase("ZIPs, part")
    else:
        words = phrase("Need by county"), phrase("Counties"), phrase("Counties, part")
    heading, pager, part = (translated(word) for word in words)
    return {"heading": heading, "pager": pager, "pager_part": part}


def line_map(board: GapBoard, line: str) -> MapView | None:
    """Return the map of a line in step with the table, or None where no county has a shape.

    By county it is of the state with most of the counties; those of others stand in the words
    beside it. By ZIP it is the ZIPs' centres on the shape of their county. By district it is both:
    whole counties, and the centres of ZIPs that are named singly.
    """
    cells = board.shown.line(line)
    if board.areas:
        return _district_map(board, cells)
    if board.zips_of is not None:
        looks = [(c.county.fips, LOOKS[c.state]) for c in reversed(cells)]
        return zip_map(
            board.zips_of.fips, looks, board.zip_points, width=MAP_WIDTH, height=MAP_HEIGHT
        )
    states = Counter(sorted(c.county.state for c in cells)).most_common(1)
    shaded = {
        c.county.fips: f"gap-{LOOKS[c.state]}" for c in cells if c.county.state == states[0][0]
    }
    view = county_map(shaded=shaded, width=MAP_WIDTH, height=MAP_HEIGHT) if shaded else None
    if view is None:
        return None
    named = {name for name, _ in view.shaded}
    labels = tuple(label for label in view.labels if label.text.values.get("county") in named)
    return replace(view, labels=labels)


def _district_map(board: GapBoard, cells: Sequence[Cell]) -> MapView | None:
    """Return the map of districts; where two share an area it shows the worse."""
    counties: dict[str, str] = {}
    zips: dict[str, str] = {}
    for cell in sorted(cells, key=lambda c: c.state.rank):
        district = board.areas[cell.county.fips].district
        for found, codes in ((counties, district.counties), (zips, district.zips)):
            for code in codes:
                found.setdefault(code, LOOKS[cell.state])
    return district_map(counties, zips, board.zip_points, width=MAP_WIDTH, height=MAP_HEIGHT)


def item_view(item: BoardItem, on: date) -> dict[str, object]:
    """Return a finding as a card."""
    finding = item.finding
    return {
        "key": finding.key,
        "title": translated(finding.title),
        "text": translated(finding.text),
        "critical": finding.kind.critical,
        "taken": taken_view(item.taken, on, back=item.is_back) if item.taken else None,
        "version": item.taken.version if item.taken else 0,
        "row": LINE_NUMBERS.get(finding.line or ""),
        "county": finding.county.fips if finding.county else None,
    }


def taken_view(gap: TakenGap, on: date, *, back: bool = False) -> dict[str, object]:
    """Return who has taken a gap, where it stands, what comes next, and how late it is, in days."""
    return {
        "id": gap.id,
        "key": gap.key,
        "owner": gap.owner,
        "next_step": gap.next_step,
        "due": day_text(gap.due_on),
        "late_days": gap.days_late(on),
        "open": gap.is_open,
        "back": back,
        "status": translated(gap.status.label),
        "reason": translated(gap.reason.label) if gap.reason else None,
        "times_back": gap.times_back,
        "version": gap.version,
    }


def day_text(day: date | datetime) -> str:
    """Return "12 Nov 2026" in the reader's language."""
    return str(format_date(day, "d MMM y"))


def _rows(
    matrix: GapMatrix, counties: Sequence[County], lines: Sequence[str], chosen: Chosen
) -> list[dict[str, object]]:
    return [
        {
            "number": LINE_NUMBERS[line],
            "label": translated(line_label(line)),
            "chosen": LINE_NUMBERS[line] == chosen.row,
            "cells": [_cell(matrix.cell(line, county.fips)) for county in counties],
        }
        for line in lines
    ]


def _cell(cell: Cell) -> dict[str, object]:
    look = LOOKS[cell.state]
    short = {
        "none": phrase("None"), "one": phrase("One"), "stale": phrase("Old"), "full": phrase("Full")
    }  # fmt: skip
    text = translated(short[look]) if look in short else str(len(cell.open_members))
    return {"look": look, "text": text, "county": cell.county.name, "fips": cell.county.fips}


def _evidence(board: GapBoard, cell: Cell) -> dict[str, object]:
    old = (
        phrase("Old facts, or it is not known whether they fit: call and check")
        if board.question.asks
        else phrase("Old facts: nobody checked within six months")
    )
    parts = (
        (phrase("Checked within six months"), cell.with_room),
        (phrase("Checked, and full or with a wait-list lately"), cell.full),
        (old, cell.unchecked),
        (phrase("For the whole state or nation: counted apart"), cell.wide),
    )
    return {
        "title": translated(
            phrase("%(need)s in %(county)s", need=line_label(cell.line), county=cell.county.name)
        ),
        "look": LOOKS[cell.state],
        "parts": [
            {"heading": translated(heading), "rows": [_service(s) for s in services]}
            for heading, services in parts
            if services
        ],
        "people": people_text(board, (cell.county,)),
        "left_out": left_out_text(board, cell),
    }


def _service(service: Service) -> dict[str, object]:
    return {
        "service": service.name,
        "member": service.member.name,
        "checked": day_text(service.last_verified_at) if service.last_verified_at else None,
        "area_only": service.confidential,
        "phone": service.phone,
    }
