"""`flask directory geocode`: look up the points of public addresses, in a batch."""

from __future__ import annotations

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.refusals import says_why
from ccr.domain.geocoding import Verdict
from ccr.services import accounts, geocoding

_SAID = {
    Verdict.EXACT: "found, and kept",
    Verdict.STREET: "found as far as the street, and kept",
    Verdict.ROUGH: "known no better than the ZIP or town",
    Verdict.NOTHING: "not known to the provider",
    Verdict.FAR: "refused: far from the ZIP or town",
    Verdict.UNREACHED: "not answered",
    Verdict.OFF: "left out: no whole address, or no longer public",
}


@click.command("geocode")
@of_network
@click.option("--most", type=click.IntRange(1), default=None, help="Look at so many places.")
@click.pass_context
@says_why
def geocode(context: click.Context, network: str | None, most: int | None) -> None:
    """Look up public addresses whose point is only that of their ZIP or town.

    Addresses answered before cost no request. Confidential places are never looked up.

    Example: flask --app wsgi directory geocode --most 500
    """
    world = world_of(context)
    if world.geocoder is None:
        message = "No geocoder is configured: set CCR_GEOCODER and CCR_GEOCODER_URL."
        raise click.ClickException(message)
    identity = accounts.terminal_identity(network)
    found = geocoding.look_up_all(identity, world, at=utc_now(), most=most)
    for verdict, sentence in _SAID.items():
        if found[verdict]:
            click.echo(f"{found[verdict]:6}  {sentence}")
    click.echo(f"{found.total()} places, {world.geocoder.asked} requests.")
    if found[Verdict.UNREACHED]:
        click.echo("The provider does not answer: the rest was left as it is.", err=True)
        raise click.exceptions.Exit(1)
