"""The pieces that a flat row falls into: cells of an organization, a service, a place; lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ccr.adapters.packages.cells import FALSE, TRUE
from ccr.adapters.packages.flat_hours import DAYS, Span, spans_of_days, spans_of_words
from ccr.adapters.packages.flat_rows import FlatPhone, FlatRow, values_in
from ccr.adapters.packages.tabular import Row
from ccr.domain.column_fields import RowKind
from ccr.domain.need_terms import fold

SERVICE_FIELDS = (
    "name",
    "alternate_name",
    "description",
    "email",
    "url",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "application_process",
    "required_documents",
    "fees_description",
    "interpretation_services",
    "keywords",
    "wait_time",
    "capacity",
    "alert",
    "assured_date",
)
PLACE_FIELDS = (
    "address_1",
    "address_2",
    "city",
    "state_province",
    "postal_code",
    "country",
    "latitude",
    "longitude",
)
_PLACE = (*PLACE_FIELDS[:3], "postal_code", "latitude", "location_name", "location_id")
PHONE_TYPES = {"hotline": "hotline", "toll_free": "tollfree", "fax": "fax", "tty": "tty"}


def has_place(row: FlatRow) -> bool:
    """Return True when a row tells a place of its own, be it only a town."""
    return any(row.get(name) for name in _PLACE)


def service_cells(row: FlatRow, group: Iterable[FlatRow]) -> dict[str, str]:
    """Return the cells of a service; what any row of its group marks holds for it."""
    cells = {name: row.cells[name] for name in SERVICE_FIELDS if name in row.cells}
    status = row.get("status")
    if status.lower() in TRUE | FALSE:
        # A column "Active" with yes and no.
        status = "active" if status.lower() in TRUE else "inactive"
    cells["status"] = status
    if "keywords" in cells:
        cells["keywords"] = ", ".join(values_in(cells["keywords"]))
    rows = list(group)
    if any(one.hidden for one in rows):
        cells["is_private"] = "true"
    if any(one.do_not_refer or "do not refer" in one.get("status").lower() for one in rows):
        cells["do_not_refer"] = "true"
    if all(one.left_out for one in rows):
        cells["exclude_from_website"] = "true"
    return {name: text for name, text in cells.items() if text}


def organization_cells(row: FlatRow) -> dict[str, str]:
    """Return the cells of an organization, of an agency's own row or from a service's row."""
    cells = {
        "alternate_name": row.get("organization_alternate_name"),
        "description": row.get("organization_description"),
        "website": row.get("organization_website"),
        "email": row.get("organization_email"),
    }
    if row.kind is RowKind.AGENCY:
        cells = {
            "alternate_name": cells["alternate_name"] or row.get("alternate_name"),
            "description": cells["description"] or row.get("description"),
            "website": cells["website"] or row.get("url"),
            "email": cells["email"] or row.get("email"),
            "status": row.get("status"),
        }
    return {name: text for name, text in cells.items() if text}


def location_cells(row: FlatRow) -> dict[str, str]:
    """Return the cells of a place, marked where the row says that it is a hidden one."""
    cells = {
        "name": row.get("location_name"),
        "location_type": "physical",
        "latitude": row.get("latitude"),
        "longitude": row.get("longitude"),
        "transportation": row.get("transportation"),
        "is_private": "true" if row.hidden or row.left_out else "",
    }
    return {name: text for name, text in cells.items() if text}


@dataclass(slots=True)
class PartTables:
    """The tables being filled."""

    name: str
    tables: dict[str, list[Row]] = field(default_factory=dict)
    _terms: set[str] = field(default_factory=set)
    _at: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, table: str, row: FlatRow, cells: dict[str, str]) -> Row:
        """Add a row to a table; blank cells are left away. Return it."""
        made = Row(self.name, row.line, {key: text for key, text in cells.items() if text})
        rows = self.tables.setdefault(table, [])
        if own := cells.get("id"):
            self._at.setdefault((table, own), len(rows))
        rows.append(made)
        return made

    def link(self, row: FlatRow, service_id: str, location_id: str) -> None:
        """Say that a service is given at a place."""
        self.add("service_at_location", row, {"service_id": service_id, "location_id": location_id})

    def hide(self, table: str, own_id: str) -> None:
        """Mark a place or a service that was added before as a hidden one."""
        at = self._at.get((table, own_id))
        if at is not None:
            made = self.tables[table][at]
            cells = {**made.cells, "is_private": "true"}
            self.tables[table][at] = Row(made.table, made.line, cells)

    def site(self, row: FlatRow, location_id: str) -> None:
        """Add what hangs on a place: its address and how accessible it is."""
        address = {n: row.get(n) for n in PLACE_FIELDS if n not in {"latitude", "longitude"}}
        if any(address.values()):
            self.add("addresses", row, {**address, "location_id": location_id})
        for text in values_in(row.get("accessibility")):
            self.add("accessibility", row, {"location_id": location_id, "accessibility": text})

    def hang(self, row: FlatRow, key: str, owner: str, *, first: bool = True) -> None:
        """Add what hangs on a service: phones, languages, areas, terms and hours."""
        self.phones_of(row, key, owner)
        for text in values_in(row.get("languages")):
            self.add("languages", row, {key: owner, "name": text})
        if not first:
            return
        # Commas are left to the reader of areas: "Troy, NY" is one.
        if area := row.get("service_area"):
            self.add("service_areas", row, {key: owner, "name": area})
        self._add_terms(row, owner)
        self._add_hours(row, {key: owner})

    def hang_at_site(self, row: FlatRow, service_id: str, place: str) -> None:
        """Add what a service-at-place row says: its phones, and its hours as words with its place.

        A service with several places has no hours of its own, so those of one are not taken for it.
        """
        self.phones_of(row, "service_id", service_id)
        for text in values_in(row.get("languages")):
            self.add("languages", row, {"service_id": service_id, "name": text})
        words = _hours_words(row)
        if words:
            said = f"{place}: {words}" if place else words
            self.add("schedules", row, {"service_id": service_id, "description": said})

    def phones_of(self, row: FlatRow, key: str, owner: str, *, member: bool = False) -> None:
        """Add the phones of an organization's, a service's or a place's row."""
        for phone in row.phones:
            if (phone.target == "organization_phone") == member or row.kind is RowKind.AGENCY:
                self._add_phone(row, phone, key, owner)

    def _add_phone(self, row: FlatRow, phone: FlatPhone, key: str, owner: str) -> None:
        private = phone.private or phone.target == "private_phone"
        self.add(
            "phones",
            row,
            {
                key: owner,
                "number": phone.number,
                "type": PHONE_TYPES.get(phone.target, "voice"),
                "is_private": "true" if private else "",
            },
        )

    def _add_terms(self, row: FlatRow, service_id: str) -> None:
        names, codes = values_in(row.get("terms")), values_in(row.get("term_codes"))
        if len(codes) != len(names):
            # They cannot be told apart pair by pair: a code stands by itself, opaque.
            pairs = [(name, "") for name in names] + [("", code) for code in codes]
        else:
            pairs = list(zip(names, codes, strict=True))
        for name, code in pairs:
            own = code or fold(name)
            if own not in self._terms:
                self._terms.add(own)
                self.add(
                    "taxonomy_terms",
                    row,
                    {
                        "id": own,
                        "code": code,
                        "name": name or code,
                        "taxonomy": row.get("taxonomy"),
                    },
                )
            self.add("service_terms", row, {"service_id": service_id, "taxonomy_term_id": own})

    def _add_hours(self, row: FlatRow, owner: dict[str, str]) -> None:
        words = _hours_words(row)
        days = {day: row.get(f"hours_{day}") for day in DAYS}
        spans: list[Span] | None = spans_of_days(days) if any(days.values()) else None
        if spans is None and row.get("hours"):
            spans = spans_of_words(row.get("hours"))
        for weekdays, opens, closes in spans or [("", "", "")]:
            if spans or words:
                cells = {"byday": weekdays, "opens_at": opens, "closes_at": closes}
                self.add("schedules", row, {**owner, **cells, "description": words})


def _hours_words(row: FlatRow) -> str:
    days = [f"{day.title()}: {text}" for day in DAYS if (text := row.get(f"hours_{day}"))]
    return "\n".join(part for part in (row.get("hours"), "; ".join(days)) if part)
