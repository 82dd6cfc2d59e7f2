"""`flask directory export`: take the directory away as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import ScriptInfo

from ccr.adapters.clock import utc_now
from ccr.cli.refusals import says_why
from ccr.services import accounts, exporting
from ccr.services.world import World


@click.command("export")
@click.option(
    "--format",
    "kind",
    type=click.Choice(sorted(exporting.FORMATS)),
    default="csv",
    show_default=True,
    help="Kind of file.",
)
@click.option("--county", default="", help="Five digits (FIPS); the whole network by default.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; standard output by default.",
)
@click.option("--network", default=None, help="Network, when there are several.")
@click.pass_context
@says_why
def export(
    context: click.Context, kind: str, county: str, output: Path | None, network: str | None
) -> None:
    """Write what anybody may know of the directory to a file, without any private place.

    Example: flask --app wsgi directory export --format xlsx --output directory.xlsx
    """
    world: World = context.ensure_object(ScriptInfo).load_app().extensions["ccr_world"]
    identity = accounts.terminal_identity(network)
    made = exporting.export(identity, world, kind, county=county.strip(), at=utc_now())
    if output is None:
        for piece in made.pieces:
            sys.stdout.buffer.write(piece)
        return
    try:
        with output.open("wb") as file:
            for piece in made.pieces:
                file.write(piece)
    except OSError as error:
        raise click.ClickException(
            f"The file cannot be written to {output}: {error.strerror}."
        ) from error
    click.echo(f"Wrote {made.count} listings to {output}.", err=True)
