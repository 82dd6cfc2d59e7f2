"""A referral with what every view of it needs beside it, in one statement: release and names.

Reads only. What a side may see of it is the projection's to say (`ccr.domain.projection`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, and_, or_, select
from sqlalchemy.engine import RowMapping

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.release import FeedbackRelease
from ccr.domain.taxonomy import CompartmentKind
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.queries.referral_columns import StoredReferral, stored_referral
from ccr.storage.queries.referrals import (
    REFERRAL,
    SELECTED,
    visible_to,
)
from ccr.storage.queries.releases import RELEASE, release_of

_SERVICE = cast("Table", ServiceRow.__table__)
_SENDER = cast("Table", Compartment.__table__)
_PROGRAM = cast("Table", Compartment.__table__).alias("receiving_program")
_RECEIVING = cast("Table", MemberRow.__table__).alias("receiving_member")
_SENDING = cast("Table", MemberRow.__table__).alias("sending_member")


@dataclass(frozen=True, slots=True)
class ShownReferral(StoredReferral):
    """A stored referral, its feedback release, and the names at both ends; "" for a draft's.

    `to_a_program`: True where it went to an abusive partner program, whose desk has more to ask.
    """

    release: FeedbackRelease | None
    service_name: str
    member_name: str
    sender_name: str
    to_a_program: bool = False


def select_shown() -> Select[Any]:
    """Return the statement that lists and pages narrow down; `shown_referral` reads its rows."""
    return select(
        *SELECTED,
        *(column for column in RELEASE.c if column is not RELEASE.c.referral_id),
        _SERVICE.c.name.label("service_name"),
        _RECEIVING.c.name.label("member_name"),
        _SENDING.c.name.label("sender_name"),
        _PROGRAM.c.kind.label("receiver_kind"),
    ).select_from(
        REFERRAL.join(_SENDER, _SENDER.c.id == REFERRAL.c.sender_compartment_id)
        .join(_SENDING, _SENDING.c.id == _SENDER.c.member_id)
        .outerjoin(_SERVICE, _SERVICE.c.id == REFERRAL.c.service_id)
        .outerjoin(_RECEIVING, _RECEIVING.c.id == _SERVICE.c.member_id)
        .outerjoin(_PROGRAM, _PROGRAM.c.id == REFERRAL.c.receiver_compartment_id)
        .outerjoin(RELEASE, RELEASE.c.referral_id == REFERRAL.c.id)
    )


def shown_referral(row: RowMapping) -> ShownReferral:
    """Return a row of `select_shown` as a value."""
    stored = stored_referral(row)
    return ShownReferral(
        referral=stored.referral,
        facts=stored.facts,
        broader=stored.broader,
        question_sealed=stored.question_sealed,
        survivor_yes=stored.survivor_yes,
        chosen_by=stored.chosen_by,
        release=release_of(row) if row["asked_at"] is not None else None,
        service_name=row["service_name"] or "",
        member_name=row["member_name"] or "",
        sender_name=row["sender_name"],
        to_a_program=row["receiver_kind"] == CompartmentKind.APIP.value,
    )


def get_shown(
    referral_id: UUID, *, side: Side, compartment_id: UUID, lock: bool = False
) -> ShownReferral:
    """Return a referral of this side; with `lock`, nobody changes it before this unit ends.

    Raises:
        NotFoundError: there is none, or it is not this compartment's: both read the same.
    """
    statement = select_shown().where(
        REFERRAL.c.id == referral_id, *visible_to(side, compartment_id)
    )
    if lock:
        statement = statement.with_for_update(of=REFERRAL)
    row = db.session.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return shown_referral(row)


def find_side(referral_id: UUID, compartment_id: UUID) -> Side | None:
    """Return which side of a referral a program is, the sender's first; None when it is neither."""
    sender = db.session.scalar(
        select(REFERRAL.c.sender_compartment_id).where(
            REFERRAL.c.id == referral_id,
            or_(
                and_(*visible_to(Side.SENDER, compartment_id)),
                and_(*visible_to(Side.RECEIVER, compartment_id)),
            ),
        )
    )
    if sender is None:
        return None
    return Side.SENDER if sender == compartment_id else Side.RECEIVER
