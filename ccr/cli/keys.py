"""`flask keys`: keys for members' machines."""

from __future__ import annotations

import json
from uuid import UUID

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.services import accounts, api_keys


@click.group("keys")
def command() -> None:
    """Keys of members' machines: shown once, kept as a hash, good for 90 days."""


@command.command("create")
@click.option("--member", required=True, help="Name of the member organization.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    help=f"What the key may do, separated by commas: {', '.join(api_keys.SCOPES)}.",
)
@click.option("--compartment", default=None, help="Program, when the member has several.")
@of_network
@says_why
def create(member: str, scopes: str, compartment: str | None, network: str | None) -> None:
    """Make a key for a member's program and print it, once.

    Example: flask --app wsgi keys create --member "Hill Clinic" --scope routes,referrals
    """
    identity = accounts.terminal_identity(network)
    key = api_keys.create_key(
        identity, member, scopes.split(","), compartment_name=compartment, at=utc_now()
    )
    click.echo(key)
    click.echo("Keep it now: it is not shown again. It is good for 90 days.", err=True)


@command.command("list")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@says_why
def list_(network: str | None, *, as_json: bool) -> None:
    """List the keys of a network; the keys themselves are not kept.

    Example: flask --app wsgi keys list
    """
    found = api_keys.list_keys(accounts.terminal_identity(network))
    now = utc_now()
    rows = [
        {
            "id": str(key.id),
            "scopes": sorted(key.scopes),
            "created_at": key.created_at.isoformat(),
            "expires_at": key.expires_at.isoformat(),
            "works": key.revoked_at is None and key.expires_at > now,
        }
        for key in found
    ]
    if as_json:
        working = sum(1 for row in rows if row["works"])
        summary = {"keys": len(rows), "working": working}
        click.echo(json.dumps({"summary": summary, "rows": rows}, indent=2))
        return
    for key in found:
        works = key.revoked_at is None and key.expires_at > now
        state = "works until" if works else "ended, was good until"
        click.echo(f"{key.id}  {', '.join(sorted(key.scopes))}  {state} {key.expires_at:%Y-%m-%d}")


@command.command("revoke")
@click.argument("key_id", type=click.UUID)
@of_network
@says_why
def revoke(key_id: UUID, network: str | None) -> None:
    """Make a key worthless, by the id that `keys list` shows.

    Example: flask --app wsgi keys revoke 0b8f4c1e-6f0d-4a55-9a53-6f2a3f6f1c11
    """
    api_keys.revoke_key(accounts.terminal_identity(network), key_id, at=utc_now())
    click.echo("Revoked the key.")
