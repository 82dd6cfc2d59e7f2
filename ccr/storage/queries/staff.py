"""The people of programs as those who chase need them: duties, absences. Active accounts alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, delete, func, insert, select

from ccr.domain.staffing import Absence, Duty, Person
from ccr.policy.identity import Role
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, RoleRow, account_role
from ccr.storage.models.following import AbsenceRow, DutyRow
from ccr.storage.queries.referrals import rows_changed

ABSENCE = cast("Table", AbsenceRow.__table__)
DUTY = cast("Table", DutyRow.__table__)


@dataclass(frozen=True, slots=True)
class StoredAbsence:
    """An absence with its id and whose it is."""

    id: UUID
    account_id: UUID
    absence: Absence


def people_of(compartment_ids: Collection[UUID], *, at: datetime) -> dict[UUID, tuple[Person, ...]]:
    """Return who can sign in to each of these programs, oldest account first."""
    found: dict[UUID, tuple[Person, ...]] = dict.fromkeys(compartment_ids, ())
    if not compartment_ids:
        return found
    away = (
        select(func.max(ABSENCE.c.ends_at))
        .where(
            ABSENCE.c.account_id == Account.id,
            ABSENCE.c.starts_at <= at,
            ABSENCE.c.ends_at > at,
        )
        .correlate(Account)
        .scalar_subquery()
    )
    is_admin = (
        select(account_role.c.role_id)
        .join(RoleRow, RoleRow.id == account_role.c.role_id)
        .where(account_role.c.account_id == Account.id, RoleRow.name == Role.AGENCY_ADMIN.value)
        .correlate(Account)
        .exists()
    )
    rows = db.session.execute(
        select(Account.id, Account.compartment_id, is_admin, away, DUTY.c.duty)
        .outerjoin(
            DUTY,
            and_(DUTY.c.account_id == Account.id, DUTY.c.compartment_id == Account.compartment_id),
        )
        .where(Account.compartment_id.in_(compartment_ids), Account.active)
        .order_by(Account.created_at, Account.id)
    )
    people: dict[UUID, dict[UUID, Person]] = defaultdict(dict)
    for account_id, compartment_id, admin, away_until, duty in rows:
        known = people[compartment_id].get(account_id)
        duties = known.duties if known else frozenset()
        added = frozenset({Duty(duty)}) if duty else frozenset()
        people[compartment_id][account_id] = Person(
            account_id, bool(admin), duties | added, away_until
        )
    return found | {key: tuple(those.values()) for key, those in people.items()}


def coordinators_of(network_id: UUID) -> list[UUID]:
    """Return the active accounts that coordinate a network."""
    return list(
        db.session.scalars(
            select(Account.id)
            .join(account_role, account_role.c.account_id == Account.id)
            .join(RoleRow, RoleRow.id == account_role.c.role_id)
            .where(
                Account.network_id == network_id,
                Account.active,
                RoleRow.name == Role.COORDINATOR.value,
            )
            .order_by(Account.id)
        )
    )


def emails_of(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the addresses by which colleagues know each other."""
    if not account_ids:
        return {}
    rows = db.session.execute(select(Account.id, Account.email).where(Account.id.in_(account_ids)))
    return {row.id: row.email for row in rows}


def save_duties(compartment_id: UUID, duty: Duty, account_ids: Collection[UUID]) -> bool:
    """Name exactly these people for a duty; return False when they were named already."""
    mine = (DUTY.c.compartment_id == compartment_id) & (DUTY.c.duty == duty.value)
    before = set(db.session.scalars(select(DUTY.c.account_id).where(mine)))
    if before == set(account_ids):
        return False
    db.session.execute(delete(DUTY).where(mine))
    if account_ids:
        db.session.execute(
            insert(DUTY),
            [
                {"compartment_id": compartment_id, "account_id": account_id, "duty": duty.value}
                for account_id in sorted(account_ids)
            ],
        )
    return True


def add_absence(account_id: UUID, absence: Absence) -> UUID:
    """Note an absence; return its id."""
    absence_id = uuid4()
    db.session.execute(
        insert(ABSENCE).values(
            id=absence_id,
            account_id=account_id,
            starts_at=absence.starts_at,
            ends_at=absence.ends_at,
        )
    )
    return absence_id


def end_absence(absence_id: UUID, *, account_ids: Collection[UUID]) -> bool:
    """Take back an absence of one of these people; False when there is none."""
    mine = ABSENCE.c.account_id.in_(account_ids)
    return bool(rows_changed(delete(ABSENCE).where(ABSENCE.c.id == absence_id, mine)))


def absences_of(account_ids: Collection[UUID], *, at: datetime) -> list[StoredAbsence]:
    """Return the absences of these people that are not over, the soonest first."""
    if not account_ids:
        return []
    rows = db.session.execute(
        select(ABSENCE)
        .where(ABSENCE.c.account_id.in_(account_ids), ABSENCE.c.ends_at > at)
        .order_by(ABSENCE.c.starts_at, ABSENCE.c.id)
    )
    return [
        StoredAbsence(row.id, row.account_id, Absence(row.starts_at, row.ends_at)) for row in rows
    ]


def forget_person(account_id: UUID) -> None:
    """Take somebody out of every duty, and forget their absences."""
    db.session.execute(delete(DUTY).where(DUTY.c.account_id == account_id))
    db.session.execute(delete(ABSENCE).where(ABSENCE.c.account_id == account_id))
