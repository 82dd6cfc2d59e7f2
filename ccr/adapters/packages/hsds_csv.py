"""HSDS tables as CSV: 3.x, and the names of 1.x and 2.x."""

from __future__ import annotations

from collections.abc import Iterable

from ccr.adapters.packages.package_tables import PackageTables, table_name
from ccr.adapters.packages.tabular import Row, Table
from ccr.domain.directory_import import NoteBook, RowPlace, SourceKind
from ccr.domain.phrases import phrase

PRIVATE_COLUMNS = frozenset(
    {
        "internal_notes",
        "internal_note",
        "notes_internal",
        "private_notes",
        "admin_emails",
        "staff_notes",
    }
)
"""Columns that are never read, and named in the report so that their owner may know."""


def hsds_tables(files: Iterable[Table], notes: NoteBook) -> PackageTables:
    """Return the tables of an HSDS CSV package.

    In 1.x an organization's site is `url`, a schedule's day is `weekday`, and physical and postal
    addresses are files of their own; readers ask for both names.
    """
    package = PackageTables(SourceKind.HSDS_CSV)
    for table in files:
        note_private_columns(table, notes)
        name = table_name(table.name)
        if name is None:
            notes.info(
                RowPlace(table.name), "", phrase("This file is not part of what is imported.")
            )
            continue
        rows = table.rows
        if table.name.startswith("physical_address"):
            rows = [with_cells(row, address_type="physical") for row in rows]
        package.tables.setdefault(name, []).extend(rows)
    return package


def with_cells(row: Row, **cells: str) -> Row:
    """Return the row with these cells added or replaced."""
    return Row(row.table, row.line, {**row.cells, **cells})


def note_private_columns(table: Table, notes: NoteBook) -> None:
    """Note every column that is not read because it is nobody's business outside its agency."""
    for column in table.header:
        if column in PRIVATE_COLUMNS:
            notes.info(RowPlace(table.name, 1), column, phrase("Internal column: never imported."))
