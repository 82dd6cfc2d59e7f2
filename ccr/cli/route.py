"""`flask route`: partners for needs near a place, ranked, with reasons and why not."""

from __future__ import annotations

import json
from typing import IO, Any

import click
from flask import Flask
from flask.cli import ScriptInfo

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.cli.route_batch import answer_lines
from ccr.cli.route_print import print_document
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from ccr.services import accounts
from ccr.services.route_document import route_document
from ccr.services.routing import RouteFields
from ccr.services.world import World

_LISTS = ("--need", "--access", "--exclude", "--not-near")


class ManyValues(click.Command):
    """A command whose list options take several values at once: `--need housing food`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what is left over after reading `args`, with each list option spelled out."""
        spelled: list[str] = []
        current = ""
        for arg in args:
            if arg in _LISTS:
                current = arg
            elif arg.startswith("-"):
                current = ""
                spelled.append(arg)
            elif current:
                spelled += [current, arg]
            else:
                spelled.append(arg)
        return super().parse_args(ctx, spelled)


def _codes(words: type[Need | Access | Track | Urgency | Transport | AgeBand | Gender]) -> str:
    return ", ".join(words)


@click.command("route", cls=ManyValues)
@click.option("--need", "needs", multiple=True, metavar="CODE ...", help="What is needed, 1 to 5.")
@click.option("--near", default="", metavar="PLACE", help="ZIP, town or county; never a street.")
@click.option("--track", default="", help=f"For whom: {_codes(Track)}. [default: survivor]")
@click.option("--language", default="", metavar="CODE", help="Language wanted, as in es.")
@click.option(
    "--access", multiple=True, metavar="CODE ...", help=f"Access needs: {_codes(Access)}."
)
@click.option("--age-band", default="", help=f"Age: {_codes(AgeBand)}.")
@click.option("--gender", default="", help="Gender: women, men.")
@click.option("--urgency", default="", help=f"How soon: {_codes(Urgency)}. [default: standard]")
@click.option("--transport", default="", help=f"How to get there: {_codes(Transport)}.")
@click.option("--at", default="", metavar="ISO", help="Moment asked about; now when left out.")
@click.option(
    "--exclude", multiple=True, metavar="MEMBER ...", help="Members never to be proposed."
)
@click.option(
    "--not-near",
    multiple=True,
    metavar="PLACE ...",
    help="Places that partners keep away from, 3 at most: ZIP, town or county, as 12180 or "
    '"Troy, NY=15"; 8 km when no number is given.',
)
@click.option("--limit", default="", metavar="N", help="Partners at most. [default: 10]")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--batch",
    type=click.File("rb"),
    metavar="FILE",
    help="Answer one JSON request a line, as the API takes them; - reads what is piped in.",
)
@click.pass_context
@says_why
def command(
    context: click.Context,
    /,
    *,
    network: str | None,
    as_json: bool,
    batch: IO[bytes] | None,
    **given: Any,  # noqa: ANN401 -- the options, each a text or several
) -> None:
    """Find partners for needs near a place. Nothing is sent and nothing is kept.

    Example: flask --app wsgi route --need protection-order advocacy --near "Troy, NY" --language es

    With --batch each line of FILE is one request and each line printed its answer, in order:
    echo '{"need": ["advocacy"], "near": "12180"}' | flask --app wsgi route --batch -
    """
    if batch is not None:
        if as_json or any(given.values()):
            raise click.UsageError("--batch takes no other option but --network.")
        answer_lines(_app(context), accounts.terminal_identity(network), batch)
        return
    texts: dict[str, Any] = {
        name: list(text) if isinstance(text, tuple) else text for name, text in given.items()
    }
    identity = accounts.terminal_identity(network)
    world: World = _app(context).extensions["ccr_world"]
    document = route_document(identity, world, RouteFields(**texts), at=utc_now())
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        print_document(document)


def _app(context: click.Context) -> Flask:
    return context.ensure_object(ScriptInfo).load_app()
