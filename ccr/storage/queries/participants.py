"""Participants of one program and what happened: read and changed for one compartment at a time.

Every read names the program; every change names the state and version it starts from, and one row
must change, or nothing does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Table, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.errors import DuplicateError, NotFoundError, StaleError
from ccr.domain.paging import PAGE_SIZE
from ccr.domain.participant_words import EndReason, EventKind, ReferralSource, Screening
from ccr.domain.participants import OPEN, Event, Order, Participant, ParticipantState
from ccr.domain.phrases import phrase
from ccr.storage.db import db, savepoint
from ccr.storage.models.programs import ParticipantEventRow, ParticipantRow
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries.referrals import rows_changed

TABLE = cast("Table", ParticipantRow.__table__)
EVENT = cast("Table", ParticipantEventRow.__table__)


def participant_of(row: Any) -> Participant:  # noqa: ANN401 -- a row has no type
    """Return a participant from its row."""
    return Participant(
        id=row.id,
        network_id=row.network_id,
        compartment_id=row.compartment_id,
        code=row.code,
        order=Order(
            ReferralSource(row.source),
            row.mandated,
            row.authority_member_id,
            row.outside_authority,
            row.ordered_on,
        ),
        opened_at=row.opened_at,
        intake_due_at=row.intake_due_at,
        enrol_due_at=row.enrol_due_at,
        state=ParticipantState(row.state),
        referral_id=row.referral_id,
        screening=Screening(row.screening) if row.screening else None,
        group_id=row.group_id,
        intake_offered_on=row.intake_offered_on,
        intake_on=row.intake_on,
        enrolled_on=row.enrolled_on,
        ended_on=row.ended_on,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        version=row.version,
    )


def code_is_free(network_id: UUID, code: str) -> bool:
    """Return True when neither a referral nor a participant of the network has this code."""
    taken = select(ReferralRow.id).where(
        ReferralRow.network_id == network_id, ReferralRow.code == code
    )
    also = select(ParticipantRow.id).where(
        ParticipantRow.network_id == network_id, ParticipantRow.code == code
    )
    return db.session.scalar(taken.union_all(also).limit(1)) is None


def add_participant(new: Participant, *, at: datetime) -> None:
    """Add a participant as they come.

    Raises:
        DuplicateError: the code is taken, or this referral was opened already.
    """
    try:
        with savepoint():
            db.session.execute(
                insert(TABLE).values(
                    id=new.id,
                    network_id=new.network_id,
                    compartment_id=new.compartment_id,
                    code=new.code,
                    referral_id=new.referral_id,
                    source=new.order.source.value,
                    mandated=new.order.mandated,
                    authority_member_id=new.order.authority_id,
                    outside_authority=new.order.outside,
                    ordered_on=new.order.ordered_on,
                    opened_at=new.opened_at,
                    intake_due_at=new.intake_due_at,
                    enrol_due_at=new.enrol_due_at,
                    **_life(new),
                    updated_at=at,
                )
            )
    except IntegrityError as error:
        raise DuplicateError(phrase("This was opened already.")) from error


def _life(participant: Participant) -> dict[str, Any]:
    """Return the columns that change in a participant's life."""
    return {
        "state": participant.state.value,
        "screening": participant.screening.value if participant.screening else None,
        "group_id": participant.group_id,
        "intake_offered_on": participant.intake_offered_on,
        "intake_on": participant.intake_on,
        "enrolled_on": participant.enrolled_on,
        "ended_on": participant.ended_on,
        "end_reason": participant.end_reason.value if participant.end_reason else None,
        "version": participant.version,
    }


def get_participant(participant_id: UUID, *, compartment_id: UUID) -> Participant:
    """Return a participant of this program; raises NotFoundError for any other."""
    row = db.session.execute(
        select(TABLE).where(TABLE.c.id == participant_id, TABLE.c.compartment_id == compartment_id)
    ).first()
    if row is None:
        raise NotFoundError
    return participant_of(row)


def save_participant(before: Participant, after: Participant, *, at: datetime) -> None:
    """Store the step from `before` to `after`.

    Raises:
        StaleError: it is no longer in the state and version of `before`.
    """
    statement = (
        update(TABLE)
        .where(
            TABLE.c.id == before.id,
            TABLE.c.compartment_id == before.compartment_id,
            TABLE.c.state == before.state.value,
            TABLE.c.version == before.version,
        )
        .values(**_life(after), updated_at=at)
    )
    if rows_changed(statement) != 1:
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))


