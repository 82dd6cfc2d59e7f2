"""Taking the directory away: every kind of file, the sheet of a county, and what is noted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.cli.directory import command
from ccr.services.exporting import FORMATS
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.directory import MemberRow
from tests.directory_rows import Statements
from tests.pdf_text import pages_of
from tests.small_directory import PRIVATE_PHONE, grow, make_small_directory
from tests.web.journey import Desk, text_of

ALBANY = "36001"
WHO = "alder.worker"


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def test_every_kind_of_file_comes_whole_and_is_noted_without_a_value(desk: Desk) -> None:
    visitor = desk[WHO]
    page = text_of(visitor.open("/directory/export"))
    for kind, made in FORMATS.items():
        assert f'value="{kind}"' in page
        answer = visitor.send("/directory/export", {"format": kind, "county": ALBANY})
        assert answer.status_code == 200, kind
        assert answer.mimetype == made.media_type.split(";")[0]
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="directory-2026-11-12.{made.extension}"'
        )
        assert "no-store" in answer.headers["Cache-Control"]
        body = answer.get_data()
        assert len(body) > 200, kind
        assert PRIVATE_PHONE.encode() not in body
    noted = db.session.scalars(
        select(AuditEventRow.field_names).where(AuditEventRow.verb == "exported")
    ).all()
    assert {tuple(fields) for fields in noted} >= {("format:csv", "services:3")}
    assert len(noted) == len(FORMATS)


def test_the_files_agree_on_what_is_public(desk: Desk) -> None:
    visitor = desk[WHO]
    body = visitor.send("/directory/export", {"format": "csv"}).get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    by_name = {row["service_name"]: row for row in rows}
    assert by_name["Cedar advocacy (demo)"]["confidential"] == "yes"
    assert by_name["Cedar advocacy (demo)"]["city"] == ""
    assert by_name["Birch legal advocacy (demo)"]["city"] == "Albany"
    features = json.loads(visitor.send("/directory/export", {"format": "geojson"}).get_data())[
        "features"
    ]
    assert [f["properties"]["service_name"] for f in features] == [r["service_name"] for r in rows]
    row = db.session.get(MemberRow, desk.small.birch.member_id)
    assert row is not None
    row.listed = False
    db.session.commit()
    body = visitor.send("/directory/export", {"format": "csv"}).get_data().decode()
    assert "Birch legal" not in body


def test_the_sheet_of_a_county_reads_the_same_on_paper_and_as_pdf(
    desk: Desk, now: datetime
) -> None:
    visitor = desk[WHO]
    path = f"/directory/county-sheet?county={ALBANY}"
    visitor.open("/account")
    with Statements() as run:
        page = text_of(visitor.open(path))
    few = len(run.texts)
    assert few <= 12
    pdf = visitor.send("/directory/export", {"format": "pdf", "county": ALBANY}).get_data()
    printed = " ".join(pages_of(pdf))
    for words in (
        "Albany County, NY",
        "Cedar advocacy (demo)",
        "The address is private.",
        "518-555-0142",
        "Checked on: 2026-11-12",
    ):
        assert words in page, words
        assert words in printed, words
    assert PRIVATE_PHONE not in page + printed
    grow(desk.small, 3, at=now)
    with Statements() as run:
        assert "Further service 1 (demo)" in text_of(visitor.open(path))
    assert len(run.texts) <= few
    # A county that nobody serves is an empty sheet, not an error.
    assert "No listing names this county yet" in text_of(
        visitor.open("/directory/county-sheet?county=36029")
    )
    assert visitor.open("/directory/county-sheet?county=99999").status_code == 404
    assert "Show the sheet" in text_of(visitor.open("/directory/county-sheet"))


@pytest.mark.parametrize(
    "asked", [{}, {"format": "doc"}, {"format": "pdf"}, {"format": "csv", "county": "x"}]
)
def test_what_cannot_be_made_is_said_on_the_page(desk: Desk, asked: dict[str, str]) -> None:
    visitor = desk[WHO]
    visitor.open("/directory/export")
    answer = visitor.send("/directory/export", asked)
    assert answer.status_code == 422
    assert "field-error" in text_of(answer)


def test_the_terminal_writes_the_same_file(desk: Desk, tmp_path: Path) -> None:
    runner = desk.app.test_cli_runner()
    for kind in FORMATS:
        file = tmp_path / f"out.{kind}"
        arguments = ["export", "--format", kind, "--county", ALBANY, "--output", str(file)]
        done = runner.invoke(command, [*arguments, "--network", "Test network"])
        assert done.exit_code == 0, done.output
        assert "Wrote 3 listings" in done.stderr
        assert file.stat().st_size > 200
    refused = runner.invoke(command, ["export", "--format", "pdf"])
    assert refused.exit_code == 1
    assert "Choose the county of the sheet." in refused.stderr
    shown = runner.invoke(command, ["export", "--format", "csv"])
    assert "Cedar advocacy (demo)" in shown.stdout
