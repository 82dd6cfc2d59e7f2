"""Rows of the network's own work: promised pathways, protocols, gaps taken on, published figures.

Facts about members and counters only. Nothing here points at a referral or a person served.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class PathwayRow(Base):
    """A referral pathway that one member promised to another, for one need or for any."""

    __tablename__ = "pathway"
    __table_args__ = (
        UniqueConstraint("network_id", "from_member_id", "to_member_id", "need"),
        CheckConstraint("from_member_id <> to_member_id", name="two_members"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    from_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    to_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    need: Mapped[str] = mapped_column(String(40), default="")
    promised_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)


class ProtocolRow(Base):
    """With whom an abusive partner program consults when safety is at stake (R3).

    A program without a protocol in force is flagged everywhere the same day.
    """

    __tablename__ = "consultation_protocol"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on >= signed_on", name="dates"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    program_compartment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("compartment.id"), index=True
    )
    partner_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    signed_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)


class GapRow(Base):
    """A gap that the network has taken on: owner, next step, date (R98). Never a person.

    `evidence_there`: whether the evidence was there when somebody last looked; a closed gap whose
    evidence was gone and is there again comes back, `times_back` times so far.
    """

    __tablename__ = "gap"
    __table_args__ = (
        UniqueConstraint("network_id", "key"),
        CheckConstraint("status IN ('open', 'in-progress', 'waiting', 'closed')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    key: Mapped[str] = mapped_column(String(160))
    owner_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    next_step: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(12), default="open")
    reason: Mapped[str] = mapped_column(String(20), default="")
    evidence_there: Mapped[bool] = mapped_column(Boolean, default=True)
    times_back: Mapped[int] = mapped_column(Integer, default=0)
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class PublishedFigure(Base):
    """A figure about people as the gate let it out, frozen: no value means "not shown" (R95).

    `period` is a quarter ("2026Q3") or a year ("2025"); `cell` names what was counted.
    """

    __tablename__ = "published_figure"
    __table_args__ = (CheckConstraint("value IS NULL OR value > 10", name="never_small"),)

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    cell: Mapped[str] = mapped_column(String(160), primary_key=True)
    value: Mapped[int | None] = mapped_column(Integer)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AreaPeopleRow(Base):
    """How many people live in a county or ZIP, from a table that a coordinator brought.

    Inhabitants of a place; nobody in them was ever served. `languages`: ISO code to speakers.
    """

    __tablename__ = "area_people"
    __table_args__ = (
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("extent IN ('county', 'zip')", name="extent"),
    )

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    extent: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
    languages: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DistrictRow(Base):
    """A district that a network drew itself: a name for ZIPs and counties (codes, ascending).

    `name_key` is the name without case, so that no two of a network read the same.
    """

    __tablename__ = "district"
    __table_args__ = (UniqueConstraint("network_id", "name_key"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(180))
    zips: Mapped[list[str]] = mapped_column(JSON, default=list)
    counties: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
