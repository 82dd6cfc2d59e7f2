"""HSDS as JSON: one nested object, a page of them, a list, lines of them, or a set of tables.

Nested objects are taken apart into the tables of the CSV form, each with the id of what it was
found in, so that there is one reader for both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ccr.adapters.packages.package_tables import PackageTables, table_name
from ccr.adapters.packages.sniff import PackageFile, decode
from ccr.adapters.packages.tabular import Row, clean
from ccr.domain.directory_import import NoteBook, RowPlace, SourceKind
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MAX_DEPTH = 24
CHILDREN = {
    "phones": "phones",
    "schedules": "schedules",
    "service_areas": "service_areas",
    "service_at_locations": "service_at_location",
    "languages": "languages",
    "cost_options": "cost_options",
    "contacts": "contacts",
    "capacities": "capacities",
    "service_capacities": "capacities",
    "attributes": "service_terms",
    "addresses": "addresses",
    "accessibility": "accessibility",
    "services": "services",
    "locations": "locations",
    "organizations": "organizations",
    "eligibility": "eligibility",
    "regular_schedules": "schedules",
    "holiday_schedules": "holidays",
}
"""Names of lists inside an object, and the table that their items belong to."""
SINGLES = {
    "organization": ("organizations", "organization_id"),
    "location": ("locations", "location_id"),
    "service": ("services", "service_id"),
    "taxonomy_term": ("taxonomy_terms", "taxonomy_term_id"),
    "unit": ("units", "unit_id"),
    "taxonomy_detail": ("taxonomies", "taxonomy_id"),
}
"""Names of single objects inside an object: their table, and the column that points to them."""
LINKS = {
    "services": "service_id",
    "organizations": "organization_id",
    "locations": "location_id",
    "service_at_location": "service_at_location_id",
    "contacts": "contact_id",
    "phones": "phone_id",
}


def json_tables(files: Iterable[PackageFile], notes: NoteBook) -> PackageTables:
    """Return the tables of a JSON package.

    Raises:
        InvalidInputError: not JSON, cut off, or nested too deep.
    """
    package = PackageTables(SourceKind.HSDS_JSON)
    collector = _Collector(package)
    for file in files:
        for number, item in enumerate(_items(file), 1):
            name = f"{file.name}"
            if not isinstance(item, dict):
                notes.error(RowPlace(name, number), "", phrase("This item is not an object."))
                continue
            table = _kind_of(item)
            if table is None:
                notes.info(
                    RowPlace(name, number), "", phrase("This item is not part of what is imported.")
                )
                continue
            collector.add(item, table, (name, number), {}, 0)
    collector.finish()
    return package


def _items(file: PackageFile) -> Iterator[Any]:
    text = decode(file.content, file.name).text
    if file.name.endswith((".ndjson", ".jsonl")):
        for line in text.splitlines():
            if line.strip():
                yield _parsed(line, file.name)
        return
    data = _parsed(text, file.name)
    if isinstance(data, list):
        yield from data
    elif isinstance(data, dict) and isinstance(data.get("contents"), list):
        yield from data["contents"]
    elif isinstance(data, dict) and data and all(str(key).endswith(".csv") for key in data):
        for name, rows in data.items():
            table = table_name(str(name))
            for row in rows if isinstance(rows, list) else []:
                if table and isinstance(row, dict):
                    yield {**row, "@table": table}
    else:
        yield data


def _parsed(text: str, name: str) -> Any:  # noqa: ANN401 -- JSON is whatever it is
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise InvalidInputError(
            phrase("%(file)s is not readable JSON at line %(line)s.", file=name, line=line),
            field="path",
        ) from error


def _kind_of(item: Mapping[str, Any]) -> str | None:
    """Return the table that a whole item belongs to, told by the fields it has."""
    if "@table" in item:
        return str(item["@table"])
    if isinstance(item.get("service"), dict) and isinstance(item.get("location"), dict):
        return "service_at_location"
    if (
        "status" in item
        or "organization" in item
        or "service_at_locations" in item
        or ("organization_id" in item and "location_type" not in item)
    ):
        return "services"
    if "location_type" in item or "addresses" in item or "latitude" in item:
        return "locations"
    if "taxonomy_detail" in item or "code" in item or "version" in item or "name" not in item:
        return None
    organization = {
        "services",
        "website",
        "legal_status",
        "parent_organization_id",
        "locations",
        "tax_status",
        "email",
        "programs",
        "organization_identifiers",
        "url",
    }
    return "organizations" if organization & item.keys() else None


class _Collector:
    """Takes objects apart into rows; the same object met again fills in what was missing."""

    def __init__(self, package: PackageTables) -> None:
        self._package = package
        self._seen: dict[tuple[str, str], dict[str, str]] = {}
        self._where: dict[tuple[str, str], tuple[str, int]] = {}
        self._plain: dict[str, list[Row]] = {}

    def add(
        self,
        item: Mapping[str, Any],
        table: str,
        where: tuple[str, int],
        links: Mapping[str, str],
        depth: int,
    ) -> str:
        """Add one object and all in it; return its id, or "".

        `links` are the columns that tie it to what it was found in.
        """
        if depth > MAX_DEPTH:
            raise InvalidInputError(
                phrase("%(file)s is nested too deep to be a directory.", file=where[0]),
                field="path",
            )
        own_id = clean(_cell(item.get("id")))
        cells = dict(links)
        for key, value in item.items():
            if isinstance(value, dict) and key in SINGLES:
                other, column = SINGLES[key]
                cells[column] = self.add(value, other, where, {}, depth + 1)
            elif not isinstance(value, list | dict) and (text := clean(_cell(value))):
                cells.setdefault(key, text)
        self._keep(table, own_id, cells, where)
        below = {LINKS[table]: own_id} if own_id and table in LINKS else {}
        for key, values in item.items():
            if isinstance(values, list) and key in CHILDREN:
                child = CHILDREN[key]
                tie = {**below, "link_id": own_id} if child == "service_terms" else below
                for value in values:
                    if isinstance(value, dict):
                        self.add(value, child, where, tie, depth + 1)
        return own_id

    def _keep(self, table: str, own_id: str, cells: dict[str, str], where: tuple[str, int]) -> None:
        if not own_id or table in _MANY_OWNERS:
            self._plain.setdefault(table, []).append(Row(where[0], where[1], cells))
            return
        key = (table, own_id)
        kept = self._seen.setdefault(key, {})
        self._where.setdefault(key, where)
        for name, value in cells.items():
            if value and not kept.get(name):
                kept[name] = value

    def finish(self) -> None:
        """Hand the rows over, in the order first met."""
        for (table, own_id), cells in self._seen.items():
            name, number = self._where[table, own_id]
            self._package.tables.setdefault(table, []).append(Row(name, number, cells))
        for table, rows in self._plain.items():
            distinct = {tuple(sorted(row.cells.items())): row for row in reversed(rows)}
            self._package.tables.setdefault(table, []).extend(reversed(distinct.values()))


_MANY_OWNERS = frozenset(
    {
        "phones",
        "schedules",
        "languages",
        "service_areas",
        "contacts",
        "accessibility",
        "service_terms",
        "addresses",
        "holidays",
    }
)
"""Objects that a nested document repeats under each of their owners, with one id."""


def _cell(value: object) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
