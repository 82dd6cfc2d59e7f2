"""`flask members`: make a member by hand."""

from __future__ import annotations

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.domain.taxonomy import MemberCategory, Regime, Sector
from ccr.services import accounts


@click.group("members")
def command() -> None:
    """Member organizations."""


@command.command("create")
@click.option("--name", required=True, help="Name of the organization.")
@click.option(
    "--category",
    type=click.Choice([c.value for c in MemberCategory]),
    default=MemberCategory.COMMUNITY.value,
    show_default=True,
)
@click.option(
    "--regime",
    type=click.Choice([r.value for r in Regime]),
    default=Regime.OTHER.value,
    show_default=True,
    help="Confidentiality regime.",
)
@click.option(
    "--sector",
    type=click.Choice([s.value for s in Sector]),
    default=Sector.UNKNOWN.value,
    show_default=True,
)
@of_network
@says_why
def create(name: str, category: str, regime: str, sector: str, network: str | None) -> None:
    """Make a member with one program.

    Example: flask --app wsgi members create --name "Hill Clinic" --category health-care
    """
    identity = accounts.terminal_identity(network)
    accounts.create_member(
        identity,
        name,
        category=MemberCategory(category),
        regime=Regime(regime),
        sector=Sector(sector),
        at=utc_now(),
    )
    click.echo(f"Made the member {name}.")
