"""A damaged package is imported whole, or refused whole with a report; never in part."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.adapters.packages import flat, reading
from ccr.adapters.packages.flat import looks_flat
from ccr.domain.errors import InvalidInputError
from ccr.services import accounts, importing
from ccr.services.importing import ImportOptions
from ccr.storage.db import db
from ccr.storage.queries import verification
from tests.bad_files import HEADER, bad_files, workbook_bytes
from tests.corrupted_packages import COUNT, damaged, sound
from tests.package_builders import reader

TABLES = (
    "member",
    "service",
    "location",
    "service_at_location",
    "phone",
    "service_text",
    "service_area",
    "service_need",
    "compartment",
    "network",
    "audit_event",
)


def stored() -> list[list[tuple]]:
    found = []
    for name in TABLES:
        table = db.metadata.tables[name]
        found.append(sorted((tuple(row) for row in db.session.execute(select(table))), key=repr))
    db.session.rollback()
    return found


def survives(app: Flask, now: datetime, folder: Path, seeds: range) -> None:
    accounts.create_network("Test network", at=now)
    operator, world = accounts.terminal_identity(), app.extensions["ccr_world"]
    options = ImportOptions(source="test")
    importing.import_package(operator, world, sound(folder / "sound"), options, at=now)
    outcomes = {"written": 0, "stopped": 0, "refused": 0}
    for seed in seeds:
        path = damaged(folder / f"damaged{seed}", seed)
        before = stored()
        try:
            report = importing.import_package(operator, world, path, options, at=now)
        except InvalidInputError:
            outcome = "refused"
        else:
            outcome = "written" if report.written else "stopped"
            assert report.written or report.errors
        outcomes[outcome] += 1
        if outcome != "written":
            assert stored() == before
        for check in (
            verification.services_without_search_text,
            verification.services_of_another_members_program,
            verification.hidden_services_at_public_places,
            verification.hidden_places_with_a_place,
        ):
            assert check() == []
    assert min(outcomes.values()) > 0, outcomes
    assert COUNT


def test_no_damaged_package_is_written_in_part(app: Flask, now: datetime, tmp_path: Path) -> None:
    survives(app, now, tmp_path, range(36))


@pytest.mark.full
def test_two_hundred_damaged_packages(sqlite_app: Flask, now: datetime, tmp_path: Path) -> None:
    survives(sqlite_app, now, tmp_path, range(200))


def test_every_bad_file_is_told_in_a_sentence_and_changes_nothing(
    sqlite_app: Flask, now: datetime, tmp_path: Path
) -> None:
    accounts.create_network("Test network", at=now)
    operator, world = accounts.terminal_identity(), sqlite_app.extensions["ccr_world"]
    importing.import_package(operator, world, sound(tmp_path / "sound"), at=now)
    before = stored()
    count = 0
    for path, said in bad_files(tmp_path):
        with pytest.raises(InvalidInputError, match=said):
            known = looks_flat(path)
            mapping = importing.guess_columns(path)[1] if known else None
            importing.import_package(operator, world, path, ImportOptions(mapping=mapping), at=now)
            pytest.fail(path.name)
        count += 1
    assert count > 25
    assert stored() == before


def test_files_under_wrong_names_are_read_for_what_they_are(tmp_path: Path) -> None:
    book, table = tmp_path / "book.csv", tmp_path / "table.xlsx"
    book.write_bytes(workbook_bytes())
    table.write_text(HEADER + "A,Food pantry,518-555-0100\n")
    for path in (book, table):
        assert looks_flat(path)
        read = reader().read(path, mapping=importing.guess_columns(path)[1])
        assert [service.name for service in read.services] == ["Food pantry"]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ("1,A,Food pantry\n1,A,Clothes\n", 1),
        ("1,A,Food pantry\n2,A\n3,B", 2),
        ("1,A,Food pantry,x,y\n", 1),
    ],
)
def test_a_flat_table_with_doubled_ids_or_crooked_rows_stops_unchanged(
    sqlite_app: Flask, now: datetime, tmp_path: Path, rows: str, errors: int
) -> None:
    accounts.create_network("Test network", at=now)
    before = stored()
    path = tmp_path / "list.csv"
    path.write_text("id,agency,program\n" + rows)
    report = importing.import_package(
        accounts.terminal_identity(),
        sqlite_app.extensions["ccr_world"],
        path,
        ImportOptions(mapping=importing.guess_columns(path)[1]),
        at=now,
    )
    assert (report.stopped, report.written, report.errors) == (True, False, errors)
    assert stored() == before


def test_formulas_and_nul_bytes_are_kept_as_harmless_text(
    sqlite_app: Flask, now: datetime, tmp_path: Path
) -> None:
    accounts.create_network("Test network", at=now)
    path = tmp_path / "list.csv"
    text = HEADER + "=cmd|' /C calc'!A0,Food\0 pantry,none\n@SUM(1),+1-800 help,n/a\n"
    path.write_bytes(text.encode())
    report = importing.import_package(
        accounts.terminal_identity(),
        sqlite_app.extensions["ccr_world"],
        path,
        ImportOptions(mapping=importing.guess_columns(path)[1]),
        at=now,
    )
    assert report.written
    names = sorted(
        name for name in db.session.scalars(select(db.metadata.tables["service"].c.name))
    )
    assert names == ["+1-800 help", "Food pantry"]
    for line in importing.report_csv(report).splitlines()[1:]:
        assert not any(
            cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in line.split(",")
        )


def test_a_table_of_too_many_rows_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(flat, "MOST_ROWS", 1000)
    monkeypatch.setattr(reading, "MOST_RECORDS", 1000)
    (tmp_path / "list.csv").write_text(HEADER + "A,B,C\n" * 1100)
    with pytest.raises(InvalidInputError, match="more than 1,000 rows: cut it into parts"):
        importing.guess_columns(tmp_path / "list.csv")
    (tmp_path / "services.csv").write_text("id,organization_id,name\n" + "1,1,A\n" * 1002)
    with pytest.raises(InvalidInputError, match="more than 1,000 rows: cut it into parts"):
        reader().read(tmp_path / "services.csv")


@pytest.mark.full
def test_a_million_rows_are_refused_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "Alder House,Food pantry,518-555-0100\n" * 1_000_000)
    with pytest.raises(InvalidInputError, match="cut it into parts"):
        importing.guess_columns(path)
    path = tmp_path / "services.csv"
    path.write_text("id,organization_id,name\n" + "1,1,A\n" * 1_000_000)
    with pytest.raises(InvalidInputError, match="cut it into parts"):
        reader().read(path)
