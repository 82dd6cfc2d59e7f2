"""Rows of the directory, HSDS-shaped (organization = member).

The two constraints that keep a hidden place hidden live here, in the database itself:
a confidential location has no address, ZIP, coordinates or directions; and a confidential service
can be linked only to confidential locations and to areas of a county or coarser. The flag is
part of both foreign keys, so no order of writes gets around it (R34, R48).
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
    Float,
    ForeignKey,
    ForeignKeyConstraint,
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

KNOWN = "IN ('yes', 'no', 'unknown')"


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(Uuid, primary_key=True, default=uuid.uuid4)


class MemberRow(Base):
    """A member organization (HSDS organization)."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("network_id", "source", "source_id"),
        CheckConstraint(f"mandated_reporter {KNOWN}", name="mandated_reporter"),
        CheckConstraint(f"law_enforcement_run {KNOWN}", name="law_enforcement_run"),
        CheckConstraint(f"public_records {KNOWN}", name="public_records"),
        CheckConstraint(f"asks_for_id {KNOWN}", name="asks_for_id"),
        Index("ix_member_network_name", "network_id", "name"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    name: Mapped[str] = mapped_column(String(300))
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40), default="community-organization")
    sector: Mapped[str] = mapped_column(String(16), default="unknown")
    regime: Mapped[str] = mapped_column(String(32), default="other")
    mandated_reporter: Mapped[str] = mapped_column(String(8), default="unknown")
    law_enforcement_run: Mapped[str] = mapped_column(String(8), default="unknown")
    public_records: Mapped[str] = mapped_column(String(8), default="unknown")
    asks_for_id: Mapped[str] = mapped_column(String(8), default="unknown")
    website: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    listed: Mapped[bool] = mapped_column(Boolean, default=True)
    source: Mapped[str | None] = mapped_column(String(100))
    source_id: Mapped[str | None] = mapped_column(String(200))
    last_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """Fields that people set here, with the time: an import asks before it changes them."""
    created_run_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    """The import that made the record, while that import can be undone."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ServiceRow(Base):
    """A service. `confidential` is True for a hidden place."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("id", "confidential"),
        UniqueConstraint("network_id", "source", "source_id"),
        CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status"
        ),
        CheckConstraint(
            "minimum_age IS NULL OR maximum_age IS NULL OR minimum_age <= maximum_age", name="ages"
        ),
        Index("ix_service_network_name", "network_id", "name"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(24), default="active")
    do_not_refer: Mapped[bool] = mapped_column(Boolean, default=False)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    tracks: Mapped[list[str]] = mapped_column(Codes, default=list)
    minimum_age: Mapped[int | None] = mapped_column(Integer)
    maximum_age: Mapped[int | None] = mapped_column(Integer)
    gender_served: Mapped[str] = mapped_column(String(16), default="unknown")
    populations: Mapped[list[str]] = mapped_column(Codes, default=list)
    populations_only: Mapped[bool] = mapped_column(Boolean, default=False)
    accessibility: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cost: Mapped[str] = mapped_column(String(16), default="unknown")
    fees_description: Mapped[str] = mapped_column(Text, default="")
    in_person: Mapped[bool] = mapped_column(Boolean, default=True)
    by_phone: Mapped[bool] = mapped_column(Boolean, default=False)
    virtual: Mapped[bool] = mapped_column(Boolean, default=False)
    url: Mapped[str | None] = mapped_column(String(500))
    email: Mapped[str | None] = mapped_column(String(255))
    application_process: Mapped[str] = mapped_column(Text, default="")
    eligibility_description: Mapped[str] = mapped_column(Text, default="")
    interpretation_services: Mapped[str] = mapped_column(Text, default="")
    wait_time: Mapped[str] = mapped_column(Text, default="")
    alert: Mapped[str] = mapped_column(Text, default="")
    opening_hours: Mapped[str | None] = mapped_column(String(500))
    hours_text: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    source: Mapped[str | None] = mapped_column(String(100))
    source_id: Mapped[str | None] = mapped_column(String(200))
    last_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Who checked the listing: a role or a source, never a person's name."""
    edited_fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    created_run_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    public_modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When anything that anybody may see last changed; the only time that open data tells."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class LocationRow(Base):
    """A location; a confidential one has no place at all, and the database refuses one."""

    __tablename__ = "location"
    __table_args__ = (
        UniqueConstraint("id", "confidential"),
        UniqueConstraint("network_id", "source", "source_id"),
        CheckConstraint(
            "NOT confidential OR (address_1 IS NULL AND address_2 IS NULL AND city IS NULL "
            "AND state_province IS NULL AND postal_code IS NULL AND latitude IS NULL "
            "AND longitude IS NULL AND county_fips IS NULL AND transportation IS NULL "
            "AND description IS NULL AND location_type = 'virtual')",
            name="confidential_has_no_place",
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_or_none"),
        CheckConstraint("latitude IS NULL OR latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude IS NULL OR longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("location_type IN ('physical', 'postal', 'virtual')", name="type"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    location_type: Mapped[str] = mapped_column(String(16), default="physical")
    name: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str | None] = mapped_column(String(300))
    address_2: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(120))
    state_province: Mapped[str | None] = mapped_column(String(40))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str | None] = mapped_column(String(2))
    county_fips: Mapped[str | None] = mapped_column(String(5))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    precision: Mapped[str] = mapped_column(String(16), default="none")
    coordinates_from: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(100))
    source_id: Mapped[str | None] = mapped_column(String(200))
    edited_fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    created_run_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServiceAtLocationRow(Base):
    """A service given at a location; both carry the same confidentiality, by foreign key."""

    __tablename__ = "service_at_location"
    __table_args__ = (
        ForeignKeyConstraint(
            ["service_id", "confidential"],
            ["service.id", "service.confidential"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["location_id", "confidential"],
            ["location.id", "location.confidential"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("service_id", "location_id"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    service_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    location_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)


class ServiceAreaRow(Base):
    """A piece of a service area; a confidential service's is a county or coarser."""

    __tablename__ = "service_area"
    __table_args__ = (
        ForeignKeyConstraint(
            ["service_id", "confidential"],
            ["service.id", "service.confidential"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("service_id", "extent", "code"),
        CheckConstraint("extent IN ('nation', 'state', 'county', 'zip')", name="extent"),
        CheckConstraint("NOT confidential OR extent <> 'zip'", name="confidential_is_coarse"),
    )

    id: Mapped[uuid.UUID] = _id()
    service_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    extent: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(8))


class ServiceNeedRow(Base):
    """A need that a service helps with."""

    __tablename__ = "service_need"

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    need: Mapped[str] = mapped_column(String(40), primary_key=True)


class ServiceLanguageRow(Base):
    """A language at a service and how it is spoken."""

    __tablename__ = "service_language"
    __table_args__ = (CheckConstraint("mode IN ('staff', 'interpreter')", name="mode"),)

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    mode: Mapped[str] = mapped_column(String(16), primary_key=True, default="staff")


class CoverageRow(Base):
    """Who reads or answers, for one need or for all, and when."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint("mode IN ('staffed', 'on-call-phone', 'nobody')", name="mode"),
    )

    id: Mapped[uuid.UUID] = _id()
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    need: Mapped[str | None] = mapped_column(String(40))
    mode: Mapped[str] = mapped_column(String(16))
    opening_hours: Mapped[str] = mapped_column(String(500))
    phone: Mapped[str | None] = mapped_column(String(40))


class PhoneRow(Base):
    """A phone of a service, a location or a member; private ones are never shown or exported."""

    __tablename__ = "phone"
    __table_args__ = (
        CheckConstraint(
            "(service_id IS NOT NULL) OR (location_id IS NOT NULL) OR (member_id IS NOT NULL)",
            name="has_owner",
        ),
        UniqueConstraint("network_id", "source", "source_id"),
    )

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[str] = mapped_column(String(60))
    extension: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(20), default="voice")
    description: Mapped[str] = mapped_column(Text, default="")
    is_private: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(100))
    source_id: Mapped[str | None] = mapped_column(String(200))


class CapacityRow(Base):
    """Room for one more at a service, with time and who said so."""

    __tablename__ = "service_capacity"

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(40), default="unknown")
    available: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str | None] = mapped_column(String(60))
    households: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    """Free places by kind of household; for staff alone."""
    note: Mapped[str] = mapped_column(String(300), default="", server_default="")
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_by: Mapped[str | None] = mapped_column(String(200))


class ServiceTermRow(Base):
    """A term of somebody's taxonomy on a service, kept as it came (codes stay opaque)."""

    __tablename__ = "service_term"

    id: Mapped[uuid.UUID] = _id()
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    taxonomy: Mapped[str] = mapped_column(String(100), default="")
    code: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(300), default="")


class AgreementRow(Base):
    """That two members have a linkage agreement: one pair of the parties of `linkage` (R90)."""

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("member_a_id <> member_b_id", name="two_members"),)

    id: Mapped[uuid.UUID] = _id()
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    linkage_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("linkage.id", ondelete="CASCADE"), index=True
    )
    member_a_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    member_b_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    signed_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)


class ServiceText(Base):
    """What free-text search reads: lower case, without accents. Indexed by FTS5 or tsvector.

    The index itself (`service_text_index` on SQLite, a GIN index on PostgreSQL) is made by the
    migration and kept in step by triggers. Never holds internal notes or private phones.
    """

    __tablename__ = "service_text"

    # A whole-number key: the text index points at it, and SQLite may renumber bare row ids.
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), unique=True
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    body: Mapped[str] = mapped_column(Text)


class UnmetNeed(Base):
    """How often a need found nothing, by quarter and county. A counter; no row about anybody."""

    __tablename__ = "unmet_need"

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(String(6), primary_key=True)
    county_fips: Mapped[str] = mapped_column(String(5), primary_key=True)
    need: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
