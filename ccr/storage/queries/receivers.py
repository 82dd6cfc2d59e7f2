"""The partner at the other end: what sending needs to know of its service and its program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from ccr.domain.errors import NotFoundError
from ccr.domain.taxonomy import CompartmentKind, CoverageMode, Need, Regime
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.directory import CoverageRow, MemberRow, PhoneRow, ServiceRow
from ccr.storage.queries import taking_part
from ccr.storage.queries.check_mail import office_address


class Reads(Protocol):
    """What is said about when somebody reads; a receiver says it too."""

    @property
    def timezone(self) -> str:
        """Return the IANA name of the zone."""

    @property
    def opening_hours(self) -> str | None:
        """Return the hours of the listing as OSM text."""

    @property
    def reading_hours(self) -> tuple[tuple[Need | None, str], ...]:
        """Return (need or None, OSM text) when somebody reads referrals."""

    @property
    def closed_days(self) -> frozenset[date]:
        """Return the days on which nobody of its program reads."""


@dataclass(frozen=True, slots=True)
class ReadingHours:
    """When somebody at one service reads; see `Reads`. `phone`: its first public number."""

    timezone: str
    opening_hours: str | None
    reading_hours: tuple[tuple[Need | None, str], ...]
    closed_days: frozenset[date] = frozenset()
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """A service as the place a referral goes to.

    Attributes:
        reading_hours: (need or None, OSM text) when somebody reads referrals.
        reads_ccr: True when somebody can sign in to its program, and it takes part at the desk.
        by_phone: True when it has no inbox here but picks up: the sender calls.
        by_link: True when it has no inbox here but answers by a mailed link and a spoken code.
        has_mailbox: True when its office has an address that such a link can be mailed to.
        closed_days: days on which nobody of its program reads.
    """

    service_id: UUID
    service_name: str
    compartment_id: UUID
    member_id: UUID
    member_name: str
    regime: Regime
    timezone: str
    opening_hours: str | None
    reading_hours: tuple[tuple[Need | None, str], ...]
    phone: str | None
    reads_ccr: bool
    by_phone: bool
    closed_days: frozenset[date] = frozenset()
    kind: CompartmentKind = CompartmentKind.GENERAL
    by_link: bool = False
    has_mailbox: bool = False


def get_receiver(network_id: UUID, service_id: UUID) -> Receiver:
    """Return a service of this network as a receiver; raises NotFoundError."""
    found = get_receivers(network_id, [service_id])
    if service_id not in found:
        raise NotFoundError
    return found[service_id]


def get_receivers(network_id: UUID, service_ids: Collection[UUID]) -> dict[UUID, Receiver]:
    """Return those services of this network that there are, in a fixed number of statements."""
    rows = db.session.execute(
        select(
            ServiceRow.id,
            ServiceRow.name,
            ServiceRow.compartment_id,
            ServiceRow.timezone,
            ServiceRow.opening_hours,
            MemberRow.id.label("member_id"),
            MemberRow.name.label("member_name"),
            MemberRow.regime,
            Compartment.kind,
            Compartment.closed_days,
            _reads_its_inbox().label("reads_ccr"),
            taking_part.by_phone(ServiceRow.member_id).label("by_phone"),
            taking_part.by_link(ServiceRow.member_id).label("by_link"),
            office_address().is_not(None).label("has_mailbox"),
        )
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.id.in_(service_ids), ServiceRow.network_id == network_id)
    ).all()
    if not rows:
        return {}
    coverage: dict[UUID, list[tuple[Need | None, str]]] = {}
    for said in db.session.execute(
        select(CoverageRow.service_id, CoverageRow.need, CoverageRow.opening_hours)
        .where(
            CoverageRow.service_id.in_(service_ids),
            CoverageRow.mode == CoverageMode.STAFFED.value,
        )
        .order_by(CoverageRow.id)
    ):
        need = Need(said.need) if said.need else None
        coverage.setdefault(said.service_id, []).append((need, said.opening_hours))
    phones = public_phones(service_ids)
    return {
        row.id: Receiver(
            row.id,
            row.name,
            row.compartment_id,
            row.member_id,
            row.member_name,
            Regime(row.regime),
            row.timezone,
            row.opening_hours,
            tuple(coverage.get(row.id, ())),
            phones.get(row.id),
            bool(row.reads_ccr),
            bool(row.by_phone),
            frozenset(date.fromisoformat(day) for day in row.closed_days),
            CompartmentKind(row.kind),
            bool(row.by_link),
            bool(row.has_mailbox),
        )
        for row in rows
    }


_FIRST_PHONE = (
    select(PhoneRow.number)
    .where(PhoneRow.service_id == ServiceRow.id, PhoneRow.is_private.is_(False))
    .order_by(PhoneRow.position, PhoneRow.id)
    .limit(1)
    .correlate(ServiceRow)
)
_READING_HOURS = (
    select(
        ServiceRow.id,
        ServiceRow.timezone,
        ServiceRow.opening_hours,
        Compartment.closed_days,
        CoverageRow.need,
        CoverageRow.opening_hours.label("reads"),
        _FIRST_PHONE.scalar_subquery().label("phone"),
    )
    .join(Compartment, Compartment.id == ServiceRow.compartment_id)
    .outerjoin(
        CoverageRow,
        and_(
            CoverageRow.service_id == ServiceRow.id,
            CoverageRow.mode == CoverageMode.STAFFED.value,
        ),
    )
    .where(ServiceRow.id.in_(bindparam("of_ids", expanding=True)))
    .order_by(CoverageRow.id)
)
"""Of every act that starts a clock, so made once."""


def reading_hours_of(service_ids: Collection[UUID]) -> dict[UUID, ReadingHours]:
    """Return when somebody at these services reads, in one statement."""
    found: dict[UUID, ReadingHours] = {}
    for row in db.session.execute(_READING_HOURS, {"of_ids": list(service_ids)}):
        closed = frozenset(date.fromisoformat(day) for day in row.closed_days)
        empty = ReadingHours(row.timezone, row.opening_hours, (), closed, row.phone)
        hours = found.setdefault(row.id, empty)
        if row.reads:
            said = (Need(row.need) if row.need else None, row.reads)
            found[row.id] = replace(hours, reading_hours=(*hours.reading_hours, said))
    return found


def _reads_its_inbox() -> ColumnElement[bool]:
    """Return the condition that somebody reads the inbox of this one program."""
    people = (
        select(Account.id)
        .where(Account.compartment_id == ServiceRow.compartment_id, Account.active)
        .exists()
    )
    at_desk = and_(people, taking_part.reads_here(ServiceRow.member_id))
    invented = taking_part.is_practice(ServiceRow.network_id)
    return or_(at_desk, and_(invented, ~taking_part.by_phone(ServiceRow.member_id)))


def public_phones(service_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the first public phone of each service that has one."""
    if not service_ids:
        return {}
    rows = db.session.execute(
        select(PhoneRow.service_id, PhoneRow.number)
        .where(PhoneRow.service_id.in_(service_ids), PhoneRow.is_private.is_(False))
        .order_by(PhoneRow.position.desc(), PhoneRow.id.desc())
    )
    return {row.service_id: row.number for row in rows}


def members_of(compartment_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the members that these programs belong to."""
    if not compartment_ids:
        return frozenset()
    return frozenset(
        db.session.scalars(select(Compartment.member_id).where(Compartment.id.in_(compartment_ids)))
    )
