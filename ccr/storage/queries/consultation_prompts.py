"""Prompts for safety consultations. A prompt knows its participant; a consultation never does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update

from ccr.domain.consultation_triggers import SettledHow, Trigger
from ccr.storage.db import db
from ccr.storage.models.consultations import ConsultationPromptRow
from ccr.storage.models.programs import ParticipantRow
from ccr.storage.queries.referrals import rows_changed

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Prompt:
    """One open prompt of a program; `participant_code` is None where it is about nobody."""

    id: UUID
    trigger: Trigger
    raised_at: datetime
    participant_id: UUID | None
    participant_code: str | None


def add_prompt(
    network_id: UUID,
    compartment_id: UUID,
    trigger: Trigger,
    participant_id: UUID | None,
    *,
    at: datetime,
) -> UUID:
    """Add a prompt; the same trigger for the same participant stays one while it is open."""
    same = select(ConsultationPromptRow.id).where(
        ConsultationPromptRow.compartment_id == compartment_id,
        ConsultationPromptRow.trigger == trigger.value,
        ConsultationPromptRow.participant_id == participant_id,
        ConsultationPromptRow.settled_at.is_(None),
    )
    found = db.session.scalar(same) if participant_id is not None else None
    if found is not None:
        return found
    row = ConsultationPromptRow(
        id=uuid4(),
        network_id=network_id,
        compartment_id=compartment_id,
        participant_id=participant_id,
        trigger=trigger.value,
        raised_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def open_prompts(compartment_id: UUID, *, participant_id: UUID | None = None) -> list[Prompt]:
    """Return the open prompts of a program, or of one participant of it, the oldest first."""
    query = (
        select(ConsultationPromptRow, ParticipantRow.code)
        .outerjoin(ParticipantRow, ParticipantRow.id == ConsultationPromptRow.participant_id)
        .where(
            ConsultationPromptRow.compartment_id == compartment_id,
            ConsultationPromptRow.settled_at.is_(None),
        )
        .order_by(ConsultationPromptRow.raised_at, ConsultationPromptRow.id)
        .limit(MOST_SHOWN)
    )
    if participant_id is not None:
        query = query.where(ConsultationPromptRow.participant_id == participant_id)
    return [
        Prompt(row.id, Trigger(row.trigger), row.raised_at, row.participant_id, code)
        for row, code in db.session.execute(query)
    ]


def settle_prompt(compartment_id: UUID, prompt_id: UUID, how: SettledHow, *, at: datetime) -> bool:
    """Settle an open prompt of this program; False when there is none such."""
    statement = (
        update(ConsultationPromptRow)
        .where(
            ConsultationPromptRow.id == prompt_id,
            ConsultationPromptRow.compartment_id == compartment_id,
            ConsultationPromptRow.settled_at.is_(None),
        )
        .values(settled_at=at, settled_how=how.value)
    )
    return rows_changed(statement) == 1
