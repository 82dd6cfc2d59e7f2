"""Questions to the stored data about partners by phone and practice; the good answer is empty.

Each function returns ids (as text) of the records that break one invariant. Nothing is changed.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from ccr.domain.referral_states import TOLD_BY_PHONE, EventKind
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.referrals import ClockRow, ReferralEventRow, ReferralRow

_OTHER = cast("Table", ReferralEventRow.__table__).alias("other_event")


def sender_calls() -> ColumnElement[bool]:
    """Return the condition that a sent referral waits for a call of its sender.

    Either the partner has no inbox, or it is immediate and nobody read the inbox as it was sent;
    then the running clock is the sender's until somebody there opens it.
    """
    unread = and_(
        ReferralRow.urgency == Urgency.IMMEDIATE.value,
        ClockRow.owner_compartment_id == ReferralRow.sender_compartment_id,
    )
    return or_(sent_by_phone(), unread)


def sent_by_phone() -> ColumnElement[bool]:
    """Return the condition that a referral went to a partner without an inbox."""
    found = exists().where(
        _OTHER.c.referral_id == ReferralRow.id, _OTHER.c.action == EventKind.BY_PHONE.value
    )
    # Said aloud, because it stands two queries deep, where it would else ask about any referral.
    return found.correlate(ReferralRow)


def answers_by_phone_that_nobody_gave() -> list[str]:
    """Return answers written down after a call without a role, or where no call was to be made."""
    by_phone = exists().where(
        _OTHER.c.referral_id == ReferralEventRow.referral_id,
        _OTHER.c.action == EventKind.BY_PHONE.value,
    )
    told = ReferralEventRow.action.in_([action.value for action in TOLD_BY_PHONE])
    found = select(ReferralEventRow.id).where(
        told, or_(ReferralEventRow.told_by_role.is_(None), ~by_phone)
    )
    return [str(value) for value in db.session.scalars(found)]


def accounts_that_practise_in_earnest() -> list[str]:
    """Return accounts whose practice program is in a real network, or whose own is in practice."""
    found: list[str] = []
    for column, wrong in (
        (Account.practice_compartment_id, Network.is_practice.is_(False)),
        (Account.compartment_id, Network.is_practice.is_(True)),
    ):
        statement = (
            select(Account.id)
            .join(Compartment, Compartment.id == column)
            .join(Network, Network.id == Compartment.network_id)
            .where(wrong)
        )
        found += [str(value) for value in db.session.scalars(statement)]
    return found
