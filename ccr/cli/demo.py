"""`flask demo`: load the invented network, and watch one referral go through it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess  # nosec B404
import sys
import tempfile

import click
from flask_migrate import upgrade

from ccr.adapters.clock import utc_now
from ccr.cli.context import world_of
from ccr.cli.demo_scenes import scenes
from ccr.cli.refusals import says_why
from ccr.config import PROJECT_ROOT
from ccr.services import demo, demo_removal, demo_story
from ccr.services.world import World

SCRATCH = "ccr-story-"
"""How the name of a scratch folder begins; `tell` works in no other."""
_CALM = {"CCR_LOG_LEVEL": "error", "PYTHONIOENCODING": "utf-8"}


@click.group("demo")
def command() -> None:
    """Try CCR with an invented network."""


@command.command("load")
@click.option(
    "--password",
    envvar="CCR_DEMO_PASSWORD",
    default=None,
    help="Password of all demo accounts; also read from CCR_DEMO_PASSWORD. Made up if missing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
@says_why
def load(context: click.Context, password: str | None, *, as_json: bool) -> None:
    """Load the demo network into an empty database; a second time changes nothing.

    Example: flask --app wsgi demo load
    """
    made_up = password is None
    password = password or secrets.token_urlsafe(12)
    loaded = demo.load_demo(world_of(context), password=password, at=utc_now())
    shown = password if made_up and loaded.new else None
    (_as_json if as_json else _as_text)(loaded, shown)


def _as_json(loaded: demo.DemoLoaded, password: str | None) -> None:
    rows = [
        {"email": a.email, "role": a.role.value, "member": a.member}
        for a in loaded.accounts
        if a.shown
    ]
    summary: dict[str, object] = {
        "network": loaded.name,
        "new": loaded.new,
        "members": loaded.members,
        "services": loaded.services,
        "referrals": loaded.referrals,
    }
    if password:
        summary["password"] = password
    click.echo(json.dumps({"summary": summary, "rows": rows}, indent=2))


def _as_text(loaded: demo.DemoLoaded, password: str | None) -> None:
    if not loaded.new:
        click.echo(f"{loaded.name} is loaded already. Nothing was changed.")
        return
    click.echo(
        f"Loaded {loaded.name}: {loaded.members} members, {loaded.services} services, "
        f"{loaded.referrals} past and open referrals."
    )
    click.echo("Sign in as:")
    shown = [account for account in loaded.accounts if account.shown]
    width = max(len(account.email) for account in shown)
    for account in shown:
        click.echo(f"  {account.email:<{width}}  {account.role.value:<13} {account.member}")
    if password:
        click.echo(f"Password of all of them, shown this once: {password}")
    else:
        click.echo("Password of all of them: the one in CCR_DEMO_PASSWORD.")


@command.command("remove")
@click.option("--yes", is_flag=True, help="Really delete it; nothing is asked again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@says_why
def remove(*, yes: bool, as_json: bool) -> None:
    """Delete the demo network, every row of it, and prove that none is left.

    Everything happens in one transaction: the rows go, every table is searched for the demo's ids,
    the rest is compared with what it was, and an account is made and undone. If any of that fails,
    nothing is changed.

    Example: flask --app wsgi demo remove --yes
    """
    if not yes:
        message = "this deletes the demo network and all that was done in it; say --yes"
        raise click.ClickException(message)
    done = demo_removal.remove_demo(at=utc_now())
    if as_json:
        tables = sorted(done.left)
        rows = [{"table": t, "deleted": done.deleted[t], "left": done.left[t]} for t in tables]
        summary = {"networks": list(done.names), "deleted": sum(done.deleted.values()), "left": 0}
        click.echo(json.dumps({"summary": summary, "rows": rows}, indent=2))
        return
    for name in done.names:
        click.echo(f"Removed {name}.")
    click.echo(f"  {'table':<24}{'deleted':>9}  rows left of the demo")
    for table in sorted(done.left):
        click.echo(f"  {table:<24}{done.deleted[table]:>9}  {done.left[table]}")
    click.echo("Nothing else changed, the audit trail is guarded, and accounts work.")


@command.command("story")
def story() -> None:
    """Route and send one referral in a scratch copy, and miss a clock; nothing of it is kept.

    A temporary database is made, loaded with the demo network and removed. The real one is not
    touched.

    Example: flask --app wsgi demo story
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        elsewhere = {"DATABASE_URL", "CCR_SMTP_URL", "CCR_MAIL_BACKEND"}
        env = {name: value for name, value in os.environ.items() if name not in elsewhere}
        # A process of its own: this one is bound to the real database already. It is our own
        # command, and nothing typed is in it.
        told = subprocess.run(  # nosec B603
            [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "tell"],
            cwd=PROJECT_ROOT,
            env={**env, "CCR_DATA_DIR": folder, **_CALM},
            check=False,
        )
    sys.exit(told.returncode)


@command.command("tell", hidden=True)
@click.pass_context
def tell(context: click.Context) -> None:
    """Tell the story in a scratch folder made by `story`; refuses any other."""
    world = world_of(context)
    if not world.settings.data_dir.name.startswith(SCRATCH) or not world.settings.on_sqlite:
        message = "this tells a story in a scratch folder only; use: flask demo story"
        raise click.ClickException(message)
    upgrade()
    _tell(world)


@says_why
def _tell(world: World) -> None:
    at = demo_story.STARTS_AT
    # Without the past: its clocks would run beside those of the story.
    loaded = demo.load_demo(world, password=secrets.token_urlsafe(12), at=at, history=False)
    click.echo("One referral through the demo network. Everybody in it is invented.")
    for line in scenes(demo_story.play(world, loaded, at=at)):
        click.echo(line)
