"""Counts of what the network records of itself, in one statement: seats, attendance, actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ccr.storage.db import db
from ccr.storage.models.council import (
    ActionRow,
    AttendanceRow,
    CommitteeSeatRow,
    MeetingRow,
    NetworkProfileRow,
)


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """Counts of seats, members and actions; 0 where nothing is recorded.

    Attributes:
        there, seated: of the last meeting that is over: members of its committee that came, and
            all of them.
    """

    seats_filled: int
    seats_planned: int
    there: int
    seated: int
    done: int
    actions: int


def record_counts(network_id: UUID, on: date) -> RecordCounts:
    """Return the counts of a network; meetings after `on` are still to come."""
    last = (
        select(MeetingRow.id, MeetingRow.committee_id)
        .where(MeetingRow.network_id == network_id, MeetingRow.held_on <= on)
        .order_by(MeetingRow.held_on.desc(), MeetingRow.id)
        .limit(1)
        .subquery()
    )
    profile = NetworkProfileRow.network_id == network_id
    seated = (
        select(func.count())
        .select_from(CommitteeSeatRow)
        .join(last, last.c.committee_id == CommitteeSeatRow.committee_id)
    )
    came = (CommitteeSeatRow.member_id == AttendanceRow.member_id) & (
        AttendanceRow.meeting_id == last.c.id
    )
    actions = select(func.count()).where(
        ActionRow.network_id == network_id, ActionRow.status != "dropped"
    )
    row = db.session.execute(
        select(
            select(NetworkProfileRow.seats_filled).where(profile).scalar_subquery(),
            select(NetworkProfileRow.seats_planned).where(profile).scalar_subquery(),
            seated.join(AttendanceRow, came).scalar_subquery(),
            seated.scalar_subquery(),
            actions.where(ActionRow.status == "done").scalar_subquery(),
            actions.scalar_subquery(),
        )
    ).one()
    return RecordCounts(*(number or 0 for number in row))
