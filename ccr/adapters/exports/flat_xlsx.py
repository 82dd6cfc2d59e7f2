"""Flat rows as a spreadsheet: every text is text, a ZIP keeps its zeros, nothing is a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ccr.adapters.exports.flat_csv import flat_cell
from ccr.domain.flat_listing import COLUMNS, Cell

MOST_ROWS = 1_048_575
"""Rows a sheet holds below its header; what is more goes on a further sheet."""
_PIECE = 64 * 1024
_TEXT = "@"


def write_xlsx(rows: Iterable[Mapping[str, Cell]]) -> Iterator[bytes]:
    """Yield the file in pieces. It is made in a temporary file, since a ZIP begins with its end."""
    book = Workbook(write_only=True)
    left = 0
    sheet = None
    for row in rows:
        if sheet is None or not left:
            sheet, left = _sheet(book), MOST_ROWS
        sheet.append([_cell(sheet, row.get(name)) for name in COLUMNS])
        left -= 1
    if sheet is None:
        _sheet(book)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _sheet(book: Workbook):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a write-only sheet
    sheet = book.create_sheet(f"Directory {len(book.worksheets) + 1}")
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    return sheet


def _cell(sheet, value: Cell):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    written = flat_cell(value)
    if not isinstance(written, str):
        return written
    if not written:
        return None
    cell = WriteOnlyCell(sheet, written)
    cell.data_type = "s"
    cell.number_format = _TEXT
    return cell
