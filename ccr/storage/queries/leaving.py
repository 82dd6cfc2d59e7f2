"""What a member has open when it is suspended or leaves, and what ends with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, select, update

from ccr.domain.referral_states import TAKEN, WAITING_FOR_ANSWER, State
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, ApiKey, Compartment
from ccr.storage.models.doors import WebhookRow
from ccr.storage.models.joining import InvitationRow
from ccr.storage.queries.referrals import BY_PHONE, REFERRAL, rows_changed
from ccr.storage.queries.releases import RELEASE
from ccr.storage.queries.webhooks import turn_off

_ACCOUNT = cast("Table", Account.__table__)
_KEY = cast("Table", ApiKey.__table__)
_INVITATION = cast("Table", InvitationRow.__table__)


@dataclass(frozen=True, slots=True)
class OpenOne:
    """A referral that is open on one side.

    Attributes:
        reached: True when the receiver has reached the person.
        opened: True when the receiver has opened it.
    """

    id: UUID
    state: State
    reached: bool
    opened: bool


def programs_of(member_id: UUID) -> list[UUID]:
    """Return the programs of a member."""
    return list(
        db.session.scalars(
            select(Compartment.id)
            .where(Compartment.member_id == member_id)
            .order_by(Compartment.id)
        )
    )


def open_received(compartment_ids: Collection[UUID]) -> list[OpenOne]:
    """Return what these programs received and have not ended; never what is done by phone."""
    return _open(
        REFERRAL.c.receiver_compartment_id.in_(compartment_ids)
        & REFERRAL.c.state.in_([state.value for state in WAITING_FOR_ANSWER | TAKEN])
        & ~BY_PHONE
    )


def open_sent(compartment_ids: Collection[UUID]) -> list[OpenOne]:
    """Return what these programs sent that waits for an answer, or for their own choice."""
    states = WAITING_FOR_ANSWER | {State.DECLINED, State.EXPIRED}
    return _open(
        REFERRAL.c.sender_compartment_id.in_(compartment_ids)
        & REFERRAL.c.state.in_([state.value for state in states])
    )


def delete_drafts(compartment_ids: Collection[UUID]) -> int:
    """Delete the drafts of these programs, to the last row; return how many."""
    return rows_changed(
        delete(REFERRAL).where(
            REFERRAL.c.sender_compartment_id.in_(compartment_ids),
            REFERRAL.c.state == State.DRAFT.value,
        )
    )


def end_releases(compartment_ids: Collection[UUID], *, at: datetime) -> int:
    """End the feedback that these programs were to hear of what they sent; return how many."""
    sent = select(REFERRAL.c.id).where(REFERRAL.c.sender_compartment_id.in_(compartment_ids))
    return rows_changed(
        update(RELEASE)
        .where(RELEASE.c.referral_id.in_(sent), RELEASE.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )


def revoke_keys(compartment_ids: Collection[UUID], *, at: datetime) -> int:
    """Make every key of these programs worthless; return how many."""
    return rows_changed(
        update(_KEY)
        .where(_KEY.c.compartment_id.in_(compartment_ids), _KEY.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def turn_off_webhooks(compartment_ids: Collection[UUID], *, why: str, at: datetime) -> list[UUID]:
    """Turn off every webhook of these programs that is on, and drop what waits; return which."""
    query = select(WebhookRow.id).where(
        WebhookRow.compartment_id.in_(compartment_ids), WebhookRow.off_since.is_(None)
    )
    found = list(db.session.scalars(query.order_by(WebhookRow.id)))
    return [webhook_id for webhook_id in found if turn_off(webhook_id, why=why, at=at)]


def withdraw_invitations(compartment_ids: Collection[UUID], *, at: datetime) -> int:
    """Withdraw every invitation into these programs that nobody used; return how many."""
    return rows_changed(
        update(_INVITATION)
        .where(
            _INVITATION.c.compartment_id.in_(compartment_ids),
            _INVITATION.c.used_at.is_(None),
            _INVITATION.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def active_accounts_of(compartment_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Return (account, program) of everybody who can sign in to these programs."""
    rows = db.session.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.compartment_id)
        .where(_ACCOUNT.c.compartment_id.in_(compartment_ids), _ACCOUNT.c.active)
        .order_by(_ACCOUNT.c.id)
    )
    return [(row.id, row.compartment_id) for row in rows]


def _open(condition: object) -> list[OpenOne]:
    rows = db.session.execute(
        select(REFERRAL.c.id, REFERRAL.c.state, REFERRAL.c.contacted_at, REFERRAL.c.opened_at)
        .where(condition)  # type: ignore[arg-type]  # a condition of the two above
        .order_by(REFERRAL.c.id)
    )
    return [
        OpenOne(row.id, State(row.state), row.contacted_at is not None, row.opened_at is not None)
        for row in rows
    ]
