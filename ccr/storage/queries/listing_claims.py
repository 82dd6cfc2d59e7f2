"""What acts on a listing depend on: who has accounts, what is open, what is authorized."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ccr.domain.referral_states import State
from ccr.storage.db import db
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import PublicationAuthorization
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries.taking_part import has_people

OPEN = [state.value for state in State if state.is_open]


def is_unclaimed(service_id: UUID) -> bool:
    """Return True for an imported listing of a member of whom nobody can sign in."""
    found = db.session.scalar(
        select(ServiceRow.id).where(
            ServiceRow.id == service_id,
            ServiceRow.source.is_not(None),
            ~has_people(ServiceRow.member_id),
        )
    )
    return found is not None


def has_open_referrals(service_id: UUID) -> bool:
    """Return True while anything that was sent to the listing waits for a move of anybody."""
    found = db.session.scalar(
        select(ReferralRow.id)
        .where(ReferralRow.service_id == service_id, ReferralRow.state.in_(OPEN))
        .limit(1)
    )
    return found is not None


def is_authorized(service_id: UUID) -> bool:
    """Return True when its operator's authorization to make its place public is recorded."""
    found = db.session.scalar(
        select(PublicationAuthorization.id)
        .where(PublicationAuthorization.service_id == service_id)
        .limit(1)
    )
    return found is not None
