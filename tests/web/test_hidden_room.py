"""How full a hidden house is stands on the desk, and neither on the sheet nor in a file."""

from __future__ import annotations

import io
import json
from datetime import datetime

import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select

from ccr.services import districts
from ccr.services.districts import DistrictText
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import CapacityRow, ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.coordination import coordinator
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, table_of, text_of

COORDINATOR = "coordination.coordinator"
FULL_CELL = '<td class="gap gap-full"'


def fill(small: SmallDirectory, at: datetime) -> None:
    """Leave the hidden service alone, and let it say that it is full."""
    hidden = small.cedar_service_id
    with unit_of_work():
        db.session.execute(delete(CapacityRow).where(CapacityRow.service_id == hidden))
        for row in db.session.scalars(select(ServiceRow).where(ServiceRow.id != hidden)):
            row.status = "inactive"
        db.session.add(CapacityRow(service_id=hidden, status="no-capacity", updated_at=at))
        raise_directory_version(small.network_id)


def test_a_full_hidden_house_is_told_on_the_desk_and_never_on_paper(
    sqlite_app: Flask, now: datetime
) -> None:
    with time_machine.travel(now, tick=False):
        desk = Desk(sqlite_app, make_small_directory(at=now))
        fill(desk.small, now)
        made = districts.keep(
            coordinator(desk.small), world(), DistrictText("East", "12180"), at=now
        )
        page, paper, district = (
            text_of(desk[COORDINATOR].open(f"/network/gaps{path}"))
            for path in (
                "?row=3&county=36083",
                "/print?row=3",
                f"?zips=districts&row=3&county={made}",
            )
        )
        printed = sqlite_app.test_cli_runner().invoke(args=["gaps", "--json"])
        rows, rows_of_district, sheet, features = (
            desk[COORDINATOR].open(f"/network/gaps/table.{path}")
            for path in ("csv", "csv?zips=districts", "xlsx?zips=districts", "geojson")
        )
    assert "Rensselaer is full: Advocacy" in page
    assert FULL_CELL in page
    assert "map-land gap-full" in page
    assert "is full" not in paper
    assert FULL_CELL not in paper
    assert "map-land gap-full" not in paper
    assert FULL_CELL in district
    for table in (table_of(rows), table_of(rows_of_district)):
        assert {row["state"] for row in table} == {"none", "single"}
        assert {row["services_full"] for row in table} == {"0"}
    document = json.loads(printed.output)
    assert document["summary"]["full"] == 0
    assert document["summary"]["single"] > 0
    assert not any(row["full_services"] for row in document["rows"])
    assert '"full"' not in text_of(features)
    assert '"single"' in text_of(features)
    book = load_workbook(io.BytesIO(sheet.get_data()))
    cells = {cell.value for cell in next(book["Gaps"].iter_cols(2)) if cell.value}
    assert cells == {"East", "None", "One only"}
