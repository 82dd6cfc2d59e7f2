"""Rows of following up: who works on what, whose reminders rest, who stands in, who is away.

About staff alone. What a program notes here of a referral is its own: no other program reads it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class FollowUpRow(Base):
    """How one side keeps one referral: who of its people works on it, and until when it rests.

    `handed_over_at` is set while whoever it was handed to has not yet taken it over.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("(assigned_account_id IS NULL) = (assigned_at IS NULL)", name="assigned"),
        CheckConstraint("(snoozed_until IS NULL) = (snooze_reason IS NULL)", name="snoozed"),
        Index("ix_follow_up_assigned", "assigned_account_id"),
    )

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    assigned_account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snooze_reason: Mapped[str | None] = mapped_column(String(40))


class DutyRow(Base):
    """Who of a program stands in for the others, and who is told when something stays undone."""

    __tablename__ = "program_duty"
    __table_args__ = (CheckConstraint("duty IN ('back-up', 'supervisor')", name="duty"),)

    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    duty: Mapped[str] = mapped_column(String(16), primary_key=True)


class AbsenceRow(Base):
    """When somebody is away; from when until when, and never why."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_absence_account", "account_id", "ends_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
