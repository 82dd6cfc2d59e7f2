"""Rows of risk information for abusive partner programs, apart from the participant's record (R45).

A result alone, never an instrument's questions or answers (R40). What it says is sealed; nothing
here may be joined to a letter, a certificate, an export or a participant's copy.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class RiskInformationRow(Base):
    """One result as somebody gave it to one program; several stand side by side (R42)."""

    __tablename__ = "risk_information"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    program_compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), index=True
    )
    from_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    participant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    result_sealed: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlacementRuleRow(Base):
    """A program's own stated rule: which result leads to which level of content and contact."""

    __tablename__ = "placement_rule"
    __table_args__ = (UniqueConstraint("compartment_id", "instrument", "band", "judgement"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    instrument: Mapped[str] = mapped_column(String(24), default="")
    band: Mapped[str] = mapped_column(String(24), default="")
    judgement: Mapped[bool] = mapped_column(Boolean, default=False)
    level: Mapped[str] = mapped_column(String(20))
    contact: Mapped[str] = mapped_column(String(20))


class PlacementRow(Base):
    """The level of content and contact that a program decided on for a participant, sealed."""

    __tablename__ = "placement"

    participant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    decided_sealed: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
