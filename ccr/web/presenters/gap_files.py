"""The gap board as files: rows for CSV and spreadsheet, and features for maps.

Files travel: each is made of the board on paper, which does not tell how full a hidden house is,
carries its methods note, and holds areas alone. No place of any service is in any of them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ccr.adapters.exports.table_xlsx import Sheet, Value, write_sheets
from ccr.domain.gaps import Cell, County, line_label
from ccr.domain.phrases import phrase
from ccr.domain.spreadsheet_cells import text_cell
from ccr.services.gaps import GapBoard
from ccr.web.language import translated
from ccr.web.presenters.area_shapes import county_shape
from ccr.web.presenters.gap_areas import LOOKS, WORDS, left_out, people_in
from ccr.web.presenters.gap_filters import question_words
from ccr.web.presenters.gap_methods import methods_note

BYTE_ORDER_MARK = "\ufeff"
"""So that spreadsheets read the accents."""
SHADES = {
    "none": "F4B6B0", "stale": "E3E0D8", "full": "F3CFA2", "one": "FBE6A9", "ok": "D6EBD9"
}  # fmt: skip


def gaps_csv(board: GapBoard) -> str:
    """Return the matrix as CSV: a row for each cell, then the methods note."""
    return csv_with_notes(csv_rows(board), methods_note(board))


def csv_rows(board: GapBoard) -> list[tuple[object, ...]]:
    """Return the matrix as rows of codes and counts, a heading first. No name of anybody."""
    board = board.on_paper()
    rows: list[tuple[object, ...]] = [
        ("need", *_area_heads(board), "state", "members_checked", "services_checked",
         "services_unchecked", "services_wide", "members_open", "services_full", "asked", "people",
         *(("zips", "zips_left_out") if board.areas else ())),
    ]  # fmt: skip
    asked = "; ".join(question_words(board.question))
    for line in board.shown.lines:
        for cell in board.shown.line(line):
            people = people_in(board, [cell.county])
            rows.append(
                (line, cell.county.name, cell.county.fips, cell.state.value, len(cell.members),
                 len(cell.checked), len(cell.unchecked), len(cell.wide), len(cell.open_members),
                 len(cell.full), asked, "" if people is None else people,
                 *_district_counts(board, cell))
            )  # fmt: skip
    return rows


def gaps_xlsx(board: GapBoard) -> bytes:
    """Return the matrix as a spreadsheet: the table in words, its rows, and the methods note."""
    board = board.on_paper()
    shown = board.shown
    words = {look: translated(word) for look, word in WORDS.items()}
    table: list[Sequence[Value]] = [
        (translated(phrase("Need")), *(area.name for area in shown.counties))
    ]
    for line in shown.lines:
        cells = [words[LOOKS[cell.state]] for cell in shown.line(line)]
        table.append((translated(line_label(line)), *cells))
    rows: list[Sequence[Value]] = [[_value(v) for v in row] for row in csv_rows(board)]
    shades = {words[look]: shade for look, shade in SHADES.items()}
    return write_sheets(
        [
            Sheet(translated(phrase("Gaps")), table, (34, 16), shades),
            Sheet(translated(phrase("Rows")), rows, (30, 24, 14)),
            Sheet(translated(phrase("Methods")), _notes(board), (26, 100), wrapped=True),
        ]
    )


def gaps_geojson(board: GapBoard) -> str:
    """Return the areas as GeoJSON (RFC 7946), as the map draws them.

    Counties by their shape, ZIPs by their middle; of a district each county and each single ZIP.
    Properties: the area, and of each need the state of its cell. The methods note stands beside
    the features, as a foreign member.
    """
    board = board.on_paper()
    features = [feature for area in board.shown.counties for feature in _features(board, area)]
    document = {
        "type": "FeatureCollection",
        "methods": [{"term": term, "text": text} for term, text in methods_note(board)],
        "features": features,
    }
    return json.dumps(document, ensure_ascii=False)


def _features(board: GapBoard, area: County) -> list[dict[str, object]]:
    states = {line: board.shown.cell(line, area.fips).state.value for line in board.shown.lines}
    named = {"name": area.name, "us_state": area.state, "people": people_in(board, [area])}
    if not board.areas:
        kind = "zip" if board.zips_of is not None else "county"
        return [_feature(board, kind, area.fips, {**named, **states})]
    district = board.areas[area.fips].district
    named = {**named, "district_id": area.fips}
    parts = [("county", code) for code in district.counties]
    parts += [("zip", code) for code in district.zips]
    return [_feature(board, kind, code, {**named, **states}) for kind, code in parts]


def _feature(
    board: GapBoard, kind: str, code: str, properties: dict[str, object]
) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": county_shape(code) if kind == "county" else _zip_middle(board, code),
        "properties": {"area": kind, "code": code, **properties},
    }


def _zip_middle(board: GapBoard, code: str) -> dict[str, object] | None:
    point = board.zip_points.get(code)
    return {"type": "Point", "coordinates": [point.lon, point.lat]} if point else None


def _area_heads(board: GapBoard) -> tuple[str, str]:
    if board.areas:
        return "district", "district_id"
    return ("zip", "zip_code") if board.zips_of is not None else ("county", "county_fips")


def _district_counts(board: GapBoard, cell: Cell) -> tuple[int, ...]:
    area = board.areas.get(cell.county.fips)
    return (len(area.all_zips), len(left_out(board, cell))) if area else ()


def _notes(board: GapBoard) -> list[tuple[str, str]]:
    return [(translated(phrase("Methods")), ""), *methods_note(board)]


def _value(value: object) -> Value:
    return value if isinstance(value, int) else str(value)


def csv_with_notes(rows: Iterable[Sequence[object]], notes: Iterable[tuple[str, str]]) -> str:
    """Return rows as CSV, and behind them the notes; see csv_pieces."""
    return "".join(csv_pieces([rows], notes))


def csv_pieces(
    parts: Iterable[Iterable[Sequence[object]]], notes: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """Yield rows as CSV that opens as it is, part by part, and behind them the notes.

    A note is a line that begins with "#", so that programs can be told to pass it over. No cell is
    a formula.
    """
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    for part in chain(parts, [[(f"# {term}", words) for term, words in notes]]):
        for row in part:
            writer.writerow([text_cell(v) if isinstance(v, str) else v for v in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
