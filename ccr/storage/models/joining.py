"""Rows of how an organization joins: steps, invitations, training. About staff alone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class MembershipRow(Base):
    """How a member takes part, and how far it has come: invited, pledged, trained, live."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("way IN ('listed', 'phone', 'link', 'desk')", name="way"),
        CheckConstraint("(pledged_at IS NULL) = (pledged_by_role IS NULL)", name="pledge_has_role"),
        CheckConstraint(
            "live_at IS NULL OR (suspended_at IS NULL AND leaving_at IS NULL AND left_at IS NULL)",
            name="away_is_not_live",
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    way: Mapped[str] = mapped_column(String(10), default="listed")
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pledged_by_role: Mapped[str | None] = mapped_column(String(60))
    trained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    live_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leaving_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class InvitationRow(Base):
    """A one-time invitation to make an account in one program; only its code's hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrainingRow(Base):
    """A training that one account finished; the topic is a code of a closed list (R94)."""

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("account_id", "topic"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(40))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
