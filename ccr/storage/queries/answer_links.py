"""Doors, links and letters of referrals that are answered by link.

A door opens while its referral is the receiver's to see, its service is listed, and its member is
active and takes part by link: each is looked at when the link is used. A member that is suspended
or leaves has no link to anything that waits for an answer, and may finish what it took.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.answer_links import LINK_LASTS, MOST_WRONG
from ccr.domain.clocks import Side
from ccr.domain.referral_states import WAITING_FOR_ANSWER
from ccr.domain.taxonomy import CapacityStatus
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.answer_links import AnswerDoor, AnswerLink
from ccr.storage.models.directory import CapacityRow, MemberRow, PhoneRow, ServiceRow
from ccr.storage.models.operations import OutboxItem
from ccr.storage.queries import taking_part
from ccr.storage.queries.check_mail import office_address
from ccr.storage.queries.referrals import REFERRAL, rows_changed, visible_to

DOOR = cast("Table", AnswerDoor.__table__)
LINK = cast("Table", AnswerLink.__table__)
OUTBOX = cast("Table", OutboxItem.__table__)
TEMPLATE = "answer-link"


@dataclass(frozen=True, slots=True)
class Door:
    """What a link leads to while its referral can be answered by link.

    Attributes:
        takes_part: False while the member is away, and may only finish what it took.
    """

    link_id: UUID
    referral_id: UUID
    network_id: UUID
    sender_compartment_id: UUID
    receiver_compartment_id: UUID
    service_id: UUID
    expires_at: datetime
    code_hash: str | None
    turn: int
    takes_part: bool


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter taken for mailing.

    Attributes:
        opens: False when its link would open nothing any more.
        email: None when the office has no address any more.
    """

    id: UUID
    link_id: UUID
    attempts: int
    opens: bool
    email: str | None


# --- the door ------------------------------------------------------------------------------------


def find_door(link_id: UUID) -> Door | None:
    """Return what a link leads to, run out or not; None when it leads nowhere any more."""
    row = db.session.execute(
        _doors(
            LINK.c.id,
            LINK.c.expires_at,
            DOOR.c.code_hash,
            DOOR.c.turn,
            REFERRAL.c.id.label("referral_id"),
            REFERRAL.c.network_id,
            REFERRAL.c.sender_compartment_id,
            REFERRAL.c.receiver_compartment_id,
            REFERRAL.c.service_id,
            taking_part.by_link(MemberRow.id).label("takes_part"),
        ).where(LINK.c.id == link_id, *_opens())
    ).first()
    if row is None:
        return None
    return Door(
        row.id,
        row.referral_id,
        row.network_id,
        row.sender_compartment_id,
        row.receiver_compartment_id,
        row.service_id,
        row.expires_at,
        row.code_hash,
        row.turn,
        bool(row.takes_part),
    )


def take_try(referral_id: UUID) -> int | None:
    """Count one more try before a code is compared; return how many, or None when it is locked.

    So no number of guesses at the same time is more than the limit.
    """
    return db.session.execute(
        update(DOOR)
        .where(DOOR.c.referral_id == referral_id, DOOR.c.wrong < MOST_WRONG)
        .values(wrong=DOOR.c.wrong + 1)
        .returning(DOOR.c.wrong)
    ).scalar()


def forget_tries(referral_id: UUID) -> None:
    """Forget the wrong codes of a referral: the right one was typed."""
    db.session.execute(update(DOOR).where(DOOR.c.referral_id == referral_id).values(wrong=0))


def take_turn(referral_id: UUID, turn: int) -> bool:
    """Use up this page of a referral; return False when it was used already."""
    taken = rows_changed(
        update(DOOR)
        .where(DOOR.c.referral_id == referral_id, DOOR.c.turn == turn)
        .values(turn=DOOR.c.turn + 1)
    )
    return taken == 1


def keep_code(referral_id: UUID, code_hash: str, *, at: datetime) -> None:
    """Keep a new code in the place of the old one; wrong tries are forgotten."""
    open_door(referral_id)
    db.session.execute(
        update(DOOR)
        .where(DOOR.c.referral_id == referral_id)
        .values(code_hash=code_hash, code_made_at=at, wrong=0)
    )


def code_standing(referral_id: UUID) -> tuple[datetime | None, bool]:
    """Return when the present code was made, and whether too many wrong ones were typed since."""
    row = db.session.execute(
        select(DOOR.c.code_made_at, DOOR.c.wrong).where(DOOR.c.referral_id == referral_id)
    ).first()
    return (None, False) if row is None else (row.code_made_at, row.wrong >= MOST_WRONG)


def open_door(referral_id: UUID) -> None:
    """Make the door of a referral, without a code yet; nothing when there is one."""
    dialect = db.session.get_bind().dialect.name
    first = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(DOOR)
    db.session.execute(
        first.values(referral_id=referral_id, wrong=0, turn=0).on_conflict_do_nothing()
    )


def room_of(service_id: UUID) -> CapacityStatus:
    """Return what was last said of a service's room."""
    said = db.session.scalar(select(CapacityRow.status).where(CapacityRow.service_id == service_id))
    return CapacityStatus(said) if said else CapacityStatus.UNKNOWN


