"""Records of referrals that reached the wrong partner."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, insert, or_, select, update

from ccr.domain.clocks import Side
from ccr.domain.disclosure import Fact
from ccr.domain.errors import NotFoundError
from ccr.domain.misdirected import Misdirected
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow
from ccr.storage.models.referrals import MisdirectedRow
from ccr.storage.queries.referrals import rows_changed

RECORD = cast("Table", MisdirectedRow.__table__)
MOST = 100
_DONE = {Side.SENDER: RECORD.c.sender_done_at, Side.RECEIVER: RECORD.c.receiver_done_at}


def add_misdirected(record: Misdirected) -> None:
    """Store a record; there is one for a referral."""
    db.session.execute(insert(RECORD).values(**asdict(record)))


def get_misdirected(record_id: UUID, compartment_id: UUID) -> Misdirected:
    """Return a record of this program's, whichever side it is; raises NotFoundError."""
    row = db.session.execute(
        select(RECORD).where(RECORD.c.id == record_id, _own(compartment_id))
    ).first()
    if row is None:
        raise NotFoundError
    return _record(row)


def list_misdirected(compartment_id: UUID) -> list[Misdirected]:
    """Return the records of a program, newest first, at most MOST."""
    rows = db.session.execute(
        select(RECORD)
        .where(_own(compartment_id))
        .order_by(RECORD.c.frozen_at.desc(), RECORD.c.id)
        .limit(MOST)
    )
    return [_record(row) for row in rows]


def settle_misdirected(record_id: UUID, side: Side, *, at: datetime) -> bool:
    """Mark one side as done; return False when it was."""
    done = _DONE[side]
    return bool(
        rows_changed(
            update(RECORD).where(RECORD.c.id == record_id, done.is_(None)).values(**{done.name: at})
        )
    )


def names_of(compartment_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of the members that own these programs."""
    rows = db.session.execute(
        select(Compartment.id, MemberRow.name)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(Compartment.id.in_(compartment_ids))
    )
    return {row.id: row.name for row in rows}


def _own(compartment_id: UUID) -> Any:  # noqa: ANN401 -- an SQL condition
    return or_(
        RECORD.c.sender_compartment_id == compartment_id,
        RECORD.c.receiver_compartment_id == compartment_id,
    )


def _record(row: Row[Any]) -> Misdirected:
    values = dict(row._mapping)
    values["facts_read"] = tuple(fact for fact in Fact if fact.value in values["facts_read"])
    return Misdirected(**values)
