"""`flask users`: make accounts and set passwords, from the machine itself."""

from __future__ import annotations

import sys

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Role
from ccr.services import accounts


@click.group("users")
def command() -> None:
    """Accounts of staff."""


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise InvalidInputError(phrase("There is no password on standard input."))
        return password
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@command.command("create")
@click.option("--email", required=True, help="Address to sign in with.")
@click.option("--role", required=True, type=click.Choice([r.value for r in Role]))
@click.option("--member", required=True, help="Name of the member organization.")
@click.option("--compartment", default=None, help="Program, when the member has several.")
@of_network
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@says_why
def create(
    email: str,
    role: str,
    member: str,
    compartment: str | None,
    network: str | None,
    *,
    password_stdin: bool,
) -> None:
    """Make an account in one program of a member.

    Example: echo "$PASSWORD" | flask --app wsgi users create --email ana@example.org
    --role worker --member "Hill Clinic" --password-stdin
    """
    identity = accounts.terminal_identity(network)
    accounts.create_account(
        identity,
        email=email,
        role=Role(role),
        member_name=member,
        password=_password(from_stdin=password_stdin),
        compartment_name=compartment,
        at=utc_now(),
    )
    click.echo("Made the account.")


@command.command("set-password")
@click.option("--email", required=True, help="Address of the account.")
@of_network
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@says_why
def set_password(email: str, network: str | None, *, password_stdin: bool) -> None:
    """Set a new password; every session ends and the second factor is set up anew.

    Example: flask --app wsgi users set-password --email ana@example.org
    """
    identity = accounts.terminal_identity(network)
    accounts.reset_password(
        identity, email=email, password=_password(from_stdin=password_stdin), at=utc_now()
    )
    click.echo("Set the password.")
