"""Rows of networks, members' programs (compartments), people who sign in, and API keys."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
    true,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ccr.storage.db import Base
from ccr.storage.types import Codes, UtcDateTime


class Network(Base):
    """A community's network: the tenant. `directory_version` grows with every directory change.

    A demo network is invented as a whole; a practice network is one person's, to learn with.
    """

    __tablename__ = "network"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(2), default="NY")
    timezone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    is_practice: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    directory_version: Mapped[int] = mapped_column(Integer, default=1)
    directory_rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """How often listings are checked, in days by kind; empty for the defaults (R97)."""
    routing_rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What differs from the defaults of routing: "weights" by name, in minutes and days."""
    time_rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What differs from the defaults of the time rules: how long clocks run, and reminders."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Compartment(Base):
    """A member's program: the unit that owns rows, roles, inboxes and an audit chain."""

    __tablename__ = "compartment"
    __table_args__ = (
        UniqueConstraint("member_id", "name"),
        CheckConstraint(
            "kind IN ('general', 'victim-services', 'apip', 'coordination')", name="kind"
        ),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32), default="general")
    capacity_reminder: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    """Whether its people are reminded when its word on room is old."""
    quiet_from: Mapped[int | None] = mapped_column(Integer)
    quiet_until: Mapped[int | None] = mapped_column(Integer)
    """Its own quiet hours, in minutes after midnight; both or none. None: the usual ones."""
    closed_days: Mapped[list[str]] = mapped_column(Codes, default=list, server_default="[]")
    """Days (ISO) on which nobody reads its inbox, beside public holidays. No reason is kept."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


account_role = Table(
    "account_role",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class RoleRow(Base, RoleMixin):
    """A role by name; the names are those of ccr.policy.identity.Role."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))


class Account(Base, UserMixin):
    """A person who signs in, in exactly one compartment: no login is shared across programs.

    `practice_compartment_id` is a program of a practice network of their own, with invented
    partners; never a second real one.
    """

    __tablename__ = "account"

    id: Mapped[uuid.UUID] = mapped_column(  # type: ignore[assignment]  # theirs is a number
        Uuid, primary_key=True, default=uuid.uuid4
    )
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    practice_compartment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("compartment.id"))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(Integer)
    mf_recovery_codes: Mapped[Any] = mapped_column(MutableList.as_mutable(AsaList()), nullable=True)
    language: Mapped[str | None] = mapped_column(String(8))
    mail_each: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether each notice is mailed by itself; else there is one mail a day."""
    gathered_on: Mapped[date | None] = mapped_column(Date)
    """The day of the last mail of the day, in the network's time zone."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    roles: Mapped[list[RoleRow]] = relationship(  # type: ignore[assignment]  # of our own class
        secondary=account_role, lazy="joined"
    )


class ApiKey(Base):
    """A key of a program's machine; only its hash is kept."""

    __tablename__ = "api_key"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network.id"), index=True)
    compartment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Codes)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
