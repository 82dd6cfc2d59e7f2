"""Rows of the desk: what a program has read of a referral, and feeds of what is due.

About staff alone. A program's marks are its own: no other program reads them.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class ReadMarkRow(Base):
    """Until when a program has read what it may know of a referral; for the unread mark."""

    __tablename__ = "read_mark"

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeedRow(Base):
    """Somebody's feed of what is due, found by the hash of its address; the address is not kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("account_id"), UniqueConstraint("token_hash"))

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
