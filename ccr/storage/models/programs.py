"""Rows of abusive partner programs: profile, groups, participants by code, reports to authorities.

A participant is a code. The program keeps its own file elsewhere: there is no column for a name, a
contact or an address, and none for anything that a victim said (R11, R32, R33).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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

# Mandated means that an authority is named: a member, or one outside the network (R14).
_AUTHORITY_IS_NAMED = "NOT mandated OR authority_member_id IS NOT NULL OR outside_authority <> ''"


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(Uuid, primary_key=True, default=uuid.uuid4)


class ProgramProfileRow(Base):
    """What a program says of itself: each policy "yes" or "no"; one that is absent is unknown."""

    __tablename__ = "program_profile"

    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    policies: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ProgramAuthorityRow(Base):
    """A member of the network that a program reports to: a court, probation, parole."""

    __tablename__ = "program_authority"

    compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)


class ProgramGroupRow(Base):
    """A weekly group of a program: day (0 is Monday), wall-clock times "HH:MM", public place."""

    __tablename__ = "program_group"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_at < ends_at", name="times"),
        UniqueConstraint("compartment_id", "name"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="SET NULL")
    )
    weekday: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[str] = mapped_column(String(5))
    ends_at: Mapped[str] = mapped_column(String(5))
    language: Mapped[str] = mapped_column(String(24), default="en")
    level: Mapped[str] = mapped_column(String(20), default="standard")
    places: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ProgramOrderRow(Base):
    """What a sender says of its referral to a program: who ordered it, and a wished group (R14)."""

    __tablename__ = "program_order"
    __table_args__ = (CheckConstraint(_AUTHORITY_IS_NAMED, name="authority"),)

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    source: Mapped[str] = mapped_column(String(20))
    mandated: Mapped[bool] = mapped_column(Boolean)
    authority_member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    outside_authority: Mapped[str] = mapped_column(String(120), default="")
    ordered_on: Mapped[date | None] = mapped_column(Date)
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("program_group.id", ondelete="SET NULL")
    )
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParticipantRow(Base):
    """Somebody in a program, by a code. Days are days in the network's zone."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("network_id", "code"),
        CheckConstraint(_AUTHORITY_IS_NAMED, name="authority"),
        CheckConstraint(
            "state IN ('awaiting-intake', 'intake-done', 'enrolled', 'not-enrolled', "
            "'completed', 'terminated', 'withdrawn')",
            name="state",
        ),
        Index("ix_participant_list", "compartment_id", "state", "opened_at"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"))
    code: Mapped[str] = mapped_column(String(80))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL"), unique=True
    )
    source: Mapped[str] = mapped_column(String(20))
    mandated: Mapped[bool] = mapped_column(Boolean)
    authority_member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    outside_authority: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(16), default="awaiting-intake")
    screening: Mapped[str | None] = mapped_column(String(32))
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("program_group.id", ondelete="SET NULL")
    )
    ordered_on: Mapped[date | None] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    intake_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    intake_offered_on: Mapped[date | None] = mapped_column(Date)
    intake_on: Mapped[date | None] = mapped_column(Date)
    enrol_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(String(32))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ParticipantEventRow(Base):
    """What happened in the program, in codes: a session attended or missed, an end. No note."""

    __tablename__ = "participant_event"
    __table_args__ = (UniqueConstraint("participant_id", "position"),)

    id: Mapped[uuid.UUID] = _id()
    participant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    happened_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthorityReportRow(Base):
    """A coded notice or report to the one authority that mandated a participant (R32, R55).

    While `sent_at` is None it is a task that is due. `facts` holds codes, days and counts alone.
    """

    __tablename__ = "authority_report"
    __table_args__ = (
        CheckConstraint("kind IN ('noncompliance', 'attendance', 'status')", name="kind"),
        CheckConstraint("(sent_at IS NULL) = (sent_how IS NULL)", name="sent"),
        CheckConstraint(
            "authority_member_id IS NOT NULL OR outside_authority <> ''", name="authority"
        ),
        Index("ix_authority_report_desk", "authority_member_id", "sent_at"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    participant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("participant.id", ondelete="SET NULL"), index=True
    )
    code: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    authority_member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    outside_authority: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    due_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_how: Mapped[str | None] = mapped_column(String(8))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
