"""`flask directory`: import a directory package, or check one without writing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import click
from flask.cli import ScriptInfo

from ccr.adapters.clock import utc_now
from ccr.cli.hiding import hide
from ccr.cli.refusals import says_why
from ccr.domain.directory_import import NoteLevel
from ccr.services import accounts, import_undo, importing
from ccr.services.importing import ImportOptions, ImportReport
from ccr.services.world import World

QUIET_SECONDS = 2.0
"""Nothing is said of progress before this: most imports are done by then."""
MOST_ROWS_SHOWN = 20


@click.group("directory")
def command() -> None:
    """Import and check the directory of members and services."""


command.add_command(hide)


def _common(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--report",
            "report_file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write every note, row by row, to this CSV file.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--source",
            default=None,
            help="Name of the source; the folder's or file's name by default. "
            "Use the same name each time.",
        ),
        click.option("--network", default=None, help="Network, when there are several."),
        click.argument("path", type=click.Path(path_type=Path)),
    ):
        function = option(function)
    return function


@command.command("import")
@_common
@click.option("--dry-run", is_flag=True, help="Read, check and count; write nothing.")
@click.option(
    "--skip-bad-rows", is_flag=True, help="Leave rows with errors out instead of stopping."
)
@click.pass_context
@says_why
def import_(
    context: click.Context,
    path: Path,
    network: str | None,
    source: str | None,
    *,
    as_json: bool,
    report_file: Path | None,
    dry_run: bool,
    skip_bad_rows: bool,
) -> None:
    """Import a folder, ZIP, CSV or JSON package (HSDS or Ohana): all of it, or nothing.

    Example: flask --app wsgi directory import ./packages/capital-region --source capital-region
    """
    options = ImportOptions(source=source, dry_run=dry_run, skip_bad_rows=skip_bad_rows)
    _run(context, path, network, options, as_json=as_json, report_file=report_file)


@command.command("check")
@_common
@click.pass_context
@says_why
def check(
    context: click.Context,
    path: Path,
    network: str | None,
    source: str | None,
    *,
    as_json: bool,
    report_file: Path | None,
) -> None:
    """Say what an import would do, row by row, and write nothing to the directory.

    Example: flask --app wsgi directory check ./packages/capital-region --report notes.csv
    """
    options = ImportOptions(source=source, dry_run=True)
    _run(context, path, network, options, as_json=as_json, report_file=report_file)


@command.command("undo")
@click.argument("run", type=click.UUID)
@click.option("--network", default=None, help="Network, when there are several.")
@says_why
def undo(run: UUID, network: str | None) -> None:
    """Undo a whole import: what it made goes, what it changed goes back.

    What anything depends on by now, and what was changed since, stays as it is and is named.

    Example: flask --app wsgi directory undo 5c0fc3a2-6f0e-4c43-9d5f-0d5f7d3e1a10
    """
    done = import_undo.undo(accounts.terminal_identity(network), run, at=utc_now())
    for kind, count in done.removed.items():
        click.echo(f"{kind:10} {count} removed")
    click.echo(f"{done.put_back} put back as they were, {done.left_count} left as they are.")
    for left in done.left[:MOST_ROWS_SHOWN]:
        click.echo(f"left       {left.kind.value} {left.id} ({left.why}) {left.name}".rstrip())
    if done.left_count > MOST_ROWS_SHOWN:
        click.echo(f"... and {done.left_count - MOST_ROWS_SHOWN} more.")


def _run(
    context: click.Context,
    path: Path,
    network: str | None,
    options: ImportOptions,
    *,
    as_json: bool,
    report_file: Path | None,
) -> None:
    progress = _Progress()
    report = importing.import_package(
        accounts.terminal_identity(network),
        _world(context),
        path,
        options,
        at=utc_now(),
        progress=progress.tell,
    )
    progress.end()
    if report_file is not None:
        _save(report_file, importing.report_csv(report))
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        _print(report)
    if report.stopped:
        raise click.ClickException(_stopped(report))


def _world(context: click.Context) -> World:
    world: World = context.ensure_object(ScriptInfo).load_app().extensions["ccr_world"]
    return world


def _save(path: Path, text: str) -> None:
    try:
        # The mark lets spreadsheets see that it is UTF-8.
        path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(
            f"The report cannot be written to {path}: {error.strerror}."
        ) from error


def _stopped(report: ImportReport) -> str:
    first = next(note for note in report.notes if note.level is NoteLevel.ERROR)
    rows = "1 row has an error" if report.errors == 1 else f"{report.errors} rows have errors"
    return (
        f"Nothing was written: {rows} (first: {first.table} line {first.line}, "
        f"{first.phrase}) Mend them, or use --skip-bad-rows to leave them out."
    )


def _print(report: ImportReport) -> None:
    for name, count in (
        ("members", report.members),
        ("services", report.services),
        ("locations", report.sites),
    ):
        absent = f", {count.absent} not in this package (left as they are)" if count.absent else ""
        click.echo(
            f"{name:10} {count.added} added, {count.changed} changed, "
            f"{count.unchanged} unchanged{absent}"
        )
    rows = [note for note in report.notes if note.level is not NoteLevel.INFO]
    rows.sort(key=lambda note: note.level is not NoteLevel.ERROR)
    for note in rows[:MOST_ROWS_SHOWN]:
        where = f"{note.table}:{note.line}" + (f" {note.field}" if note.field else "")
        click.echo(f"{note.level.value:8} {where}: {note.phrase}")
    if len(rows) > MOST_ROWS_SHOWN:
        click.echo(f"... and {len(rows) - MOST_ROWS_SHOWN} more; --report FILE.csv has them all.")
    errors = [n for n in report.notes if n.level is NoteLevel.ERROR]
    if report.written:
        left = f" {len(errors)} rows with errors were left out." if errors else ""
        click.echo(f"Imported from {report.source}: {report.changes} changed.{left}")
        if report.run_id is not None:
            click.echo(f"To undo it: flask --app wsgi directory undo {report.run_id}")
    elif report.dry_run and not report.stopped:
        click.echo(f"Checked {report.source}: {report.changes} would change. Nothing was written.")


class _Progress:
    """Rows done, of how many, and how fast, on one line of stderr once it takes a while."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._step_began = self._started
        self._step = ""
        self._said = 0.0
        self._line = ""

    def tell(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_began = step, now
        self._line = f"{step} ..."
        if total:
            rate = done / max(now - self._step_began, 0.001)
            self._line = f"{step}: {done:,} of {total:,} rows, {rate:,.0f} rows/s"
        if now - self._started >= QUIET_SECONDS and now - self._said >= 1:
            self._said = now
            click.echo(f"\r{self._line}   ", err=True, nl=False)

    def end(self) -> None:
        if self._said:
            click.echo(f"\r{self._line}   ", err=True)
