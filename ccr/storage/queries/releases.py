"""Feedback releases: one for a referral; asking anew replaces the old one.

Read only together with a referral that the caller may see. Changed conditionally: what was answered
or taken back once is not answered again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, insert, select, update
from sqlalchemy.engine import RowMapping

from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.domain.release import ConfirmedHow, FeedbackRelease
from ccr.storage.db import db
from ccr.storage.models.referrals import ReleaseRow
from ccr.storage.queries.referrals import rows_changed

RELEASE = cast("Table", ReleaseRow.__table__)


def list_releases(referral_ids: Collection[UUID]) -> dict[UUID, FeedbackRelease]:
    """Return the releases of these referrals by referral; those without one are absent."""
    if not referral_ids:
        return {}
    rows = db.session.execute(
        select(RELEASE).where(RELEASE.c.referral_id.in_(referral_ids))
    ).mappings()
    return {row["referral_id"]: release_of(row) for row in rows}


def find_release(referral_id: UUID) -> FeedbackRelease | None:
    """Return the release of a referral, or None."""
    return list_releases([referral_id]).get(referral_id)


def save_release(
    referral_id: UUID, release: FeedbackRelease, *, before: FeedbackRelease | None
) -> None:
    """Store the step from `before` (None: there was none) to `release`.

    Raises:
        StaleError: somebody changed it first.
    """
    values = release_columns(release)
    if before is None:
        db.session.execute(insert(RELEASE).values(referral_id=referral_id, **values))
        return
    unchanged: list[ColumnElement[bool]] = [
        RELEASE.c.referral_id == referral_id,
        RELEASE.c.asked_at == before.asked_at,
        *(
            column.is_(None) if value is None else column == value
            for column, value in (
                (RELEASE.c.confirmed_at, before.confirmed_at),
                (RELEASE.c.refused_at, before.refused_at),
                (RELEASE.c.withdrawn_at, before.withdrawn_at),
            )
        ),
    ]
    if rows_changed(update(RELEASE).where(and_(*unchanged)).values(**values)) != 1:
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))


def release_columns(release: FeedbackRelease) -> dict[str, Any]:
    """Return the columns that hold this release."""
    return {
        "asked_at": release.asked_at,
        "until": release.until,
        "confirmed_at": release.confirmed_at,
        "confirmed_how": release.confirmed_how.value if release.confirmed_how else None,
        "refused_at": release.refused_at,
        "withdrawn_at": release.withdrawn_at,
    }


def release_of(row: RowMapping) -> FeedbackRelease:
    """Return a row that holds the columns of a release as a value."""
    return FeedbackRelease(
        asked_at=row["asked_at"],
        until=row["until"],
        confirmed_at=row["confirmed_at"],
        confirmed_how=ConfirmedHow(row["confirmed_how"]) if row["confirmed_how"] else None,
        refused_at=row["refused_at"],
        withdrawn_at=row["withdrawn_at"],
    )
