"""Importing a directory package: read it, check it, and write all of it or nothing.

Any row with an error stops the whole import, unless whoever imports asks to leave such rows out;
the report then names each of them. A dry run does everything but write.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ccr.adapters.packages.flat import FlatFile, open_flat
from ccr.adapters.packages.reading import PackageReader, table_of_words
from ccr.domain.column_mapping import ColumnMapping, suggest
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import accounts
from ccr.services.authorise import authorise
from ccr.services.demo_guard import check_takes_real_rows
from ccr.services.import_draft import ImportJob, ImportOptions, Progress
from ccr.services.import_report import ImportReport, report_csv
from ccr.services.import_source import source_name
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.directory import directory_version
from ccr.storage.queries.import_stored import (
    lock_directory,
)
from ccr.storage.queries.record_aliases import know_as
from ccr.storage.queries.term_mappings import mappings_of

__all__ = ["ImportOptions", "ImportReport", "guess_columns", "import_package", "report_csv"]

Finish = Callable[["ImportReport"], None]


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
    with _without_collector():
        return _imported(identity, world, path, options or ImportOptions(), at, progress, finish)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for circles among millions of records that have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _imported(
    identity: Identity,
    world: World,
    path: Path,
    options: ImportOptions,
    at: datetime,
    progress: Progress | None,
    finish: Finish | None,
) -> ImportReport:
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
    job = ImportJob(identity, world, package, source, network.timezone, options, at, progress)
    # Comparing takes no write lock, nor does a check at all: the site works on meanwhile.
    draft = job.draft()
    if options.dry_run:
        if finish is not None:
            finish(draft.report)
        return draft.report
    try:
        draft.prepare()
        with unit_of_work():
            lock_directory(identity.network_id)
            know_as(identity.network_id, source, options.same_as, at=at)
            if options.same_as or draft.version != directory_version(identity.network_id):
                # Somebody has changed the directory meanwhile: what was planned may not be so.
                draft.close()
                draft = job.draft()
            report = draft.write()
            if finish is not None:
                finish(report)
    finally:
        draft.close()
    return report


def guess_columns(path: Path, *, sheet: str | None = None) -> tuple[FlatFile, ColumnMapping]:
    """Return a flat table, opened, and a first guess at what its columns mean.

    Nothing is asked of the directory, so nobody has to be known for it.

    Raises:
        InvalidInputError: it cannot be read, or is no table.
    """
    table = open_flat(path, sheet=sheet)
    return table, suggest(table.header, table.sample)
