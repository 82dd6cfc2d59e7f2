"""Memberships and trainings: how members take part, changed one conditional step at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Select, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from ccr.domain.errors import NotFoundError, StaleError
from ccr.domain.joining import Membership, PledgeRole, Topic, Way
from ccr.domain.paging import PAGE_SIZE, Page
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.joining import InvitationRow, TrainingRow
from ccr.storage.queries.check_mail import usable_address
from ccr.storage.queries.referrals import rows_changed
from ccr.storage.queries.taking_part import MEMBERSHIP

TRAINING = cast("Table", TrainingRow.__table__)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member as the coordinator's list shows it.

    Attributes:
        people: how many can sign in.
        trained: how many of them have practised.
        invitations: how many codes can still be used.
        has_mailbox: whether their office has an address that links can be mailed to.
    """

    member_id: UUID
    network_id: UUID
    name: str
    category: MemberCategory
    regime: Regime
    membership: Membership
    people: int
    trained: int
    invitations: int
    has_mailbox: bool = True


def list_members(network_id: UUID, number: int, *, at: datetime) -> Page[MemberLine]:
    """Return a page of a network's members by name, coordination left out, in one statement."""
    rows = db.session.execute(
        _lines(at)
        .add_columns(func.count().over().label("total"))
        .where(MemberRow.network_id == network_id)
        .order_by(func.lower(MemberRow.name), MemberRow.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    total = rows[0].total if rows else 0
    return Page(tuple(_line(row) for row in rows), total, number)


def get_member_line(network_id: UUID, member_id: UUID, *, at: datetime) -> MemberLine:
    """Return one member of a network; raises NotFoundError for none, and for coordination."""
    row = db.session.execute(
        _lines(at).where(MemberRow.network_id == network_id, MemberRow.id == member_id)
    ).first()
    if row is None:
        raise NotFoundError
    return _line(row)


def _lines(at: datetime) -> Select[Any]:
    people = (
        select(func.count(Account.id))
        .join(Compartment, Compartment.id == Account.compartment_id)
        .where(Compartment.member_id == MemberRow.id, Account.active)
        .correlate(MemberRow)
    )
    trained = people.where(
        select(TrainingRow.id)
        .where(TrainingRow.account_id == Account.id, TrainingRow.topic == Topic.PRACTICE.value)
        .exists()
    )
    first = (
        select(func.min(Account.created_at))
        .join(Compartment, Compartment.id == Account.compartment_id)
        .where(Compartment.member_id == MemberRow.id, Account.active)
        .correlate(MemberRow)
    )
    invitations = (
        select(func.count(InvitationRow.id))
        .join(Compartment, Compartment.id == InvitationRow.compartment_id)
        .where(
            Compartment.member_id == MemberRow.id,
            InvitationRow.used_at.is_(None),
            InvitationRow.withdrawn_at.is_(None),
            InvitationRow.expires_at > at,
        )
        .correlate(MemberRow)
    )
    coordinates = (
        select(Compartment.id)
        .where(
            Compartment.member_id == MemberRow.id,
            Compartment.kind == CompartmentKind.COORDINATION.value,
        )
        .exists()
    )
    return (
        select(
            MemberRow.id,
            MemberRow.network_id,
            MemberRow.name,
            MemberRow.category,
            MemberRow.regime,
            MEMBERSHIP.c.way,
            MEMBERSHIP.c.invited_at,
            MEMBERSHIP.c.pledged_at,
            MEMBERSHIP.c.pledged_by_role,
            MEMBERSHIP.c.trained_at,
            MEMBERSHIP.c.live_at,
            MEMBERSHIP.c.version,
            MEMBERSHIP.c.suspended_at,
            MEMBERSHIP.c.leaving_at,
            MEMBERSHIP.c.left_at,
            people.scalar_subquery().label("people"),
            trained.scalar_subquery().label("trained"),
            first.scalar_subquery().label("first_at"),
            invitations.scalar_subquery().label("invitations"),
            usable_address(func.trim(MemberRow.email)).label("has_mailbox"),
        )
        .outerjoin(MEMBERSHIP, MEMBERSHIP.c.member_id == MemberRow.id)
        .where(~coordinates)
    )


def _line(row: Any) -> MemberLine:  # noqa: ANN401 -- a row of a join has no type
    return MemberLine(
        row.id,
        row.network_id,
        row.name,
        MemberCategory(row.category),
        Regime(row.regime),
        _membership(row),
        row.people,
        row.trained,
        row.invitations,
        bool(row.has_mailbox),
    )


def _membership(row: Any) -> Membership:  # noqa: ANN401 -- the same
    """Return how a member takes part; people without a record have been at the desk all along.

    They count as trained, so that a wrong press on its way can be taken back at once.
    """
    if row.version is None:
        way = Way.DESK if row.people else Way.LISTED
        return Membership(row.id, way, trained_at=row.first_at, live_at=row.first_at)
    return Membership(
        member_id=row.id,
        way=Way(row.way),
        invited_at=row.invited_at,
        pledged_at=row.pledged_at,
        pledged_by=PledgeRole(row.pledged_by_role) if row.pledged_by_role else None,
        trained_at=row.trained_at,
        live_at=row.live_at,
        version=row.version,
        suspended_at=row.suspended_at,
        leaving_at=row.leaving_at,
        left_at=row.left_at,
    )


def save_membership(
    network_id: UUID, before: Membership, after: Membership, *, at: datetime
) -> None:
    """Store the step from `before` to `after`; one row changes, or nothing does.

    Raises:
        StaleError: somebody else changed it first.
    """
    values: dict[str, Any] = {
        "way": after.way.value,
        "invited_at": after.invited_at,
        "pledged_at": after.pledged_at,
        "pledged_by_role": after.pledged_by.value if after.pledged_by else None,
        "trained_at": after.trained_at,
        "live_at": after.live_at,
        "suspended_at": after.suspended_at,
        "leaving_at": after.leaving_at,
        "left_at": after.left_at,
        "updated_at": at,
        "version": before.version + 1,
    }
    if before.version == 0:
        changed = _inserted(before.member_id, network_id, values)
    else:
        changed = rows_changed(
            update(MEMBERSHIP)
            .where(
                MEMBERSHIP.c.member_id == before.member_id, MEMBERSHIP.c.version == before.version
            )
            .values(**values)
        )
    if changed != 1:
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))


