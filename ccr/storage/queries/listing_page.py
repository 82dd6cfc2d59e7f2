"""What a listing's page shows beside the service itself, in three statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from ccr.domain.listing_review import ProposalState
from ccr.storage.db import db
from ccr.storage.models.directory import (
    AgreementRow,
    LocationRow,
    PhoneRow,
    ServiceAtLocationRow,
    ServiceRow,
)
from ccr.storage.models.keeping import ListingProposal
from ccr.storage.queries.listing_state import phones_of
from ccr.storage.queries.taking_part import has_people


@dataclass(frozen=True, slots=True)
class Beside:
    """Facts of a listing that routing does not need.

    Attributes:
        agreed: True when an agreement with the viewer's member is in force.
        agreed_until: the last day that one in force ends on, or None for no end.
        waiting: how many proposals wait for a decision.
        unclaimed: True when it came by import and nobody of its member can sign in.
        places: address lines of the public places; empty for a hidden listing.
    """

    alternate_name: str
    interpretation: str
    wait_time: str
    verified_by: str
    agreed: bool
    agreed_until: date | None
    waiting: int
    unclaimed: bool
    phones: tuple[dict[str, Any], ...]
    places: tuple[dict[str, Any], ...]


def beside(network_id: UUID, service_id: UUID, viewer_member_id: UUID, on: date) -> Beside:
    """Return what stands beside a service of the network on its page."""
    between = or_(
        and_(
            AgreementRow.member_a_id == ServiceRow.member_id,
            AgreementRow.member_b_id == viewer_member_id,
        ),
        and_(
            AgreementRow.member_b_id == ServiceRow.member_id,
            AgreementRow.member_a_id == viewer_member_id,
        ),
    )
    in_force = and_(
        between,
        AgreementRow.network_id == network_id,
        AgreementRow.signed_on <= on,
        or_(AgreementRow.expires_on.is_(None), AgreementRow.expires_on > on),
    )

    def agreements(value: Any) -> Any:  # noqa: ANN401 -- a column of the answer
        return select(value).where(in_force).correlate(ServiceRow).scalar_subquery()

    row = db.session.execute(
        select(
            ServiceRow.alternate_name,
            ServiceRow.interpretation_services,
            ServiceRow.wait_time,
            ServiceRow.verified_by,
            ServiceRow.confidential,
            and_(ServiceRow.source.is_not(None), ~has_people(ServiceRow.member_id)).label("free"),
            agreements(func.count()).label("agreements"),
            agreements(func.count(AgreementRow.expires_on)).label("ending"),
            agreements(func.max(AgreementRow.expires_on)).label("ends"),
            select(func.count())
            .select_from(ListingProposal)
            .where(
                ListingProposal.service_id == ServiceRow.id,
                ListingProposal.state == ProposalState.WAITING.value,
            )
            .correlate(ServiceRow)
            .scalar_subquery()
            .label("waiting"),
        ).where(ServiceRow.id == service_id, ServiceRow.network_id == network_id)
    ).one()
    return Beside(
        alternate_name=row.alternate_name or "",
        interpretation=row.interpretation_services,
        wait_time=row.wait_time,
        verified_by=row.verified_by,
        agreed=bool(row.agreements),
        agreed_until=row.ends if row.agreements == row.ending else None,
        waiting=int(row.waiting),
        unclaimed=bool(row.free),
        phones=tuple(phones_of(PhoneRow.service_id, service_id)),
        places=() if row.confidential else _places(service_id),
    )


def _places(service_id: UUID) -> tuple[dict[str, Any], ...]:
    rows = db.session.execute(
        select(
            LocationRow.name,
            LocationRow.address_1,
            LocationRow.address_2,
            LocationRow.city,
            LocationRow.state_province,
            LocationRow.postal_code,
            LocationRow.transportation,
            LocationRow.precision,
            LocationRow.coordinates_from,
        )
        .join(ServiceAtLocationRow, ServiceAtLocationRow.location_id == LocationRow.id)
        .where(
            ServiceAtLocationRow.service_id == service_id,
            LocationRow.confidential.is_(False),
            LocationRow.location_type != "virtual",
        )
        .order_by(LocationRow.name, LocationRow.id)
    )
    return tuple(dict(row._mapping) for row in rows)
