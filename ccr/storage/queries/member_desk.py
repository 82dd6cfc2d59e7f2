"""What editing a member asks beside its record: the listing at whose desk its changes wait."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, exists, select

from ccr.storage.db import db
from ccr.storage.models.directory import ServiceRow


@dataclass(frozen=True, slots=True)
class Anchor:
    """A listing of the member: whoever reviews it reviews what is proposed of the member."""

    service_id: UUID
    compartment_id: UUID
    confidential: bool


def anchor_of(network_id: UUID, member_id: UUID, compartment_id: UUID | None) -> Anchor | None:
    """Return a listing of a member, one of this program and a public one first; None for none."""
    own = case((ServiceRow.compartment_id == compartment_id, 0), else_=1)
    hidden = case((ServiceRow.confidential, 1), else_=0)
    row = db.session.execute(
        select(ServiceRow.id, ServiceRow.compartment_id, ServiceRow.confidential)
        .where(ServiceRow.network_id == network_id, ServiceRow.member_id == member_id)
        .order_by(own, hidden, ServiceRow.id)
        .limit(1)
    ).first()
    return None if row is None else Anchor(row.id, row.compartment_id, row.confidential)


def hides(network_id: UUID, member_id: UUID) -> bool:
    """Return True when a service of the member is confidential."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    ServiceRow.network_id == network_id,
                    ServiceRow.member_id == member_id,
                    ServiceRow.confidential,
                )
            )
        )
    )
