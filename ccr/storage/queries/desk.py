"""The desk at a glance: how many things wait for a program, and what of a referral it has read.

Counts are those of the lists themselves, said once: what a side may not know decides none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.clocks import Side
from ccr.domain.referral_states import ENDED, TAKEN, State
from ccr.domain.referral_views import Group
from ccr.storage.db import db
from ccr.storage.models.consultations import ConsultationPromptRow
from ccr.storage.models.desk import ReadMarkRow
from ccr.storage.models.operations import Heartbeat
from ccr.storage.queries.clocks import CLOCK
from ccr.storage.queries.consultations import CONSULTATION
from ccr.storage.queries.follow_ups import FOLLOW_UP
from ccr.storage.queries.next_contact import CONTACT
from ccr.storage.queries.referral_lists import sender_group
from ccr.storage.queries.referrals import REFERRAL, visible_to
from ccr.storage.queries.releases import RELEASE

PROMPT = cast("Table", ConsultationPromptRow.__table__)
READ_MARK = cast("Table", ReadMarkRow.__table__)


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """What the navigation says.

    Attributes:
        inbox: received, and not yet answered.
        sent: sent, and the move is one's own.
        follow_ups: own duties that are overdue or due today.
        expected: persons who call or come today, or said an earlier day.
        consultations: safety consultations that were asked of it, and nobody has acknowledged.
        prompts: what its own protocol asks it to consult about, until it is settled.
    """

    inbox: int = 0
    sent: int = 0
    follow_ups: int = 0
    expected: int = 0
    consultations: int = 0
    prompts: int = 0


def count_desk(
    compartment_id: UUID,
    *,
    at: datetime,
    until: datetime,
    today: date,
    jobs: Collection[str] = (),
) -> tuple[DeskCounts, dict[str, datetime]]:
    """Return the counts of a program at `at`, and when each of `jobs` last ran, in one statement.

    `until` is the end of the program's day, which is `today`. Jobs that never ran are absent.
    """
    inbox = (
        select(func.count())
        .select_from(REFERRAL)
        .where(
            *visible_to(Side.RECEIVER, compartment_id),
            REFERRAL.c.state.in_([State.SENT.value, State.ASKED.value]),
        )
    )
    # A sender's move is never in these, and an index finds the others.
    elsewhere = [state.value for state in TAKEN | ENDED]
    sent = (
        select(func.count())
        .select_from(REFERRAL.outerjoin(RELEASE, RELEASE.c.referral_id == REFERRAL.c.id))
        .where(
            *visible_to(Side.SENDER, compartment_id),
            REFERRAL.c.state.in_([s.value for s in State if s.value not in elsewhere]),
            sender_group(at) == Group.MY_MOVE.value,
        )
    )
    due = (
        select(func.count())
        .select_from(CLOCK)
        .where(
            CLOCK.c.owner_compartment_id == compartment_id,
            CLOCK.c.stopped_at.is_(None),
            CLOCK.c.due_at <= until,
        )
    )
    expected = (
        select(func.count())
        .select_from(CONTACT)
        .where(CONTACT.c.sender_compartment_id == compartment_id, CONTACT.c.day <= today)
    )
    consultations = (
        select(func.count())
        .select_from(CONSULTATION)
        .where(
            CONSULTATION.c.partner_compartment_id == compartment_id,
            CONSULTATION.c.acknowledged_at.is_(None),
        )
    )
    prompts = (
        select(func.count())
        .select_from(PROMPT)
        .where(PROMPT.c.compartment_id == compartment_id, PROMPT.c.settled_at.is_(None))
    )
    counted = (inbox, sent, due, expected, consultations, prompts)
    one = select(literal(1).label("one")).subquery()
    rows = db.session.execute(
        select(
            *(number.scalar_subquery() for number in counted),
            Heartbeat.name,
            Heartbeat.at,
        ).select_from(one.outerjoin(Heartbeat, Heartbeat.name.in_(jobs)))
    ).all()
    return DeskCounts(*rows[0][: len(counted)]), {
        row.name: row.at for row in rows if row.name is not None
    }


def mark_read(referral_id: UUID, compartment_id: UUID, *, at: datetime) -> None:
    """Keep that a program has read what it may know of a referral at `at`."""
    db.session.execute(
        _insert()(READ_MARK)
        .values(referral_id=referral_id, compartment_id=compartment_id, read_at=at)
        .on_conflict_do_update(
            index_elements=["referral_id", "compartment_id"], set_={"read_at": at}
        )
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a program has noted of a referral: until when it has read it, and who works on it."""

    read_at: datetime | None = None
    assigned_to: UUID | None = None


def marks_of(referral_ids: Collection[UUID], compartment_id: UUID) -> dict[UUID, Mark]:
    """Return what a program has noted of each of these, in one statement."""
    if not referral_ids:
        return {}
    rows = db.session.execute(
        select(REFERRAL.c.id, READ_MARK.c.read_at, FOLLOW_UP.c.assigned_account_id)
        .select_from(
            REFERRAL.outerjoin(
                READ_MARK,
                and_(
                    READ_MARK.c.referral_id == REFERRAL.c.id,
                    READ_MARK.c.compartment_id == compartment_id,
                ),
            ).outerjoin(
                FOLLOW_UP,
                and_(
                    FOLLOW_UP.c.referral_id == REFERRAL.c.id,
                    FOLLOW_UP.c.compartment_id == compartment_id,
                ),
            )
        )
        .where(REFERRAL.c.id.in_(referral_ids))
    )
    return {row.id: Mark(row.read_at, row.assigned_account_id) for row in rows}


def _insert() -> Any:  # noqa: ANN401 -- one of two functions of the same shape
    dialect = db.session.get_bind().dialect.name
    return postgresql.insert if dialect == "postgresql" else sqlite.insert
