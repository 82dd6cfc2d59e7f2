"""Reading a package from end to end: files, dialect, records, hidden places taken out."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from ccr.adapters.packages import cells
from ccr.adapters.packages.areas import AreaReader, Places
from ccr.adapters.packages.flat import looks_flat, open_flat
from ccr.adapters.packages.flat_tables import flat_tables
from ccr.adapters.packages.hsds_csv import hsds_tables
from ccr.adapters.packages.hsds_json import json_tables
from ccr.adapters.packages.ohana_csv import is_ohana, ohana_tables
from ccr.adapters.packages.own_profile import (
    OwnFacts,
    is_own,
    read_facts,
    told_member,
    without_neutral_marks,
)
from ccr.adapters.packages.package_tables import PackageTables, table_name, unique
from ccr.adapters.packages.phones import Phones, in_order, read_phones
from ccr.adapters.packages.service_parts import read_parts
from ccr.adapters.packages.services import (
    ReadService,
    ServiceContext,
    hides_its_place,
    read_service,
)
from ccr.adapters.packages.sites import read_sites
from ccr.adapters.packages.sniff import PackageFile, open_package
from ccr.adapters.packages.tabular import MAX_ROWS, MOST_RECORDS, RECORDS, Row, read_table
from ccr.config import PROJECT_ROOT
from ccr.domain.column_mapping import ColumnMapping
from ccr.domain.concealing import Directory, HiddenSources, conceal
from ccr.domain.directory_import import (
    MemberRecord,
    NoteBook,
    NoteLevel,
    ReadPackage,
    RowPlace,
    ServiceRecord,
    SiteRecord,
)
from ccr.domain.errors import InvalidInputError
from ccr.domain.member_kinds import with_kind
from ccr.domain.need_terms import NeedTerms
from ccr.domain.phrases import phrase

TOLD_EVERY = 200
Progress = Callable[[int, int], None]

NEED_TERMS = PROJECT_ROOT / "data" / "reference" / "need_terms.csv"


@dataclass(frozen=True, slots=True)
class PackageReader:
    """Reads packages with the help of the gazetteer and the table of need terms.

    Attributes:
        state: two letters; the state of the network, for areas that name none.
        on: today, where the network is: schedules that have ended are left out.
    """

    places: Places
    terms: NeedTerms
    on: date
    state: str = "NY"

    def read(
        self,
        path: Path,
        progress: Progress | None = None,
        mapping: ColumnMapping | None = None,
        sheet: str | None = None,
    ) -> ReadPackage:
        """Return the package at `path`: a folder, a ZIP, a CSV or a JSON file.

        With a `mapping` it is one flat table, CSV or XLSX (of which `sheet` may be named).
        `progress` is told (services read, services in all); 0 in all while files are opened.

        Raises:
            InvalidInputError: it cannot be read at all, or is no package of a known dialect.
        """
        notes = NoteBook()
        tell = progress or _nobody
        tell(0, 0)
        if mapping is not None:
            package = flat_tables(open_flat(path, sheet=sheet), mapping, notes)
        else:
            if looks_flat(path):
                raise _not_told()
            package = _tables(list(open_package(path)), notes, tell)
        empty = not package.rows("services") and not package.rows("organizations")
        if empty and not any(note.level is NoteLevel.ERROR for note in notes.notes):
            raise InvalidInputError(
                phrase("There is no service and no organization in this package."), field="path"
            )
        return self._assembled(package, notes, tell)

    def _assembled(self, package: PackageTables, notes: NoteBook, tell: Progress) -> ReadPackage:
        if is_own(package):
            package = without_neutral_marks(package)
        told = read_facts(package)
        parts = read_parts(package, notes)
        phones = read_phones(package, parts.service_of_link, notes, told)
        found = read_sites(package, self.places, notes, told)
        # What is read by now is let go: a large package is held in memory once, not twice.
        package.forget("phones", "contacts", "locations", "addresses", "service_at_location")
        members = _members(package, notes, told)
        context = ServiceContext(
            parts,
            phones,
            found.sites,
            AreaReader(self.places),
            self.terms,
            self.state,
            self.on,
            told,
        )
        read: list[ReadService] = []
        hidden_sites = set(found.hidden)
        rows = unique(package.rows("services"), notes)
        for count, row in enumerate(rows):
            if count % TOLD_EVERY == 0:
                tell(count, len(rows))
            service = (
                read_service(row, context, notes) if _has_member(row, members, notes) else None
            )
            if service:
                read.append(service)
            elif hides_its_place(row, context):
                hidden_sites.update(parts.sites_of.get(row.id, ()))
        kept = {id(row) for row in rows}
        for row in package.rows("services"):
            if id(row) not in kept and hides_its_place(row, context):
                hidden_sites.update(parts.sites_of.get(row.id, ()))
        services = tuple(service.record for service in read)
        sites = _used(found.sites, services, hidden_sites, phones.of_site, notes)
        directory = conceal(
            Directory(tuple(members.values()), services, sites),
            HiddenSources({s.record.source_id for s in read if s.hidden}, hidden_sites),
            self._county_of,
            notes,
        )
        known = _with_kinds(directory, phones.of_member, notes)
        return ReadPackage(
            package.kind,
            known,
            directory.services,
            directory.sites,
            tuple(notes.notes),
            directory.hidden_sites | hidden_sites,
        )

    def _county_of(self, zip_code: str) -> str | None:
        place = self.places.zip_place(zip_code)
        return place.county_fips if place else None


def _nobody(done: int, total: int) -> None:
    del done, total


def _tables(files: list[PackageFile], notes: NoteBook, tell: Progress) -> PackageTables:
    """Return the tables of a package in whichever dialect it is; the files are let go."""
    sheets = [file for file in files if file.name.endswith((".csv", ".tsv"))]
    if not sheets:
        return json_tables(files, notes)
    files.clear()
    if len(sheets) == 1 and table_name(sheets[0].name) is None:
        raise _not_told()
    tables = []
    while sheets:
        file = sheets.pop(0)
        most = MOST_RECORDS if table_name(file.name) in RECORDS else MAX_ROWS
        tables.append(read_table(file, notes, most))
        del file
        tell(0, 0)
    return ohana_tables(tables, notes) if is_ohana(tables) else hsds_tables(tables, notes)


def _not_told() -> InvalidInputError:
    return InvalidInputError(
        phrase(
            "This is one flat table: say what its columns mean first (flask directory "
            "columns FILE guesses it), or give a package with organizations and services."
        ),
        field="path",
    )


def _members(package: PackageTables, notes: NoteBook, told: OwnFacts) -> dict[str, MemberRecord]:
    members: dict[str, MemberRecord] = {}
    rows = unique(package.rows("organizations"), notes)
    known = {row.id for row in rows}
    for row in rows:
        name = cells.short(row, "name", 300, notes)
        if not name:
            notes.error(row.place, "name", phrase("This organization has no name."))
            continue
        parent = row.get("parent_organization_id")
        if parent and parent not in known:
            notes.warn(
                row.place,
                "parent_organization_id",
                phrase("The parent of this organization is not in the package."),
            )
        status = row.get("status").lower()
        member = MemberRecord(
            source_id=row.id,
            line=row.line,
            name=name,
            alternate_name=cells.short(row, "alternate_name", 300, notes) or None,
            description=cells.text(row, "description", notes),
            website=cells.web_address(row, notes, "website", "url"),
            email=cells.email(row, notes),
            active=status not in {"inactive", "defunct", "closed"},
            listed=not cells.flag(row, "exclude_from_website"),
        )
        members[row.id] = told_member(member, told.of.get(row.id))
    return members


def _has_member(row: Row, members: dict[str, MemberRecord], notes: NoteBook) -> bool:
    member = row.get("organization_id")
    if member in members:
        return True
    notes.error(
        row.place,
        "organization_id",
        phrase("The organization of this service is not in the package.")
        if member
        else phrase("This service names no organization."),
    )
    return False


def _used(
    sites: dict[str, SiteRecord],
    services: tuple[ServiceRecord, ...],
    hidden: Collection[str],
    phones: Phones,
    notes: NoteBook,
) -> tuple[SiteRecord, ...]:
    """Return the sites that a service uses, each with an owner and its phones.

    A place that no service uses is left out: it may be one that should not be known. Hidden ones
    stay until concealing is done: other records may be the same place.
    """
    owner: dict[str, str] = {}
    for service in services:
        for site_id in service.site_ids:
            owner.setdefault(site_id, service.member_source_id)
            if sites[site_id].member_source_id == service.member_source_id:
                owner[site_id] = service.member_source_id
    unused = len(sites) - len(owner)
    if unused:
        notes.info(
            RowPlace("locations"),
            "",
            phrase("%(count)s locations that no service uses are left out.", count=unused),
        )
    return tuple(
        replace(
            site,
            member_source_id=owner.get(site.source_id, ""),
            phones=in_order(phones.get(site.source_id, ())),
        )
        for site in sites.values()
        if site.source_id in owner or site.source_id in hidden
    )


def _with_kinds(directory: Directory, phones: Phones, notes: NoteBook) -> tuple[MemberRecord, ...]:
    offered: dict[str, list[ServiceRecord]] = defaultdict(list)
    for service in directory.services:
        offered[service.member_source_id].append(service)
    members = []
    for record in directory.members:
        kind = record if record.kind_told else with_kind(record, offered[record.source_id])
        member = replace(kind, phones=in_order(phones.get(record.source_id, ())))
        if member.kind_told:
            members.append(member)
            continue
        where = RowPlace("organizations", member.line, member.source_id)
        if member.kind_known:
            notes.info(
                where,
                "category",
                phrase("Its kind is told from its name or services: confirm it."),
            )
        else:
            notes.info(
                where,
                "category",
                phrase("Its kind is not known: kept as community organization, regime other."),
            )
        members.append(member)
    return tuple(members)


def load_need_terms(path: Path) -> NeedTerms:
    """Return the table of need terms from its CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return NeedTerms.from_rows(csv.DictReader(file))


@lru_cache(maxsize=1)
def table_of_words() -> NeedTerms:
    """Return the table of words that needs are read by, without any mapping."""
    return load_need_terms(NEED_TERMS)
