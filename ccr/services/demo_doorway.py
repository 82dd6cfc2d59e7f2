"""The doorway of a demo: which invented people one may come in as, with one click.

Only accounts that the tables show, of a network that is a demo. Everywhere else there is no door.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ccr.adapters.demo_tables import shown_addresses
from ccr.domain.errors import NotFoundError
from ccr.policy.identity import Role
from ccr.services.demo import FOLDER
from ccr.storage.queries.demo_accounts import demo_is_here, shown_accounts


@dataclass(frozen=True, slots=True)
class Door:
    """One person to come in as."""

    role: Role
    member_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Doorway:
    """The network and its doors, in the order of the table."""

    network_name: str
    doors: tuple[Door, ...]


def is_open() -> bool:
    """Return True when there is a demo to come in to."""
    return demo_is_here()


def open_doorway() -> Doorway:
    """Return the doors of the demo network.

    Raises:
        NotFoundError: there is no demo network here, or nobody to come in as.
    """
    order = _order()
    found = sorted(shown_accounts(order), key=lambda account: order.index(account.email))
    if not found:
        raise NotFoundError
    return Doorway(
        found[0].network_name,
        tuple(Door(Role(a.role), a.member_name, a.email) for a in found),
    )


def address_to_enter(role: str) -> str:
    """Return the address of the account behind a door; raises NotFoundError for no such door."""
    for door in open_doorway().doors:
        if door.role.value == role:
            return door.email
    raise NotFoundError


@cache
def _order() -> tuple[str, ...]:
    return shown_addresses(FOLDER)
