"""A package as tables under one set of names, whatever its dialect called them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import LONGEST_ID, NoteBook, RowPlace, SourceKind
from ccr.domain.phrases import phrase

NAMES = {
    "organizations": ("organizations", "organization", "agencies"),
    "services": ("services", "service"),
    "locations": ("locations", "location"),
    "service_at_location": (
        "service_at_location",
        "service_at_locations",
        "services_at_location",
        "services_at_locations",
    ),
    "addresses": ("addresses", "address", "physical_addresses", "physical_address"),
    "postal_addresses": ("postal_addresses", "postal_address", "mail_addresses"),
    "phones": ("phones", "phone"),
    "schedules": ("schedules", "schedule", "regular_schedules", "regular_schedule"),
    "holidays": ("holiday_schedules", "holiday_schedule"),
    "languages": ("languages", "language"),
    "service_areas": ("service_areas", "service_area"),
    "taxonomy_terms": ("taxonomy_terms", "taxonomy_term", "taxonomy"),
    "taxonomies": ("taxonomies",),
    "service_terms": (
        "services_taxonomy",
        "service_taxonomy",
        "service_attributes",
        "service_attribute",
        "attributes",
        "attribute",
    ),
    "accessibility": ("accessibility", "accessibility_for_disabilities"),
    "contacts": ("contacts", "contact"),
    "capacities": ("service_capacity", "service_capacities", "capacities"),
    "units": ("units", "unit"),
    "cost_options": ("cost_options", "cost_option"),
    "eligibility": ("eligibility", "eligibilities"),
    "urls": ("urls", "url"),
}
"""Our name of each table, and what packages call it. Others are not read, and the report says so.

Sources: HSDS 3.2.3 datapackage.json, HSDS 1.1, the Ohana CSV dialect.
"""

_OURS = {theirs: ours for ours, names in NAMES.items() for theirs in names}


def table_name(file_name: str) -> str | None:
    """Return our name for a file such as "Organizations.csv", or None when it is not read."""
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower().replace("-", "_")
    return _OURS.get(stem.replace(" ", "_"))


@dataclass(slots=True)
class PackageTables:
    """The rows of a package by our table names."""

    kind: SourceKind
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table; none when the package lacks it."""
        return self.tables.get(name, [])

    def forget(self, *names: str) -> None:
        """Let go of tables that have been read."""
        for name in names:
            self.tables.pop(name, None)

    def by(self, name: str, *columns: str) -> dict[str, list[Row]]:
        """Return a table's rows by the first of these columns that is filled."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(name):
            if key := row.get(*columns):
                found[key].append(row)
        return found


def unique(rows: Iterable[Row], notes: NoteBook) -> list[Row]:
    """Return rows with an id, once each.

    The same row twice is harmless; two different rows under one id are an error of the second:
    nobody can say which is right. A row without an id cannot be found again, so it is an error.
    """
    seen: dict[str, Row] = {}
    for row in rows:
        if not row.id:
            notes.error(row.place, "id", phrase("This row has no id: it could not be updated."))
        elif len(row.id) > LONGEST_ID:
            notes.error(RowPlace(row.table, row.line), "id", phrase("This id is longer than 200."))
        elif row.id not in seen:
            seen[row.id] = row
        elif seen[row.id].cells == row.cells:
            notes.info(row.place, "id", phrase("The same row stands here twice: read once."))
        else:
            notes.error(
                row.place,
                "id",
                phrase(
                    "Another row has this id and says something else (line %(line)s).",
                    line=seen[row.id].line,
                ),
            )
    return list(seen.values())
