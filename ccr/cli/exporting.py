"""`flask directory export`: take the directory away as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.import_output import Progress
from ccr.cli.refusals import says_why
from ccr.domain.open_records import Scope
from ccr.policy.identity import Identity
from ccr.services import accounts, exporting, hsds_export
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
    type=click.Path(path_type=Path),
    help="Where to write it; standard output by default. An HSDS package is written as a folder "
    "unless the name ends with .zip, HSDS JSON as one line a service where it ends with .ndjson.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="HSDS only: as staff see it, all listed members and services with e-mail and room. "
    "Places of confidential services and private phones are in no file.",
)
@of_network
@click.pass_context
@says_why
def export(
    context: click.Context,
    kind: str,
    county: str,
    output: Path | None,
    network: str | None,
    *,
    everything: bool,
) -> None:
    """Write what anybody may know of the directory to a file, without any private place.

    Example: flask --app wsgi directory export --format xlsx --output directory.xlsx

    Example: flask --app wsgi directory export --format hsds-csv --output ./open-data
    """
    world = world_of(context)
    identity = accounts.terminal_identity(network)
    if kind in hsds_export.WRITERS and output is not None and not county:
        _write_package(identity, world, kind, output, everything=everything)
        return
    if everything:
        raise click.ClickException(
            "--all goes with --format hsds-csv or hsds-json, and with --output."
        )
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


def _write_package(
    identity: Identity, world: World, form: str, output: Path, *, everything: bool
) -> None:
    if output.is_file() or (output.is_dir() and any(output.iterdir())):
        raise click.ClickException("There is something at this path already.")
    progress = Progress()
    count = hsds_export.export_package(
        identity,
        world,
        form,
        output,
        scope=Scope.STAFF if everything else Scope.PUBLIC,
        at=utc_now(),
        progress=progress.tell,
    )
    progress.end()
    click.echo(f"Wrote {count:,} services to {output}.", err=True)
