"""One-time invitations: only the hash of a code is kept, and one winner uses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Table, and_, insert, select, update

from ccr.domain.errors import NotFoundError
from ccr.domain.joining import Topic
from ccr.policy.identity import Role
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, RoleRow, account_role
from ccr.storage.models.joining import InvitationRow, TrainingRow
from ccr.storage.queries.referrals import rows_changed

INVITATION = cast("Table", InvitationRow.__table__)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation into one program; the code itself is nowhere."""

    id: UUID
    network_id: UUID
    compartment_id: UUID
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account in a program."""

    account_id: UUID
    email: str
    roles: frozenset[Role]
    active: bool
    trained_at: datetime | None


def _usable(at: datetime) -> list[ColumnElement[bool]]:
    return [
        INVITATION.c.used_at.is_(None),
        INVITATION.c.withdrawn_at.is_(None),
        INVITATION.c.expires_at > at,
    ]


def _of_row(row: Any) -> Invitation:  # noqa: ANN401 -- a row has no type
    return Invitation(
        row.id,
        row.network_id,
        row.compartment_id,
        Role(row.role),
        row.created_at,
        row.expires_at,
    )


def add_invitation(
    network_id: UUID,
    compartment_id: UUID,
    role: Role,
    *,
    code_hash: str,
    at: datetime,
    expires_at: datetime,
) -> UUID:
    """Add an invitation; return its id."""
    invitation_id = uuid4()
    db.session.execute(
        insert(INVITATION).values(
            id=invitation_id,
            network_id=network_id,
            compartment_id=compartment_id,
            role=role.value,
            code_hash=code_hash,
            created_at=at,
            expires_at=expires_at,
        )
    )
    return invitation_id


def find_usable(code_hash: str, *, at: datetime) -> Invitation | None:
    """Return the invitation of this code while it can be used, or None."""
    row = db.session.execute(
        select(INVITATION).where(INVITATION.c.code_hash == code_hash, *_usable(at))
    ).first()
    return None if row is None else _of_row(row)


def use(invitation_id: UUID, *, at: datetime) -> bool:
    """Use an invitation up; of any number at once, one gets True."""
    return bool(
        rows_changed(
            update(INVITATION)
            .where(INVITATION.c.id == invitation_id, *_usable(at))
            .values(used_at=at)
        )
    )


def withdraw(invitation_id: UUID, *, at: datetime) -> bool:
    """Withdraw an invitation that nobody used yet; False when there is none to withdraw."""
    return bool(
        rows_changed(
            update(INVITATION)
            .where(INVITATION.c.id == invitation_id, *_usable(at))
            .values(withdrawn_at=at)
        )
    )


def withdraw_first_ones(compartment_id: UUID, role: Role, *, at: datetime) -> int:
    """Withdraw every usable invitation of this role into a program; return how many."""
    return rows_changed(
        update(INVITATION)
        .where(
            INVITATION.c.compartment_id == compartment_id,
            INVITATION.c.role == role.value,
            *_usable(at),
        )
        .values(withdrawn_at=at)
    )


def get_invitation(invitation_id: UUID, *, network_id: UUID) -> Invitation:
    """Return an invitation of a network, whether it can be used or not; raises NotFoundError."""
    row = db.session.execute(
        select(INVITATION).where(
            INVITATION.c.id == invitation_id, INVITATION.c.network_id == network_id
        )
    ).first()
    if row is None:
        raise NotFoundError
    return _of_row(row)


def list_usable_of_member(member_id: UUID, *, at: datetime) -> list[Invitation]:
    """Return the usable invitations into a member's programs, oldest first."""
    rows = db.session.execute(
        select(INVITATION)
        .join(Compartment, Compartment.id == INVITATION.c.compartment_id)
        .where(Compartment.member_id == member_id, *_usable(at))
        .order_by(INVITATION.c.created_at, INVITATION.c.id)
    )
    return [_of_row(row) for row in rows]


def list_usable_of_program(compartment_id: UUID, *, at: datetime) -> list[Invitation]:
    """Return the usable invitations into one program, oldest first."""
    rows = db.session.execute(
        select(INVITATION)
        .where(INVITATION.c.compartment_id == compartment_id, *_usable(at))
        .order_by(INVITATION.c.created_at, INVITATION.c.id)
    )
    return [_of_row(row) for row in rows]


def programs_with_people(member_id: UUID) -> frozenset[UUID]:
    """Return the programs of a member in which somebody can sign in."""
    return frozenset(
        db.session.scalars(
            select(Account.compartment_id)
            .join(Compartment, Compartment.id == Account.compartment_id)
            .where(Compartment.member_id == member_id, Account.active)
            .distinct()
        )
    )


def list_colleagues(compartment_id: UUID) -> list[Colleague]:
    """Return everybody with an account in a program, by address."""
    people: dict[UUID, Colleague] = {}
    rows = db.session.execute(
        select(Account.id, Account.email, Account.active, RoleRow.name, TrainingRow.done_at)
        .outerjoin(account_role, account_role.c.account_id == Account.id)
        .outerjoin(RoleRow, RoleRow.id == account_role.c.role_id)
        .outerjoin(
            TrainingRow,
            and_(TrainingRow.account_id == Account.id, TrainingRow.topic == Topic.PRACTICE.value),
        )
        .where(Account.compartment_id == compartment_id)
        .order_by(Account.email)
    )
    for row in rows:
        known = people.get(row.id)
        roles = known.roles if known else frozenset()
        added = frozenset({Role(row.name)}) if row.name else frozenset()
        people[row.id] = Colleague(row.id, row.email, roles | added, row.active, row.done_at)
    return list(people.values())


def disable_account(account_id: UUID, *, compartment_id: UUID, uniquifier: str) -> bool:
    """Make an account of a program unable to sign in, and every cookie of it worthless.

    Returns False when the program has no such active account.
    """
    accounts = cast("Table", Account.__table__)
    return bool(
        rows_changed(
            update(accounts)
            .where(
                accounts.c.id == account_id,
                accounts.c.compartment_id == compartment_id,
                accounts.c.active,
            )
            .values(active=False, fs_uniquifier=uniquifier)
        )
    )
