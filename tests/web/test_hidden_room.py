"""How full a hidden house is stands on the desk, and neither on the sheet nor in a file."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import time_machine
from flask import Flask
from sqlalchemy import delete, select

from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import CapacityRow, ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of

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
        page, paper, file = (
            text_of(desk[COORDINATOR].open(f"/network/gaps{path}"))
            for path in ("?row=3&county=36083", "/print?row=3", "/table.csv")
        )
    assert "Rensselaer is full: Advocacy" in page
    assert FULL_CELL in page
    assert "map-land gap-full" in page
    assert "is full" not in paper
    assert FULL_CELL not in paper
    assert "map-land gap-full" not in paper
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {row["state"] for row in rows} == {"none", "single"}
    assert {row["services_full"] for row in rows} == {"0"}
