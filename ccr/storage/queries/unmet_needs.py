"""Counters of needs that found nothing, and the one-time tokens that keep them honest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.taxonomy import Need
from ccr.storage.db import db
from ccr.storage.models.directory import UnmetNeed
from ccr.storage.models.operations import UsedToken


def use_token(token: UUID, *, at: datetime) -> bool:
    """Mark a one-time token as used; return False when it was used before."""
    statement = (
        _insert()(UsedToken)
        .values(token=token, used_at=at)
        .on_conflict_do_nothing()
        .returning(UsedToken.token)
    )
    return db.session.execute(statement).first() is not None


def count(network_id: UUID, quarter: str, county_fips: str, needs: Iterable[Need]) -> None:
    """Add one to the counter of each need, for this quarter ("2026Q4") and county."""
    for need in sorted(needs):
        statement = _insert()(UnmetNeed).values(
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


def _insert() -> type[postgresql.Insert] | type[sqlite.Insert]:
    """Return the INSERT of this database's dialect, which knows ON CONFLICT."""
    postgres = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.Insert if postgres else sqlite.Insert