def _inserted(member_id: UUID, network_id: UUID, values: dict[str, Any]) -> int:
    try:
        with db.session.begin_nested():
            db.session.execute(
                insert(MEMBERSHIP).values(member_id=member_id, network_id=network_id, **values)
            )
    except IntegrityError:
        return 0
    return 1


def mark_trained(member_id: UUID, *, at: datetime) -> None:
    """Note that somebody of a member has practised; the first time stands."""
    db.session.execute(
        update(MEMBERSHIP)
        .where(MEMBERSHIP.c.member_id == member_id, MEMBERSHIP.c.trained_at.is_(None))
        .values(trained_at=at, updated_at=at, version=MEMBERSHIP.c.version + 1)
    )


def add_training(network_id: UUID, account_id: UUID, topic: Topic, *, at: datetime) -> bool:
    """Note that an account finished a training; False when that was noted before."""
    dialect = db.session.get_bind().dialect.name
    add = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = (
        add(TRAINING)
        .values(
            id=uuid4(), network_id=network_id, account_id=account_id, topic=topic.value, done_at=at
        )
        .on_conflict_do_nothing(index_elements=["account_id", "topic"])
        .returning(TRAINING.c.id)
    )
    return db.session.execute(statement).first() is not None


def trained_at(account_id: UUID, topic: Topic) -> datetime | None:
    """Return when an account finished a training, or None."""
    return db.session.scalar(
        select(TRAINING.c.done_at).where(
            TRAINING.c.account_id == account_id, TRAINING.c.topic == topic.value
        )
    )
