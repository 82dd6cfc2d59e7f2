"""Rows of safety consultations between a program and its victim services partner (R2).

Codes and times alone: no victim, no participant, no contact, no note. A prompt hangs on the
participant whose event raised it; a consultation hangs on nobody.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


class ConsultationRow(Base):
    """One request of a program for a safety consultation.

    `due_at` is by when the partner acknowledges; `told_at` is the one moment, fixed as it was
    asked, from which the program sees coded advice. `step` counts what the chasing did.
    """

    __tablename__ = "safety_consultation"
    __table_args__ = (
        UniqueConstraint("network_id", "code"),
        CheckConstraint("urgency IN ('immediate', 'high', 'standard')", name="urgency"),
        CheckConstraint(
            "advised_at IS NULL OR acknowledged_at IS NOT NULL", name="read_before_advice"
        ),
        Index("ix_safety_consultation_desk", "partner_compartment_id", "raised_at"),
        Index("ix_safety_consultation_next_step", "next_step_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    code: Mapped[str] = mapped_column(String(80))
    program_compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), index=True
    )
    partner_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    partner_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    concern: Mapped[str] = mapped_column(String(32))
    urgency: Mapped[str] = mapped_column(String(16))
    called: Mapped[str] = mapped_column(String(20))
    consulted_role: Mapped[str | None] = mapped_column(String(20))
    steps: Mapped[list[str]] = mapped_column(Codes, default=list)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    advice: Mapped[list[str]] = mapped_column(Codes, default=list)
    advised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step: Mapped[int] = mapped_column(Integer, default=0)
    step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ConsultationPromptRow(Base):
    """That an event asks for a consultation under the program's protocol, until it is settled."""

    __tablename__ = "consultation_prompt"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name="settled"),
        Index("ix_consultation_prompt_open", "compartment_id", "settled_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    participant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    trigger: Mapped[str] = mapped_column(String(32))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_how: Mapped[str | None] = mapped_column(String(24))
