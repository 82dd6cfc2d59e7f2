"""Phones and whose they are: a service's, else a place's, else an organization's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccr.adapters.packages import cells
from ccr.adapters.packages.own_profile import OwnFacts
from ccr.adapters.packages.package_tables import PackageTables
from ccr.adapters.packages.sites import marked_hidden
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import NoteBook, PhoneRecord, joined_id
from ccr.domain.hsds_profile import EXTENSION
from ccr.domain.phrases import phrase

_FIRST = ("hotline", "crisis", "toll free", "tollfree", "voice", "")
_LAST = ("fax", "pager")
Phones = defaultdict[str, list[PhoneRecord]]


@dataclass(slots=True)
class PhoneBook:
    """Phones by the source id of their owner."""

    of_service: Phones = field(default_factory=lambda: defaultdict(list))
    of_site: Phones = field(default_factory=lambda: defaultdict(list))
    of_member: Phones = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class _Owners:
    services: dict[str, None] = field(default_factory=dict)
    sites: dict[str, None] = field(default_factory=dict)
    members: dict[str, None] = field(default_factory=dict)
    contact_only: bool = True

    def add(self, row: Row, service_of: dict[str, str]) -> None:
        service = row.get("service_id") or service_of.get(row.get("service_at_location_id"), "")
        for key, where in (
            (service, self.services),
            (row.get("location_id"), self.sites),
            (row.get("organization_id"), self.members),
        ):
            if key:
                where[key] = None


def read_phones(
    package: PackageTables, service_of: dict[str, str], notes: NoteBook, told: OwnFacts
) -> PhoneBook:
    """Return all phones; `service_of` maps a service-at-location id to its service.

    A phone that hangs on a contact alone is somebody's own number: it is kept private.
    """
    book = PhoneBook()
    contacts = package.by("contacts", "id")
    merged: dict[str, tuple[Row, _Owners]] = {}
    for count, row in enumerate(package.rows("phones")):
        _, owners = merged.setdefault(row.id or f"row {count}", (row, _Owners()))
        if row.get("service_id", "location_id", "organization_id", "service_at_location_id"):
            owners.contact_only = False
            owners.add(row, service_of)
    for row, owners in merged.values():
        if owners.contact_only:
            for contact in contacts.get(row.get("contact_id"), []):
                owners.add(contact, service_of)
        if not (owners.services or owners.sites or owners.members):
            notes.warn(row.place, "", phrase("Nobody owns this phone: it is left out."))
            continue
        number = cells.phone_number(row, notes)
        if number is not None:
            number = (number[0], told.of.get(row.id, {}).get(EXTENSION, "")[:20] or number[1])
            _add(book, row, number, owners, notes)
    return book


def _add(
    book: PhoneBook,
    row: Row,
    number: tuple[str, str | None],
    owners: _Owners,
    notes: NoteBook,
) -> None:
    private = owners.contact_only or marked_hidden(row)
    if private:
        notes.info(row.place, "", phrase("A private phone: kept for staff, never shown."))
    holders = (
        (book.of_service, owners.services)
        if owners.services
        else (book.of_site, owners.sites)
        if owners.sites
        else (book.of_member, owners.members)
    )
    where, ids = holders
    for owner in ids:
        alone = row.id if len(ids) == 1 else ""
        source_id = joined_id(alone or f"{row.id} {owner} {number[0]} {number[1] or ''}")
        if any(phone.source_id == source_id for phone in where[owner]):
            continue
        where[owner].append(
            PhoneRecord(
                source_id=source_id,
                number=number[0],
                extension=number[1],
                kind=row.get("type", "number_type").lower()[:20] or "voice",
                description=cells.cut(
                    row.get("description", "department"), 300, row, "description", notes
                ),
                private=private,
            )
        )


def in_order(phones: Iterable[PhoneRecord]) -> tuple[PhoneRecord, ...]:
    """Return phones as a caller wants them: hotline and voice first, fax last, as given within."""

    def rank(phone: PhoneRecord) -> int:
        if phone.kind in _LAST:
            return len(_FIRST) + 1
        return _FIRST.index(phone.kind) if phone.kind in _FIRST else len(_FIRST)

    return tuple(sorted(phones, key=rank))
