"""Files that other programs open: read back with the libraries that people's programs use."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import openpyxl
import vobject
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.exports.flat_csv import write_csv
from ccr.adapters.exports.flat_xlsx import write_xlsx
from ccr.adapters.exports.geojson import write_geojson
from ccr.adapters.exports.sheet_pdf import write_pdf
from ccr.adapters.exports.vcards import write_vcards
from ccr.domain.county_sheet import CountySheet, entry_of, in_order, is_wide
from ccr.domain.directory import Area, Language, Point, Precision
from ccr.domain.flat_listing import COLUMNS, flat_rows
from ccr.domain.open_records import OpenMember, OpenPhone, OpenService, OpenSite
from ccr.domain.spreadsheet_cells import neutral
from ccr.domain.taxonomy import AreaExtent, LanguageMode, Need
from tests.pdf_text import pages_of

FORMULA = re.compile(r"\A[\ufeff\x00-\x20]*[=+\-@|%]")
WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MEMBER = OpenMember(UUID(int=1), "Centro Niñez & Familia")
SITE = OpenSite(
    UUID(int=3),
    UUID(int=1),
    name="Main; office",
    address_1="1 Public Square",
    city="Troy",
    state_province="NY",
    postal_code="01201",
    country="US",
    county_fips="36083",
    point=Point(42.7284, -73.6918),
    precision=Precision.ROOFTOP,
    phones=(OpenPhone(UUID(int=8), "518-555-0171"),),
)
OPEN = OpenService(
    UUID(int=2),
    MEMBER,
    "Orientación",
    description='Says "yes", and more.\r\nSecond line',
    needs=frozenset({Need.ADVOCACY, Need.PETS}),
    areas=(Area(AreaExtent.COUNTY, "36083"),),
    languages=(Language("es", LanguageMode.STAFF), Language("ar", LanguageMode.INTERPRETER)),
    phones=(OpenPhone(UUID(int=7), "518-555-0170", "7"),),
    url="https://example.org/",
    links=((UUID(int=4), SITE), (UUID(int=5), OpenSite(UUID(int=6), UUID(int=1), city="Albany"))),
    last_verified_at=WHEN,
    public_modified_at=WHEN,
)
HIDDEN = OpenService(
    UUID(int=9),
    MEMBER,
    "Quartz",
    confidential=True,
    areas=(Area(AreaExtent.COUNTY, "36083"),),
    phones=(OpenPhone(UUID(int=10), "800-555-0100"),),
)


def name_of(area: Area) -> str:
    return f"Area {area.code}"


def flat(*services: OpenService):
    return flat_rows(services, name_of)


def table(pieces) -> list[dict[str, str]]:
    text = b"".join(pieces).decode("utf-8")
    assert text.startswith("\ufeff")
    assert text.count("\r\n") >= 1
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_csv_has_a_row_for_each_place_and_says_nothing_of_a_hidden_one() -> None:
    first, second, hidden = table(write_csv(flat(OPEN, HIDDEN)))
    assert tuple(first) == COLUMNS
    assert (first["city"], second["city"], hidden["city"]) == ("Troy", "Albany", "")
    assert (first["postal_code"], first["latitude"], first["longitude"]) == (
        "01201",
        "42.7284",
        "-73.6918",
    )
    assert first["description"] == 'Says "yes", and more.\nSecond line'
    assert first["phones"] == "518-555-0170 x7;518-555-0171"
    assert first["languages"] == "Spanish;Arabic (interpreter)"
    assert first["assured_date"] == "2026-11-02"
    assert (hidden["confidential"], hidden["service_areas"]) == ("yes", "Area 36083")
    place = ("location_id", "location_name", "address_1", "postal_code", "latitude", "precision")
    assert {hidden[name] for name in place} == {""}


def test_xlsx_keeps_zips_as_text_and_coordinates_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(flat(OPEN, HIDDEN)))))
    rows = list(book.active.iter_rows())
    assert [cell.value for cell in rows[0]] == list(COLUMNS)
    cells = dict(zip(COLUMNS, rows[1], strict=True))
    assert (cells["postal_code"].value, cells["postal_code"].data_type) == ("01201", "s")
    assert (cells["latitude"].value, cells["longitude"].value) == (42.7284, -73.6918)
    assert len(rows) == 4
    empty = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(flat()))))
    assert [c.value for c in next(empty.active.iter_rows())] == list(COLUMNS)


def test_of_ten_thousand_hostile_cells_none_is_a_formula() -> None:
    chance = random.Random(27)
    starts = ["", "\ufeff", " ", "\t", "\r", "\n", "\x00", "\x0b ", "\ufeff\t"]
    hostile = [
        chance.choice(starts)
        + chance.choice("=+-@|%")
        + "".join(chance.choices(string.printable, k=6))
        for _ in range(10_000)
    ]
    rows = [{"service_name": a, "phones": (b, "x")} for a, b in zip(hostile, hostile, strict=True)]
    for row in table(write_csv(rows)):
        assert not FORMULA.match(row["service_name"])
        assert not FORMULA.match(row["phones"])
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(rows[:2000])))).active
    for name, phones in zip(
        *(sheet[c][1:] for c in _columns("service_name", "phones")), strict=True
    ):
        for cell in (name, phones):
            assert cell.data_type in {"s", "n"}, cell.value
            assert not FORMULA.match(str(cell.value or ""))


def _columns(*names: str) -> list[str]:
    return [openpyxl.utils.get_column_letter(COLUMNS.index(name) + 1) for name in names]


@given(st.text(max_size=20))
def test_a_neutral_cell_is_the_text_or_the_text_behind_a_quote(text: str) -> None:
    cell = neutral(text)
    assert cell in {text, f"'{text}"}
    assert not FORMULA.match(cell)


def test_geojson_is_longitude_first_and_has_no_place_for_a_hidden_one() -> None:
    found = json.loads(b"".join(write_geojson(flat(OPEN, HIDDEN))))
    assert (found["type"], set(found)) == ("FeatureCollection", {"type", "features"})
    placed, unplaced, hidden = found["features"]
    assert placed["geometry"] == {"type": "Point", "coordinates": [-73.6918, 42.7284]}
    assert placed["id"] == str(UUID(int=4))
    assert placed["properties"]["precision"] == "rooftop"
    assert placed["properties"]["needs"] == ["Advocacy", "Care for pets"]
    assert (unplaced["geometry"], hidden["geometry"]) == (None, None)
    assert hidden["id"] == str(HIDDEN.id)
    assert not {"latitude", "city", "location_id"} & set(hidden["properties"])
    assert json.loads(b"".join(write_geojson([])))["features"] == []


def test_address_cards_come_back_and_a_hidden_one_has_no_address() -> None:
    pieces = list(write_vcards([OPEN, HIDDEN], name_of))
    for piece in pieces:
        assert max(len(line) for line in piece.split(b"\r\n")) <= 75
    card, hidden = vobject.readComponents(b"".join(pieces).decode())
    assert card.version.value == "3.0"
    assert card.fn.value == "Orientación"
    assert card.org.value == ["Centro Niñez & Familia", "Orientación"]
    assert [tel.value for tel in card.tel_list] == ["518-555-0170 x7", "518-555-0171"]
    assert card.adr.value.street == "1 Public Square"
    assert card.adr.value.code == "01201"
    assert card.url.value == "https://example.org/"
    assert "Checked: 2026-11-02" in card.note.value
    assert "adr" not in hidden.contents
    assert hidden.note.value.splitlines()[:2] == ["The address is private.", "Area: Area 36083"]


def sheet(*services: OpenService, left_out: int = 0) -> CountySheet:
    told = in_order(services)
    return CountySheet(
        "Rensselaer County, NY",
        "Test network",
        date(2026, 11, 12),
        here=tuple(entry_of(s, name_of) for s in told if not is_wide(s, "36083")),
        wide=tuple(entry_of(s, name_of) for s in told if is_wide(s, "36083")),
        left_out=left_out,
    )


def pages(made: CountySheet) -> list[str]:
    file = write_pdf(made, str, at=WHEN)
    assert write_pdf(made, str, at=WHEN) == file
    assert b"/Author" not in file
    return pages_of(file)


def test_a_sheet_says_how_old_it_is_and_numbers_its_pages() -> None:
    (only,) = pages(sheet(OPEN, HIDDEN, left_out=3))
    for words in (
        "Rensselaer County, NY",
        "Centro Niñez & Familia",
        "Orientación",
        "1 Public Square, Troy, NY 01201",
        "Checked on: 2026-11-02",
        "Checked on: never",
        "The address is private.",
        "This may be out of date.",
        "Give this sheet only to somebody who can keep it safely",
        "3 more did not fit here",
        "Page 1 of 1",
    ):
        assert words in only, words
    many = pages(sheet(*[OPEN] * 60))
    assert len(many) > 3
    assert all(f"Page {n} of {len(many)}" in text for n, text in enumerate(many, start=1))
    assert "No listing names this county yet." in pages(sheet())[0]


def test_a_name_in_any_script_can_be_printed() -> None:
    (text,) = pages(sheet(replace(OPEN, name="Łódź – 家 “Ayuda”… €")))
    assert "?odz – ? “Ayuda”… €" in text or "?ódz – ? “Ayuda”… €" in text


def test_the_order_is_the_alphabets_and_what_serves_a_state_stands_apart() -> None:
    wide = replace(HIDDEN, id=UUID(int=20), name="Ayuda", areas=(Area(AreaExtent.STATE, "NY"),))
    made = sheet(replace(OPEN, name="zeta"), replace(OPEN, name="Alpha"), HIDDEN, wide)
    assert [entry.name for entry in made.here] == ["Alpha", "Quartz", "zeta"]
    assert [entry.name for entry in made.wide] == ["Ayuda"]
    hidden = made.here[1]
    assert (hidden.places, hidden.private, hidden.areas) == ((), True, ("Area 36083",))
