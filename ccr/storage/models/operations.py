"""Rows that keep the machine honest: notices to send, beats of the worker, tries, used tokens."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class OutboxItem(Base):
    """A notice to one staff account, written in the transaction that caused it. Fixed text only.

    Or a letter with one answer link to the office of a partner without accounts.
    One mail speaks for all notices of its `mail_id`; its Message-ID is made from it.
    """

    __tablename__ = "outbox_item"
    __table_args__ = (
        Index("ix_outbox_item_waiting", "sent_at", "due_at"),
        Index("ix_outbox_item_reader", "account_id", "sent_at"),
        CheckConstraint("pace IN ('now', 'each', 'soon', 'morning')", name="pace"),
        CheckConstraint("(account_id IS NULL) <> (answer_link_id IS NULL)", name="one_reader"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE")
    )
    answer_link_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("answer_link.id", ondelete="CASCADE")
    )
    template: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error_code: Mapped[str | None] = mapped_column(String(40))
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    pace: Mapped[str] = mapped_column(String(8), default="each", server_default="each")
    mail_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    retried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When an administrator last asked for it to be tried again."""


class Heartbeat(Base):
    """When a worker last said that it is alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attempt(Base):
    """Counted tries (sign-in, code look-up) under a hashed key; forgotten after a day."""

    __tablename__ = "attempt"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UsedToken(Base):
    """A one-time form token that has had its effect."""

    __tablename__ = "used_token"

    token: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
