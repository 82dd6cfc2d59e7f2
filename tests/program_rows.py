"""Rows of the program desk, many at once, for tests of what is made of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from ccr.storage.db import db, unit_of_work
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.programs import ParticipantRow
from tests.people import Team


def add_consultations(
    program: Team, partner: Team, number: int, *, at: datetime, after: timedelta | None = None
) -> list[UUID]:
    """Add consultations asked at `at`, acknowledged `after` that, or not; return their ids."""
    ids = [uuid4() for _ in range(number)]
    with unit_of_work():
        db.session.add_all(
            ConsultationRow(
                id=made,
                network_id=program.identity.network_id,
                code=f"code {made}",
                program_compartment_id=program.compartment_id,
                partner_member_id=partner.member_id,
                partner_compartment_id=partner.compartment_id,
                concern="threat",
                urgency="immediate",
                called="spoke",
                raised_at=at,
                due_at=at + timedelta(hours=1),
                told_at=at + timedelta(hours=1),
                acknowledged_at=at + after if after is not None else None,
            )
            for made in ids
        )
    return ids


def add_participants(
    program: Team,
    number: int,
    *,
    at: datetime,
    authority: Team | None = None,
    ordered_on: date | None = None,
    intake_on: date | None = None,
    ended_on: date | None = None,
    state: str = "awaiting-intake",
) -> list[UUID]:
    """Add participants by code; return their ids."""
    ids = [uuid4() for _ in range(number)]
    with unit_of_work():
        db.session.add_all(
            ParticipantRow(
                id=made,
                network_id=program.identity.network_id,
                compartment_id=program.compartment_id,
                code=f"code {made}",
                source="probation",
                mandated=authority is not None,
                authority_member_id=authority.member_id if authority else None,
                ordered_on=ordered_on,
                intake_on=intake_on,
                ended_on=ended_on,
                state=state,
                opened_at=at,
                intake_due_at=at + timedelta(days=14),
                enrol_due_at=at + timedelta(days=28),
                updated_at=at,
            )
            for made in ids
        )
    return ids
