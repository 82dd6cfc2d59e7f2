"""Rows of questions that a network keeps: what would change if.

Codes and ids alone: no row here points at a referral or a person, and nothing of an answer is kept.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy import Uuid as UuidType
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class KeptQuestionRow(Base):
    """A question of "what if" under a name. It is answered anew whenever somebody opens it.

    `member_id` and `service_id` are no foreign keys: who is gone may still be asked about, and the
    page says so. `kept_by` is the member whose coordination kept it, never a person.
    """

    __tablename__ = "kept_question"
    __table_args__ = (
        UniqueConstraint("network_id", "name"),
        CheckConstraint(
            "question IN ('leaves', 'closes', 'full', 'opens', 'place', 'night', 'most')",
            name="question",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(UuidType, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(String(10))
    member_id: Mapped[uuid.UUID | None] = mapped_column(UuidType)
    service_id: Mapped[uuid.UUID | None] = mapped_column(UuidType)
    line: Mapped[str] = mapped_column(String(40), default="")
    area: Mapped[str] = mapped_column(String(5), default="")
    minutes: Mapped[int] = mapped_column(Integer)
    places: Mapped[int] = mapped_column(Integer)
    kept_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
