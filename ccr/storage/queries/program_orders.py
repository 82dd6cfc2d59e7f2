"""What senders say of referrals to a program, and which accepted referrals wait to be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select

from ccr.domain.errors import NotFoundError
from ccr.domain.participant_words import ReferralSource
from ccr.domain.participants import Order
from ccr.domain.referral_states import State
from ccr.domain.taxonomy import Track
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.programs import (
    ParticipantRow,
    ProgramAuthorityRow,
    ProgramGroupRow,
    ProgramOrderRow,
)
from ccr.storage.models.referrals import ReferralRow

TABLE = cast("Table", ProgramOrderRow.__table__)
TAKEN = (
    State.ACCEPTED.value,
    State.IN_PROGRESS.value,
    State.ON_HOLD.value,
    State.CONNECTED.value,
)
"""States of a referral whose person may be opened as a participant."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the sender of a referral said of it; `group_id`: the group that was wished."""

    order: Order
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ToOpen:
    """An accepted referral that is nobody's participant yet."""

    referral_id: UUID
    code: str
    accepted_at: datetime
    said: Said | None


@dataclass(frozen=True, slots=True)
class Received:
    """What a program reads of a referral it accepted, and whose participant it is by now."""

    said: Said | None
    authority_name: str
    group_name: str
    participant_id: UUID | None


def save_order(network_id: UUID, referral_id: UUID, said: Said, *, at: datetime) -> None:
    """Keep what was said of a referral, over what was said before."""
    values = {
        "network_id": network_id,
        "source": said.order.source.value,
        "mandated": said.order.mandated,
        "authority_member_id": said.order.authority_id,
        "outside_authority": said.order.outside,
        "ordered_on": said.order.ordered_on,
        "group_id": said.group_id,
        "said_at": at,
    }
    new = on_conflict_insert()(ProgramOrderRow).values(referral_id=referral_id, **values)
    db.session.execute(new.on_conflict_do_update(index_elements=[TABLE.c.referral_id], set_=values))


def order_of(referral_id: UUID) -> Said | None:
    """Return what was said of a referral that the caller has loaded, or None."""
    row = db.session.execute(select(TABLE).where(TABLE.c.referral_id == referral_id)).first()
    return None if row is None else _said(row)


def _said(row: Any) -> Said:  # noqa: ANN401 -- a row has no type
    order = Order(
        ReferralSource(row.source),
        row.mandated,
        row.authority_member_id,
        row.outside_authority,
        row.ordered_on,
    )
    return Said(order, row.group_id)


def list_to_open(compartment_id: UUID, *, most: int) -> list[ToOpen]:
    """Return a program's accepted referrals without a participant, the oldest first."""
    rows = db.session.execute(_to_open(compartment_id).limit(most))
    return [_opened(row) for row in rows]


def get_to_open(referral_id: UUID, compartment_id: UUID) -> ToOpen:
    """Return one of them; raises NotFoundError for any other referral."""
    row = db.session.execute(_to_open(compartment_id).where(ReferralRow.id == referral_id)).first()
    if row is None:
        raise NotFoundError
    return _opened(row)


def list_open(compartment_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return a program's referrals that wait or were accepted, with the member that sent each."""
    open_states = (State.SENT.value, State.ASKED.value, State.WAITLISTED.value, *TAKEN)
    rows = db.session.execute(
        select(ReferralRow.id, Compartment.member_id)
        .join(Compartment, Compartment.id == ReferralRow.sender_compartment_id)
        .where(
            ReferralRow.receiver_compartment_id == compartment_id,
            ReferralRow.state.in_(open_states),
            ReferralRow.track == Track.ABUSIVE_PARTNER.value,
        )
        .order_by(ReferralRow.id)
    )
    return [(row[0], row[1]) for row in rows]


def _to_open(compartment_id: UUID) -> Any:  # noqa: ANN401 -- a statement of many columns
    return (
        select(
            ReferralRow.id.label("of_id"),
            ReferralRow.code.label("of_code"),
            ReferralRow.accepted_at.label("of_accepted_at"),
            *TABLE.c,
        )
        .outerjoin(TABLE, TABLE.c.referral_id == ReferralRow.id)
        .outerjoin(ParticipantRow, ParticipantRow.referral_id == ReferralRow.id)
        .where(
            ReferralRow.receiver_compartment_id == compartment_id,
            ReferralRow.state.in_(TAKEN),
            ReferralRow.track == Track.ABUSIVE_PARTNER.value,
            ReferralRow.accepted_at.is_not(None),
            ParticipantRow.id.is_(None),
        )
        .order_by(ReferralRow.accepted_at, ReferralRow.id)
    )


def _opened(row: Any) -> ToOpen:  # noqa: ANN401 -- the same
    return ToOpen(
        row.of_id, row.of_code, row.of_accepted_at, _said(row) if row.referral_id else None
    )


def get_received(referral_id: UUID, compartment_id: UUID) -> Received | None:
    """Return what was said of a referral that this program accepted, or None."""
    row = db.session.execute(
        select(
            *TABLE.c,
            MemberRow.name.label("authority_name"),
            ProgramGroupRow.name.label("group_name"),
            ParticipantRow.id.label("opened_as"),
        )
        .select_from(ReferralRow)
        .outerjoin(TABLE, TABLE.c.referral_id == ReferralRow.id)
        .outerjoin(MemberRow, MemberRow.id == TABLE.c.authority_member_id)
        .outerjoin(ProgramGroupRow, ProgramGroupRow.id == TABLE.c.group_id)
        .outerjoin(ParticipantRow, ParticipantRow.referral_id == ReferralRow.id)
        .where(
            ReferralRow.id == referral_id,
            ReferralRow.receiver_compartment_id == compartment_id,
            ReferralRow.state.in_(TAKEN),
            ReferralRow.track == Track.ABUSIVE_PARTNER.value,
        )
    ).first()
    if row is None:
        return None
    said = _said(row) if row.referral_id else None
    return Received(said, row.authority_name or "", row.group_name or "", row.opened_as)


def declared_authorities(compartment_id: UUID) -> frozenset[UUID]:
    """Return the members that a program says it reports to."""
    return frozenset(
        db.session.scalars(
            select(ProgramAuthorityRow.member_id).where(
                ProgramAuthorityRow.compartment_id == compartment_id
            )
        )
    )
