"""Rows of a flat table as the cells of their fields, told by a mapping.

Safety marks are read in their safe meaning: whatever is not plainly "no" hides a place, stops
referrals, leaves a row out. Marks under names that are known count even where nobody mapped them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from ccr.adapters.packages.cells import FALSE
from ccr.adapters.packages.flat import FlatFile
from ccr.adapters.packages.hsds_csv import PRIVATE_COLUMNS
from ccr.adapters.packages.ohana_csv import split_list
from ccr.adapters.packages.sites import HIDDEN_COLUMNS, VISIBILITY_COLUMNS
from ccr.domain.column_fields import TARGETS, RowKind, column_key
from ccr.domain.column_mapping import ColumnMapping, check
from ccr.domain.directory_import import CUT_OFF, LONGEST_ID, NoteBook, RowPlace
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

PHONES = ("phone", "hotline", "toll_free", "fax", "tty", "private_phone", "organization_phone")
NOT_MARKED = FALSE | {"public", "none", "n/a", "not confidential", "open", "listed", "visible"}
"""What a cell of a safety mark says when it marks nothing."""
_ALWAYS_READ = {
    **dict.fromkeys((*HIDDEN_COLUMNS, *VISIBILITY_COLUMNS), "private_flag"),
    "exclude_from_website": "leave_out_flag",
    "hide_from_public": "leave_out_flag",
    "do_not_refer": "do_not_refer_flag",
    "no_referrals": "do_not_refer_flag",
}
"""Columns whose names alone say that they protect somebody: read whether mapped or not."""
_BETWEEN = re.compile(r"\s*[;|\n]\s*")
_BETWEEN_PHONES = re.compile(r"\s*(?:[;|\n]|\bor\b|/(?=\s*[(+\d]))\s*", re.IGNORECASE)
_SAME_PHONE = 6
"""Letters that the names of a phone's column and of its mark share, as in "phone_1_"."""


@dataclass(frozen=True, slots=True)
class FlatPhone:
    """One number of a row, under the field it was mapped to."""

    target: str
    number: str
    private: bool


@dataclass(slots=True)
class FlatRow:
    """One row: what it is, its cells by field, and what protects it."""

    table: str
    line: int
    kind: RowKind
    cells: dict[str, str] = field(default_factory=dict)
    phones: list[FlatPhone] = field(default_factory=list)
    hidden: bool = False
    do_not_refer: bool = False
    left_out: bool = False

    def get(self, name: str) -> str:
        """Return the cell of a field, or ""."""
        return self.cells.get(name, "")

    @property
    def id(self) -> str:
        """Return the row's own id, or ""."""
        return self.get("row_id")

    @property
    def place(self) -> RowPlace:
        """Return where it stands, for notes."""
        return RowPlace(self.table, self.line, self.id[:LONGEST_ID])


def read_rows(file: FlatFile, mapping: ColumnMapping, notes: NoteBook) -> Iterator[FlatRow]:
    """Yield the rows of a table; a row of a kind that nobody named is left out with an error.

    Raises:
        InvalidInputError: the mapping lacks something, or names columns that are not there.
    """
    _refuse_unfit(file, mapping)
    plan = _Plan.of(file, mapping, notes)
    last = file.facts.rows
    for count, (line, cells) in enumerate(file.records(), 1):
        if count == last and not file.facts.ends_whole and len(cells) < len(file.header):
            notes.error(RowPlace(file.name, line), "", CUT_OFF)
            continue
        if len(cells) > len(file.header) and any(cells[len(file.header) :]):
            notes.error(
                RowPlace(file.name, line),
                "",
                phrase(
                    "This row has more cells than the header: a quote or comma is out of place."
                ),
            )
            continue
        row = plan.read(file.name, line, cells)
        if row is None:
            notes.error(
                RowPlace(file.name, line),
                mapping.column_for("row_kind") or "",
                phrase("Nothing says what this kind of row is."),
            )
        elif row.kind is not RowKind.SKIP and row.cells:
            yield row


