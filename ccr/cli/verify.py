"""`flask verify`: check that everything stored is as it must be."""

from __future__ import annotations

import json
import sys

import click

from ccr.cli.refusals import says_why
from ccr.services import accounts
from ccr.services.verification import verify_storage


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@says_why
def command(*, as_json: bool) -> None:
    """Check every stored invariant; exits with 1 when one is broken.

    Example: flask --app wsgi verify --json
    """
    networks = accounts.list_networks()
    identity = accounts.terminal_identity(networks[0].name if networks else None)
    verdict = verify_storage(identity)
    if as_json:
        rows = [{"invariant": f.invariant, "where": f.where} for f in verdict.findings]
        summary = {"checked": len(verdict.checked), "broken": len(rows), "ok": not rows}
        click.echo(json.dumps({"summary": summary, "rows": rows}, indent=2))
    else:
        for finding in verdict.findings:
            click.echo(f"BROKEN  {finding.invariant}: {finding.where}")
        click.echo(f"{len(verdict.checked)} invariants checked, {len(verdict.findings)} broken.")
    if verdict.findings:
        sys.exit(1)
