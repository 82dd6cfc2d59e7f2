"""Safety consultations as rows. Which of it a program may see is decided elsewhere, from the facts.

Lists of the program that asked are ordered and counted by what it did itself; nothing that the
partner did decides a place or a number of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, delete, func, select, update

from ccr.domain.consultation_advice import Advice, Concern, in_order
from ccr.domain.consultation_chasing import Chased
from ccr.domain.paging import PAGE_SIZE
from ccr.domain.safety_consultation import (
    Answered,
    Call,
    Called,
    Consulted,
    Moments,
    Question,
)
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.consultations import ConsultationPromptRow, ConsultationRow
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.referrals import rows_changed

CONSULTATION = cast("Table", ConsultationRow.__table__)
_ASKING = cast("Table", Compartment.__table__).alias("asking")
_ASKING_MEMBER = cast("Table", MemberRow.__table__).alias("asking_member")
_PARTNER = cast("Table", MemberRow.__table__).alias("partner_member")


@dataclass(frozen=True, slots=True)
class StoredConsultation:
    """A consultation with everything that is known of it, for whoever decides what is shown."""

    id: UUID
    network_id: UUID
    code: str
    program_compartment_id: UUID
    program_name: str
    partner_member_id: UUID
    partner_compartment_id: UUID
    partner_name: str
    question: Question
    moments: Moments
    answered: Answered
    chased: Chased
    next_step_at: datetime | None
    version: int


def add_consultation(
    network_id: UUID,
    consultation_id: UUID,
    *,
    code: str,
    program_id: UUID,
    partner: tuple[UUID, UUID],
    question: Question,
    moments: Moments,
    next_step_at: datetime,
) -> bool:
    """Add a consultation; False when its code is taken. `partner`: member, compartment."""
    call = question.call
    statement = (
        on_conflict_insert()(CONSULTATION)
        .values(
            id=consultation_id,
            network_id=network_id,
            code=code,
            program_compartment_id=program_id,
            partner_member_id=partner[0],
            partner_compartment_id=partner[1],
            concern=question.concern.value,
            urgency=question.urgency.value,
            called=call.called.value,
            consulted_role=call.consulted.value if call.consulted else None,
            steps=[step.value for step in call.steps],
            raised_at=moments.raised_at,
            due_at=moments.due_at,
            told_at=moments.told_at,
            advice=[],
            step=0,
            next_step_at=next_step_at,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["network_id", "code"])
        .returning(CONSULTATION.c.id)
    )
    return db.session.execute(statement).first() is not None


def asked_by(compartment_id: UUID, *, number: int) -> tuple[list[StoredConsultation], int]:
    """Return one page of what a program asked, newest first, and how many there are."""
    mine = CONSULTATION.c.program_compartment_id == compartment_id
    order = (CONSULTATION.c.raised_at.desc(), CONSULTATION.c.id)
    return _page(_with_names().where(mine).order_by(*order), mine, number)


def asked_of(compartment_id: UUID, *, number: int) -> tuple[list[StoredConsultation], int]:
    """Return one page of what was asked of a program: unacknowledged first, then the newest."""
    ours = CONSULTATION.c.partner_compartment_id == compartment_id
    order = (
        CONSULTATION.c.acknowledged_at.is_not(None),
        CONSULTATION.c.raised_at.desc(),
        CONSULTATION.c.id,
    )
    return _page(_with_names().where(ours).order_by(*order), ours, number)


def find_consultation(network_id: UUID, consultation_id: UUID) -> StoredConsultation | None:
    """Return a consultation of the network, or None."""
    row = db.session.execute(
        _with_names().where(
            CONSULTATION.c.id == consultation_id, CONSULTATION.c.network_id == network_id
        )
    ).first()
    return _stored(row) if row is not None else None


def acknowledge(consultation_id: UUID, partner_compartment_id: UUID, *, at: datetime) -> bool:
    """Acknowledge a consultation; False when somebody has, or there is none."""
    return _change(
        consultation_id,
        CONSULTATION.c.partner_compartment_id == partner_compartment_id,
        CONSULTATION.c.acknowledged_at.is_(None),
        acknowledged_at=at,
    )


def advise(
    consultation_id: UUID,
    partner_compartment_id: UUID,
    advice: Collection[Advice],
    *,
    at: datetime,
) -> bool:
    """Keep advice, and acknowledge with it; False when somebody has advised, or there is none."""
    return _change(
        consultation_id,
        CONSULTATION.c.partner_compartment_id == partner_compartment_id,
        CONSULTATION.c.advised_at.is_(None),
        acknowledged_at=func.coalesce(CONSULTATION.c.acknowledged_at, at),
        advice=[one.value for one in advice],
        advised_at=at,
    )


def complete_call(consultation_id: UUID, program_compartment_id: UUID, call: Call) -> bool:
    """Keep what came of the call after all; False when somebody was spoken with, or none is."""
    return _change(
        consultation_id,
        CONSULTATION.c.program_compartment_id == program_compartment_id,
        CONSULTATION.c.called != Called.SPOKE.value,
        called=call.called.value,
        consulted_role=call.consulted.value if call.consulted else None,
        steps=[step.value for step in call.steps],
    )


def set_answered(consultation_id: UUID, answered: Answered) -> None:
    """Write what a partner did of one that is long past and chased no more; for a demo."""
    _change(
        consultation_id,
        acknowledged_at=answered.acknowledged_at,
        advice=[one.value for one in answered.advice],
        advised_at=answered.advised_at,
        next_step_at=None,
    )


def due_ids(at: datetime, *, limit: int, but: Collection[UUID] = ()) -> list[UUID]:
    """Return which consultations the worker has to look at, longest due first; none is locked."""
    return list(db.session.scalars(_due(select(CONSULTATION.c.id), at, but).limit(limit)))


def lock_due(
    at: datetime, *, limit: int, only: UUID | None = None, but: Collection[UUID] = ()
) -> list[StoredConsultation]:
    """Return consultations that the worker has to look at, locked; what another holds is left out.

    On SQLite the unit of work is the only writer.
    """
    statement = (
        _due(_with_names(), at, but).limit(limit).with_for_update(of=CONSULTATION, skip_locked=True)
    )
    if only is not None:
        statement = statement.where(CONSULTATION.c.id == only)
    return [_stored(row) for row in db.session.execute(statement)]


def save_look(found: StoredConsultation, after: Chased, next_step_at: datetime | None) -> bool:
    """Keep how far the chasing has come; False when another worker was there first."""
    statement = (
        update(CONSULTATION)
        .where(
            CONSULTATION.c.id == found.id,
            CONSULTATION.c.step == found.chased.step,
            CONSULTATION.c.next_step_at == found.next_step_at,
        )
        .values(step=after.step, step_at=after.looked_at, next_step_at=next_step_at)
    )
    return rows_changed(statement) == 1


def forget(before: datetime) -> int:
    """Delete consultations that were asked, and prompts that were settled, before a moment."""
    return rows_changed(
        delete(CONSULTATION).where(CONSULTATION.c.raised_at < before)
    ) + rows_changed(delete(ConsultationPromptRow).where(ConsultationPromptRow.settled_at < before))


def _change(consultation_id: UUID, *conditions: Any, **values: Any) -> bool:  # noqa: ANN401
    statement = (
        update(CONSULTATION)
        .where(CONSULTATION.c.id == consultation_id, *conditions)
        .values(**values, version=CONSULTATION.c.version + 1)
    )
    return rows_changed(statement) == 1


def _due(statement: Select[Any], at: datetime, but: Collection[UUID]) -> Select[Any]:
    found = statement.where(CONSULTATION.c.next_step_at <= at)
    if but:
        found = found.where(CONSULTATION.c.id.not_in(but))
    return found.order_by(CONSULTATION.c.next_step_at, CONSULTATION.c.id)


def _with_names() -> Select[Any]:
    return (
        select(
            CONSULTATION,
            _ASKING_MEMBER.c.name.label("program_name"),
            _PARTNER.c.name.label("partner_name"),
        )
        .join(_ASKING, _ASKING.c.id == CONSULTATION.c.program_compartment_id)
        .join(_ASKING_MEMBER, _ASKING_MEMBER.c.id == _ASKING.c.member_id)
        .join(_PARTNER, _PARTNER.c.id == CONSULTATION.c.partner_member_id)
    )


def _page(
    statement: Select[Any],
    whose: Any,  # noqa: ANN401 -- a condition
    number: int,
) -> tuple[list[StoredConsultation], int]:
    total = db.session.scalar(select(func.count()).select_from(CONSULTATION).where(whose)) or 0
    rows = db.session.execute(statement.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return [_stored(row) for row in rows], total


def _stored(row: Any) -> StoredConsultation:  # noqa: ANN401 -- a row of a join has no type
    return StoredConsultation(
        id=row.id,
        network_id=row.network_id,
        code=row.code,
        program_compartment_id=row.program_compartment_id,
        program_name=row.program_name,
        partner_member_id=row.partner_member_id,
        partner_compartment_id=row.partner_compartment_id,
        partner_name=row.partner_name,
        question=Question(
            Concern(row.concern),
            Urgency(row.urgency),
            Call(
                Called(row.called),
                Consulted(row.consulted_role) if row.consulted_role else None,
                _advice(row.steps),
            ),
        ),
        moments=Moments(row.raised_at, row.due_at, row.told_at),
        answered=Answered(row.acknowledged_at, _advice(row.advice), row.advised_at),
        chased=Chased(row.step, row.step_at),
        next_step_at=row.next_step_at,
        version=row.version,
    )


def _advice(codes: list[str]) -> tuple[Advice, ...]:
    return in_order(frozenset(Advice(code) for code in codes))
