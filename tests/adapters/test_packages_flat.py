"""Any flat table, CSV or XLSX, read through a mapping: its kinds, links, marks and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from ccr.adapters.packages.flat import looks_flat, open_flat
from ccr.adapters.packages.flat_hours import spans_of_days, spans_of_words
from ccr.domain.column_mapping import ColumnMapping, suggest
from ccr.domain.directory_import import NoteLevel, ReadPackage
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import ServiceStatus
from tests.package_builders import reader

KINDS = """\
Id,TaxonomyLevelName,PublicName,ParentAgencyNum,ConnectsToSiteNum,ConnectsToProgramNum,AgencyStatus,\
Phone1Number,Phone1IsPrivate,PhysicalAddress1,PhysicalCity,PhysicalStateProvince,PhysicalPostalCode,\
PhysicalAddressIsPrivate,HoursOfOperation,LanguagesOffered,CoverageArea,TaxonomyTerm,InternalNotes
1,Agency,Alder House,,,,Active,518-555-0100,No,1 Main St,Troy,NY,12180,No,,,,,secret
2,Program,Food pantry,1,,,Active,518-555-0101,No,,,,,,Mon-Fri 9am-5pm,English; Spanish,\
Rensselaer County,Food Pantries,
3,Site,North office,1,,,Active,518-555-0102,No,12 Elm Street,Troy,NY,12180,No,,,,,
4,ProgramAtSite,Food pantry at North,1,3,2,Active,518-555-0103,No,,,,,,,,,,
"""
PLAIN = "Agency,Program,Address,City,State,Zip,Phone,Confidential\n"


def read(
    folder: Path, text: str | bytes, mapping: ColumnMapping | None = None, name: str = "list.csv"
) -> ReadPackage:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = open_flat(path)
    return reader().read(path, mapping=mapping or suggest(file.header, file.sample))


def said(package: ReadPackage, column: str) -> list[str]:
    return [str(note.phrase) for note in package.notes if note.field == column]


def workbook(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def test_agency_program_site_and_program_at_site_stand_in_one_table(tmp_path: Path) -> None:
    package = read(tmp_path, KINDS)
    assert [m.name for m in package.members] == ["Alder House"]
    assert [s.name for s in package.services] == ["Food pantry"]
    service, site = package.services[0], package.sites[0]
    assert (service.member_source_id, service.site_ids, site.source_id) == ("1", ("3",), "3")
    assert site.address_1 == "12 Elm Street"
    assert service.opening_hours == "Mo-Fr 09:00-17:00"
    assert [lang.code for lang in service.languages] == ["en", "es"]
    assert [phone.number for phone in service.phones] == ["(518) 555-0101", "(518) 555-0103"]
    assert package.sound
    assert "secret" not in repr(package)
    assert said(package, "InternalNotes") == ["Internal column: never imported."]


def test_a_private_address_is_dropped_wherever_it_stands(tmp_path: Path) -> None:
    rows = KINDS + (
        "5,Program,Safe home,1,,,Active,518-555-0104,Yes,99 Hidden Road,Troy,NY,12180,Yes,,,,,\n"
        "6,Program,Clothing,1,,,Active,,,99 Hidden Rd,Troy,NY,12180,No,,,,,\n"
        "7,Program,Toys,1,,,Active,,,99 Hidden Road,Troy,NY,12180,No,,,,,\n"
    )
    package = read(tmp_path, rows)
    by_name = {service.name: service for service in package.services}
    assert by_name["Safe home"].hidden
    assert by_name["Toys"].hidden
    assert by_name["Safe home"].phones[0].private
    assert not any("99 Hidden Road" in repr(record) for record in package.services)
    assert "99 Hidden Road" not in repr((package.sites, package.members, package.notes))


def test_a_private_agency_address_hides_the_same_street_elsewhere(tmp_path: Path) -> None:
    rows = KINDS.replace("1 Main St,Troy,NY,12180,No", "12 Elm Street,Troy,NY,12180,Yes")
    package = read(tmp_path, rows)
    assert package.services[0].hidden
    assert package.sites == ()


def test_a_private_program_at_site_hides_its_place_and_its_service(tmp_path: Path) -> None:
    rows = KINDS.replace("518-555-0103,No,,,,,,", "518-555-0103,No,,,,,Yes,")
    package = read(tmp_path, rows)
    assert package.services[0].hidden
    assert "Elm" not in repr((package.services, package.sites, package.notes))


def test_a_mark_that_nobody_mapped_still_protects(tmp_path: Path) -> None:
    text = "Agency,Program,Address,Zip,Address is private,Do not refer,Exclude from website\n"
    text += "A,Pantry,99 Hidden Road,12180,Y,,\nA,Clothes,2 Elm,12180,,x,\nA,Toys,,,,,1\n"
    mapping = ColumnMapping(
        {"Agency": "organization_name", "Program": "name", "Address": "address_1",
         "Zip": "postal_code"}
    )  # fmt: skip
    package = read(tmp_path, text, mapping)
    pantry, clothes = package.services
    assert pantry.hidden
    assert "99 Hidden Road" not in repr(package)
    assert clothes.do_not_refer


def test_parents_that_go_round_in_a_circle_are_an_error_of_each_row(tmp_path: Path) -> None:
    package = read(
        tmp_path,
        KINDS + "7,Program,Round A,8,,,Active\n8,Program,Round B,7,,,Active\n"
        "9,Program,Own,9,,,Active\n",
    )
    errors = [note for note in package.notes if note.level is NoteLevel.ERROR]
    assert [(note.line, str(note.phrase)) for note in errors] == [
        (line, "Its parent records go round in a circle.") for line in (6, 7, 8)
    ]
    assert len(package.services) == 1


def test_agencies_in_a_circle_are_kept_without_parents(tmp_path: Path) -> None:
    package = read(
        tmp_path,
        "id,kind,name,parent id\n1,Agency,A,2\n2,Agency,B,1\n3,Program,Pantry,1\n",
        ColumnMapping(
            {"id": "row_id", "kind": "row_kind", "name": "name", "parent id": "parent_id"},
            {},
            suggest(["kind"], [["Agency"], ["Program"]]).kinds,
        ),
    )
    assert len(package.members) == 2
    assert package.services[0].member_source_id == "1"


def test_an_absent_parent_is_an_error_unless_it_is_named(tmp_path: Path) -> None:
    header = "id,kind,name,parent id,parent name\n"
    rows = (
        "1,Program,Pantry,77,\n2,Program,Clothes,78,Birch House\n3,Program,Toys,,Birch House\n"
        "4,Agency,Cedar House,,\n5,Program,Books,,cedar house\n"
    )
    package = read(tmp_path, header + rows,
        ColumnMapping(
            {"id": "row_id", "kind": "row_kind", "name": "name", "parent id": "parent_id",
             "parent name": "parent_name"}, {},
            suggest(["kind"], [["Agency"], ["Program"]]).kinds,
        ))  # fmt: skip
    assert said(package, "organization_id") == [
        "The organization of this service is not in the package."
    ]
    owner = {service.name: service.member_source_id for service in package.services}
    assert owner["Clothes"] == "78"
    assert owner["Books"] == "4"
    assert owner["Toys"] == "78"
    assert sorted(m.name for m in package.members) == ["Birch House", "Cedar House"]


def test_rows_of_one_service_at_several_places_are_put_together(tmp_path: Path) -> None:
    rows = "A,Pantry,1 Elm St,Troy,NY,12180,518-555-0100,\nA,Pantry,2 Oak St,Troy,NY,12182,,\n"
    package = read(tmp_path, PLAIN + rows)
    assert len(package.services) == len(package.members) == 1
    assert len(package.services[0].site_ids) == len(package.sites) == 2
    again = read(tmp_path, PLAIN + rows)
    assert again.services[0].source_id == package.services[0].source_id


def test_two_services_under_one_id_are_an_error_of_the_second(tmp_path: Path) -> None:
    text = "id,organization,name\n1,A,Pantry\n1,A,Clothes\n1,A,pantry\n"
    package = read(tmp_path, text)
    assert [note.line for note in package.notes if note.level is NoteLevel.ERROR] == [3]
    assert len(package.services) == 1


def test_no_note_and_no_id_holds_a_street(tmp_path: Path) -> None:
    rows = "A,Home at 99 Hidden Road,99 Hidden Road,Troy,NY,12180,,yes\n"
    package = read(tmp_path, PLAIN + rows)
    assert package.services == ()
    assert "hidden road" not in repr(package).lower()


def test_active_yes_and_no_and_do_not_refer_are_told_apart(tmp_path: Path) -> None:
    text = 'organization,name,active\nA,X,Yes\nA,Y,No\nA,Z,"Active, but do not refer"\n'
    found = {s.name: (s.status, s.do_not_refer) for s in read(tmp_path, text).services}
    assert found == {
        "X": (ServiceStatus.ACTIVE, False),
        "Y": (ServiceStatus.INACTIVE, False),
        "Z": (ServiceStatus.ACTIVE, True),
    }


def test_cr_line_ends_cp1252_semicolons_and_a_title_above_are_read(tmp_path: Path) -> None:
    text = (
        "Our list 2026;;\r;;\rAgency; Program;Phone\r"
        "Caf\u00e9;Pantry;518-555-0100 or 518-555-0101\r"
    )
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("cp1252"))
    file = open_flat(path)
    facts = file.facts
    assert (facts.encoding, facts.line_ends, facts.delimiter, facts.rows, facts.header_line) == (
        "cp1252", "CR", ";", 1, 3,
    )  # fmt: skip
    package = reader().read(path, mapping=suggest(file.header, file.sample))
    assert package.members[0].name == "Caf\u00e9"
    assert len(package.services[0].phones) == 2


def test_a_workbook_is_read_by_its_fullest_sheet_with_typed_cells(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [["Read me first"]],
        [
            ["Agency", "Program", "Zip", "Last verified", "Opens", "Confidential"],
            ["A", "Pantry", 12180, date(2026, 10, 1), time(9), False],
            ["A", "=CONCAT(A2,B2)", 12180.0, None, None, None],
            [None, None],
            ["B", "Clothes", "12180", "#N/A", None, True],
        ],
    )
    file = open_flat(path)
    assert (file.facts.sheet, file.facts.sheets) == ("Sheet1", ("Sheet0", "Sheet1"))
    assert file.sample[0] == ("A", "Pantry", "12180", "2026-10-01", "09:00", "false")
    # A formula without a computed value is blank; it is never run, and never kept.
    assert file.sample[1][1] == ""
    package = reader().read(path, mapping=suggest(file.header, file.sample))
    assert package.services[0].verified_on == date(2026, 10, 1)
    assert [s.hidden for s in package.services] == [False, True]
    assert said(package, "name") == ["This service has no name."]
    assert looks_flat(path)
    with pytest.raises(InvalidInputError, match="no such sheet"):
        open_flat(path, sheet="Sheet9")


def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="1 columns of the mapping are not in"):
        read(tmp_path, "a,b\n1,2\n", ColumnMapping({"a": "name", "z": "organization_name"}))
    with pytest.raises(InvalidInputError, match="which column holds the name"):
        read(tmp_path, "a,b\n1,2\n", ColumnMapping({"a": "organization_name"}))


def test_a_kind_that_nobody_explained_is_an_error_of_its_row(tmp_path: Path) -> None:
    package = read(tmp_path, KINDS + "8,Ghost,Strange,1\n")
    assert said(package, "TaxonomyLevelName") == ["Nothing says what this kind of row is."]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00")]),
        ("Mon\u2013Thu 9 a.m.\u20135 p.m.", [("MO,TU,WE,TH", "9:00 AM", "5:00 PM")]),
        ("Tues & Thurs 9am-noon", [("TU,TH", "9:00 AM", "12:00 PM")]),
        ("Sat-Sun: 09:00-17:00", [("SA,SU", "09:00", "17:00")]),
        ("M-F 9-5", None),
        ("Mon-Fri 9-5", None),
        ("Mon-Fri 9am-5pm and by appointment", None),
        ("24 hours", None),
        ("call first", None),
    ],
)
def test_hours_in_words_are_read_whole_or_not_at_all(text: str, spans: object) -> None:
    assert spans_of_words(text) == spans


def test_hours_by_weekday_are_read_whole_or_not_at_all() -> None:
    assert spans_of_days({"monday": "9am-5pm", "tuesday": "Closed"}) == [
        ("MO", "9:00 AM", "5:00 PM")
    ]
    assert spans_of_days({"monday": "9am-5pm", "tuesday": "varies"}) is None
