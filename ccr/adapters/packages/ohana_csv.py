"""The Ohana CSV dialect: a service belongs to a location, a location to an organization.

Lists stand in single cells with commas between them: accessibility, languages, keywords, terms
and service areas. Source: standards.md B, F1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ccr.adapters.packages.hsds_csv import note_private_columns, with_cells
from ccr.adapters.packages.package_tables import PackageTables, table_name
from ccr.adapters.packages.tabular import Row, Table
from ccr.domain.directory_import import NoteBook, RowPlace, SourceKind
from ccr.domain.phrases import phrase

_COMMA = re.compile(r"\s*,\s*(?![^()]*\))")


def is_ohana(files: Iterable[Table]) -> bool:
    """Return True when services hang on locations, and on no organization."""
    for table in files:
        if table_name(table.name) == "services":
            return "location_id" in table.header and "organization_id" not in table.header
    return False


def ohana_tables(files: Iterable[Table], notes: NoteBook) -> PackageTables:
    """Return the tables of an Ohana package in the shape of HSDS."""
    package = PackageTables(SourceKind.OHANA_CSV)
    found: dict[str, list[Row]] = {}
    for table in files:
        note_private_columns(table, notes)
        name = table_name(table.name)
        if name is None:
            notes.info(
                RowPlace(table.name), "", phrase("This file is not part of what is imported.")
            )
            continue
        found.setdefault(name, []).extend(table.rows)
    tables = package.tables
    tables.update(found)
    locations = found.get("locations", [])
    organization_of = {row.id: row.get("organization_id") for row in locations}
    tables["services"] = [
        with_cells(
            row,
            organization_id=organization_of.get(row.get("location_id"), ""),
            eligibility_description="\n".join(
                part for part in (row.get("audience"), row.get("eligibility")) if part
            ),
        )
        for row in found.get("services", [])
    ]
    tables["locations"] = [_location(row) for row in locations]
    tables["taxonomy_terms"] = [
        with_cells(
            row, id=row.get("taxonomy_id"), code=row.get("taxonomy_id"), taxonomy="Open Eligibility"
        )
        for row in found.get("taxonomy_terms", [])
    ]
    for name, rows in _links(tables["services"], locations):
        tables.setdefault(name, []).extend(rows)
    return package


def _location(row: Row) -> Row:
    kind = "virtual" if row.get("virtual").lower() == "true" else "physical"
    return with_cells(row, location_type=kind, description=row.get("description", "short_desc"))


def _links(services: list[Row], locations: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables that Ohana keeps inside cells."""
    yield (
        "service_at_location",
        [
            Row(row.table, row.line, {"service_id": row.id, "location_id": row.get("location_id")})
            for row in services
            if row.get("location_id")
        ],
    )
    yield (
        "service_terms",
        [
            Row(row.table, row.line, {"service_id": row.id, "taxonomy_term_id": code})
            for row in services
            for code in split_list(row.get("taxonomy_ids"))
        ],
    )
    yield (
        "service_areas",
        [
            Row(row.table, row.line, {"service_id": row.id, "name": name})
            for row in services
            for name in split_list(row.get("service_areas"))
        ],
    )
    yield (
        "languages",
        [
            Row(row.table, row.line, {key: row.id, "name": name})
            for key, rows in (("service_id", services), ("location_id", locations))
            for row in rows
            for name in split_list(row.get("languages"))
        ],
    )
    yield (
        "accessibility",
        [
            Row(row.table, row.line, {"location_id": row.id, "accessibility": name})
            for row in locations
            for name in split_list(row.get("accessibility"))
        ],
    )


def split_list(value: str) -> list[str]:
    """Return the items of a cell with commas between them; brackets keep theirs.

    >>> split_list("Chinese (Mandarin, Wu), Tagalog")
    ['Chinese (Mandarin, Wu)', 'Tagalog']
    """
    return [item for item in _COMMA.split(value) if item]
