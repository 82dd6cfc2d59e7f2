"""Rows of finding: vocabularies and their mapping, saved searches, short lists, looked-up places.

A saved search holds place, distance, language, hours and kind alone: never a need, a danger, an
exclusion or a word that somebody typed (design 6b).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime


class TaxonomyTermRow(Base):
    """A term of a vocabulary that the network uses beside its own needs, kept as it came."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("network_id", "taxonomy", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    taxonomy: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(300))
    parent_code: Mapped[str | None] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TermMapping(Base):
    """What the coordinator says a term of somebody's vocabulary means: a need, or none."""

    __tablename__ = "term_mapping"
    __table_args__ = (UniqueConstraint("network_id", "taxonomy", "code", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    taxonomy: Mapped[str] = mapped_column(String(100), default="")
    code: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(300), default="")
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedSearch(Base):
    """A search that one person may repeat, for 30 days; it has no name and no need."""

    __tablename__ = "saved_search"
    __table_args__ = (Index("ix_saved_search_account", "account_id", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ShortListEntry(Base):
    """A listing that one person has put aside, for 30 days."""

    __tablename__ = "short_list_entry"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LookedUpPlace(Base):
    """What a geocoder answered for the address of a public site. Never for a hidden one."""

    __tablename__ = "looked_up_place"

    query_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    found: Mapped[bool] = mapped_column(Boolean, default=False)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    precision: Mapped[str] = mapped_column(String(16), default="none")
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    """So that the answer goes when the place becomes hidden."""
    looked_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
