"""Taking the demo network out: every row of every table, in one transaction, with the proof.

Before the transaction ends it is shown that no row names the demo any more, that nothing else
changed, that the audit trail is guarded as before, and that accounts work. Otherwise nothing
happens at all.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from ccr.adapters.logs import get_logger
from ccr.domain.errors import CcrError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import MemberCategory, Regime
from ccr.policy.identity import Role
from ccr.policy.permissions import Permission
from ccr.services import accounts
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import demo_removal as rows
from ccr.storage.queries.accounts import stored_password
from ccr.storage.queries.directory_search import forget_removed_words


@dataclass(frozen=True, slots=True)
class Removed:
    """What removing came to, table by table.

    Attributes:
        deleted: how many rows went.
        left: how many rows still name the demo: 0 in every table.
        kept: how many rows that are not the demo's were there before and after, unchanged.
    """

    names: tuple[str, ...]
    deleted: dict[str, int]
    left: dict[str, int]
    kept: dict[str, int]


def remove_demo(*, at: datetime) -> Removed:
    """Delete the demo network and all that hangs on it; return the proof.

    Called from the terminal only.

    Raises:
        NotFoundError: there is no demo network.
        CcrError: one of the proofs failed; nothing was changed.
    """
    with unit_of_work():
        demos = [network for network in accounts.list_networks() if network.is_demo]
        if not demos:
            raise NotFoundError(phrase("There is no demo network in this database."))
        for network in demos:
            authorise(accounts.terminal_identity(network.name), Permission.DEMO_MANAGE)
        networks = rows.demo_networks()
        mine = rows.rows_of(networks)
        ids = rows.ids_of(mine)
        before = rows.rest_of(mine)
        deleted = rows.delete_rows(mine)
        forget_removed_words()
        left = rows.rows_left(ids)
        _check("rows of the demo are left", not any(left.values()))
        _check("something else changed", rows.everything() == before)
        _check("the audit trail is not guarded", rows.guards_are_up())
        _check("accounts do not work", _accounts_work(at=at))
    get_logger(__name__).info("demo.removed", count=sum(deleted.values()))
    return Removed(
        names=tuple(network.name for network in demos),
        deleted=deleted,
        left=left,
        kept={table: count for table, (count, _) in before.items()},
    )


def _check(fault: str, well: bool) -> None:  # noqa: FBT001 -- a condition and its name
    if not well:
        raise CcrError(
            phrase("The demo was not removed: %(fault)s. Nothing was changed.", fault=fault)
        )


def _accounts_work(*, at: datetime) -> bool:
    """Make a network, a member and an account, check its password, and undo all three."""
    password = secrets.token_urlsafe(16)
    with rows.rehearsal():
        name = f"Rehearsal {secrets.token_hex(8)}"
        accounts.create_network(name, at=at)
        identity = accounts.terminal_identity(name)
        member = "Rehearsal member"
        accounts.create_member(
            identity, member, category=MemberCategory.COMMUNITY, regime=Regime.OTHER, at=at
        )
        account_id = accounts.create_account(
            identity, email=f"{secrets.token_hex(8)}@rehearsal.example", role=Role.WORKER,
            member_name=member, password=password, at=at,
        )  # fmt: skip
        stored = stored_password(account_id)
    return accounts.password_fits(stored, password) and not accounts.password_fits(
        stored, f"{password}x"
    )
