"""What an import keeps as people left it, and rows of a package that are one record here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from ccr.domain.directory_history import RecordKind
from ccr.domain.directory_import import (
    MemberRecord,
    NoteBook,
    ReadPackage,
    RowPlace,
    ServiceRecord,
    SiteRecord,
)
from ccr.domain.edited_here import Choices, KeptField, field_key, respect
from ccr.domain.phrases import phrase
from ccr.storage.queries.import_rows import PhoneKey, ServiceWrite, Values
from ccr.storage.queries.import_stored import Stored, StoredDirectory, StoredService

LISTS = ("areas", "languages", "terms", "sites", "phones")
"""What hangs on a service and may be edited here as a whole."""
# These only ever become stricter by an import, whoever set them: no edit keeps a place public.
NEVER_KEPT = frozenset({"confidential", "do_not_refer", "last_verified_at"})
TABLES = {
    RecordKind.MEMBER: "organizations",
    RecordKind.LOCATION: "locations",
    RecordKind.SERVICE: "services",
}
Record = TypeVar("Record", MemberRecord, SiteRecord, ServiceRecord)


class FieldKeeper:
    """Keeps fields that were edited here, and notes where the package says something else."""

    def __init__(self, choices: Choices, notes: NoteBook) -> None:
        self._choices = choices
        self._notes = notes
        self.edited: list[KeptField] = []

    def values(
        self,
        kind: RecordKind,
        record: MemberRecord | SiteRecord | ServiceRecord,
        stored: Stored | None,
        told: Values,
    ) -> Values:
        """Return the values to write of a record; those of a new one are the package's."""
        edited = _edited(stored)
        if stored is None or not edited:
            return told if stored is None else {**told, "edited_fields": edited}
        return self._respected(kind, record, stored, told, stored.values)

    def phones(self, stored: Stored | None, told: tuple[PhoneKey, ...]) -> tuple[PhoneKey, ...]:
        """Return the phones to write of a member or place: ours where people set them."""
        return told if stored is None or "phones" not in _edited(stored) else stored.phones

    def service(self, record: ServiceRecord, stored: StoredService, write: ServiceWrite) -> bool:
        """Put what people edited into the write of a service; return True when anything was."""
        edited = _edited(stored)
        if not edited:
            write.values["edited_fields"] = edited
            return False
        held = {**stored.values, **{name: getattr(stored, name) for name in LISTS}}
        told = {**write.values, **{name: getattr(write, name) for name in LISTS}}
        values = self._respected(RecordKind.SERVICE, record, stored, told, held)
        for name in LISTS:
            setattr(write, name, values.pop(name))
        kept = any(values[name] != told[name] for name in write.values)
        write.values = values
        return kept or any(getattr(write, name) != told[name] for name in LISTS)

    def _respected(
        self,
        kind: RecordKind,
        record: MemberRecord | SiteRecord | ServiceRecord,
        stored: Stored,
        told: Values,
        held: Mapping[str, Any],
    ) -> Values:
        edited = _edited(stored)
        guarded = {name: when for name, when in edited.items() if name not in NEVER_KEPT}
        result = respect(
            guarded,
            held,
            told,
            lambda name: self._choices.takes(field_key(kind, record.source_id, name)),
        )
        for name in (*result.kept, *result.taken):
            taken = name in result.taken
            self.edited.append(
                KeptField(
                    kind,
                    record.source_id,
                    stored.id,
                    name,
                    taken=taken,
                    ours=held[name],
                    theirs=told[name],
                )
            )
            self._notes.info(
                RowPlace(TABLES[kind], record.line, record.source_id),
                name,
                phrase("Edited here before: the package's is taken.")
                if taken
                else phrase("Kept as it was edited here."),
            )
        remaining = {name: when for name, when in edited.items() if name not in result.taken}
        return {**result.values, "edited_fields": remaining}


def _edited(stored: Stored | None) -> dict[str, str]:
    return dict(stored.values.get("edited_fields") or {}) if stored is not None else {}


def without_doubles(package: ReadPackage, stored: StoredDirectory, notes: NoteBook) -> ReadPackage:
    """Return the package with one row a record, where rows were merged into one record here.

    The row under the record's own id is kept, or else the first; what hangs on another goes with
    it to the kept one. Left-out rows are noted, and no longer count as absent.
    """
    members, of_member = _one_each(RecordKind.MEMBER, package.members, stored.members, notes)
    sites, of_site = _one_each(RecordKind.LOCATION, package.sites, stored.sites, notes)
    services, gone = _one_each(RecordKind.SERVICE, package.services, stored.services, notes)
    if not (of_member or of_site or gone):
        return package
    return replace(
        package,
        members=members,
        sites=tuple(
            replace(
                site, member_source_id=of_member.get(site.member_source_id, site.member_source_id)
            )
            for site in sites
        ),
        services=tuple(
            replace(
                service,
                member_source_id=of_member.get(service.member_source_id, service.member_source_id),
                site_ids=tuple(dict.fromkeys(of_site.get(i, i) for i in service.site_ids)),
            )
            for service in services
        ),
    )


def _one_each(
    kind: RecordKind, records: tuple[Record, ...], stored: Mapping[str, Stored], notes: NoteBook
) -> tuple[tuple[Record, ...], dict[str, str]]:
    """Return the records kept, and of each left out the source id of the one kept for it."""
    if not isinstance(stored, dict) or not any(
        held.values["source_id"] != key for key, held in stored.items()
    ):
        return records, {}
    best: dict[UUID, str] = {}
    for record in _own_first(records, stored):
        held = stored.get(record.source_id)
        if held is not None:
            best.setdefault(held.id, record.source_id)
    kept, gone = [], {}
    for record in records:
        held = stored.get(record.source_id)
        if held is None or best[held.id] == record.source_id:
            kept.append(record)
            continue
        gone[record.source_id] = best[held.id]
        notes.info(
            RowPlace(TABLES[kind], record.line, record.source_id),
            "id",
            phrase("It was merged into another row's record here: that row is read."),
        )
        stored.pop(record.source_id)
    return tuple(kept), gone


def _own_first(records: Iterable[Record], stored: Mapping[str, Stored]) -> list[Record]:
    def by_alias(record: Record) -> bool:
        held = stored.get(record.source_id)
        return held is not None and held.values["source_id"] != record.source_id

    return sorted(records, key=by_alias)
