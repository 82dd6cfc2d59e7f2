"""Rows of the doors: what was done once, and the systems that are told of a change."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class DoneOnceRow(Base):
    """A press of a form, or an act of a key, that has had its effect. Forgotten after a day.

    What was sent is kept as a keyed hash; what was answered is sealed and holds no fact.
    """

    __tablename__ = "done_once"
    __table_args__ = (Index("ix_done_once_done_at", "done_at"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("compartment.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    reply_sealed: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebhookRow(Base):
    """A system of a member's program that is told when something it may see has changed.

    Attributes:
        looked_at: when its program's referrals were last compared; None before the first time.
        off_since: since when nothing is sent; None while it is on.
        off_why: why, as `ccr.domain.webhooks.OffWhy`.
    """

    __tablename__ = "webhook"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id", ondelete="CASCADE"), index=True
    )
    url_sealed: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_why: Mapped[str | None] = mapped_column(String(10))


class WebhookSeenRow(Base):
    """The version of a referral, as its program may see it, that a webhook knows."""

    __tablename__ = "webhook_seen"

    webhook_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True
    )
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[str] = mapped_column(String(20))


class WebhookDeliveryRow(Base):
    """One message to one webhook: the id of a referral, and nothing about it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_waiting", "sent_at", "due_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    webhook_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("webhook.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error_code: Mapped[str | None] = mapped_column(String(40))
