"""`flask gaps`: what is missing where, from the directory alone."""

from __future__ import annotations

import json

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.refusals import says_why
from ccr.domain.gaps import CellState
from ccr.services import gaps
from ccr.services.accounts import terminal_identity
from ccr.services.gaps import GapBoard

SHOWN = 12


@click.command("gaps")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
@says_why
def command(context: click.Context, network: str | None, *, as_json: bool) -> None:
    """Show the gaps of the network, the most urgent first.

    Example: flask --app wsgi gaps --json
    """
    world = world_of(context)
    board = gaps.board(terminal_identity(network), world, at=utc_now())
    if as_json:
        click.echo(json.dumps(_document(board), indent=2))
        return
    for item in board.items[:SHOWN]:
        click.echo(f"{item.finding.title}\n    {item.finding.text}")
    click.echo(
        f"{len(board.items)} findings in {len(board.matrix.counties)} counties; "
        f"{sum(item.is_open for item in board.items)} have an owner."
    )


def _document(board: GapBoard) -> dict[str, object]:
    matrix = board.matrix
    counts = matrix.counts()
    return {
        "summary": {
            "on": board.on.isoformat(),
            "directory_version": board.version,
            "counties": len(matrix.counties),
            "needs": len(matrix.lines),
            "findings": len(board.items),
            "critical": sum(item.finding.kind.critical for item in board.items),
            "owned": sum(item.is_open for item in board.items),
            "services_without_place": len(matrix.unplaced),
            "services_without_need": len(matrix.unmapped),
            **{state.value: counts[state] for state in CellState},
        },
        "rows": [
            {
                "need": cell.line,
                "county": cell.county.name,
                "county_fips": cell.county.fips,
                "state": cell.state.value,
                "members": len(cell.members),
                "services": [str(s.id) for s in cell.checked],
                "unchecked_services": [str(s.id) for s in cell.unchecked],
                "wide_services": [str(s.id) for s in cell.wide],
            }
            for line in matrix.lines
            for cell in matrix.line(line)
        ],
        "findings": [
            {
                "key": item.finding.key,
                "kind": item.finding.kind.value,
                "title": str(item.finding.title),
                "text": str(item.finding.text),
                "owner": item.taken.owner if item.taken and item.taken.is_open else None,
                "due_on": item.taken.due_on.isoformat()
                if item.taken and item.taken.is_open
                else None,
            }
            for item in board.items
        ],
    }
