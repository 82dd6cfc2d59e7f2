"""The accounts of a demo network that anybody at this machine may come in with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network, RoleRow, account_role
from ccr.storage.models.directory import MemberRow


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account of a demo network, by its role."""

    email: str
    role: str
    member_name: str
    network_name: str


def has_demo_network() -> bool:
    """Return True when any network is a demo."""
    return db.session.scalar(select(Network.id).where(Network.is_demo).limit(1)) is not None


def shown_accounts(emails: Collection[str]) -> list[ShownAccount]:
    """Return the active accounts of demo networks with these addresses, once for each role."""
    rows = db.session.execute(
        select(
            Account.email,
            RoleRow.name.label("role"),
            MemberRow.name.label("member"),
            Network.name.label("network"),
        )
        .join(account_role, account_role.c.account_id == Account.id)
        .join(RoleRow, RoleRow.id == account_role.c.role_id)
        .join(Compartment, Compartment.id == Account.compartment_id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .join(Network, Network.id == Account.network_id)
        .where(Network.is_demo, Account.active, Account.email.in_(emails))
        .order_by(Account.email)
    )
    return [ShownAccount(row.email, row.role, row.member, row.network) for row in rows]


def demo_is_here() -> bool:
    """Return True when there is a demo network; False too when the database does not answer."""
    try:
        return has_demo_network()
    except DBAPIError:
        db.session.rollback()
        return False
