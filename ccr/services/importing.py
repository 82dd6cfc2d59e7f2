"""Importing a directory package: read it, check it, and write all of it or nothing.

Any row with an error stops the whole import, unless whoever imports asks to leave such rows out;
the report then names each of them. A dry run does everything but write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ccr.adapters.packages.flat import FlatFile, open_flat
from ccr.adapters.packages.reading import PackageReader, table_of_words
from ccr.domain.column_mapping import ColumnMapping, suggest
from ccr.domain.concealing import Directory, HiddenSources, conceal
from ccr.domain.directory_import import NoteBook, NoteLevel, ReadPackage
from ccr.domain.edited_here import KEEP_OURS, Choices
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import accounts, erasing
from ccr.services.authorise import authorise
from ccr.services.demo_guard import check_takes_real_rows
from ccr.services.import_plan import Planned, plan_import
from ccr.services.import_report import ImportReport, counts_of, report_csv
from ccr.services.import_source import (
    hidden_services,
    looks_like_another_package,
    source_name,
)
from ccr.services.likely import compare_package
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory import raise_directory_version
from ccr.storage.queries.directory_search import forget_removed_words
from ccr.storage.queries.hiding import still_public
from ccr.storage.queries.import_runs import add_run
from ccr.storage.queries.import_stored import (
    StoredDirectory,
    lock_directory,
    stored_directory,
)
from ccr.storage.queries.importing import PlanWriter
from ccr.storage.queries.record_aliases import know_as
from ccr.storage.queries.term_mappings import mappings_of

__all__ = ["ImportOptions", "ImportReport", "guess_columns", "import_package", "report_csv"]

MANY_ROWS = 1000
"""From here on the engine's statistics are refreshed after writing."""
Progress = Callable[[str, int, int], None]
"""Told (what is being done, rows done, rows in all); 0 in all means not known yet."""
Finish = Callable[["ImportReport"], None]


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


def import_package(
    identity: Identity,
    world: World,
    path: Path,
    options: ImportOptions | None = None,
    *,
    at: datetime,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> ImportReport:
    """Import the package at `path` into the identity's network; return what was done.

    All of it is written in one transaction, or nothing is. Importing the same package again
    changes nothing. `finish` is called with the report inside that transaction, last of all: what
    it raises undoes everything.

    Raises:
        ForbiddenError: the identity may not import.
        DuplicateError: the network is a demo.
        InvalidInputError: the package cannot be read at all, the source name cannot be used, or
            the source name belongs to another package.
    """
    options = options or ImportOptions()
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        mappings = mappings_of(identity.network_id)
    network = accounts.get_network(identity)
    if not options.dry_run:
        check_takes_real_rows(network)
    source = source_name(path.resolve().stem if options.source is None else options.source)
    reader = PackageReader(
        places=world.gazetteer,
        terms=table_of_words().with_mappings(mappings),
        state=network.state,
        on=at.astimezone(ZoneInfo(network.timezone)).date(),
    )
    package = reader.read(
        path, partial(progress, "reading") if progress else None, options.mapping, options.sheet
    )
    # A check takes no write lock: the site works on meanwhile.
    with nullcontext() if options.dry_run else unit_of_work():
        if not options.dry_run:
            lock_directory(identity.network_id)
            know_as(identity.network_id, source, options.same_as, at=at)
        stored = stored_directory(identity.network_id, source)
        if looks_like_another_package(package, stored):
            raise InvalidInputError(
                phrase(
                    "Most ids of this package belong to other names under the source "
                    "%(source)s: give another source name.",
                    source=source,
                ),
                field="source",
            )
        notes = NoteBook(list(package.notes))
        package = _kept_hidden(package, stored, world, notes)
        planned = plan_import(
            package, stored, timezone=network.timezone, notes=notes, choices=options.choices
        )
        report = _report(package, source, planned, notes, options)
        if options.compare:
            report = replace(report, likely=compare_package(identity.network_id, package, stored))
        if report.written and not planned.plan.empty:
            report = replace(
                report, run_id=_write(identity, report, planned, options, at, progress)
            )
        if finish is not None:
            finish(report)
    return report


def guess_columns(path: Path, *, sheet: str | None = None) -> tuple[FlatFile, ColumnMapping]:
    """Return a flat table, opened, and a first guess at what its columns mean.

    Nothing is asked of the directory, so nobody has to be known for it.

    Raises:
        InvalidInputError: it cannot be read, or is no table.
    """
    table = open_flat(path, sheet=sheet)
    return table, suggest(table.header, table.sample)


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


def _write(
    identity: Identity,
    report: ImportReport,
    planned: Planned,
    options: ImportOptions,
    at: datetime,
    progress: Progress | None,
) -> UUID:
    """Write the plan; return the run by which it can be undone."""

    def told(done: int, total: int) -> None:
        if progress:
            progress("writing", done, total)

    run_id = options.run_id
    if run_id is None:
        run_id = uuid4()
        add_run(
            identity.network_id,
            run_id,
            at=at,
            state="done",
            source=report.source,
            dialect=report.kind.value,
            summary=counts_of(report),
            finished_at=at,
        )
    hides = still_public([w.id for w in planned.plan.changed_services if w.values["confidential"]])
    trail = erasing.trail_of(identity.network_id, hides) if hides else None
    writer = PlanWriter(identity.network_id, report.source, at, told, run_id, options.account_id)
    writer.write(planned.plan)
    if trail is not None:
        erasing.erase_after_import(identity.network_id, trail, hides, at=at)
    if planned.plan.size >= MANY_ROWS:
        writer.refresh_statistics()
    if planned.newly_hidden:
        forget_removed_words()
    raise_directory_version(identity.network_id)
    append_event(
        identity,
        "imported",
        "directory",
        identity.network_id,
        at=at,
        fields=_audit_fields(planned),
    )
    return run_id


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
