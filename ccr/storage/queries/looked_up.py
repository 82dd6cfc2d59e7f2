"""What geocoders answered for public addresses, and which public places may still be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from ccr.domain.directory import Point, Precision
from ccr.domain.geocoding import OWN_SOURCES, ProviderAnswer
from ccr.storage.db import db
from ccr.storage.models.directory import LocationRow
from ccr.storage.models.finding import LookedUpPlace


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is kept, and when it was given."""

    answer: ProviderAnswer
    at: datetime


def held_answer(network_id: UUID, provider: str, key: str) -> Held | None:
    """Return what a provider answered before to the words of this key, or None."""
    row = db.session.scalars(
        select(LookedUpPlace).where(
            LookedUpPlace.network_id == network_id,
            LookedUpPlace.provider == provider,
            LookedUpPlace.query_hash == key,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.latitude is None or row.longitude is None:
        return Held(ProviderAnswer(None), row.looked_up_at)
    point = Point(row.latitude, row.longitude)
    return Held(ProviderAnswer(point, Precision(row.precision)), row.looked_up_at)


def keep_answer(
    network_id: UUID,
    provider: str,
    key: str,
    answer: ProviderAnswer,
    location_id: UUID,
    *,
    at: datetime,
) -> None:
    """Keep an answer in place of an older one; it goes when the place goes or becomes hidden."""
    here = (
        LookedUpPlace.network_id == network_id,
        LookedUpPlace.provider == provider,
        LookedUpPlace.query_hash == key,
    )
    point = answer.point
    try:
        with db.session.begin_nested():
            db.session.execute(
                delete(LookedUpPlace).where(*here).execution_options(synchronize_session=False)
            )
            db.session.execute(
                insert(LookedUpPlace).values(
                    query_hash=key,
                    network_id=network_id,
                    provider=provider,
                    found=point is not None,
                    latitude=point.lat if point else None,
                    longitude=point.lon if point else None,
                    precision=answer.precision.value,
                    location_id=location_id,
                    looked_up_at=at,
                )
            )
    except IntegrityError:
        # Somebody else kept the answer to the same words at this moment: one is enough.
        return


def places_to_look_up(network_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return ids of public places with a street whose point is ours, in order, after an id.

    A confidential place has no street and is left out besides: it is never looked up (R48).
    """
    query = (
        select(LocationRow.id)
        .where(
            LocationRow.network_id == network_id,
            LocationRow.confidential.is_(False),
            LocationRow.location_type == "physical",
            LocationRow.address_1.is_not(None),
            LocationRow.coordinates_from.is_(None) | LocationRow.coordinates_from.in_(OWN_SOURCES),
        )
        .order_by(LocationRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(LocationRow.id > after)
    return list(db.session.scalars(query))
