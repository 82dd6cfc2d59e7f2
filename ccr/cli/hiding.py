"""`flask directory hide`: make a listing confidential and erase its place."""

from __future__ import annotations

from uuid import UUID

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network, world_of
from ccr.cli.refusals import says_why
from ccr.services import accounts, hiding

CANNOT_RECALL = (
    "Not recalled: backups made before now, exports and prints that others have, mail already "
    "sent, and the copies of other directories. See docs/hidden-places.md."
)


@click.command("hide")
@click.argument("service", type=click.UUID)
@of_network
@click.option("--yes", is_flag=True, help="Do not ask: what is listed may be hidden.")
@click.pass_context
@says_why
def hide(context: click.Context, service: UUID, network: str | None, *, yes: bool) -> None:
    """Make a listing, and all that is given at its places, confidential; erase the places.

    Example: flask --app wsgi directory hide 5f0c6a52-0d5c-4d3e-9d5a-0f6a3a1d2b11
    """
    identity = accounts.terminal_identity(network)
    seen = hiding.preview(identity, service)
    for line in seen.hides:
        already = " (confidential already)" if line.confidential else ""
        click.echo(f"{line.id}  {line.name}, {line.member}{already}")
    numbers = ", ".join(seen.phones) or "none"
    click.echo(f"Records of their places: {seen.places}. Numbers that stay public: {numbers}.")
    if not yes:
        click.confirm("Erase these places for good?", abort=True)
    world = world_of(context)
    confirmed = {line.id: line.version for line in seen.hides}
    done = hiding.hide(identity, world, service, confirmed, at=utc_now())
    click.echo(f"Confidential now: {done.services}. {CANNOT_RECALL}")
    if not done.compacted:
        click.echo("The database still keeps deleted rows in its files: run VACUUM.", err=True)
