"""Rows that keep the directory true: imports, changes, aliases, proposals, checks, publications.

`directory_change` is the one memory of what a record was: the history that its owner reads, and
what an import is undone from. It is found by record id, so that a place that becomes hidden can be
taken out of the past as well (R48).
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
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from ccr.storage.db import Base
from ccr.storage.types import UtcDateTime

RECORD_KIND = "record_kind IN ('member', 'service', 'location')"


class ImportRun(Base):
    """One import through the site or the terminal, from upload to undo.

    The package itself lies under the data folder by this id while the run needs it, never longer.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'mapped', 'checking', 'checked', 'waiting', 'running', 'done', "
            "'failed', 'cancelled', 'undoing', 'undone')",
            name="state",
        ),
        Index("ix_import_run_network_created", "network_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    source: Mapped[str] = mapped_column(String(100), default="")
    dialect: Mapped[str] = mapped_column(String(20), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    step: Mapped[str] = mapped_column(String(20), default="")
    rows_done: Mapped[int] = mapped_column(Integer, default=0)
    rows_total: Mapped[int] = mapped_column(Integer, default=0)
    errors: Mapped[int] = mapped_column(Integer, default=0)
    cancel_requested: Mapped[bool] = mapped_column(Boolean, default=False)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str | None] = mapped_column(String(300))
    report: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The per-row report as gzipped CSV. It never repeats what a cell says."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alive_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ImportMapping(Base):
    """How the columns of a source were mapped last time: remembered per source."""

    __tablename__ = "import_mapping"

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DirectoryChange(Base):
    """What one act changed of one record. `before` is null for a new one.

    `before` and `after` hold the changed fields alone, by column name; lists that hang on a record
    (areas, languages, needs, phones, terms, sites, capacity) stand under their own names. Nothing
    of a hidden place is ever in them.
    """

    __tablename__ = "directory_change"
    __table_args__ = (
        CheckConstraint(RECORD_KIND, name="record_kind"),
        Index("ix_directory_change_record", "record_id", "at"),
        Index("ix_directory_change_run", "run_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    record_kind: Mapped[str] = mapped_column(String(8))
    record_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(String(20))
    """created, edited, imported, verified, capacity, merged, undone, hidden, published, claimed"""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )
    by_role: Mapped[str] = mapped_column(String(60), default="")
    run_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("import_run.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column(Integer, default=0)
    """The record's version after the act; 0 for a location."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class TouchedService(Base):
    """Which services one version of the directory changed: copies load these alone again.

    Every version has a row. `service_id` is null when everything is to be read anew.
    """

    __tablename__ = "touched_service"
    __table_args__ = (Index("ix_touched_service_version", "network_id", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    version: Mapped[int] = mapped_column(Integer)
    service_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class RecordAlias(Base):
    """An id, or a source's id, under which a record was known before it was merged into another."""

    __tablename__ = "record_alias"
    __table_args__ = (
        UniqueConstraint("network_id", "record_kind", "source", "source_id"),
        CheckConstraint(RECORD_KIND, name="record_kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    """The id that was given up."""
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    record_kind: Mapped[str] = mapped_column(String(8))
    record_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    """The id that was kept."""
    source: Mapped[str | None] = mapped_column(String(100))
    source_id: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListingProposal(Base):
    """A change somebody proposes to a listing; a second person decides.

    From the public page: `account_id` is null and the words are sealed until they are decided.
    """

    __tablename__ = "listing_proposal"
    __table_args__ = (
        CheckConstraint("kind IN ('suggestion', 'edit', 'claim', 'report')", name="kind"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'withdrawn')", name="state"),
        Index("ix_listing_proposal_waiting", "network_id", "state", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words_sealed: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )
    compartment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("compartment.id"))
    base_version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )


class VerificationLink(Base):
    """A single-use link by which a member checks one listing; only its hash is kept."""

    __tablename__ = "verification_link"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE")
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PublicationAuthorization(Base):
    """The operator's written authorization to make a hidden place public (R51)."""

    __tablename__ = "publication_authorization"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    operator_name: Mapped[str] = mapped_column(String(200))
    """Who signed for the operator of the service: a person of the agency, never of its people."""
    signed_on: Mapped[date] = mapped_column(Date)
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL")
    )
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
