"""`flask network`: make and list networks."""

from __future__ import annotations

import json

import click

from ccr.adapters.clock import utc_now
from ccr.cli.refusals import says_why
from ccr.services import accounts


@click.group("network")
def command() -> None:
    """Networks: one community each."""


@command.command("create")
@click.option("--name", required=True, help="Name of the network.")
@click.option("--state", default="NY", show_default=True, help="State, two letters.")
@click.option("--timezone", default="America/New_York", show_default=True, help="IANA time zone.")
@says_why
def create(name: str, state: str, timezone: str) -> None:
    """Make a network with a coordination program.

    Example: flask --app wsgi network create --name "Capital Region"
    """
    network_id = accounts.create_network(name, state=state, timezone=timezone, at=utc_now())
    click.echo(f"Made the network {name} ({network_id}).")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@says_why
def list_(*, as_json: bool) -> None:
    """List the networks.

    Example: flask --app wsgi network list
    """
    networks = accounts.list_networks()
    if as_json:
        rows = [{"id": str(n.id), "name": n.name, "demo": n.is_demo} for n in networks]
        click.echo(json.dumps({"summary": {"networks": len(rows)}, "rows": rows}, indent=2))
        return
    for network in networks:
        click.echo(f"{network.name}{' (demo)' if network.is_demo else ''}")
