"""`flask clocks`: run the clocks once, as the worker does every minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import world_of
from ccr.cli.refusals import says_why
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.services import consultation_chasing, followups


@click.group("clocks")
def command() -> None:
    """Clocks of referrals and consultations: reminders, escalations, new options."""


def _moment(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(phrase("Give the moment as in 2026-11-23T14:05+00:00.")) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@command.command("run")
@click.option("--at", default=None, help="Moment to run for, ISO 8601; now by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
@says_why
def run(context: click.Context, at: str | None, *, as_json: bool) -> None:
    """Take every step that is due; running it twice changes nothing.

    Example: flask --app wsgi clocks run
    """
    world = world_of(context)
    moment = _moment(at)
    done = followups.run_clocks(world, at=moment)
    consulted = consultation_chasing.run(world, at=moment)
    counts = {
        "reminded": done.reminded,
        "escalated": done.escalated,
        "options_offered": done.options_offered,
        "resumed": done.resumed,
        "backed_up": done.backed_up,
        "coordinator_told": done.coordinator_told,
        "expired": done.expired,
        "consultations_told": consulted.told,
    }
    if as_json:
        click.echo(json.dumps({"summary": counts, "rows": []}))
        return
    click.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
