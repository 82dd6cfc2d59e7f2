"""`flask directory export`: take the directory away as files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import ScriptInfo

from ccr.adapters.clock import utc_now
from ccr.cli.import_output import Progress
from ccr.cli.refusals import says_why
from ccr.domain.open_records import Scope
from ccr.services import accounts, exporting
from ccr.services.world import World


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(exporting.FORMS)),
    default="hsds-csv",
    show_default=True,
    help="Form of the files.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="As staff see it: all listed members and services, with e-mail and room. Places of "
    "confidential services and private phones are in no file.",
)
@click.option("--network", default=None, help="Network, when there are several.")
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_context
@says_why
def export(
    context: click.Context, path: Path, form: str, network: str | None, *, everything: bool
) -> None:
    """Write the public directory, or with --all what staff see, to PATH.

    hsds-csv writes a folder of the 24 HSDS tables, or one ZIP where PATH ends with .zip;
    hsds-json writes one list, or a line for each service where PATH ends with .ndjson.

    Example: flask --app wsgi directory export --format hsds-csv ./open-data
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise click.ClickException("There is something at this path already.")
    app = context.ensure_object(ScriptInfo).load_app()
    world: World = app.extensions["ccr_world"]
    progress = Progress()
    count = exporting.export_package(
        accounts.terminal_identity(network),
        world,
        form,
        path,
        scope=Scope.STAFF if everything else Scope.PUBLIC,
        at=utc_now(),
        progress=progress.tell,
    )
    progress.end()
    click.echo(f"Wrote {count:,} services as {form}.")
