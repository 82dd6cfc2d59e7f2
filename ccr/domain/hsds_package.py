"""Nested HSDS objects taken apart into the rows of the 24 tables; the way back is the importer's.

What lives here: which table each object belongs to, and that each row stands once. What must not:
files. Cells are texts; None and absent are "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccr.domain.hsds_profile import virtual_location_id
from ccr.domain.hsds_tables import CHILDREN, SINGLES, TABLES

Row = dict[str, str]
_MET_AGAIN = frozenset({"organization", "location", "taxonomy", "taxonomy_term", "unit"})
"""Objects that stand in full in several others."""
_FORMULA = re.compile(r"'*[=+\-@|%\t\r]")
_NUMBER = re.compile(r"[+-]?[\d(][\d\s().x-]*")


@dataclass(slots=True)
class Flattener:
    """Takes objects apart, leaving out what stood in one before. It remembers ids alone."""

    _seen: set[tuple[str, str]] = field(default_factory=set)
    _codes: set[str] = field(default_factory=set)

    def rows(self, table: str, item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
        """Yield (table, row) for the object and everything in it."""
        if table in _MET_AGAIN:
            key = (table, str(item["id"]))
            if key in self._seen:
                return
            self._seen.add(key)
        if table == "service_at_location" and _is_nowhere(item):
            return
        own = dict(item)
        if table == "taxonomy_term" and "taxonomy_detail" not in item and item.get("taxonomy_id"):
            yield from self.rows("taxonomy", _named(item))
        for name, value in item.items():
            if isinstance(value, dict) and name in SINGLES:
                yield from self.rows(SINGLES[name], value)
                if name != "taxonomy_detail":
                    own.setdefault(f"{name}_id", value["id"])
            elif isinstance(value, list) and name in CHILDREN and not _are_mentions(table, name):
                for inner in value:
                    yield from self.rows(CHILDREN[name], inner)
        yield table, self._row(table, own)

    def _row(self, table: str, item: Mapping[str, Any]) -> Row:
        row = {name: cell(item.get(name)) for name in TABLES[table].columns}
        if table == "taxonomy_term" and row["code"]:
            # The table's codes are unique whatever the taxonomy: a second one is left to the
            # attributes, which hold it as their value.
            if row["code"] in self._codes:
                row["code"] = ""
            self._codes.add(row["code"])
        return row


def _named(term: Mapping[str, Any]) -> dict[str, Any]:
    """Return the taxonomy of a term that tells its id and name alone."""
    return {
        "id": term["taxonomy_id"],
        "name": term["taxonomy"],
        "description": term["taxonomy"],
    }


def _is_nowhere(link: Mapping[str, Any]) -> bool:
    """Return True for where a service without a place is shown: in tables it has no location."""
    return link.get("location_id") == virtual_location_id(str(link.get("service_id")))


def _are_mentions(table: str, name: str) -> bool:
    return table == "organization" and name == "services"


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs as a formula.

    A mark is put before it; the importer of a CCR takes it away again. Source: OWASP, CSV
    injection; phone numbers and numbers are left as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
