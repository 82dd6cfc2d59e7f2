"""Small tables as one spreadsheet file: every text is text, nothing is a formula.

What lives here: sheets of rows in, bytes out. What must not: what the rows mean. Everything is held
in memory, so that it is for tables whose size does not grow with the directory.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ccr.domain.spreadsheet_cells import text_cell

Value = str | int | float | None
MOST_TITLE = 31
"""Characters of a sheet's name; spreadsheets take no more."""
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        title: its name, cut to what spreadsheets take.
        rows: the first one is the heading.
        widths: of the columns, in characters; the last one goes on for further columns.
        shades: text of a cell to its background, six hex digits.
        wrapped: whether long texts are broken into lines.
    """

    title: str
    rows: Sequence[Sequence[Value]]
    widths: Sequence[int] = (18,)
    shades: Mapping[str, str] = field(default_factory=dict)
    wrapped: bool = False


def write_sheets(sheets: Sequence[Sheet]) -> bytes:
    """Return the file of these sheets, in their order; the titles must differ."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    made = book.create_sheet(sheet.title.translate(_NOT_IN_TITLES).strip()[:MOST_TITLE])
    made.freeze_panes = "B2"
    for number in range(len(sheet.rows[0]) if sheet.rows else 0):
        width = sheet.widths[min(number, len(sheet.widths) - 1)]
        made.column_dimensions[get_column_letter(number + 1)].width = width
    bold, broken = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    fills = {text: PatternFill("solid", fgColor=shade) for text, shade in sheet.shades.items()}
    for number, row in enumerate(sheet.rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(made, text_cell(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"
                if value in fills:
                    cell.fill = fills[value]
            if number == 0:
                cell.font = bold
            if sheet.wrapped:
                cell.alignment = broken
            cells.append(cell)
        made.append(cells)