def add_events(new: Sequence[tuple[UUID, EventKind, date, str | None]], *, at: datetime) -> None:
    """Add one event (participant, kind, day, reason) to each, behind the last of its participant.

    The caller has changed each participant's row in this unit of work, so that nobody else adds.
    """
    ids = [participant_id for participant_id, *_ in new]
    found = db.session.execute(
        select(EVENT.c.participant_id, func.max(EVENT.c.position))
        .where(EVENT.c.participant_id.in_(ids))
        .group_by(EVENT.c.participant_id)
    )
    last: dict[UUID, int] = {row[0]: row[1] for row in found}
    rows = [
        {
            "id": uuid4(),
            "participant_id": participant_id,
            "position": last.get(participant_id, 0) + 1,
            "kind": kind.value,
            "happened_on": on,
            "reason": reason,
            "at": at,
        }
        for participant_id, kind, on, reason in new
    ]
    if rows:
        db.session.execute(insert(EVENT), rows)


def events_of(participant_ids: Collection[UUID]) -> dict[UUID, list[Event]]:
    """Return what happened, in the order in which it was recorded, for each of them."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    rows = db.session.execute(
        select(EVENT)
        .where(EVENT.c.participant_id.in_(participant_ids))
        .order_by(EVENT.c.participant_id, EVENT.c.position)
    )
    for row in rows:
        found[row.participant_id].append(
            Event(row.position, EventKind(row.kind), row.happened_on, row.at, row.reason)
        )
    return found


def count_by_state(compartment_id: UUID) -> dict[ParticipantState, int]:
    """Return how many participants of this program are in each state."""
    rows = db.session.execute(
        select(TABLE.c.state, func.count())
        .where(TABLE.c.compartment_id == compartment_id)
        .group_by(TABLE.c.state)
    )
    return {ParticipantState(state): count for state, count in rows}


def list_participants(
    compartment_id: UUID, state: ParticipantState | None, page: int, *, size: int = PAGE_SIZE
) -> tuple[Participant, ...]:
    """Return a page of a program's participants: who waits longest first, who ended last."""
    query = select(TABLE).where(TABLE.c.compartment_id == compartment_id)
    if state is not None:
        query = query.where(TABLE.c.state == state.value)
    over = case((TABLE.c.state.in_([s.value for s in OPEN]), 0), else_=1)
    rows = db.session.execute(
        query.order_by(over, TABLE.c.opened_at, TABLE.c.id).limit(size).offset((page - 1) * size)
    )
    return tuple(participant_of(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Participants that need somebody, the most urgent first, and how many there are of each."""

    intake: tuple[Participant, ...]
    checks: tuple[Participant, ...]


def list_waiting(compartment_id: UUID, *, checks_before: datetime, most: int) -> Waiting:
    """Return who waits for an intake, and whose enrolment check is due before that moment."""
    waiting = ParticipantState.AWAITING_INTAKE.value
    done = ParticipantState.INTAKE_DONE.value
    own = TABLE.c.compartment_id == compartment_id
    intake = db.session.execute(
        select(TABLE)
        .where(own, TABLE.c.state == waiting)
        .order_by(TABLE.c.intake_offered_on.is_not(None), TABLE.c.intake_due_at, TABLE.c.id)
        .limit(most)
    )
    checks = db.session.execute(
        select(TABLE)
        .where(
            own,
            or_(TABLE.c.state == waiting, TABLE.c.state == done),
            TABLE.c.enrol_due_at <= checks_before,
        )
        .order_by(TABLE.c.enrol_due_at, TABLE.c.id)
        .limit(most)
    )
    return Waiting(
        tuple(participant_of(row) for row in intake), tuple(participant_of(row) for row in checks)
    )


def list_in_group(group_id: UUID, *, compartment_id: UUID) -> tuple[Participant, ...]:
    """Return who is enrolled in a group of this program now, by code."""
    rows = db.session.execute(select(TABLE).where(*_in_group(group_id, compartment_id)))
    return tuple(sorted((participant_of(row) for row in rows), key=lambda one: one.code))


def hold_in_group(
    participant_ids: Collection[UUID], group_id: UUID, *, compartment_id: UUID, at: datetime
) -> int:
    """Move these one version on, for as long as they are in the group; return how many are."""
    statement = (
        update(TABLE)
        .where(TABLE.c.id.in_(participant_ids), *_in_group(group_id, compartment_id))
        .values(version=TABLE.c.version + 1, updated_at=at)
    )
    return rows_changed(statement)


def _in_group(group_id: UUID, compartment_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        TABLE.c.compartment_id == compartment_id,
        TABLE.c.group_id == group_id,
        TABLE.c.state == ParticipantState.ENROLLED.value,
    )
