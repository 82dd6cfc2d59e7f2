"""HSDS packages as files: a folder or ZIP of 24 CSV tables with their description, or JSON."""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ccr.domain.hsds_package import Flattener
from ccr.domain.hsds_tables import TABLES, datapackage

DESCRIPTION = "datapackage.json"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a ZIP: the same directory gives the same bytes."""
Objects = Iterable[tuple[str, Mapping[str, Any]]]
"""(table, object) pairs."""


def write_csv_folder(objects: Objects, folder: Path) -> None:
    """Write the 24 tables and their description into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    flattener = Flattener()
    with ExitStack() as files:
        writers: dict[str, csv.DictWriter[str]] = {}
        for table in TABLES.values():
            file = files.enter_context(
                (folder / table.file).open("w", encoding="utf-8", newline="")
            )
            writers[table.name] = csv.DictWriter(file, table.columns, lineterminator="\r\n")
            writers[table.name].writeheader()
        for kind, item in objects:
            for name, row in flattener.rows(kind, item):
                writers[name].writerow(row)
    described = json.dumps(datapackage(), indent=1)
    (folder / DESCRIPTION).write_text(described + "\n", encoding="utf-8")


def write_csv_zip(objects: Objects, path: Path) -> None:
    """Write the same as one ZIP file."""
    with tempfile.TemporaryDirectory(dir=path.parent) as made:
        folder = Path(made)
        write_csv_folder(objects, folder)
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(folder.iterdir()):
                entry = zipfile.ZipInfo(file.name, _FIXED_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(entry, "w") as inside, file.open("rb") as content:
                    while chunk := content.read(1 << 20):
                        inside.write(chunk)


def write_csv(objects: Objects, path: Path) -> None:
    """Write a ZIP where the path ends so, else a folder."""
    (write_csv_zip if path.suffix.lower() == ".zip" else write_csv_folder)(objects, path)


def write_json(objects: Objects, path: Path) -> None:
    """Write one list of services (and organizations without any), or a line each for .ndjson."""
    lines = path.suffix.lower() in {".ndjson", ".jsonl"}
    with path.open("w", encoding="utf-8") as file:
        first = True
        for table, item in objects:
            if table not in {"service", "organization"}:
                continue
            if not lines:
                file.write("[\n" if first else ",\n")
            file.write(json.dumps(item, ensure_ascii=False))
            file.write("\n" if lines else "")
            first = False
        if not lines:
            file.write("[]\n" if first else "\n]\n")
