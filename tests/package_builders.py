"""Small invented packages for import tests: write only the tables a test is about."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.packages.reading import PackageReader, load_need_terms
from ccr.config import PROJECT_ROOT
from ccr.domain.directory_import import NoteLevel, ReadPackage

ON = date(2026, 11, 12)
REFERENCE = PROJECT_ROOT / "data" / "reference"
Rows = Sequence[Mapping[str, object]]

ORGANIZATION = {"id": "o1", "name": "Alder House", "description": "Invented"}
SERVICE = {"id": "s1", "organization_id": "o1", "name": "Food pantry", "status": "active"}
LOCATION = {
    "id": "l1",
    "organization_id": "o1",
    "name": "Main office",
    "location_type": "physical",
    "latitude": "42.7284",
    "longitude": "-73.6918",
}
ADDRESS = {
    "id": "a1",
    "location_id": "l1",
    "address_1": "12 Elm Street",
    "city": "Troy",
    "state_province": "NY",
    "postal_code": "12180",
    "country": "US",
    "address_type": "physical",
}
LINK = {"id": "x1", "service_id": "s1", "location_id": "l1"}
PHONE = {"id": "p1", "service_id": "s1", "number": "518-555-0142", "type": "voice"}


@lru_cache(maxsize=1)
def reader() -> PackageReader:
    """Return a reader with the real gazetteer and table of need terms."""
    return PackageReader(
        Gazetteer.load(REFERENCE / "us_zip.csv"), load_need_terms(REFERENCE / "need_terms.csv"), ON
    )


def csv_text(rows: Rows) -> str:
    """Return rows as CSV with every column that any of them has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_package(folder: Path, **tables: Rows) -> Path:
    """Write each table as a CSV file of a folder; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
    return folder


def hsds(folder: Path, **changes: Rows) -> Path:
    """Write a sound package of one organization, service, place and phone, with changes."""
    tables: dict[str, Rows] = {
        "organizations": [ORGANIZATION],
        "services": [SERVICE],
        "locations": [LOCATION],
        "addresses": [ADDRESS],
        "service_at_location": [LINK],
        "phones": [PHONE],
    }
    return write_package(folder, **{**tables, **changes})


def read_hsds(folder: Path, **changes: Rows) -> ReadPackage:
    """Write and read such a package."""
    return reader().read(hsds(folder / "package", **changes))


def write_json(path: Path, value: object) -> Path:
    """Write a JSON file; return its path."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def said(package: ReadPackage, level: NoteLevel) -> list[tuple[str, int, str, str]]:
    """Return (table, line, column, sentence) of every note of a level."""
    return [
        (note.table, note.line, note.field, str(note.phrase))
        for note in package.notes
        if note.level is level
    ]
