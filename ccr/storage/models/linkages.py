"""Rows of linkage agreements: what was signed, by whom, for what, until when (R90).

`agreement` holds the same as pairs of members, which routing reads; this holds the paper.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy import Uuid as UuidType
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


class LinkageRow(Base):
    """One version of an agreement; renewing it makes the next version of the same series."""

    __tablename__ = "linkage"
    __table_args__ = (
        UniqueConstraint("series_id", "version"),
        CheckConstraint("expires_on IS NULL OR expires_on > signed_on", name="dates"),
        CheckConstraint("review_on IS NULL OR review_on > signed_on", name="review"),
    )

    id: Mapped[uuid.UUID] = mapped_column(UuidType, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    series_id: Mapped[uuid.UUID] = mapped_column(UuidType)
    version: Mapped[int] = mapped_column(Integer, default=1)
    needs: Mapped[list[str]] = mapped_column(Codes, default=list)
    terms: Mapped[list[str]] = mapped_column(Codes, default=list)
    terms_line: Mapped[str] = mapped_column(Text, default="")
    signed_on: Mapped[date] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkagePartyRow(Base):
    """A member that signed, and the role (never the person) that answers for it."""

    __tablename__ = "linkage_party"

    linkage_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("linkage.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(String(20), default="")
