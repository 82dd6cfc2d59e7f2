"""A flat table as the tables of a package: organizations, services, places and what links them.

Rows are of several kinds in one table (agency, program, site, program-at-site), tied by ids or
names; or each row is one service at one place. Either way the tables that come out have the shape
of HSDS, so that there is one reader, and one way to take hidden places out, for everything.
Source: standards.md B (one flat table for all kinds; orphan parents; marks of privacy).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ccr.adapters.packages.flat import FlatFile
from ccr.adapters.packages.flat_parts import (
    PartTables,
    has_place,
    location_cells,
    organization_cells,
    service_cells,
)
from ccr.adapters.packages.flat_rows import FlatRow, read_rows
from ccr.adapters.packages.package_tables import PackageTables
from ccr.domain.column_fields import RowKind
from ccr.domain.column_mapping import ColumnMapping
from ccr.domain.directory_import import NoteBook, SourceKind, joined_id
from ccr.domain.need_terms import fold
from ccr.domain.phrases import phrase

TOLD_EVERY = 2000
Tell = Callable[[int, int], None]


def flat_tables(
    file: FlatFile, mapping: ColumnMapping, notes: NoteBook, tell: Tell | None = None
) -> PackageTables:
    """Return the tables of a package that a flat table holds.

    Raises:
        InvalidInputError: the mapping does not fit the table.
    """
    rows = []
    for count, row in enumerate(read_rows(file, mapping, notes)):
        if tell and count % TOLD_EVERY == 0:
            tell(count, file.facts.rows)
        rows.append(row)
    builder = _Builder(file.name, notes, PartTables(file.name))
    if mapping.by_kind:
        builder.several_kinds(rows)
    else:
        builder.one_kind(rows)
    return PackageTables(SourceKind.FLAT, builder.parts.tables)


def _id_of_names(*names: str) -> str:
    """Return an id for a record that has none: alike for alike names.

    A digest, because notes repeat ids and a name may hold what must not be repeated.
    """
    folded = " | ".join(fold(name) for name in names)
    return f"name:{hashlib.sha256(folded.encode()).hexdigest()[:24]}"


@dataclass(slots=True)
class _Builder:
    table: str
    notes: NoteBook
    parts: PartTables
    organizations: set[str] = field(default_factory=set)
    named: dict[str, str] = field(default_factory=dict)
    by_id: dict[str, list[FlatRow]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[FlatRow]] = field(default_factory=lambda: defaultdict(list))

    # -- each row is one service at one place ----------------------------------------------------

    def one_kind(self, rows: Iterable[FlatRow]) -> None:
        """Add rows that are all of one kind; those of one service are put together.

        What any of them marks (hidden, nobody to be referred) holds for the service.
        """
        services: dict[str, list[FlatRow]] = defaultdict(list)
        for row in rows:
            services[self._service_id(row)].append(row)
        for service_id, met in services.items():
            group = self._agreeing(met)
            first = group[0]
            owner = self._organization_of_cells(first)
            cells = service_cells(first, group)
            self.parts.add("services", first, {**cells, "id": service_id, "organization_id": owner})
            self._places(group, service_id, owner)
            for row in group:
                self.parts.hang(row, "service_id", service_id, first=row is first)

    def _places(self, group: list[FlatRow], service_id: str, owner: str) -> None:
        """Add the places of a service. Their ids hold no street: notes repeat ids."""
        seen: set[tuple[str, ...]] = set()
        for row in group:
            place = (row.get("location_id"), row.get("address_1"), row.get("postal_code"))
            if not has_place(row) or place in seen:
                continue
            number = str(len(seen) + 1) if seen else ""
            own = row.get("location_id") or joined_id(service_id, number)
            seen.add(place)
            cells = {**location_cells(row), "id": own, "organization_id": owner}
            self.parts.add("locations", row, cells)
            self.parts.site(row, own)
            if not row.left_out or all(one.left_out for one in group):
                self.parts.link(row, service_id, own)

    def _service_id(self, row: FlatRow) -> str:
        owner = row.get("organization_id") or row.get("organization_name")
        return row.id or _id_of_names(owner, row.get("name") or f"row {row.line}")

    def _agreeing(self, group: list[FlatRow]) -> list[FlatRow]:
        """Return the rows of one id that speak of one service, with a note on any others."""
        first = group[0]
        kept = [first]
        for row in group[1:]:
            if fold(row.get("name")) != fold(first.get("name")):
                self.notes.error(
                    row.place,
                    "id",
                    phrase(
                        "Another row has this id and says something else (line %(line)s).",
                        line=first.line,
                    ),
                )
                continue
            kept.append(row)
            if (row.get("description"), row.get("status")) != (
                first.get("description"),
                first.get("status"),
            ):
                self.notes.warn(
                    row.place,
                    "",
                    phrase("Rows of one service say different things: the first is read."),
                )
        return kept

    def _organization_of_cells(self, row: FlatRow) -> str:
        """Return the id of the organization that a row names, added when it is new."""
        name = row.get("organization_name")
        own = row.get("organization_id") or self._id_by_name(name)
        if own and name and own not in self.organizations:
            self._add_organization(row, {**organization_cells(row), "id": own, "name": name})
        return own

    def _id_by_name(self, name: str) -> str:
        """Return the id of the organization of this name, one of its own if nobody gave it any."""
        return self.named.get(fold(name), _id_of_names(name)) if name else ""

    def _add_organization(self, row: FlatRow, cells: dict[str, str]) -> None:
        self.organizations.add(cells["id"])
        self.named.setdefault(fold(cells.get("name", "")), cells["id"])
        self.parts.add("organizations", row, cells)
        self.parts.phones_of(row, "organization_id", cells["id"], member=True)

    # -- rows of several kinds -------------------------------------------------------------------

    def several_kinds(self, rows: list[FlatRow]) -> None:
        """Add agencies, then places, then services, then services at places."""
        for row in rows:
            own = row.id or _id_of_names(row.kind.value, row.get("name"), row.get("parent_name"))
            row.cells["row_id"] = own
            self.by_id[own].append(row)
            if row.get("name"):
                self.by_name[fold(row.get("name"))].append(row)
        adds = {
            RowKind.AGENCY: self._agency,
            RowKind.SITE: self._site,
            RowKind.PROGRAM: self._program,
            RowKind.PROGRAM_AT_SITE: self._at_site,
        }
        for kind, add in adds.items():
            for row in rows:
                if row.kind is kind:
                    add(row)

    def _agency(self, row: FlatRow) -> None:
        parent = self._parent(row)
        cells = {**organization_cells(row), "id": row.id, "name": row.get("name")}
        if self._goes_round(row):
            self.notes.warn(
                row.place,
                "parent_id",
                phrase("Its parent records go round in a circle: kept without a parent."),
            )
        elif parent or row.get("parent_id"):
            cells["parent_organization_id"] = parent.id if parent else row.get("parent_id")
        if row.left_out:
            cells["exclude_from_website"] = "true"
        self._add_organization(row, cells)
        if has_place(row):
            # No service is given there as far as the table says. It is kept out of the directory,
            # and tells which address is a hidden one when the row says so.
            own = joined_id("agency:", row.id)
            self.parts.add("locations", row, {**location_cells(row), "id": own})
            self.parts.site(row, own)

    def _site(self, row: FlatRow) -> None:
        if self._goes_round(row):
            self._refuse_circle(row)
            return
        cells = {**location_cells(row), "id": row.id, "organization_id": self._owner(row)}
        cells["name"] = row.get("name") or row.get("location_name")
        self.parts.add("locations", row, cells)
        self.parts.site(row, row.id)
        self.parts.phones_of(row, "location_id", row.id)

    def _program(self, row: FlatRow) -> None:
        if self._goes_round(row):
            self._refuse_circle(row)
            return
        cells = {**service_cells(row, [row]), "id": row.id, "organization_id": self._owner(row)}
        self.parts.add("services", row, cells)
        self.parts.hang(row, "service_id", row.id)
        site = self._above(row, RowKind.SITE)
        if has_place(row):
            own = joined_id("program:", row.id)
            self.parts.add("locations", row, {**location_cells(row), "id": own})
            self.parts.site(row, own)
            self.parts.link(row, row.id, own)
        elif site is not None:
            self.parts.link(row, row.id, site.id)

    def _at_site(self, row: FlatRow) -> None:
        program = self._named(row.get("program_id"), RowKind.PROGRAM)
        program = program or self._above(row, RowKind.PROGRAM)
        site = self._named(row.get("site_id"), RowKind.SITE) or self._above(row, RowKind.SITE)
        if self._goes_round(row) or (program is not None and self._goes_round(program)):
            self._refuse_circle(row)
            return
        service_id = program.id if program else row.id
        if program is None:
            cells = {**service_cells(row, [row]), "id": row.id, "organization_id": self._owner(row)}
            self.parts.add("services", row, cells)
            self.parts.hang(row, "service_id", row.id)
        elif self._closed_here(row):
            return
        location = site.id if site else row.get("site_id")
        if has_place(row):
            own = joined_id("program-at-site:", row.id)
            self.parts.add("locations", row, {**location_cells(row), "id": own})
            self.parts.site(row, own)
            self.parts.link(row, service_id, own)
        elif location:
            self.parts.link(row, service_id, location)
        if program is not None:
            self.parts.hang_at_site(row, service_id, site.get("name") if site else row.get("name"))
        if row.hidden:
            self.parts.hide("locations", location)
            self.parts.hide("services", service_id)

    def _closed_here(self, row: FlatRow) -> bool:
        """Return True, with a note, for a service that is not given at this place any more."""
        status = row.get("status").lower()
        if row.left_out and not row.hidden:
            self.notes.warn(
                row.place,
                "",
                phrase("Its source keeps this place off public pages: it is left out."),
            )
            return True
        if (
            row.do_not_refer
            or status.startswith(("inactive", "closed", "defunct"))
            or ("do not refer" in status)
        ):
            self.notes.warn(
                row.place,
                "status",
                phrase("Nobody may be referred to this place: the service is kept without it."),
            )
            return True
        return False

    # -- who belongs to whom ---------------------------------------------------------------------

    def _named(self, own_id: str, kind: RowKind) -> FlatRow | None:
        return next((row for row in self.by_id.get(own_id, ()) if row.kind is kind), None)

    def _parent(self, row: FlatRow) -> FlatRow | None:
        """Return the record above: by id, else by name; an agency rather than any other."""
        found: list[FlatRow] = []
        if row.get("parent_id"):
            found = self.by_id.get(row.get("parent_id"), [])
        elif row.get("parent_name"):
            found = self.by_name.get(fold(row.get("parent_name")), [])
        others = [other for other in found if other is not row] or found
        return min(others, key=lambda r: r.kind is not RowKind.AGENCY, default=None)

    def _chain(self, row: FlatRow) -> tuple[list[FlatRow], bool]:
        """Return the records above a row, nearest first, and whether they go round in a circle."""
        chain: list[FlatRow] = []
        seen = {id(row)}
        parent = self._parent(row)
        while parent is not None:
            if id(parent) in seen:
                return chain, True
            seen.add(id(parent))
            chain.append(parent)
            if parent.kind is RowKind.AGENCY and row.kind is not RowKind.AGENCY:
                break
            parent = self._parent(parent)
        return chain, False

    def _goes_round(self, row: FlatRow) -> bool:
        return self._chain(row)[1]

    def _refuse_circle(self, row: FlatRow) -> None:
        self.notes.error(row.place, "parent_id", phrase("Its parent records go round in a circle."))

    def _above(self, row: FlatRow, kind: RowKind) -> FlatRow | None:
        return next((parent for parent in self._chain(row)[0] if parent.kind is kind), None)

    def _owner(self, row: FlatRow) -> str:
        """Return the id of the organization a row belongs to; one that is only named is added."""
        agency = self._above(row, RowKind.AGENCY)
        if agency is not None:
            return agency.id
        top = next(iter(reversed(self._chain(row)[0])), row)
        name = top.get("parent_name") or top.get("organization_name")
        if not name:
            return top.get("parent_id") or self._organization_of_cells(top)
        own = top.get("parent_id") or self._id_by_name(name)
        if own not in self.organizations:
            self._add_organization(top, {"id": own, "name": name})
        return own
