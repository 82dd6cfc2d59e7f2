"""`flask gaps`: what is missing where, from the directory alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Unpack

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.gap_asking import Asked, asked_options, question_of
from ccr.cli.gap_lists import distances, districts
from ccr.cli.refusals import says_why
from ccr.domain.districts import unserved
from ccr.domain.gaps import Cell, CellState
from ccr.services import gaps
from ccr.services.accounts import terminal_identity
from ccr.services.gaps import GapBoard

SHOWN = 12


@click.group("gaps", invoke_without_command=True)
@of_network
@asked_options
@click.option("--zips", "zips_of", metavar="FIPS", help="Rows by the ZIPs of this county.")
@click.option("--districts", "by_district", is_flag=True, help="Rows by the network's districts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
@says_why
def command(
    context: click.Context,
    /,
    network: str | None,
    *,
    as_json: bool,
    zips_of: str | None,
    by_district: bool,
    **asked: Unpack[Asked],
) -> None:
    """Show the gaps of the network, the most urgent first.

    Findings are of everybody by county, whatever is asked; the rows of --json are of whom the
    options ask. Minutes are of services in person.

    Example: flask --app wsgi gaps --json --language es --hours evening
    """
    if context.invoked_subcommand is not None:
        if network or zips_of or by_district or as_json or any(asked.values()):
            raise click.UsageError(f"Write the options behind “{context.invoked_subcommand}”.")
        return
    world = world_of(context)
    board = gaps.board(
        terminal_identity(network),
        world,
        at=utc_now(),
        question=question_of(asked),
        zips_of=zips_of,
        by_district=by_district,
    )
    if zips_of and board.zips_of is None:
        raise click.BadParameter("No county of the matrix has this code.", param_hint="--zips")
    if by_district and not board.areas:
        raise click.BadParameter("The network has no district.", param_hint="--districts")
    board = board.on_paper()  # what a terminal prints is kept in files: no hidden room in it
    if as_json:
        click.echo(json.dumps(_document(board), indent=2))
        return
    for item in board.items[:SHOWN]:
        click.echo(f"{item.finding.title}\n    {item.finding.text}")
    click.echo(
        f"{len(board.items)} findings in {len(board.matrix.counties)} counties; "
        f"{sum(item.is_open for item in board.items)} have an owner."
    )


command.add_command(distances)
command.add_command(districts)


def _document(board: GapBoard) -> dict[str, object]:
    matrix = board.shown
    counts = matrix.counts()
    return {
        "summary": {
            "on": board.on.isoformat(),
            "directory_version": board.version,
            "counties": len(board.matrix.counties),
            "areas": len(matrix.counties),
            "zips_of": board.zips_of.fips if board.zips_of else None,
            "by_district": bool(board.areas),
            "asked": {k: v for k, v in asdict(board.question).items() if v is not None},
            "needs": len(matrix.lines),
            "findings": len(board.items),
            "critical": sum(item.finding.kind.critical for item in board.items),
            "owned": sum(item.is_open for item in board.items),
            "services_without_place": len(board.matrix.unplaced),
            "services_without_need": len(board.matrix.unmapped),
            **{state.value: counts[state] for state in CellState},
        },
        "rows": [
            {
                "need": cell.line,
                **_area(board, cell),
                "state": cell.state.value,
                "members": len(cell.members),
                "members_with_room": len(cell.open_members),
                "full_services": [str(s.id) for s in cell.full],
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


def _area(board: GapBoard, cell: Cell) -> dict[str, object]:
    """Return how a row names its area; a district with the ZIPs that nobody counts for."""
    area = board.areas.get(cell.county.fips)
    if area is not None:
        left = list(unserved(cell, area))
        return {"district": cell.county.name, "district_id": cell.county.fips, "left_out": left}
    if board.zips_of is not None:
        return {"zip": cell.county.fips, "county_fips": board.zips_of.fips}
    return {"county": cell.county.name, "county_fips": cell.county.fips}
