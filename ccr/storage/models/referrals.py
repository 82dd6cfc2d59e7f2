"""Rows of the referral loop. There is no column for a name, a contact or an address.

Columns that hold facts about a person are marked in data/reference/data_dictionary.csv. Free text
and a sender's search facts are sealed (ccr.adapters.keys) before they come here.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(Uuid, primary_key=True, default=uuid.uuid4)


class ReferralRow(Base):
    """A referral. A draft has no receiver, service or code yet; only its sender sees it.

    The fact columns hold what was agreed to be shared, already made broader where the facts
    together were rare. `version` grows with every change and guards every update.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("network_id", "code"),
        CheckConstraint(
            "state IN ('draft', 'sent', 'asked', 'waitlisted', 'accepted', 'in-progress', "
            "'on-hold', 'connected', 'declined', 'closed', 'cancelled', 'entered-in-error', "
            "'recalled', 'expired', 'frozen')",
            name="state",
        ),
        CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR state = 'entered-in-error' OR "
            "(receiver_compartment_id IS NOT NULL AND service_id IS NOT NULL "
            "AND code IS NOT NULL AND sent_at IS NOT NULL AND survivor_yes)",
            name="sent_is_whole",
        ),
        CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name="closed_has_outcome"),
        CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL", name="declined_has_reason"
        ),
        Index("ix_referral_inbox", "receiver_compartment_id", "state", "sent_at"),
        Index("ix_referral_outbox", "sender_compartment_id", "state", "sent_at"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    sender_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    receiver_compartment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("compartment.id"))
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    code: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)
    needs: Mapped[list[str]] = mapped_column(Codes, default=list)
    track: Mapped[str] = mapped_column(String(20), default="survivor")
    urgency: Mapped[str] = mapped_column(String(16), default="standard")
    county_fips: Mapped[str | None] = mapped_column(String(5))
    area_label: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str | None] = mapped_column(String(24))
    age_band: Mapped[str | None] = mapped_column(String(16))
    access: Mapped[list[str]] = mapped_column(Codes, default=list)
    children: Mapped[str | None] = mapped_column(String(16))
    transport: Mapped[str | None] = mapped_column(String(16))
    broader: Mapped[list[str]] = mapped_column(Codes, default=list)
    question_sealed: Mapped[str | None] = mapped_column(Text)
    survivor_yes: Mapped[bool] = mapped_column(Boolean, default=False)
    chosen_by: Mapped[str | None] = mapped_column(String(16))
    decline_reason: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(40))
    hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReferralSearchRow(Base):
    """The sender's own search facts for a referral (place, exclusions), sealed; sender only.

    `why_sealed` is why the partner was proposed, until the referral is over.
    """

    __tablename__ = "referral_search"

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    sender_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    facts_sealed: Mapped[str] = mapped_column(Text)
    why_sealed: Mapped[str | None] = mapped_column(Text)
    previous_referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL")
    )


class ReferralEventRow(Base):
    """What happened, in the words of a closed list, by which side. Notes are sealed.

    `told_by_role` is the role (never the name) of who answered by phone, as the sender wrote it
    down from a closed list; `told_at` is when the call was.
    """

    __tablename__ = "referral_event"
    __table_args__ = (
        UniqueConstraint("referral_id", "position"),
        CheckConstraint("side IN ('sender', 'receiver', 'system')", name="side"),
    )

    id: Mapped[uuid.UUID] = _id()
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("compartment.id"))
    side: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    note_sealed: Mapped[str | None] = mapped_column(Text)
    told_by_role: Mapped[str | None] = mapped_column(String(40))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClockRow(Base):
    """A running duty: whose move, by when, and how far the chasing has gone."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("referral_id", "kind", "started_at"),
        CheckConstraint("kind IN ('answer', 'first-contact', 'outcome')", name="kind"),
        Index("ix_clock_running", "stopped_at", "due_at"),
        Index("ix_clock_owner", "owner_compartment_id", "stopped_at", "due_at"),
        Index("ix_clock_next_step", "next_step_at"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    owner_compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    kind: Mapped[str] = mapped_column(String(20))
    urgency: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_before_pause: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    met: Mapped[bool | None] = mapped_column(Boolean)
    step: Mapped[int] = mapped_column(Integer, default=0)
    step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the worker has to look at it next; None while it is stopped or has no step left."""


class ReleaseRow(Base):
    """A feedback release: this receiver may tell this sender how this one code went, until."""

    __tablename__ = "feedback_release"

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_how: Mapped[str | None] = mapped_column(String(10))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MisdirectedRow(Base):
    """A referral that reached the wrong partner: names of facts, never a value.

    It outlives the referral: the agency needs the record after the facts are erased.
    """

    __tablename__ = "misdirected_referral"

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL"), unique=True
    )
    sender_compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), index=True
    )
    receiver_compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), index=True
    )
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    facts_read: Mapped[list[str]] = mapped_column(Codes, default=list)
    sender_done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receiver_done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
