"""The gap board as the page, the sheet for the council and the CSV read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import format_date, format_decimal

from ccr.domain.directory import Service
from ccr.domain.gaps import FIRST_LINES, LINES, Cell, CellState, County, GapMatrix, line_label
from ccr.domain.phrases import Phrase, phrase
from ccr.services.gaps import BoardItem, GapBoard, TakenGap
from ccr.web.language import translated
from ccr.web.presenters.gap_filters import address_of, filter_fields, question_words
from ccr.web.presenters.maps import MapView, county_map
from ccr.web.presenters.zip_map import zip_map

COUNTIES_A_PAGE = 10
MOST_NAMED = 16
"""ZIPs that are named beside the map; more are counted, and the table names them."""
CARDS = 3
SHEET_CARDS = 5
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
        "groups": _groups(board, line),
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
        "groups": _groups(board, line),
        **asked_view(board),
        "cards": [item_view(item, board.on) for item in board.items[:SHEET_CARDS]],
        "total": len(board.items),
        "day": day_text(board.on),
        "county_total": len(board.matrix.counties),
        "unplaced": len(board.matrix.unplaced),
    }


def asked_view(board: GapBoard) -> dict[str, object]:
    """Return for whom the matrix is, by which areas, and how links of the page keep that."""
    keep = address_of(board.question)
    if board.zips_of:
        keep["zips"] = board.zips_of.fips
    return {
        "keep": keep,
        "asked": question_words(board.question),
        "fields": filter_fields(board.question),
        "zips_of": board.zips_of,
        "areas": [(county.fips, county.name) for county in board.matrix.counties],
    }


def csv_rows(board: GapBoard) -> list[tuple[object, ...]]:
    """Return the matrix as rows of codes and counts, a heading first. No name of anybody."""
    board = board.on_paper()
    rows: list[tuple[object, ...]] = [
        ("need", "zip" if board.zips_of else "county", "zip_code" if board.zips_of
         else "county_fips", "state", "members_checked", "services_checked",
         "services_unchecked", "services_wide", "members_open", "services_full", "asked", "people"),
    ]  # fmt: skip
    asked = "; ".join(question_words(board.question))
    for line in board.shown.lines:
        for cell in board.shown.line(line):
            rows.append(
                (line, cell.county.name, cell.county.fips, cell.state.value, len(cell.members),
                 len(cell.checked), len(cell.unchecked), len(cell.wide), len(cell.open_members),
                 len(cell.full), asked, _people_of(board, cell.county))
            )  # fmt: skip
    return rows


def line_map(board: GapBoard, line: str) -> MapView | None:
    """Return the map of a line in step with the table, or None where no county has a shape.

    By county it is of the state with most of the counties; those of others stand in the words
    beside it. By ZIP it is the ZIPs' centres on the shape of their county.
    """
    cells = board.shown.line(line)
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


def _groups(board: GapBoard, line: str) -> list[dict[str, object]]:
    """Return the areas of a line by state, worst first: the map as words. Many ZIPs are counted."""
    cells, by_zip = board.shown.line(line), board.zips_of is not None
    found: dict[str, list[County]] = {look: [] for look in WORDS}
    for cell in cells:
        found[LOOKS[cell.state]].append(cell.county)
    return [
        {
            "look": look,
            "names": _area_names(areas, by_zip=by_zip),
            "people": people_text(board, areas),
        }
        for look, areas in found.items()
        if areas
    ]


def _people_of(board: GapBoard, area: County) -> int | str:
    of = board.people.zip if board.zips_of is not None else board.people.county
    found = of(area.fips)
    return found.people if found else ""


def people_text(board: GapBoard, areas: Sequence[County]) -> str | None:
    """Return how many people live in these areas, of those of which it is known; else None."""
    of = board.people.zip if board.zips_of is not None else board.people.county
    known = [found for area in areas if (found := of(area.fips)) is not None]
    if not known:
        return None
    count = format_decimal(sum(area.people for area in known))
    return translated(phrase("%(count)s people live there", count=count))


def _area_names(areas: Sequence[County], *, by_zip: bool) -> str:
    if by_zip and len(areas) > MOST_NAMED:
        return translated(phrase("%(count)s ZIPs", count=len(areas)))
    return ", ".join(area.fips if by_zip else area.name for area in areas)


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
    }


def _service(service: Service) -> dict[str, object]:
    return {
        "service": service.name,
        "member": service.member.name,
        "checked": day_text(service.last_verified_at) if service.last_verified_at else None,
        "area_only": service.confidential,
        "phone": service.phone,
    }
