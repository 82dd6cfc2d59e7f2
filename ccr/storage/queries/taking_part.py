"""Who can be sent a referral: whose inbox is read, who answers by phone or by link. As SQL.

A member with people and no record of joining takes part at the desk. One with a record does so
from the day that it is live there. In a practice network everybody invented answers.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from ccr.domain.joining import LISTED_ONLY, Membership, Standing, Way
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.joining import MembershipRow

MEMBERSHIP = cast("Table", MembershipRow.__table__)


def _membership(member_id: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401 -- a column of any row class
    return exists(
        select(MEMBERSHIP.c.member_id).where(MEMBERSHIP.c.member_id == member_id, *conditions)
    )


def has_people(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that somebody of this member can sign in."""
    return (
        select(Account.id)
        .join(Compartment, Compartment.id == Account.compartment_id)
        .where(Compartment.member_id == member_id, Account.active)
        .exists()
    )


def reads_here(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that a member with people takes part at the desk."""
    at_desk = _membership(
        member_id, MEMBERSHIP.c.way == Way.DESK.value, MEMBERSHIP.c.live_at.is_not(None)
    )
    return or_(at_desk, ~_membership(member_id))


def is_practice(network_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that a network is one person's practice network."""
    return exists(select(Network.id).where(Network.id == network_id, Network.is_practice))


def by_phone(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that a member answers by phone, and has said that it will."""
    return _membership(
        member_id, MEMBERSHIP.c.way == Way.PHONE.value, MEMBERSHIP.c.live_at.is_not(None)
    )


def by_link(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that a member answers by mailed links, and has said that it will."""
    return _membership(
        member_id, MEMBERSHIP.c.way == Way.LINK.value, MEMBERSHIP.c.live_at.is_not(None)
    )


def finishes_by_link(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that a member by link is away, and may finish what it has."""
    away = or_(MEMBERSHIP.c.suspended_at.is_not(None), MEMBERSHIP.c.leaving_at.is_not(None))
    return _membership(
        member_id, MEMBERSHIP.c.way == Way.LINK.value, MEMBERSHIP.c.left_at.is_(None), away
    )


def standing_of_program(compartment_id: UUID) -> Standing:
    """Return whether the member of a program takes part; one without a record does."""
    row = db.session.execute(
        select(
            MEMBERSHIP.c.member_id,
            MEMBERSHIP.c.suspended_at,
            MEMBERSHIP.c.leaving_at,
            MEMBERSHIP.c.left_at,
        )
        .join(Compartment, Compartment.member_id == MEMBERSHIP.c.member_id)
        .where(Compartment.id == compartment_id)
    ).first()
    if row is None:
        return Standing.TAKES_PART
    return Membership(
        row.member_id,
        suspended_at=row.suspended_at,
        leaving_at=row.leaving_at,
        left_at=row.left_at,
    ).standing


def on_ccr(member_id: Any, network_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- the same
    """Return the condition that some program of a member reads an inbox.

    What an account of a member that never sees a case would do with one, nobody could tell (R5).
    """
    invented = and_(is_practice(network_id), ~by_phone(member_id))
    here = and_(has_people(member_id), reads_here(member_id), ~_listed_only(member_id))
    return or_(here, invented)


def _listed_only(member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a column of any row class
    member = cast("Table", MemberRow.__table__).alias("of_its_kind")
    kinds = [category.value for category in LISTED_ONLY]
    return exists(select(member.c.id).where(member.c.id == member_id, member.c.category.in_(kinds)))


class Answers(NamedTuple):
    """How a member can be sent a referral: an inbox that is read, a phone, a link, or none."""

    on_ccr: bool
    by_phone: bool
    by_link: bool = False


NOBODY = Answers(on_ccr=False, by_phone=False)


def who_answers(network_id: UUID) -> dict[UUID, Answers]:
    """Return how each member of a network that can be reached is reached, in one statement."""
    ways = on_ccr(MemberRow.id, MemberRow.network_id), by_phone(MemberRow.id), by_link(MemberRow.id)
    rows = db.session.execute(select(MemberRow.id, *ways).where(MemberRow.network_id == network_id))
    return {row[0]: Answers(*map(bool, row[1:])) for row in rows if any(row[1:])}
