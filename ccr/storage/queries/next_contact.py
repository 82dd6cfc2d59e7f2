"""Next contacts of persons with the program that sent their referral: that program's alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, case, delete, func, insert, or_, select
from sqlalchemy.engine import RowMapping

from ccr.domain.clocks import Side
from ccr.domain.next_contact import ContactWay, DayPart, NextContact
from ccr.domain.paging import PAGE_SIZE, Page
from ccr.storage.db import db
from ccr.storage.models.asking import AskingPartRow, NextContactRow
from ccr.storage.queries.referrals import REFERRAL, rows_changed, visible_to
from ccr.storage.queries.shown_referrals import ShownReferral, select_shown, shown_referral

CONTACT = cast("Table", NextContactRow.__table__)
_PART = cast("Table", AskingPartRow.__table__)
_PART_ORDER = case({part.value: n for n, part in enumerate(DayPart)}, value=CONTACT.c.part)


def keep_contact(
    referral_id: UUID, contact: NextContact | None, *, network_id: UUID, sender_compartment_id: UUID
) -> None:
    """Keep, replace or (None) delete the next contact beside a referral."""
    db.session.execute(
        delete(CONTACT).where(
            CONTACT.c.referral_id == referral_id,
            CONTACT.c.sender_compartment_id == sender_compartment_id,
        )
    )
    if contact is not None:
        db.session.execute(
            insert(CONTACT).values(
                referral_id=referral_id,
                network_id=network_id,
                sender_compartment_id=sender_compartment_id,
                day=contact.day,
                part=contact.part.value,
                way=contact.way.value,
            )
        )


def get_contact(referral_id: UUID, *, sender_compartment_id: UUID) -> NextContact | None:
    """Return the next contact beside a referral of this sender, or None."""
    row = db.session.execute(
        select(CONTACT).where(
            CONTACT.c.referral_id == referral_id,
            CONTACT.c.sender_compartment_id == sender_compartment_id,
        )
    ).first()
    return None if row is None else NextContact(ContactWay(row.way), row.day, DayPart(row.part))


def settle_contact(referral_id: UUID, *, sender_compartment_id: UUID) -> bool:
    """Delete a next contact, with those of what was asked for together; False when none is left."""
    own, other = _PART.alias("own"), _PART.alias("other")
    together = (
        select(other.c.referral_id)
        .join(own, own.c.asking_id == other.c.asking_id)
        .where(own.c.referral_id == referral_id, other.c.referral_id.is_not(None))
    )
    gone = delete(CONTACT).where(
        CONTACT.c.sender_compartment_id == sender_compartment_id,
        or_(CONTACT.c.referral_id == referral_id, CONTACT.c.referral_id.in_(together)),
    )
    return rows_changed(gone.execution_options(synchronize_session=False)) > 0


def forget_contacts(before: date) -> int:
    """Delete what passed before a day; return how many."""
    return rows_changed(delete(CONTACT).where(CONTACT.c.day < before))


def list_expected(
    sender_compartment_id: UUID, *, until: date, number: int
) -> tuple[Page[ShownReferral], dict[UUID, NextContact]]:
    """Return a page of referrals whose person is expected up to and on a day, soonest first."""
    rows = (
        db.session.execute(
            select_shown()
            .add_columns(
                CONTACT.c.day.label("next_day"),
                CONTACT.c.part.label("next_part"),
                CONTACT.c.way.label("next_way"),
                func.count().over().label("total"),
            )
            .join(CONTACT, CONTACT.c.referral_id == REFERRAL.c.id)
            .where(CONTACT.c.day <= until, *visible_to(Side.SENDER, sender_compartment_id))
            .order_by(CONTACT.c.day, _PART_ORDER, REFERRAL.c.sent_at, REFERRAL.c.id)
            .limit(PAGE_SIZE)
            .offset((number - 1) * PAGE_SIZE)
        )
        .mappings()
        .all()
    )
    contacts = {row["id"]: contact_of(row) for row in rows}
    total = rows[0]["total"] if rows else 0
    return Page(tuple(shown_referral(row) for row in rows), total, number), contacts


def contact_of(row: Any) -> NextContact:  # noqa: ANN401 -- a row of a join has no type
    """Return the next contact of a row, from its columns next_way, next_day and next_part."""
    found = row if isinstance(row, RowMapping) else row._mapping
    return NextContact(
        ContactWay(found["next_way"]), found["next_day"], DayPart(found["next_part"])
    )


def delete_contacts(referral_ids: Collection[UUID]) -> None:
    """Delete the next contacts beside these referrals."""
    db.session.execute(delete(CONTACT).where(CONTACT.c.referral_id.in_(referral_ids)))
