"""Tables with every trap of real exports: quotes, line ends, padding, headers, cut-off files."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.packages.sniff import PackageFile
from ccr.adapters.packages.tabular import Row, Table, column_name, read_table
from ccr.domain.directory_import import NoteBook, NoteLevel
from ccr.domain.errors import InvalidInputError


def read(text: str | bytes) -> tuple[list[Row], NoteBook]:
    content = text if isinstance(text, bytes) else text.encode()
    notes = NoteBook()
    table: Table = read_table(PackageFile("services.csv", content), notes)
    return table.rows, notes


def cells(text: str | bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read(text)[0]]


@pytest.mark.parametrize(
    "header",
    [
        "PhysicalAddressIsPrivate",
        "Physical address is private",
        "physical_address_is_private",
        " physicalAddressIsPrivate ",
        "Physical-Address-Is-Private",
        "\ufeffphysical address_is private",
    ],
)
def test_headers_are_made_alike(header: str) -> None:
    assert column_name(header) == "physical_address_is_private"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    assert cells(f"id,name{end}1,A{end}2,B{end}") == [
        {"id": "1", "name": "A"},
        {"id": "2", "name": "B"},
    ]


def test_mixed_line_ends_are_read() -> None:
    assert cells("id,name\r1,A\r\n2,B\n3,C") == [
        {"id": "1", "name": "A"},
        {"id": "2", "name": "B"},
        {"id": "3", "name": "C"},
    ]


def test_padding_and_odd_spaces_fall_away() -> None:
    assert cells('id, name\n1,"\u00a0 NY  "\n2, "quoted, too" \n') == [
        {"id": "1", "name": "NY"},
        {"id": "2", "name": "quoted, too"},
    ]


def test_lines_are_counted_where_a_row_begins() -> None:
    rows, _ = read('id,name\n\n1,"two\nlines"\n2,B\n')
    assert [(row.line, row.id) for row in rows] == [(3, "1"), (5, "2")]


def test_blank_cells_and_blank_lines_are_absent() -> None:
    assert cells("id,name\n1,\n,,\n  ,\n") == [{"id": "1"}]


def test_a_short_row_is_missing_its_last_cells() -> None:
    assert cells("id,name,url\n1,A\n2,B,u\n") == [
        {"id": "1", "name": "A"},
        {"id": "2", "name": "B", "url": "u"},
    ]


def test_a_row_with_too_many_cells_is_an_error_row() -> None:
    rows, notes = read("id,name\n1,A,B\n2,C\n3,D,,\n")
    assert [row.id for row in rows] == ["2", "3"]
    assert [(n.line, n.level) for n in notes.notes] == [(2, NoteLevel.ERROR)]


def test_a_last_row_that_is_cut_off_is_an_error_row() -> None:
    rows, notes = read("id,name,url\n1,A,u\n2,B")
    assert [row.id for row in rows] == ["1"]
    assert [(n.line, n.level) for n in notes.notes] == [(3, NoteLevel.ERROR)]


def test_a_whole_last_row_needs_no_line_end() -> None:
    assert len(cells("id,name\n1,A\n2,B")) == 2


@pytest.mark.parametrize("text", ['id,name\n1,"A\n2,B\n', 'id,name\n1,"A', 'id,name\n1,"'])
def test_a_file_that_ends_inside_a_quote_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="ends inside a quoted cell that begins in line 2"):
        read(text)


@pytest.mark.parametrize("elsewhere", [131_072, 2**31 - 1])
def test_a_cell_beyond_all_measure_is_refused_with_its_line_whatever_others_allow(
    elsewhere: int,
) -> None:
    csv.field_size_limit(elsewhere)
    with pytest.raises(InvalidInputError, match="cannot be read at line 2"):
        read("id,name\n1," + "x" * 200_000 + "\n")


def test_a_file_without_header_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no header"):
        read("???,!\n1,2\n")


def test_an_empty_file_has_no_rows() -> None:
    assert cells("") == []


def test_a_column_that_stands_twice_is_read_once_with_a_warning() -> None:
    rows, notes = read("id,name,Name\n1,A,B\n")
    assert rows[0].cells["name"] == "A"
    assert [(n.field, n.level) for n in notes.notes] == [("name", NoteLevel.WARNING)]


def test_control_characters_never_come_through() -> None:
    assert cells("id,name\n1,A\x00B\x07\u200b\n") == [{"id": "1", "name": "AB"}]


def test_cp1252_is_noted() -> None:
    _, notes = read("id,name\n1,Café\n".encode("cp1252"))
    assert [str(n.phrase) for n in notes.notes] == ["1 characters were read as Windows-1252."]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rows, _ = read(text.encode("utf-8", "surrogatepass"))
    except InvalidInputError:
        return
    for row in rows:
        assert all(value == value.strip() and value for value in row.cells.values())
