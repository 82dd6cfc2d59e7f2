"""Rows of the population that a coordinator brought: counts of areas, from a census.

Public facts of whole counties and ZIPs. Nothing here counts people served.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy import Uuid as UuidType
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class PopulationTableRow(Base):
    """Where the counts of a network come from, and when they were brought. One for each extent."""

    __tablename__ = "population_table"
    __table_args__ = (CheckConstraint("extent IN ('county', 'zip')", name="extent"),)

    network_id: Mapped[uuid.UUID] = mapped_column(
        UuidType, ForeignKey("network.id"), primary_key=True
    )
    extent: Mapped[str] = mapped_column(String(10), primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AreaPeopleRow(Base):
    """The people of an area: all of them (no language), or those who speak a language at home."""

    __tablename__ = "area_people"
    __table_args__ = (
        CheckConstraint("extent IN ('county', 'zip')", name="extent"),
        CheckConstraint("people >= 0", name="people"),
    )

    network_id: Mapped[uuid.UUID] = mapped_column(
        UuidType, ForeignKey("network.id"), primary_key=True
    )
    extent: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True, default="")
    people: Mapped[int] = mapped_column(Integer)
