"""Tables as rows of named cells with their line numbers, whatever the export did to them.

Headers are made alike (`PhysicalAddressIsPrivate`, "Physical address is private" and
`physical_address_is_private` are one name); cells lose their padding and non-breaking spaces;
blank cells are absent.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccr.adapters.packages.sniff import PackageFile, decode, sniff_delimiter
from ccr.domain.column_fields import column_key
from ccr.domain.directory_import import CUT_OFF, NoteBook, RowPlace
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MAX_ROWS = 3_000_000
MOST_RECORDS = 300_000
"""Of services, organizations or places, and of one flat table: memory has an end."""
RECORDS = frozenset({"services", "organizations", "locations"})
SHORT = 60
MOST_KNOWN = 20_000
LONGEST_CELL = 131_072
"""Characters of one cell; a longer one is a quote that was never closed."""
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")


class Cells(Mapping[str, str]):
    """The cells of one row that are not blank, by column; the names are shared by all rows.

    A package of 100,000 services has a million rows: a dictionary for each would take a gigabyte.
    """

    __slots__ = ("_at", "_values")

    def __init__(self, at: Mapping[str, int], values: tuple[str, ...]) -> None:
        self._at = at
        self._values = values

    def __getitem__(self, name: str) -> str:
        value = self._values[self._at[name]] if self._at[name] < len(self._values) else ""
        if not value:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- as Mapping has it
        """Return the cell, or the default when it is blank."""
        at = self._at.get(name)
        if at is None or at >= len(self._values):
            return default
        return self._values[at] or default

    def __iter__(self) -> Iterator[str]:
        values = self._values
        return (name for name, at in self._at.items() if at < len(values) and values[at])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its file, the line where it begins, and its cells that are not blank."""

    table: str
    line: int
    cells: Mapping[str, str]

    def get(self, *names: str) -> str:
        """Return the first of these cells that is not blank, or ""."""
        for name in names:
            if value := self.cells.get(name):
                return value
        return ""

    @property
    def id(self) -> str:
        """Return the row's own id as text, or ""."""
        return self.cells.get("id", "")

    @property
    def place(self) -> RowPlace:
        """Return where it stands, for notes."""
        return RowPlace(self.table, self.line, self.id)


@dataclass(slots=True)
class Table:
    """One file as rows; `header` has the names in order."""

    name: str
    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    """Where each column stands; of two with one name, the first."""
    again: list[tuple[int, int]] = field(default_factory=list)
    """(first, later) columns of one name: where the first is blank, the later is read."""
    known: dict[str, str] = field(default_factory=dict)
    """Short texts met before: exports repeat the same few, and each is kept once."""


def clean(value: str) -> str:
    """Return a cell without control characters, odd spaces and padding."""
    if value.isascii() and value.isprintable():
        return value.strip()
    if not value.isascii():
        value = value.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2028", "\n")
    return _NOT_TEXT.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()


def column_name(text: str) -> str:
    """Return a header cell in lower case with underscores.

    >>> column_name("PhysicalAddressIsPrivate")
    'physical_address_is_private'
    """
    return column_key(clean(text))


def read_table(file: PackageFile, notes: NoteBook, most: int = MAX_ROWS) -> Table:
    """Return the file's rows; rows that cannot be trusted are left out with an error note.

    Raises:
        InvalidInputError: not text, no header, over `most` rows, or it ends in a quoted cell.
    """
    decoded = decode(file.content, file.name)
    if decoded.repaired:
        notes.info(
            RowPlace(file.name),
            "",
            phrase("%(count)s characters were read as Windows-1252.", count=decoded.repaired),
        )
    found = records(decoded.text, file.name, most)
    first = next(found, None)
    if first is None:
        return Table(file.name, ())
    header = _header(first[1], file.name, notes)
    table = Table(file.name, header)
    for column, name in enumerate(header):
        if name and table.at.setdefault(name, column) != column:
            table.again.append((table.at[name], column))
    ends_with_line = decoded.text.endswith(("\n", "\r"))
    pending: tuple[int, list[str]] | None = None
    for record in found:
        if pending is not None:
            _add_row(table, pending, notes)
        pending = record
    if pending is not None:
        if len(pending[1]) < len(header) and not ends_with_line:
            notes.error(RowPlace(file.name, pending[0]), "", CUT_OFF)
        else:
            _add_row(table, pending, notes)
            if not ends_with_line:
                notes.info(
                    RowPlace(file.name, pending[0]),
                    "",
                    phrase(
                        "The file ends without a line end: if it was cut off, its last cell "
                        "is not whole."
                    ),
                )
    return table


def _header(cells: list[str], name: str, notes: NoteBook) -> tuple[str, ...]:
    names = tuple(column_name(cell) for cell in cells)
    if not any(names):
        raise InvalidInputError(phrase("%(file)s has no header row.", file=name), field="path")
    for column in sorted({n for n in names if n and names.count(n) > 1}):
        notes.warn(
            RowPlace(name, 1),
            column,
            phrase("This column is there twice: the first is read."),
        )
    return names


def _add_row(table: Table, record: tuple[int, list[str]], notes: NoteBook) -> None:
    line, values = record
    header = table.header
    if len(values) > len(header) and any(clean(value) for value in values[len(header) :]):
        notes.error(
            RowPlace(table.name, line),
            "",
            phrase("This row has more cells than the header: a quote or comma is out of place."),
        )
        return
    known = table.known
    cells = [clean(value) if value else "" for value in values[: len(header)]]
    for first, later in table.again:
        if later < len(cells) and not cells[first]:
            cells[first] = cells[later]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        return
    if len(known) > MOST_KNOWN:
        known.clear()
    kept = tuple(known.setdefault(c, c) if len(c) <= SHORT else c for c in cells)
    row = Row(table.name, line, Cells(table.at, kept))
    if row.cells:
        table.rows.append(row)


def records(text: str, name: str, most: int = MAX_ROWS) -> Iterator[tuple[int, list[str]]]:
    """Yield (line where the record begins, cells) for every line that is not blank."""
    # It holds for the whole process: what another library allows must not decide what is read here.
    csv.field_size_limit(LONGEST_CELL)
    lines = _Lines(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=sniff_delimiter(text), skipinitialspace=True)
    begins = 1
    count = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidInputError(
                phrase("%(file)s cannot be read at line %(line)s.", file=name, line=begins),
                field="path",
            ) from error
        if cells is None:
            return
        if lines.ended:
            raise InvalidInputError(
                phrase(
                    "%(file)s ends inside a quoted cell that begins in line %(line)s: "
                    "it is cut off, or a quote is missing.",
                    file=name,
                    line=begins,
                ),
                field="path",
            )
        if any(cells):
            count += 1
            # The header is no row.
            if count > most + 1:
                raise too_many_rows(name, most)
            yield begins, cells
        begins = reader.line_num + 1


def too_many_rows(name: str, most: int) -> InvalidInputError:
    """Return the refusal of a table by its number of rows."""
    return InvalidInputError(
        phrase(
            "%(file)s has more than %(most)s rows: cut it into parts, and import each under the "
            "same source name.",
            file=name,
            most=f"{most:,}",
        ),
        field="path",
    )


class _Lines:
    """Lines of a text, remembering whether more were asked for than there are.

    The CSV reader asks for another line inside a record only when a quote is still open.
    """

    def __init__(self, stream: Iterable[str]) -> None:
        self._lines = iter(stream)
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            self.ended = True
            raise
