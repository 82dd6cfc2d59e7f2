"""Rows that tie together what one person agreed to: several partners, asked for one of them.

They are the sender's compartment's alone. Whom to ask next is sealed beside the first referral
(`referral_search`): a partner that was not asked yet is named in no column.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class AskingRow(Base):
    """Several partners asked for one person. `winner_referral_id`: of those asked at once, who."""

    __tablename__ = "asking"
    __table_args__ = (
        CheckConstraint("way IN ('ordered', 'at-once', 'plan')", name="way"),
        Index("ix_asking_open", "way", "ended_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    sender_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    way: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    winner_referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL")
    )


class AskingPartRow(Base):
    """One named partner of an asking, by its place among those named. `reason`: why skipped."""

    __tablename__ = "asking_part"
    __table_args__ = (
        UniqueConstraint("asking_id", "position"),
        UniqueConstraint("referral_id"),
        CheckConstraint("state IN ('waiting', 'asked', 'skipped', 'left')", name="state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    asking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("asking.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL")
    )
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NextContactRow(Base):
    """When the person calls or comes again: a day and a part of it, on the sender's side alone.

    The row is gone as soon as it is dealt with. There is no contact data.
    """

    __tablename__ = "next_contact"
    __table_args__ = (
        CheckConstraint("way IN ('calls', 'comes')", name="way"),
        CheckConstraint("part IN ('any', 'morning', 'afternoon', 'evening')", name="part"),
        Index("ix_next_contact_day", "sender_compartment_id", "day"),
    )

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    sender_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10))