def public_phone_of(compartment_id: UUID) -> str | None:
    """Return a public number of a program, or of its member; a private one never."""
    own = ServiceRow.compartment_id == compartment_id
    member = select(Compartment.member_id).where(Compartment.id == compartment_id)
    statement = (
        select(PhoneRow.number, PhoneRow.extension)
        .outerjoin(ServiceRow, ServiceRow.id == PhoneRow.service_id)
        .where(
            PhoneRow.is_private.is_(False),
            PhoneRow.type.not_in(("fax", "pager")),
            own | PhoneRow.member_id.in_(member.scalar_subquery()),
        )
        .order_by(PhoneRow.service_id.is_(None), PhoneRow.position, PhoneRow.id)
    )
    row = db.session.execute(statement.limit(1)).first()
    if row is None:
        return None
    return f"{row.number} x{row.extension}" if row.extension else str(row.number)


def _doors(*columns: Any) -> Select[Any]:  # noqa: ANN401 -- columns of any table
    return (
        select(*columns)
        .select_from(LINK)
        .join(REFERRAL, REFERRAL.c.id == LINK.c.referral_id)
        .join(DOOR, DOOR.c.referral_id == LINK.c.referral_id)
        .join(ServiceRow, ServiceRow.id == REFERRAL.c.service_id)
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
    )


def _opens() -> list[ColumnElement[bool]]:
    """Return the conditions under which a door opens at all."""
    mine = cast("Any", ServiceRow.compartment_id)
    return [
        *visible_to(Side.RECEIVER, mine),
        ServiceRow.status == "active",
        MemberRow.active.is_(True),
        or_(
            taking_part.by_link(MemberRow.id),
            and_(
                taking_part.finishes_by_link(MemberRow.id),
                REFERRAL.c.state.not_in([state.value for state in WAITING_FOR_ANSWER]),
            ),
        ),
    ]


# --- letters -------------------------------------------------------------------------------------


def add_letter(
    link_id: UUID, referral_id: UUID, network_id: UUID, compartment_id: UUID, *, at: datetime
) -> bool:
    """Write a link and its letter; return False when one still waits to be mailed."""
    waits = (
        select(OUTBOX.c.id)
        .join(LINK, LINK.c.id == OUTBOX.c.answer_link_id)
        .where(
            LINK.c.referral_id == referral_id, OUTBOX.c.sent_at.is_(None), OUTBOX.c.attempts == 0
        )
    )
    if db.session.scalar(waits.limit(1)) is not None:
        return False
    db.session.execute(
        insert(LINK).values(
            id=link_id, referral_id=referral_id, made_at=at, expires_at=at + LINK_LASTS
        )
    )
    db.session.add(
        OutboxItem(
            network_id=network_id,
            compartment_id=compartment_id,
            answer_link_id=link_id,
            template=TEMPLATE,
            dedupe_key=f"{TEMPLATE}/{link_id}",
            created_at=at,
            due_at=at,
            attempts=0,
        )
    )
    db.session.flush()
    return True


def last_letter_at(referral_id: UUID) -> datetime | None:
    """Return when the newest link of a referral was made."""
    newest: datetime | None = db.session.scalar(
        select(func.max(LINK.c.made_at)).where(LINK.c.referral_id == referral_id)
    )
    return newest


def claim_due_letters(
    *, at: datetime, held_until: datetime, max_attempts: int, limit: int
) -> list[DueLetter]:
    """Take up to `limit` due letters, so that nobody else takes them before `held_until`.

    Their links run from now on. Run it in a unit of work of its own, and mail after that.
    """
    rows = db.session.execute(
        select(OUTBOX.c.id, OUTBOX.c.answer_link_id, OUTBOX.c.attempts)
        .where(
            OUTBOX.c.answer_link_id.is_not(None),
            OUTBOX.c.sent_at.is_(None),
            OUTBOX.c.due_at <= at,
            OUTBOX.c.attempts < max_attempts,
        )
        .order_by(OUTBOX.c.due_at, OUTBOX.c.id)
        .limit(limit)
        .with_for_update(of=OUTBOX, skip_locked=True)
    ).all()
    links = [row.answer_link_id for row in rows]
    found = db.session.execute(
        _doors(LINK.c.id, office_address().label("email")).where(LINK.c.id.in_(links), *_opens())
    )
    addresses = {row.id: row.email for row in found}
    db.session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_([row.id for row in rows]))
        .values(attempts=OUTBOX.c.attempts + 1, due_at=held_until)
    )
    db.session.execute(update(LINK).where(LINK.c.id.in_(links)).values(expires_at=at + LINK_LASTS))
    return [
        DueLetter(
            row.id,
            row.answer_link_id,
            row.attempts + 1,
            row.answer_link_id in addresses,
            addresses.get(row.answer_link_id),
        )
        for row in rows
    ]


def drop_letter(letter: DueLetter) -> None:
    """Forget a letter and its link: the referral was taken back, or its member left."""
    db.session.execute(delete(OUTBOX).where(OUTBOX.c.id == letter.id))
    db.session.execute(delete(LINK).where(LINK.c.id == letter.link_id))


def settle_letter(letter: DueLetter, **values: object) -> bool:
    """Note what came of a try; False when the letter was taken from us in the meantime."""
    return (
        rows_changed(
            update(OUTBOX)
            .where(
                OUTBOX.c.id == letter.id,
                OUTBOX.c.attempts == letter.attempts,
                OUTBOX.c.sent_at.is_(None),
            )
            .values(**values)
        )
        == 1
    )
