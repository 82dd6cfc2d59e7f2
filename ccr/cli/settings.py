"""`flask settings`: every setting of this process, secrets masked."""

from __future__ import annotations

import json

import click

from ccr.config import Settings


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool) -> None:
    """List the settings in force.

    Example: flask --app wsgi settings
    """
    shown = Settings.from_env().shown()
    if as_json:
        click.echo(json.dumps(shown, indent=2, sort_keys=True))
        return
    width = max(len(name) for name in shown)
    for name, value in shown.items():
        click.echo(f"{name:<{width}}  {value}")
