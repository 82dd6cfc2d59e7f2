"""What an import would write: drafted outside of any lock, written in one short transaction.

Steps of import_package, which authorises: a package against the directory as it is, the rows made
ready, and their writing. If the directory has changed between the two, it is drafted again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from ccr.domain.column_mapping import ColumnMapping
from ccr.domain.concealing import Directory, HiddenSources, conceal
from ccr.domain.directory_import import NoteBook, NoteLevel, ReadPackage
from ccr.domain.edited_here import KEEP_OURS, Choices
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.services import erasing
from ccr.services.import_plan import Planned, plan_import
from ccr.services.import_report import ImportReport, counts_of
from ccr.services.import_source import hidden_services, looks_like_another_package
from ccr.services.likely import compare_package
from ccr.services.world import World
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory import directory_version
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.directory_search import forget_removed_words
from ccr.storage.queries.hiding import still_public
from ccr.storage.queries.import_runs import add_run
from ccr.storage.queries.import_stored import (
    StoredDirectory,
    stored_directory,
)
from ccr.storage.queries.importing import PlanWriter

MANY_ROWS = 1000
"""From here on the engine's statistics are refreshed after writing."""
Progress = Callable[[str, int, int], None]
"""Told (what is being done, rows done, rows in all); 0 in all means not known yet."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import.

    Attributes:
        source: the name under which ids of this package are known; the package's own by default.
        dry_run: read, check and count, and write nothing.
        skip_bad_rows: leave rows with an error out instead of stopping.
        mapping: what the columns of one flat table mean; None for a package of a known dialect.
        sheet: which sheet of a workbook; the fullest by default.
        choices: which fields that were edited here give way to the package's.
        same_as: records of the package that are records here: their key ("service:ID in the
            package") and our id. They are known under it from then on.
        compare: look for records here that may be the package's new ones.
        run_id: the import run that this is; one is made when there is none.
        account_id: whose run it is.
    """

    source: str | None = None
    dry_run: bool = False
    skip_bad_rows: bool = False
    mapping: ColumnMapping | None = None
    sheet: str | None = None
    choices: Choices = KEEP_OURS
    same_as: Mapping[str, UUID] = field(default_factory=dict)
    compare: bool = False
    run_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One import with its package read: drafted outside of the lock, again inside if need be."""

    identity: Identity
    world: World
    package: ReadPackage
    source: str
    timezone: str
    options: ImportOptions
    at: datetime
    progress: Progress | None

    def draft(self) -> Draft:
        """Return what is to be written, and the version of the directory it was compared with."""
        network_id = self.identity.network_id
        version = directory_version(network_id)
        stored = stored_directory(network_id, self.source)
        if looks_like_another_package(self.package, stored):
            raise InvalidInputError(
                phrase(
                    "Most ids of this package belong to other names under the source "
                    "%(source)s: give another source name.",
                    source=self.source,
                ),
                field="source",
            )
        notes = NoteBook(list(self.package.notes))
        package = _kept_hidden(self.package, stored, self.world, notes)
        planned = plan_import(
            package, stored, timezone=self.timezone, notes=notes, choices=self.options.choices
        )
        report = _report(package, self.source, planned, notes, self.options)
        if self.options.compare:
            report = replace(report, likely=compare_package(network_id, package, stored))
        return Draft(self, planned, report, version, planned.plan.size)


def _kept_hidden(
    package: ReadPackage, stored: StoredDirectory, world: World, notes: NoteBook
) -> ReadPackage:
    """Return the package with what is hidden in the directory hidden in it too.

    Only an authorization that is on record makes a place public, and no package carries one (R51).
    """
    hidden = hidden_services(stored)
    public = {service.source_id for service in package.services if not service.hidden}
    hidden_places = {key for key, site in stored.sites.items() if site.values["confidential"]}
    met = {site.source_id for site in package.sites}
    if not hidden & public and not hidden_places & met:
        return package

    def county_of(zip_code: str) -> str | None:
        county = world.gazetteer.county_of_zip(zip_code)
        return county.fips if county else None

    concealed = conceal(
        Directory(package.members, package.services, package.sites, package.hidden_sites),
        HiddenSources(services=hidden, sites=hidden_places),
        county_of,
        notes,
    )
    return replace(
        package,
        members=concealed.members,
        services=concealed.services,
        sites=concealed.sites,
        hidden_sites=concealed.hidden_sites,
    )


def _report(
    package: ReadPackage, source: str, planned: Planned, notes: NoteBook, options: ImportOptions
) -> ImportReport:
    has_errors = any(note.level is NoteLevel.ERROR for note in notes.notes)
    stopped = has_errors and not options.skip_bad_rows
    return ImportReport(
        kind=package.kind,
        source=source,
        written=not stopped and not options.dry_run,
        stopped=stopped,
        dry_run=options.dry_run,
        members=planned.members,
        services=planned.services,
        sites=planned.sites,
        notes=tuple(notes.notes),
        edited=planned.edited,
    )


@dataclass(slots=True)
class Draft:
    """What an import would write, and what it would say."""

    job: ImportJob
    planned: Planned
    report: ImportReport
    version: int
    size: int
    writer: PlanWriter | None = None

    def prepare(self) -> None:
        """Make the rows ready; nothing is written."""
        if not self.report.written or self.planned.plan.empty:
            return
        job = self.job

        def told(done: int, total: int) -> None:
            if job.progress:
                job.progress("writing", done, total)

        self.writer = PlanWriter(
            job.identity.network_id,
            job.source,
            job.at,
            told,
            job.options.run_id or uuid4(),
            job.options.account_id,
        )
        self.writer.prepare(self.planned.plan)
        # They are in a file from here on.
        self.planned.plan.new_services.clear()

    def write(self) -> ImportReport:
        """Write it, if there is anything to; return the report, with the run for undoing it."""
        if self.writer is None:
            self.prepare()
        if self.writer is None:
            return self.report
        identity, at = self.job.identity, self.job.at
        if self.job.options.run_id is None and self.writer.run_id is not None:
            add_run(
                identity.network_id,
                self.writer.run_id,
                at=at,
                state="done",
                source=self.report.source,
                dialect=self.report.kind.value,
                summary=counts_of(self.report),
                finished_at=at,
            )
        changed = self.planned.plan.changed_services
        hides = still_public([w.id for w in changed if w.values["confidential"]])
        trail = erasing.trail_of(identity.network_id, hides) if hides else None
        self.writer.write(self.planned.plan)
        if trail is not None:
            erasing.erase_after_import(identity.network_id, trail, hides, at=at)
        if self.size >= MANY_ROWS:
            self.writer.refresh_statistics()
        if self.planned.newly_hidden:
            forget_removed_words()
        raise_directory_version(identity.network_id)
        append_event(
            identity,
            "imported",
            "directory",
            identity.network_id,
            at=at,
            fields=_audit_fields(self.planned),
        )
        return replace(self.report, run_id=self.writer.run_id)

    def close(self) -> None:
        """Let go of rows that were made ready."""
        if self.writer is not None:
            self.writer.close()


def _audit_fields(planned: Planned) -> list[str]:
    """Return counts as field names, such as "services.added:23": the trail holds no values."""
    counts = (
        ("members", planned.members),
        ("services", planned.services),
        ("locations", planned.sites),
    )
    return [
        f"{name}.{what}:{number}"
        for name, count in counts
        for what, number in (("added", count.added), ("changed", count.changed))
        if number
    ]
