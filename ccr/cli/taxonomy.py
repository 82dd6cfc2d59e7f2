"""`flask taxonomy`: keep a vocabulary from a file, and print what our needs are in others."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from ccr.adapters.clock import utc_now
from ccr.adapters.need_mappings import OtherVocabulary, need_mappings
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.services import accounts, vocabularies


@click.group("taxonomy")
def command() -> None:
    """Vocabularies beside our own needs."""


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--taxonomy", default=None, help="Its name on listings; the file's own by default.")
@of_network
@says_why
def import_(path: Path, taxonomy: str | None, network: str | None) -> None:
    """Keep the terms of Open Eligibility's taxonomy.xml, or of a CSV with code, name, parent.

    Example: flask --app wsgi taxonomy import ./taxonomy.xml
    """
    identity = accounts.terminal_identity(network)
    done = vocabularies.import_vocabulary(identity, path, taxonomy, at=utc_now())
    click.echo(
        f"{done.name}: {done.added} added, {done.changed} changed, {done.unchanged} unchanged."
    )
    if done.doubled:
        click.echo(f"Codes that stand twice (the first is kept): {', '.join(done.doubled)}")


@command.command("mappings")
@click.argument("vocabulary", type=click.Choice([v.value for v in OtherVocabulary]))
def mappings(vocabulary: str) -> None:
    """Print our needs with the nearest terms of another vocabulary, as CSV.

    Example: flask --app wsgi taxonomy mappings gravity-sdoh-category
    """
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["need", "code", "relation"])
    for line in need_mappings(OtherVocabulary(vocabulary)):
        out.writerow([line.need.value, line.code, line.relation.value])