def _refuse_unfit(file: FlatFile, mapping: ColumnMapping) -> None:
    lacks = check(mapping)
    if lacks:
        raise InvalidInputError(lacks[0], field="mapping")
    absent = sum(1 for header in mapping.columns if header not in file.header)
    if absent:
        raise InvalidInputError(
            phrase(
                "%(count)s columns of the mapping are not in %(file)s: map it anew.",
                count=absent,
                file=file.name,
            ),
            field="mapping",
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """A mapping by position, so that a row is read in one pass."""

    mapping: ColumnMapping
    fields: tuple[tuple[int, str], ...]
    flags: Mapping[str, tuple[int, ...]]
    phones: tuple[tuple[int, str, tuple[int, ...]], ...]
    """(column, field, columns that mark it private)"""

    @classmethod
    def of(cls, file: FlatFile, mapping: ColumnMapping, notes: NoteBook) -> _Plan:
        at = {header: n for n, header in enumerate(file.header)}
        columns = dict(mapping.columns)
        for header in file.header:
            key = column_key(header)
            if header not in columns and key in _ALWAYS_READ:
                columns[header] = _ALWAYS_READ[key]
            if key in PRIVATE_COLUMNS:
                columns.pop(header, None)
                notes.info(
                    RowPlace(file.name, file.facts.header_line),
                    header,
                    phrase("Internal column: never imported."),
                )
        marks = [h for h, target in columns.items() if target == "phone_private_flag"]
        flags = {
            name: tuple(at[h] for h, target in columns.items() if target == name)
            for name in ("private_flag", "do_not_refer_flag", "leave_out_flag")
        }
        fields = tuple(
            (at[h], target)
            for h, target in columns.items()
            if target not in PHONES and not target.endswith("_flag")
        )
        numbers = [(h, target) for h, target in columns.items() if target in PHONES]
        phones = tuple(
            (at[h], target, tuple(at[m] for m in marks if _marks(m, h, numbers)))
            for h, target in numbers
        )
        return cls(mapping, fields, flags, phones)

    def read(self, table: str, line: int, cells: list[str]) -> FlatRow | None:
        """Return the row, or None when its kind is not known."""

        def cell(at: int) -> str:
            return cells[at] if at < len(cells) else ""

        found: dict[str, str] = {}
        for at, target in self.fields:
            if text := cell(at):
                if target not in found:
                    found[target] = text
                elif TARGETS[target].many:
                    found[target] = f"{found[target]}\n{text}"
        if not found and not any(cell(at) for at, _, _ in self.phones):
            return FlatRow(table, line, RowKind.SKIP)
        for target, text in self.mapping.constants.items():
            found.setdefault(target, text)
        kind = self._kind(found)
        if kind is None:
            return None
        marked = {
            name: any(_is_marked(cell(at)) for at in columns)
            for name, columns in self.flags.items()
        }
        phones = [
            FlatPhone(target, number, any(_is_marked(cell(mark)) for mark in marks))
            for at, target, marks in self.phones
            for number in _BETWEEN_PHONES.split(cell(at))
            if number
        ]
        phones += [
            FlatPhone(target, text, private=False)
            for target, text in self.mapping.constants.items()
            if target in PHONES and not any(phone.target == target for phone in phones)
        ]
        return FlatRow(
            table,
            line,
            kind,
            found,
            phones,
            hidden=marked["private_flag"],
            do_not_refer=marked["do_not_refer_flag"],
            left_out=marked["leave_out_flag"],
        )

    def _kind(self, found: Mapping[str, str]) -> RowKind | None:
        if not self.mapping.by_kind:
            return RowKind.PROGRAM_AT_SITE
        return self.mapping.kinds.get(column_key(found.get("row_kind", "")))


def _is_marked(cell: str) -> bool:
    return bool(cell) and cell.lower().strip(" .") not in NOT_MARKED


def _marks(mark: str, phone: str, numbers: list[tuple[str, str]]) -> bool:
    """Return True when a mark is this phone's: it shares its name, or shares nobody's."""

    def shared(header: str) -> int:
        pairs = zip(column_key(mark), column_key(header), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    best = max(shared(header) for header, _ in numbers)
    return best < _SAME_PHONE or shared(phone) == best


def values_in(cell: str) -> list[str]:
    """Return the several values of one cell: between ; | or line ends, else between commas.

    >>> values_in("Food Pantries; Soup Kitchens, mobile")
    ['Food Pantries', 'Soup Kitchens, mobile']
    """
    parts = [part for part in _BETWEEN.split(cell) if part.strip()]
    return parts if len(parts) > 1 else split_list(cell.strip(" ;|"))
