"""Counters of needs that found nothing, and the one-time tokens that keep them honest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ccr.domain.taxonomy import Need
from ccr.storage.db import db, on_conflict_insert
from ccr.storage.models.directory import UnmetNeed
from ccr.storage.models.operations import UsedToken


def use_token(token: UUID, *, at: datetime) -> bool:
    """Mark a one-time token as used; return False when it was used before."""
    statement = (
        on_conflict_insert()(UsedToken)
        .values(token=token, used_at=at)
        .on_conflict_do_nothing()
        .returning(UsedToken.token)
    )
    return db.session.execute(statement).first() is not None


def count(network_id: UUID, quarter: str, county_fips: str, needs: Iterable[Need]) -> None:
    """Add one to the counter of each need, for this quarter ("2026Q4") and county."""
    for need in sorted(needs):
        statement = on_conflict_insert()(UnmetNeed).values(
            network_id=network_id,
            quarter=quarter,
            county_fips=county_fips,
            need=need.value,
            count=1,
        )
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=[
                    UnmetNeed.network_id,
                    UnmetNeed.quarter,
                    UnmetNeed.county_fips,
                    UnmetNeed.need,
                ],
                set_={"count": UnmetNeed.count + 1},
            )
        )
