"""One flat table, CSV or XLSX: what it is, its header, a sample, and its rows.

Nothing is known of its columns; a person says what they mean (ccr/domain/column_mapping.py) and
flat_rows.py reads them so. What a file is gets told by its bytes, not by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccr.adapters.packages.file_kinds import FileKind, kind_of_file
from ccr.adapters.packages.package_tables import table_name
from ccr.adapters.packages.sniff import (
    MAX_FILE_BYTES,
    DecodedText,
    decode,
    sniff_delimiter,
    too_large,
)
from ccr.adapters.packages.spreadsheet import sheet_names, sheet_rows
from ccr.adapters.packages.tabular import MOST_RECORDS, clean, records, too_many_rows
from ccr.domain.column_fields import column_key
from ccr.domain.column_mapping import MOST_COLUMNS
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

SAMPLE_ROWS = 50
MOST_ROWS = MOST_RECORDS
_HEADER_WITHIN = 20
"""Titles and blank lines stand above the header of many hand-kept sheets; not more than this."""
_DATA = re.compile(
    r"[^@\s]+@[^@\s]+\.\w{2,}|https?://\S+|\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4}|\d{5}(?:-\d{4})?"
    r"|\d{4}-\d{2}-\d{2}.*"
)
Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class FlatFacts:
    """What was found out about a file, to be shown before anything is mapped.

    Attributes:
        encoding: e.g. "utf-8", "cp1252"; "" for a workbook.
        line_ends: "CRLF", "LF", "CR" or "mixed"; "" for a workbook.
        delimiter: what parts the cells; "" for a workbook.
        sheet: the sheet that is read; "" for text. `sheets` has all that can be chosen.
        rows: how many rows there are below the header.
        header_line: where the header stands, from 1.
    """

    kind: FileKind
    encoding: str
    line_ends: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    rows: int
    header_line: int
    ends_whole: bool = True
    """False when the text does not end with a line end: it may have been cut off."""


@dataclass(frozen=True, slots=True)
class FlatFile:
    """A flat table that can be read: header as written (made unique), sample rows, facts."""

    path: Path
    name: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    facts: FlatFacts

    def records(self) -> Iterator[Record]:
        """Yield (line where it begins, cleaned cells) of every row below the header."""
        source = _source(self.path, self.name, self.facts.sheet)
        for line, cells in source.records():
            if line > self.facts.header_line:
                yield line, [clean(cell) for cell in cells]

    def values_of(self, column: str, most: int = 60) -> tuple[str, ...]:
        """Return the different cells of a column, in order met, at most so many."""
        at = self.header.index(column)
        found: dict[str, None] = {}
        for _, cells in self.records():
            if at < len(cells) and cells[at]:
                found[cells[at]] = None
                if len(found) == most:
                    break
        return tuple(found)


def looks_flat(path: Path) -> bool:
    """Return True for one table without a known dialect: a workbook, or a CSV of an unknown name.

    Raises:
        InvalidInputError: empty, or of a kind that is not read at all.
    """
    if not path.is_file():
        return False
    kind = kind_of_file(path)
    if kind is FileKind.SPREADSHEET:
        return True
    json = path.suffix.lower() in {".json", ".ndjson", ".jsonl"}
    return kind is FileKind.TEXT and not json and table_name(path.name) is None


def open_flat(path: Path, *, sheet: str | None = None, name: str | None = None) -> FlatFile:
    """Return the flat table at `path`; `sheet` chooses one of a workbook, the fullest by default.

    `name` is what notes call the file, its own name by default.

    Raises:
        InvalidInputError: not there, empty, no table, damaged, unsafe, too large, or no header.
    """
    if not path.is_file():
        raise InvalidInputError(phrase("There is no file at this path."), field="path")
    name = (name or path.name).lower()
    if kind_of_file(path) is not FileKind.SPREADSHEET:
        source: _Text | _Sheet = _source(path, name, "")
        return _opened(path, name, source, ())
    sheets = sheet_names(path)
    if sheet is not None:
        return _opened(path, name, _Sheet(path, sheet), sheets)
    best = max(sheets, key=lambda title: _fullness(path, title)) if len(sheets) > 1 else sheets[0]
    return _opened(path, name, _Sheet(path, best), sheets)


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    decoded: DecodedText

    def records(self) -> Iterator[Record]:
        return records(self.decoded.text, self.name)


@dataclass(frozen=True, slots=True)
class _Sheet:
    path: Path
    sheet: str

    def records(self) -> Iterator[Record]:
        return sheet_rows(self.path, self.sheet)


def _source(path: Path, name: str, sheet: str) -> _Text | _Sheet:
    if sheet:
        return _Sheet(path, sheet)
    kind = kind_of_file(path)
    if kind is FileKind.ZIP:
        raise InvalidInputError(
            phrase("This is a ZIP: it is read as a package of several tables, not as one."),
            field="path",
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        raise too_large(name)
    return _Text(name, decode(path.read_bytes(), name))


def _fullness(path: Path, sheet: str) -> int:
    """Return how many cells the top of a sheet holds: a cover page has few."""
    count = 0
    for seen, (_, cells) in enumerate(sheet_rows(path, sheet)):
        if seen == SAMPLE_ROWS:
            break
        count += sum(1 for cell in cells if cell)
    return count


def _opened(path: Path, name: str, source: _Text | _Sheet, sheets: tuple[str, ...]) -> FlatFile:
    top: list[Record] = []
    count = 0
    for line, cells in source.records():
        count += 1
        if len(top) < SAMPLE_ROWS + _HEADER_WITHIN:
            top.append((line, [clean(cell) for cell in cells]))
        if count > MOST_ROWS + _HEADER_WITHIN:
            raise too_many_rows(name, MOST_ROWS)
    at = _header_at(top, name)
    header_line, names = top[at]
    header = _header(names, name)
    if count == at + 1:
        raise InvalidInputError(
            phrase("%(file)s has a header and no rows below it.", file=name), field="path"
        )
    sample = tuple(tuple(cells) for _, cells in top[at + 1 : at + 1 + SAMPLE_ROWS])
    return FlatFile(path, name, header, sample, _facts(source, sheets, count - at - 1, header_line))


def _facts(
    source: _Text | _Sheet, sheets: tuple[str, ...], rows: int, header_line: int
) -> FlatFacts:
    if isinstance(source, _Sheet):
        return FlatFacts(FileKind.SPREADSHEET, "", "", "", source.sheet, sheets, rows, header_line)
    text = source.decoded.text
    return FlatFacts(
        FileKind.TEXT,
        source.decoded.encoding,
        _line_ends(text),
        sniff_delimiter(text),
        "",
        (),
        rows,
        header_line,
        ends_whole=text.endswith(("\n", "\r")),
    )


def _line_ends(text: str) -> str:
    head = text[:65_536]
    both = head.count("\r\n")
    counts = {"CRLF": both, "LF": head.count("\n") - both, "CR": head.count("\r") - both}
    met = [name for name, number in counts.items() if number > 0]
    if not met:
        return "LF"
    return met[0] if len(met) == 1 else "mixed"


def _header_at(top: list[Record], name: str) -> int:
    """Return which of the first rows is the header: the first about as wide as any near it."""
    near = top[:_HEADER_WITHIN]
    widths = [sum(1 for cell in cells if cell) for _, cells in near]
    if not widths or max(widths) == 0:
        raise InvalidInputError(phrase("This file is empty."), field="path")
    enough = max(2, max(widths) // 2) if max(widths) > 1 else 1
    at = next(n for n, width in enumerate(widths) if width >= enough)
    if any(_DATA.fullmatch(cell) for cell in near[at][1]):
        raise InvalidInputError(
            phrase(
                "The first row of %(file)s looks like data, not like names of columns: put a "
                "header row above it.",
                file=name,
            ),
            field="path",
        )
    return at


def _header(cells: list[str], name: str) -> tuple[str, ...]:
    """Return the names of the columns, each once: a second "Phone" becomes "Phone (2)"."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise InvalidInputError(
            phrase("This sheet has more than %(most)s columns.", most=MOST_COLUMNS), field="path"
        )
    found: list[str] = []
    for cell in cells:
        text = " ".join(cell.split())[:200]
        number = 1
        unique = text
        while unique and unique in found:
            number += 1
            unique = f"{text} ({number})"
        found.append(unique)
    if not any(column_key(text) for text in found):
        raise InvalidInputError(phrase("%(file)s has no header row.", file=name), field="path")
    return tuple(found)
