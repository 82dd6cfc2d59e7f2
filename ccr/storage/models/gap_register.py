"""Rows of the gap register: the steps of a plan, and what was changed when, by which member.

A change is written once and never changed. Nothing here names a person or points at a referral.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy import Uuid as UuidType
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class GapStepRow(Base):
    """One step of the plan for a gap: what, by when, and whether it is done."""

    __tablename__ = "gap_step"
    __table_args__ = (
        UniqueConstraint("gap_id", "position"),
        CheckConstraint("status IN ('open', 'done', 'dropped')", name="status"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_has_time"),
    )

    id: Mapped[uuid.UUID] = mapped_column(UuidType, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    gap_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gap.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10), default="open")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GapChangeRow(Base):
    """One change of a gap. `position` is the version that the gap had after it.

    `member_id` None is the machine: evidence that returned. `effect` and `whom` answer whether the
    change raises or lowers safety, and for whom (R99).
    """

    __tablename__ = "gap_change"
    __table_args__ = (UniqueConstraint("gap_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(UuidType, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    gap_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gap.id"))
    position: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verb: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20), default="")
    owner_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    step: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(String(12), default="")
    whom: Mapped[str] = mapped_column(String(20), default="")
    line: Mapped[str] = mapped_column(Text, default="")
