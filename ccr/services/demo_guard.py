"""What a database with the demo network in it refuses: real mail, other machines, anything real.

Whoever tries a demo may point it at their own mail server or network card by mistake. Then people
get notices about referrals that never were, or strangers sign in with one click.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ccr.config import Settings
from ccr.domain.errors import DuplicateError, UnsafeStorageError
from ccr.domain.phrases import phrase
from ccr.services.health import check_schema
from ccr.storage.queries.accounts import NetworkFacts
from ccr.storage.queries.demo_accounts import has_demo_network


def holds_demo() -> bool:
    """Return True when the database holds a demo network."""
    return has_demo_network()


def check_nothing_invented() -> None:
    """Do nothing when a real network may be made here.

    Raises:
        DuplicateError: the database holds a demo network.
    """
    if holds_demo():
        raise DuplicateError(
            phrase(
                "This database holds the demo network, where everything is invented. Use another "
                "database, or remove the demo first: flask --app wsgi demo remove --yes"
            )
        )


def check_takes_real_rows(network: NetworkFacts) -> None:
    """Do nothing when real services may be written to this network.

    Raises:
        DuplicateError: it is a demo network.
    """
    if network.is_demo:
        raise DuplicateError(
            phrase("Nothing real is imported into a demo network. Use another database.")
        )


def check_mail(settings: Settings) -> None:
    """Do nothing when mail may leave this machine.

    Raises:
        UnsafeStorageError: mail would go out by SMTP, and the database holds a demo network.
    """
    if settings.mail_backend == "smtp" and holds_demo():
        raise UnsafeStorageError(
            phrase(
                "This database holds the demo network, which sends no real mail. "
                "Unset CCR_MAIL_BACKEND, or set it to file or off."
            )
        )


def check_start(settings: Settings, hosts: Iterable[str] = ()) -> None:
    """Do nothing when a process may start on this database and listen on `hosts`.

    A database that is not at its schema is left to `readyz`.

    Raises:
        UnsafeStorageError: a demo network would send real mail, or be reached from elsewhere.
    """
    try:
        check_schema()
    except UnsafeStorageError:
        return
    check_mail(settings)
    if holds_demo() and not all(is_loopback(host) for host in hosts):
        raise UnsafeStorageError(
            phrase(
                "This database holds the demo network, where anybody signs in with one click. "
                "It is served on this machine only: set CCR_BIND to 127.0.0.1 and a port."
            )
        )


def is_loopback(host: str) -> bool:
    """Return True when a host name or address (without a port) means this machine alone."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
