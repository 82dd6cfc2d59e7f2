"""`flask directory`: import a directory package, or check one without writing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.exporting import export
from ccr.cli.geocoding import geocode
from ccr.cli.hiding import hide
from ccr.cli.import_output import MOST_ROWS_SHOWN, Progress, say, stopped
from ccr.cli.refusals import says_why
from ccr.domain.column_mapping import ColumnMapping, advise, mapping_from_json
from ccr.domain.column_mapping import check as check_mapping
from ccr.services import accounts, import_server, import_undo, importing
from ccr.services.importing import ImportOptions


@click.group("directory")
def command() -> None:
    """Import and check the directory of members and services."""


command.add_command(export)
command.add_command(geocode)
command.add_command(hide)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `check` and `import` are both asked for."""

    path: str
    network: str | None
    source: str | None
    mapping: Path | None
    sheet: str | None
    as_json: bool
    report: Path | None
    allow_private_address: bool

    def options(self, *, dry_run: bool, skip_bad_rows: bool = False) -> ImportOptions:
        mapping = _mapping(self.mapping) if self.mapping else None
        return ImportOptions(self.source, dry_run, skip_bad_rows, mapping, self.sheet)


_FILE = click.Path(dir_okay=False, path_type=Path)


def _common(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def asked(*args: object, **given: Any) -> None:  # noqa: ANN401 -- click's options
        own = {name: given.pop(name) for name in _Asked.__dataclass_fields__}
        function(*args, _Asked(**own), **given)

    for option in (
        click.option(
            "--report",
            type=_FILE,
            help="Write every note, row by row, to this CSV file.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--source",
            default=None,
            help="Name of the source; the folder's or file's name by default. "
            "Use the same name each time.",
        ),
        of_network,
        click.option(
            "--mapping",
            type=_FILE,
            help="What the columns of one flat CSV or XLSX mean, as JSON (see columns).",
        ),
        click.option("--sheet", default=None, help="Sheet of a workbook; the fullest by default."),
        click.option(
            "--allow-private-address",
            is_flag=True,
            help="A server of your own private network, or this machine, may be read.",
        ),
        click.argument("path", metavar="PATH_OR_ADDRESS"),
    ):
        asked = option(asked)
    return asked


@command.command("import")
@click.pass_context
@_common
@click.option("--dry-run", is_flag=True, help="Read, check and count; write nothing.")
@click.option(
    "--skip-bad-rows", is_flag=True, help="Leave rows with errors out instead of stopping."
)
@says_why
def import_(context: click.Context, asked: _Asked, *, dry_run: bool, skip_bad_rows: bool) -> None:
    """Import a package, a flat table with --mapping, or a server's HSDS: all, or nothing.

    Example: flask --app wsgi directory import ./packages/capital-region --source capital-region
    flask --app wsgi directory import https://data.example.org/hsds --source example
    """
    _run(context, asked, asked.options(dry_run=dry_run, skip_bad_rows=skip_bad_rows))


@command.command("check")
@click.pass_context
@_common
@says_why
def check(context: click.Context, asked: _Asked) -> None:
    """Say what an import would do, row by row, and write nothing to the directory.

    Example: flask --app wsgi directory check ./packages/capital-region --report notes.csv
    """
    _run(context, asked, asked.options(dry_run=True))


@command.command("undo")
@click.argument("run", type=click.UUID)
@of_network
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


@command.command("columns")
@click.option("--sheet", default=None, help="Sheet of a workbook; the fullest by default.")
@click.argument("path", type=click.Path(path_type=Path))
@says_why
def columns(path: Path, sheet: str | None) -> None:
    """Print what the columns of a flat CSV or XLSX seem to mean, as JSON for --mapping.

    Example: flask --app wsgi directory columns list.xlsx > list.json
    """
    table, mapping = importing.guess_columns(path, sheet=sheet)
    click.echo(json.dumps(mapping.as_json(), indent=2, ensure_ascii=False))
    facts = table.facts
    what = f"sheet {facts.sheet}" if facts.sheet else f"{facts.encoding}, {facts.line_ends}"
    click.echo(f"{facts.rows:,} rows ({what})", err=True)
    unread = [name for name in table.header if name and name not in mapping.columns]
    if unread:
        click.echo(f"Not read: {', '.join(unread)}", err=True)
    for sentence in (*check_mapping(mapping), *advise(mapping)):
        click.echo(str(sentence), err=True)


def _mapping(path: Path) -> ColumnMapping:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise click.ClickException(f"The mapping {path} is not readable JSON.") from error
    return mapping_from_json(data)


def _run(context: click.Context, asked: _Asked, options: ImportOptions) -> None:
    progress = Progress()
    identity, world = accounts.terminal_identity(asked.network), world_of(context)
    if "://" in asked.path:
        report = import_server.import_from_server(
            identity,
            world,
            asked.path,
            options,
            at=utc_now(),
            allow_private=asked.allow_private_address,
            progress=progress.tell,
        )
    else:
        report = importing.import_package(
            identity, world, Path(asked.path), options, at=utc_now(), progress=progress.tell
        )
    progress.end()
    if asked.report is not None:
        _save(asked.report, importing.report_csv(report))
    if asked.as_json:
        click.echo(json.dumps(report.as_dict(), indent=2))
    else:
        say(report)
    if report.stopped:
        raise click.ClickException(stopped(report))


def _save(path: Path, text: str) -> None:
    try:
        # The mark lets spreadsheets see that it is UTF-8.
        path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(
            f"The report cannot be written to {path}: {error.strerror}."
        ) from error
