"""`flask gaps`: what is missing where, from the directory alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TypedDict, Unpack

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.refusals import says_why
from ccr.domain.gap_questions import GapQuestion, Way, When
from ccr.domain.gaps import CellState
from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES
from ccr.domain.taxonomy import Access, Population, Track
from ccr.services import gaps
from ccr.services.accounts import terminal_identity
from ccr.services.gaps import GapBoard

SHOWN = 12


class Asked(TypedDict):
    """For whom, as the options say it."""

    party: str | None
    group: str | None
    language: str | None
    access: str | None
    when: str | None
    way: str | None
    minutes: int | None


@click.command("gaps")
@of_network
@click.option("--party", type=click.Choice(list(Track)), help="For whom.")
@click.option("--group", type=click.Choice(list(Population)), help="A group it must take.")
@click.option("--language", help="Code of a language other than English, such as es.")
@click.option("--access", type=click.Choice(list(Access)), help="An access need.")
@click.option("--hours", "when", type=click.Choice(list(When)), help="When somebody is there.")
@click.option("--how", "way", type=click.Choice(list(Way)), help="How it can be had.")
@click.option("--minutes", type=click.IntRange(1, 240), help="In person, by car, at most.")
@click.option("--zips", "zips_of", metavar="FIPS", help="Rows by the ZIPs of this county.")
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
    **asked: Unpack[Asked],
) -> None:
    """Show the gaps of the network, the most urgent first.

    Findings are of everybody by county, whatever is asked; the rows of --json are of whom the
    options ask. Minutes are of services in person.

    Example: flask --app wsgi gaps --json --language es --hours evening
    """
    world = world_of(context)
    question = _question(asked)
    identity = terminal_identity(network)
    board = gaps.board(identity, world, at=utc_now(), question=question, zips_of=zips_of)
    if zips_of and board.zips_of is None:
        raise click.BadParameter("No county of the matrix has this code.", param_hint="--zips")
    if as_json:
        click.echo(json.dumps(_document(board), indent=2))
        return
    for item in board.items[:SHOWN]:
        click.echo(f"{item.finding.title}\n    {item.finding.text}")
    click.echo(
        f"{len(board.items)} findings in {len(board.matrix.counties)} counties; "
        f"{sum(item.is_open for item in board.items)} have an owner."
    )


def _question(asked: Asked) -> GapQuestion:
    language, way, minutes = asked["language"], asked["way"], asked["minutes"]
    if language and language not in LANGUAGE_NAMES:
        raise click.BadParameter("No language has this code.", param_hint="--language")
    if minutes and way not in {None, Way.IN_PERSON.value}:
        raise click.BadParameter("Minutes are of services in person.", param_hint="--minutes")
    return GapQuestion(
        track=Track(asked["party"]) if asked["party"] else None,
        group=Population(asked["group"]) if asked["group"] else None,
        language=language if language != ENGLISH else None,
        access=Access(asked["access"]) if asked["access"] else None,
        when=When(asked["when"]) if asked["when"] else None,
        way=Way.IN_PERSON if minutes else Way(way) if way else None,
        minutes=minutes,
    )


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
                **(
                    {"zip": cell.county.fips, "county_fips": board.zips_of.fips}
                    if board.zips_of
                    else {"county": cell.county.name, "county_fips": cell.county.fips}
                ),
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
