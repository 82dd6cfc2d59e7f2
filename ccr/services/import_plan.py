"""What an import would change: the package against what earlier imports of its source made.

What a person has decided since is kept: needs, tracks, populations, category, regime and sector
are only set when a record is new; a hidden place stays hidden, "do not refer" stays set, a newer
word on room stays, and the later of two checks counts; a field that was edited here stays unless
the choices of the run say otherwise. All else follows the source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from ccr.domain.directory_history import RecordKind, difference
from ccr.domain.directory_import import (
    CapacityRecord,
    MemberRecord,
    NoteBook,
    PhoneRecord,
    ReadPackage,
    RowPlace,
    ServiceRecord,
    SiteRecord,
    joined_id,
)
from ccr.domain.edited_here import KEEP_OURS, Choices, KeptField
from ccr.domain.geocoding import with_looked_up_point
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.services.accounts import kind_for
from ccr.services.import_differences import differs, public_differs, service_differs
from ccr.services.import_fields import FieldKeeper, without_doubles
from ccr.storage.queries import import_rows
from ccr.storage.queries.import_rows import (
    CapacityKey,
    Changed,
    ImportPlan,
    PhoneKey,
    ServiceWrite,
    Values,
)
from ccr.storage.queries.import_stored import (
    Stored,
    StoredDirectory,
    StoredService,
    text_digest,
)


@dataclass(slots=True)
class KindCount:
    """How many records of one kind an import adds, changes and leaves as they are."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    """Of this source, in the directory, and not in the package: left as they are."""


@dataclass(slots=True)
class Planned:
    """The plan with its counts."""

    plan: ImportPlan
    members: KindCount
    sites: KindCount
    services: KindCount
    newly_hidden: bool = False
    """True when something that was public becomes hidden: its words must go from every index."""
    edited: tuple[KeptField, ...] = ()
    """Fields edited here that the package would change."""


def plan_import(
    package: ReadPackage,
    stored: StoredDirectory,
    *,
    timezone: str,
    notes: NoteBook,
    choices: Choices = KEEP_OURS,
) -> Planned:
    """Return what to write so that the directory holds the package; decides, writes nothing."""
    package = without_doubles(package, stored, notes)
    return _Planner(package, stored, timezone, notes, choices).planned()


HANGING = ("areas", "languages", "terms", "sites", "phones", "capacity")
"""What hangs on a service and is written with it."""


class _Planner:
    def __init__(
        self,
        package: ReadPackage,
        stored: StoredDirectory,
        timezone: str,
        notes: NoteBook,
        choices: Choices,
    ) -> None:
        self.package = package
        self.stored = stored
        self.timezone = timezone
        self.notes = notes
        self.plan = ImportPlan()
        self.newly_hidden = False
        self.fields = FieldKeeper(choices, notes)
        self.member_ids: dict[str, UUID] = {}
        self.site_ids: dict[str, UUID] = {}
        self.phone_ids: set[str] = set()
        self.names = {member.source_id: member.name for member in package.members}
        self.towns = {site.source_id: site.city or "" for site in package.sites}
        self.kinds = {m.source_id: kind_for(m.category) for m in package.members}
        hidden = {s.source_id for s in package.services if s.hidden}
        self.turned = {
            key
            for key, held in stored.services.items()
            if key in hidden and not held.values["confidential"]
        }
        """Services that become hidden by this import: nothing edited of them stays."""
        self.members_of_turned = {
            s.member_source_id for s in package.services if s.source_id in self.turned
        }

    def planned(self) -> Planned:
        members = KindCount(absent=len(self.stored.members.keys() - self.names.keys()))
        for member in self.package.members:
            self._member(member, members)
        sites = KindCount(
            absent=len(self.stored.sites.keys() - self.towns.keys() - self.package.hidden_sites)
        )
        for site in self.package.sites:
            self._site(site, sites)
        self.plan.gone_sites = [
            stored.id
            for key, stored in self.stored.sites.items()
            if key in self.package.hidden_sites
        ]
        self.plan.forget.update(self.plan.gone_sites)
        there = {service.source_id for service in self.package.services}
        services = KindCount(absent=len(self.stored.services.keys() - there))
        for service in self.package.services:
            self._service(service, services)
        return Planned(
            self.plan,
            members,
            sites,
            services,
            newly_hidden=bool(self.plan.gone_sites) or self.newly_hidden,
            edited=tuple(self.fields.edited),
        )

    def _changed(self, kind: RecordKind, stored: Stored, after: Values) -> None:
        """Remember what differs, so that the import can be undone; nothing of what hides."""
        if stored.id in self.plan.forget:
            return
        before = {**stored.values, **{name: getattr(stored, name, None) for name in HANGING}}
        was, became = difference(before, after)
        version = int(stored.values.get("version", -1)) + 1
        self.plan.changes.append(Changed(kind, stored.id, was, became, version))

    # -- members and places ----------------------------------------------------------------------

    def _member(self, record: MemberRecord, count: KindCount) -> None:
        stored = self.stored.members.get(record.source_id)
        told = import_rows.member_values(record)
        if record.source_id in self.members_of_turned:
            self.plan.forget.update({stored.id} if stored else ())
            values = told if stored is None else {**told, "edited_fields": {}}
        else:
            values = self.fields.values(RecordKind.MEMBER, record, stored, told)
        self.names[record.source_id] = values["name"]
        member_id = stored.id if stored else uuid4()
        self.member_ids[record.source_id] = member_id
        phones = self.fields.phones(stored, self._phones(record.phones, record.source_id))
        if stored is None:
            new = {"source_id": record.source_id, **import_rows.new_member_values(record)}
            self.plan.new_members.append((member_id, {**new, **values}))
            kind = self.kinds[record.source_id]
            self._program(member_id, kind)
            count.added += 1
            if record.name.lower() in self.stored.other_member_names:
                self.notes.warn(
                    RowPlace("organizations", record.line, record.source_id),
                    "name",
                    phrase("Another member has this name already: now there are two."),
                )
        elif differs(stored.values, values) or stored.phones != phones:
            self.plan.changed_members.append((member_id, values))
            self._changed(RecordKind.MEMBER, stored, {**values, "phones": phones})
            count.changed += 1
        else:
            count.unchanged += 1
        if phones != (stored.phones if stored else ()):
            self.plan.phones.append(("member_id", member_id, phones))

    def _program(self, member_id: UUID, kind: CompartmentKind) -> UUID:
        """Return the member's program of this kind, planned when there is none."""
        programs = self.stored.programs.setdefault(member_id, {})
        if kind not in programs:
            programs[kind] = uuid4()
            self.plan.new_programs.append((programs[kind], member_id, kind))
        return programs[kind]

    def _site(self, record: SiteRecord, count: KindCount) -> None:
        stored = self.stored.sites.get(record.source_id)
        site_id = stored.id if stored else uuid4()
        self.site_ids[record.source_id] = site_id
        values = self.fields.values(
            RecordKind.LOCATION,
            record,
            stored,
            {
                "member_id": self.member_ids[record.member_source_id],
                **import_rows.site_values(record),
            },
        )
        if stored is not None:
            values = with_looked_up_point(stored.values, values)
        self.towns[record.source_id] = values["city"] or ""
        phones = self.fields.phones(stored, self._phones(record.phones, record.source_id))
        if stored is None:
            self.plan.new_sites.append((site_id, {"source_id": record.source_id, **values}))
            count.added += 1
        elif differs(stored.values, values) or stored.phones != phones:
            self.plan.changed_sites.append((site_id, values))
            self._changed(RecordKind.LOCATION, stored, {**values, "phones": phones})
            count.changed += 1
        else:
            count.unchanged += 1
        if phones != (stored.phones if stored else ()):
            self.plan.phones.append(("location_id", site_id, phones))

    def _phones(self, phones: Iterable[PhoneRecord], owner: str) -> tuple[PhoneKey, ...]:
        """Return phones to keep, each under an id that no other phone of this source has."""
        kept = []
        for phone in phones:
            source_id = phone.source_id
            if source_id in self.phone_ids:
                source_id = joined_id(source_id, owner, phone.number)
            if source_id not in self.phone_ids:
                self.phone_ids.add(source_id)
                kept.append(replace(phone, source_id=source_id))
        return import_rows.phone_keys(kept)

    # -- services --------------------------------------------------------------------------------

    def _service(self, record: ServiceRecord, count: KindCount) -> None:
        stored = self.stored.services.get(record.source_id)
        if stored is not None:
            record = _with_choices(record, stored)
        write = self._write(record, stored)
        needs: Iterable[Need] = record.needs
        if stored is None:
            compartment = self._program(write.member_id, self._kind_for(record))
            write.values = {
                "source_id": record.source_id,
                "member_id": write.member_id,
                "compartment_id": compartment,
                **import_rows.new_service_values(record),
                **write.values,
            }
            self.plan.new_services.append(write)
            count.added += 1
        else:
            self._note_move(record, stored)
            needs = [Need(code) for code in stored.needs]
            if record.source_id in self.turned:
                self.newly_hidden = True
                self.plan.forget.add(stored.id)
                write.values["edited_fields"] = {}
                edited = False
            else:
                edited = self.fields.service(record, stored, write)
            if service_differs(stored, write):
                self._changed_service(stored, write, edited=edited)
                count.changed += 1
            else:
                count.unchanged += 1
            if edited:
                return
        text = import_rows.text_of(
            record,
            self.names[record.member_source_id],
            (self.towns.get(site, "") for site in record.site_ids),
            sorted(needs),
        )
        if stored is None or stored.text_digest != text_digest(text):
            self.plan.texts.append((write.id, text))

    def _changed_service(self, stored: StoredService, write: ServiceWrite, *, edited: bool) -> None:
        write.public = public_differs(stored, write)
        self.plan.changed_services.append(write)
        if edited:
            self.plan.retext.append(write.id)
        if not write.values["confidential"]:
            lists = {name: getattr(write, name) for name in HANGING}
            if write.capacity is None:
                del lists["capacity"]
            self._changed(RecordKind.SERVICE, stored, {**write.values, **lists})

    def _write(self, record: ServiceRecord, stored: StoredService | None) -> ServiceWrite:
        values = import_rows.service_values(record, self.timezone)
        return ServiceWrite(
            id=stored.id if stored else uuid4(),
            member_id=stored.member_id if stored else self.member_ids[record.member_source_id],
            values=_later_check(values, stored) if stored else values,
            areas=frozenset((area.extent.value, area.code) for area in record.areas),
            languages=frozenset((lang.code, lang.mode.value) for lang in record.languages),
            terms=frozenset((term.taxonomy, term.code, term.name) for term in record.terms),
            sites=frozenset(self.site_ids[site] for site in record.site_ids),
            phones=self._phones(record.phones, record.source_id),
            capacity=_newer(record.capacity, stored),
            needs=frozenset(need.value for need in record.needs),
        )

    def _kind_for(self, record: ServiceRecord) -> CompartmentKind:
        """Return the program a new service belongs in: a program for abusive partners is apart.

        Source: R83.
        """
        if Need.ABUSIVE_PARTNER_INTERVENTION in record.needs:
            return CompartmentKind.APIP
        kind = self._kind_of_member(record.member_source_id)
        if kind is CompartmentKind.APIP:
            return CompartmentKind.GENERAL
        return kind

    def _kind_of_member(self, source_id: str) -> CompartmentKind:
        """Return the kind of the member's first program, as people have left it."""
        programs = self.stored.programs.get(self.member_ids[source_id], {})
        wanted = self.kinds[source_id]
        if wanted in programs or not programs:
            return wanted
        return next((k for k in programs if k is not CompartmentKind.APIP), wanted)

    def _note_move(self, record: ServiceRecord, stored: StoredService) -> None:
        if self.member_ids[record.member_source_id] != stored.member_id:
            self.notes.warn(
                RowPlace("services", record.line, record.source_id),
                "organization_id",
                phrase(
                    "It has moved to another organization: it stays where it was. "
                    "Its referrals belong there."
                ),
            )


def _with_choices(record: ServiceRecord, stored: StoredService) -> ServiceRecord:
    """Return the record with what people, or earlier packages, have decided for safety."""
    return replace(record, do_not_refer=record.do_not_refer or bool(stored.values["do_not_refer"]))


def _later_check(values: Values, stored: StoredService) -> Values:
    """Return the values with the later of two checks: ours may be newer than the source's."""
    held, told = stored.values["last_verified_at"], values["last_verified_at"]
    if held is not None and (told is None or held > told):
        return {**values, "last_verified_at": held}
    return values


def _newer(capacity: CapacityRecord | None, stored: StoredService | None) -> CapacityKey | None:
    """Return the package's word on room when it is newer than what is there, else None."""
    if capacity is None:
        return None
    key = (capacity.status.value, capacity.available, capacity.unit, capacity.said_at)
    if stored is None or stored.capacity is None:
        return key
    held = stored.capacity[3]
    if held is None:
        return None if stored.capacity == key else key
    return key if capacity.said_at is not None and capacity.said_at > held else None
