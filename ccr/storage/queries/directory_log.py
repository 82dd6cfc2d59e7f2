"""The log by which copies of the directory follow it: every version, and the services it changed.

A copy is the routing index of a process, of which there are several. A copy at version 7 that finds
the directory at version 9 loads the services of versions 8 and 9 again, and no others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, select, update

from ccr.storage.db import db
from ccr.storage.models.accounts import Network
from ccr.storage.models.keeping import TouchedService

MOST_TOUCHED = 500
"""So many services of one change are named; of a larger one everything is read anew."""
NONE_AT_ALL = UUID(int=0)
"""Stands for the service of a version that touched none: every version has a row."""
MOST_VERSIONS = 1000
"""So many versions are kept; a copy that is further behind is made anew."""


def raise_directory_version(network_id: UUID, services: Collection[UUID] | None = None) -> None:
    """Count one change of the directory: whoever keeps a copy of it follows.

    Args:
        services: all that it changed, made or removed, or none; None where that is not told, where
            an agreement changed, and for whatever hides or publishes a place: then everything is
            read anew, so that nothing of before is kept by anybody.
    """
    version = db.session.scalar(
        update(Network)
        .where(Network.id == network_id)
        .values(directory_version=Network.directory_version + 1)
        .returning(Network.directory_version)
        .execution_options(synchronize_session=False)
    )
    if version is None:
        return
    named: Collection[UUID | None] = [None]
    if services is not None and len(services) <= MOST_TOUCHED:
        named = services or [NONE_AT_ALL]
    db.session.execute(
        insert(TouchedService),
        [{"network_id": network_id, "version": version, "service_id": i} for i in named],
    )


@dataclass(frozen=True, slots=True)
class News:
    """The present version of a directory, and the services touched since another one.

    `services` is None where everything is to be read anew.
    """

    version: int
    services: frozenset[UUID] | None


def news_since(network_id: UUID, version: int) -> News:
    """Return what a copy at this version has to follow, in one statement; version 0 for none."""
    rows = db.session.execute(
        select(Network.directory_version, TouchedService.version, TouchedService.service_id)
        .join(
            TouchedService,
            and_(
                TouchedService.network_id == Network.id,
                TouchedService.version > version,
                TouchedService.version <= Network.directory_version,
            ),
            isouter=True,
        )
        .where(Network.id == network_id)
    ).all()
    present = rows[0].directory_version if rows else 0
    ids = frozenset(row.service_id for row in rows if row.service_id is not None)
    told = {row.version for row in rows if row.service_id is not None}
    known = len(told) == present - version and len(ids) <= MOST_TOUCHED
    return News(present, ids if known else None)


def forget_old_versions() -> int:
    """Delete what copies no longer need; return how many rows. To be called in a unit of work."""
    newest = (
        select(func.coalesce(Network.directory_version, 0))
        .where(Network.id == TouchedService.network_id)
        .scalar_subquery()
    )
    found = db.session.execute(
        delete(TouchedService)
        .where(TouchedService.version <= newest - MOST_VERSIONS)
        .execution_options(synchronize_session=False)
    )
    return int(found.rowcount)  # type: ignore[attr-defined]  # what a delete returns has one
