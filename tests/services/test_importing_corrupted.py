"""A damaged package is imported whole, or refused whole with a report; never in part."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.errors import InvalidInputError
from ccr.services import accounts, importing
from ccr.services.importing import ImportOptions
from ccr.storage.db import db
from ccr.storage.queries import verification
from tests.corrupted_packages import COUNT, damaged, sound

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
