"""`flask gaps distances` and `flask gaps districts`: long lists, told as they are made."""

from __future__ import annotations

import csv
import io
import json
from typing import Unpack

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.gap_asking import Asked, asked_options, question_of
from ccr.cli.refusals import says_why
from ccr.domain.gaps import LINES
from ccr.domain.spreadsheet_cells import text_cell
from ccr.services import districts as drawn
from ccr.services import gap_access
from ccr.services.accounts import terminal_identity


@click.command("distances")
@of_network
@asked_options
@click.option("--need", "needs", type=click.Choice(LINES), multiple=True, help="All, if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
@says_why
def distances(
    context: click.Context,
    /,
    network: str | None,
    *,
    needs: tuple[str, ...],
    as_json: bool,
    **asked: Unpack[Asked],
) -> None:
    """Print the nearest two public services of every ZIP of every county, as CSV.

    Checked services that are not known to be full. Confidential ones have no distance: they are
    counted as "by area only".

    Example: flask --app wsgi gaps distances --need emergency-shelter > distances.csv
    """
    found = gap_access.network_access(
        terminal_identity(network),
        world_of(context),
        at=utc_now(),
        lines=needs or LINES,
        question=question_of(asked),
    )
    heads: tuple[object, ...] = ()
    for rows in found.rows():
        for row in rows:
            if as_json and heads:
                cells = zip(heads, (None if cell == "" else cell for cell in row), strict=True)
                click.echo(json.dumps({str(head): cell for head, cell in cells}))
            elif not as_json:
                click.echo(_line(row))
            heads = heads or row


@click.command("districts")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@says_why
def districts(network: str | None, *, as_json: bool) -> None:
    """List the districts that the network drew itself, with their ZIPs and counties.

    Example: flask --app wsgi gaps districts --json
    """
    found = drawn.list_all(terminal_identity(network))
    if as_json:
        rows = [
            {"id": str(d.id), "name": d.name, "zips": d.zips, "counties": d.counties} for d in found
        ]
        click.echo(json.dumps({"summary": {"districts": len(found)}, "rows": rows}, indent=2))
        return
    for district in found:
        click.echo(f"{district.name}: {' '.join((*district.counties, *district.zips))}")
    click.echo(f"{len(found)} districts.")


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(
        [text_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    return text.getvalue()
