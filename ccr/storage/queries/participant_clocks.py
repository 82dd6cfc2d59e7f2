"""Participants that a clock of the worker finds: not enrolled in time, or ended long ago."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from ccr.domain.participant_words import EventKind
from ccr.domain.participants import Participant, ParticipantState
from ccr.storage.db import db
from ccr.storage.models.programs import AuthorityReportRow
from ccr.storage.queries.participants import EVENT, TABLE, participant_of
from ccr.storage.queries.referrals import rows_changed

_WAITS = TABLE.c.state.in_(
    [ParticipantState.AWAITING_INTAKE.value, ParticipantState.INTAKE_DONE.value]
)
_RAISED = exists(
    select(EVENT.c.id).where(
        EVENT.c.participant_id == TABLE.c.id, EVENT.c.kind == EventKind.ENROL_OVERDUE.value
    )
).correlate(TABLE)


def list_overdue(at: datetime, *, most: int) -> list[Participant]:
    """Return who was to be enrolled by now, and of whom that was not told yet."""
    rows = db.session.execute(
        select(TABLE)
        .where(_WAITS, TABLE.c.enrol_due_at <= at, ~_RAISED)
        .order_by(TABLE.c.enrol_due_at, TABLE.c.id)
        .limit(most)
    )
    return [participant_of(row) for row in rows]


def hold_overdue(found: Participant, *, at: datetime) -> bool:
    """Move one of them a version on; False when somebody else did, or recorded a step."""
    statement = (
        update(TABLE)
        .where(TABLE.c.id == found.id, TABLE.c.version == found.version, _WAITS)
        .values(version=found.version + 1, updated_at=at)
    )
    return rows_changed(statement) == 1


def forget_ended(before: datetime, *, most: int) -> int:
    """Delete who ended before a moment, their reports, and reports whose participant is gone.

    Events, prompts, risk information and placements go with the participant.
    """
    ended = list(
        db.session.scalars(
            select(TABLE.c.id)
            .where(TABLE.c.ended_on < before.astimezone(UTC).date())
            .order_by(TABLE.c.id)
            .limit(most)
        )
    )
    row = AuthorityReportRow
    orphaned = row.participant_id.is_(None) & (row.made_at < before)
    db.session.execute(delete(row).where(or_(_among(row.participant_id, ended), orphaned)))
    return rows_changed(delete(TABLE).where(TABLE.c.id.in_(ended)))


def _among(column: object, ids: list[UUID]) -> ColumnElement[bool]:
    return cast("ColumnElement[UUID]", column).in_(ids)
