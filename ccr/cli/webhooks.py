"""`flask webhooks`: which systems of members are told that a referral changed."""

from __future__ import annotations

import json
from uuid import UUID

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.refusals import says_why
from ccr.services import accounts, webhooks
from ccr.services.webhooks import WebhookShown


@click.group("webhooks")
def command() -> None:
    """Systems of members that are told when something they may see has changed."""


@command.command("add")
@click.option("--member", required=True, help="Name of the member organization.")
@click.option("--url", required=True, help="An https address of the member's own system.")
@click.option("--compartment", default=None, help="Program, when the member has several.")
@of_network
@click.pass_context
@says_why
def add(
    context: click.Context, member: str, url: str, compartment: str | None, network: str | None
) -> None:
    """Keep an address, and print its id and the secret that messages are signed with, once.

    Example: flask --app wsgi webhooks add --member "Hill Clinic" --url https://hill.example/ccr
    """
    webhook_id, secret = webhooks.add_webhook(
        accounts.terminal_identity(network),
        world_of(context),
        member,
        url,
        compartment_name=compartment,
        at=utc_now(),
    )
    click.echo(f"{webhook_id}  {secret}")
    click.echo("Keep the secret now: it is not shown again.", err=True)


@command.command("list")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
@says_why
def list_(context: click.Context, network: str | None, *, as_json: bool) -> None:
    """List the webhooks of a network, without their secrets.

    Example: flask --app wsgi webhooks list
    """
    found = webhooks.list_webhooks(accounts.terminal_identity(network), world_of(context))
    if as_json:
        summary = {"webhooks": len(found), "on": sum(one.off_since is None for one in found)}
        click.echo(json.dumps({"summary": summary, "rows": [_row(one) for one in found]}, indent=2))
        return
    for one in found:
        state = "on" if one.off_since is None else f"off ({one.off_why}) since {one.off_since:%F}"
        click.echo(f"{one.id}  {one.url}  {state}  {one.waiting} waiting")


def _row(one: WebhookShown) -> dict[str, object]:
    return {
        "id": str(one.id),
        "url": one.url,
        "created_at": one.created_at.isoformat(),
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
        "off_since": one.off_since.isoformat() if one.off_since else None,
        "off_why": one.off_why,
        "waiting": one.waiting,
    }


@command.command("off")
@click.argument("webhook_id", type=click.UUID)
@of_network
@says_why
def off(webhook_id: UUID, network: str | None) -> None:
    """Send it nothing more; what waits is dropped.

    Example: flask --app wsgi webhooks off 0b8f4c1e-6f0d-4a55-9a53-6f2a3f6f1c11
    """
    webhooks.turn_off(accounts.terminal_identity(network), webhook_id, at=utc_now())
    click.echo("It is off.")


@command.command("on")
@click.argument("webhook_id", type=click.UUID)
@of_network
@says_why
def on(webhook_id: UUID, network: str | None) -> None:
    """Send it what changes from now on.

    Example: flask --app wsgi webhooks on 0b8f4c1e-6f0d-4a55-9a53-6f2a3f6f1c11
    """
    webhooks.turn_on(accounts.terminal_identity(network), webhook_id, at=utc_now())
    click.echo("It is on.")


@command.command("remove")
@click.argument("webhook_id", type=click.UUID)
@of_network
@says_why
def remove(webhook_id: UUID, network: str | None) -> None:
    """Delete it with its secret and everything that waits.

    Example: flask --app wsgi webhooks remove 0b8f4c1e-6f0d-4a55-9a53-6f2a3f6f1c11
    """
    webhooks.remove_webhook(accounts.terminal_identity(network), webhook_id, at=utc_now())
    click.echo("It is gone.")
