"""Flat rows as CSV that spreadsheets open as it is: UTF-8 with its mark, CRLF, no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from ccr.domain.flat_listing import COLUMNS, Cell
from ccr.domain.spreadsheet_cells import text_cell

_PIECE = 64 * 1024


def write_csv(rows: Iterable[Mapping[str, Cell]]) -> Iterator[bytes]:
    """Yield the file in pieces. Source: RFC 4180; texts are quoted, numbers are not."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    out.write("\ufeff")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([flat_cell(row.get(name)) for name in COLUMNS])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def flat_cell(cell: Cell) -> str | int | float:
    """Return a cell as a file holds it: several values with ";" between them, no formula.

    >>> flat_cell(("Food", "Legal; family")), flat_cell(True), flat_cell(-73.5), flat_cell("=A1")
    ('Food;Legal, family', 'yes', -73.5, "'=A1")
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, tuple):
        return text_cell(";".join(value.replace(";", ",") for value in cell))
    return text_cell(cell) if isinstance(cell, str) else cell
