"""Rows of receiving without an account: one door per referral, and the links mailed to it.

A link's token is its id with a signature and is kept nowhere; of the code that the sender reads
out a keyed hash is kept. Both go with their referral.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class AnswerDoor(Base):
    """What opens a referral by link: a code said by phone, and how often it was typed wrongly.

    `turn` grows by one with every act by link: of two posts of one page, one has an effect.
    """

    __tablename__ = "answer_door"

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    turn: Mapped[int] = mapped_column(Integer, default=0)


class AnswerLink(Base):
    """A link mailed to the office of a partner that takes part by link; 72 hours from its mail."""

    __tablename__ = "answer_link"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
