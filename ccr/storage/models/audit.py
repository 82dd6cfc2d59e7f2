"""Rows of the audit trail: one append-only hash chain per compartment; ids and verbs only.

UPDATE and DELETE are refused by triggers that the first migration makes on both engines.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


class AuditEventRow(Base):
    """Who did what to which record, when. Never a value."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("compartment_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    verb: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    field_names: Mapped[list[str]] = mapped_column(Codes, default=list)
    reason: Mapped[str | None] = mapped_column(String(60))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The end of a compartment's chain; its update is what serialises that chain's writers."""

    __tablename__ = "audit_head"

    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    hash: Mapped[str] = mapped_column(String(64))
