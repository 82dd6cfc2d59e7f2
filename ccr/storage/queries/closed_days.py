"""The closed days of a program: read, and replaced as a whole where nobody was quicker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Text, cast, select, update

from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.queries.referrals import rows_changed


def closed_days(compartment_id: UUID) -> tuple[frozenset[date], str]:
    """Return the days, and the text in which they are stored, for `replace_closed_days`."""
    row = db.session.execute(
        select(Compartment.closed_days, cast(Compartment.closed_days, Text).label("text")).where(
            Compartment.id == compartment_id
        )
    ).one()
    return frozenset(date.fromisoformat(day) for day in row.closed_days), row.text


def replace_closed_days(compartment_id: UUID, seen: str, days: Iterable[date]) -> bool:
    """Set the days; return False when they are no longer those whose text was seen."""
    return (
        rows_changed(
            update(Compartment)
            .where(Compartment.id == compartment_id, cast(Compartment.closed_days, Text) == seen)
            .values(closed_days=[day.isoformat() for day in days])
            .execution_options(synchronize_session=False)
        )
        == 1
    )
