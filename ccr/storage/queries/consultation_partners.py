"""Whom a program may consult, and the numbers to call: facts about members alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, or_, select

from ccr.domain.consultation_partner import Candidate, Signing
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.coordination import ProtocolRow
from ccr.storage.models.directory import (
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.queries.taking_part import MEMBERSHIP, on_ccr

MOST_NUMBERS = 3
# Beside `on_ccr`, which looks into the same table by itself.
_JOINED = MEMBERSHIP.alias("joined")


@dataclass(frozen=True, slots=True)
class Number:
    """A public number; `of` is the service that it belongs to, or None for the member's own."""

    number: str
    extension: str | None
    of: str | None


def candidates(network_id: UUID, program_id: UUID) -> list[Candidate]:
    """Return the victim services programs of a network, with this program's protocols.

    Whoever has left is none.
    """
    rows = db.session.execute(
        select(
            Compartment.id,
            Compartment.member_id,
            MemberRow.name,
            on_ccr(MemberRow.id, MemberRow.network_id).label("on_desk"),
            or_(_JOINED.c.suspended_at.is_not(None), _JOINED.c.leaving_at.is_not(None)).label(
                "away"
            ),
            ProtocolRow.signed_on,
            ProtocolRow.expires_on,
        )
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .outerjoin(_JOINED, _JOINED.c.member_id == MemberRow.id)
        .outerjoin(
            ProtocolRow,
            and_(
                ProtocolRow.partner_member_id == MemberRow.id,
                ProtocolRow.program_compartment_id == program_id,
            ),
        )
        .where(
            Compartment.network_id == network_id,
            Compartment.kind == CompartmentKind.VICTIM_SERVICES.value,
            MemberRow.active,
            _JOINED.c.left_at.is_(None),
        )
        .order_by(Compartment.created_at, Compartment.id)
    )
    found: dict[UUID, Candidate] = {}
    for row in rows:
        known = found.get(row.id) or Candidate(
            row.id, row.member_id, row.name, takes_part=not row.away, on_desk=bool(row.on_desk)
        )
        signed = (Signing(row.signed_on, row.expires_on),) if row.signed_on else ()
        found[row.id] = replace(known, signings=known.signings + signed)
    return list(found.values())


def areas_of(compartment_ids: Collection[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """Return (extent, code) of every area that the active services of these programs serve."""
    found: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    rows = db.session.execute(
        select(ServiceRow.compartment_id, ServiceAreaRow.extent, ServiceAreaRow.code)
        .join(ServiceAreaRow, ServiceAreaRow.service_id == ServiceRow.id)
        .where(ServiceRow.compartment_id.in_(compartment_ids), ServiceRow.status == "active")
    )
    for row in rows:
        found[row.compartment_id].add((row.extent, row.code))
    return found


def is_on_desk(compartment_id: UUID) -> bool:
    """Return True when the member of a program reads here: somebody of it signs in."""
    member = select(Compartment.member_id).where(Compartment.id == compartment_id)
    statement = select(on_ccr(MemberRow.id, MemberRow.network_id)).where(
        MemberRow.id == member.scalar_subquery()
    )
    return bool(db.session.scalar(statement))


def numbers_of(compartment_id: UUID) -> list[Number]:
    """Return public numbers to call: a hotline first, then public services, confidential, member.

    A private number is never among them, nor one twice.
    """
    member = select(Compartment.member_id).where(Compartment.id == compartment_id)
    is_hotline = (
        select(ServiceNeedRow.service_id)
        .where(
            ServiceNeedRow.service_id == ServiceRow.id, ServiceNeedRow.need == Need.HOTLINE.value
        )
        .exists()
    )
    rows = db.session.execute(
        select(PhoneRow.number, PhoneRow.extension, ServiceRow.name)
        .outerjoin(ServiceRow, ServiceRow.id == PhoneRow.service_id)
        .where(
            PhoneRow.is_private.is_(False),
            PhoneRow.type.not_in(("fax", "pager", "sms", "textphone")),
            or_(
                and_(ServiceRow.compartment_id == compartment_id, ServiceRow.status == "active"),
                PhoneRow.member_id == member.scalar_subquery(),
            ),
        )
        .order_by(
            is_hotline.desc(),
            PhoneRow.service_id.is_(None),
            ServiceRow.confidential,
            PhoneRow.position,
            PhoneRow.id,
        )
        .limit(4 * MOST_NUMBERS)
    )
    found: dict[tuple[str, str | None], Number] = {}
    for row in rows:
        found.setdefault(
            (row.number, row.extension), Number(row.number, row.extension or None, row.name)
        )
    return list(found.values())[:MOST_NUMBERS]
