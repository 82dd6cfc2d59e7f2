"""Rows of working together: committees, meetings, actions, training, announcements, the survey.

Organizations only: no row names or points at a person, and none has a field for a case.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(UuidType, primary_key=True, default=uuid.uuid4)


class NetworkProfileRow(Base):
    """What kind of coordinated response this is (R7, R16), and its survivor seats (R5)."""

    __tablename__ = "network_profile"
    __table_args__ = (CheckConstraint("seats_filled >= 0 AND seats_planned >= 0", name="seats"),)

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    types: Mapped[list[str]] = mapped_column(Codes, default=list)
    models: Mapped[list[str]] = mapped_column(Codes, default=list)
    seats_planned: Mapped[int] = mapped_column(Integer, default=0)
    seats_filled: Mapped[int] = mapped_column(Integer, default=0)
    seats_paid: Mapped[str] = mapped_column(String(20), default="")
    seats_payer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CommitteeRow(Base):
    """The council or one of its committees: what it is about, and which members sit on it."""

    __tablename__ = "committee"

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(20))
    ended_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=1)


class CommitteeSeatRow(Base):
    """A member that sits on a committee."""

    __tablename__ = "committee_seat"

    committee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)


class MeetingRow(Base):
    """A meeting of a committee, planned or held."""

    __tablename__ = "meeting"

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    committee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee.id"))
    held_on: Mapped[date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=1)


class MeetingItemRow(Base):
    """A point of the agenda with its decision; position 0 is always survivor safety (R99)."""

    __tablename__ = "meeting_item"

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    gap_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gap.id"))
    effect: Mapped[str] = mapped_column(String(12), default="")
    whom: Mapped[str] = mapped_column(String(20), default="")
    outcome: Mapped[str] = mapped_column(String(12), default="")
    decision: Mapped[str] = mapped_column(Text, default="")


class AttendanceRow(Base):
    """A member that was there; how many people came for it is not kept."""

    __tablename__ = "attendance"

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)


class ActionRow(Base):
    """Something a member does by a day: decided in a meeting, or recommended by a review (R93)."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'dropped')", name="status"),
        CheckConstraint("(status = 'open') = (ended_on IS NULL)", name="ended_has_day"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meeting.id"))
    gap_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gap.id"))
    text: Mapped[str] = mapped_column(Text)
    owner_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10), default="open")
    ended_on: Mapped[date | None] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class MemberTrainingRow(Base):
    """Whether a member has people trained in a topic, since when and until when (R94)."""

    __tablename__ = "member_training"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on > trained_on", name="dates"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    trained_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnnouncementRow(Base):
    """What the coordination tells every member's desk until a day."""

    __tablename__ = "announcement"

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SurveyRoundRow(Base):
    """One asking of the members what they think of the network (R92); one is open at a time.

    `results` is what was counted when it was closed: the single answers are deleted with that.
    """

    __tablename__ = "survey_round"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (results IS NULL)", name="closed_is_counted"),
        Index(
            "uq_survey_round_open",
            "network_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    opened_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    results: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


class SurveyAnswerRow(Base):
    """What one member answered in an open round: numbers from 1 to 4 by question."""

    __tablename__ = "survey_answer"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("survey_round.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    answers: Mapped[dict[str, int]] = mapped_column(JSON)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
