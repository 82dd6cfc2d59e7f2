"""Imports as rows: made, moved from state to state by conditional updates, and listed.

A move says from which states it starts; of two who move one run at once, one has an effect.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, insert, or_, select, update

from ccr.domain.errors import NotFoundError
from ccr.storage.db import db
from ccr.storage.models.keeping import ImportMapping, ImportRun

_LISTED = (
    ImportRun.id,
    ImportRun.network_id,
    ImportRun.account_id,
    ImportRun.state,
    ImportRun.source,
    ImportRun.dialect,
    ImportRun.file_name,
    ImportRun.options,
    ImportRun.summary,
    ImportRun.failure,
    ImportRun.created_at,
    ImportRun.started_at,
    ImportRun.alive_at,
    ImportRun.finished_at,
    ImportRun.undone_at,
    ImportRun.version,
)


@dataclass(frozen=True, slots=True)
class Run:
    """An import run without its report; `options` and `summary` are JSON values."""

    id: UUID
    network_id: UUID
    account_id: UUID | None
    state: str
    source: str
    dialect: str
    file_name: str
    options: dict[str, Any]
    summary: dict[str, Any]
    failure: str | None
    created_at: datetime
    started_at: datetime | None
    alive_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    version: int


def add_run(network_id: UUID, run_id: UUID, *, at: datetime, **values: Any) -> None:  # noqa: ANN401
    """Add a run; `values` are columns of its row."""
    db.session.execute(
        insert(ImportRun),
        [{"id": run_id, "network_id": network_id, "created_at": at, **values}],
    )


def get_run(network_id: UUID, run_id: UUID) -> Run:
    """Return a run of the network; raises NotFoundError."""
    row = db.session.execute(
        select(*_LISTED).where(ImportRun.network_id == network_id, ImportRun.id == run_id)
    ).first()
    if row is None:
        raise NotFoundError
    return Run(*row)


def list_runs(network_id: UUID, *, limit: int = 50) -> list[Run]:
    """Return the newest runs of the network, newest first."""
    rows = db.session.execute(
        select(*_LISTED)
        .where(ImportRun.network_id == network_id)
        .order_by(ImportRun.created_at.desc(), ImportRun.id)
        .limit(limit)
    )
    return [Run(*row) for row in rows]


def runs_in(states: Collection[str]) -> list[Run]:
    """Return the runs of every network in these states, the oldest first; for the worker."""
    rows = db.session.execute(
        select(*_LISTED)
        .where(ImportRun.state.in_(states))
        .order_by(ImportRun.created_at, ImportRun.id)
    )
    return [Run(*row) for row in rows]


def move_run(
    run_id: UUID,
    from_states: Collection[str],
    to_state: str,
    *,
    version: int | None = None,
    unclaimed: bool = False,
    unless_stopped: bool = False,
    **values: Any,  # noqa: ANN401 -- columns of the row
) -> bool:
    """Move a run to a state if it is in one of these; return False when it is not.

    Args:
        version: the version it must have, when the mover has read one.
        unclaimed: only when no worker has taken it.
        unless_stopped: only when nobody has asked in its row that it stop.
    """
    statement = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(from_states))
    if version is not None:
        statement = statement.where(ImportRun.version == version)
    if unclaimed:
        statement = statement.where(ImportRun.alive_at.is_(None))
    if unless_stopped:
        statement = statement.where(ImportRun.cancel_requested.is_(False))
    result = db.session.execute(
        statement.values(state=to_state, version=ImportRun.version + 1, **values).execution_options(
            synchronize_session=False
        )
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def report_of(network_id: UUID, run_id: UUID) -> bytes | None:
    """Return the gzipped report of a run, or None when there is none (any more)."""
    report: bytes | None = db.session.scalar(
        select(ImportRun.report).where(ImportRun.network_id == network_id, ImportRun.id == run_id)
    )
    return report


def drop_reports(before: datetime) -> None:
    """Delete the reports of runs that ended, or were made, before this moment."""
    db.session.execute(
        update(ImportRun)
        .where(
            ImportRun.report.is_not(None),
            or_(ImportRun.finished_at < before, ImportRun.created_at < before),
        )
        .values(report=None)
        .execution_options(synchronize_session=False)
    )


def known_sources(network_id: UUID) -> list[str]:
    """Return the names of sources that were imported before, the latest first."""
    rows = db.session.execute(
        select(ImportRun.source)
        .where(ImportRun.network_id == network_id, ImportRun.state.in_(("done", "undone")))
        .order_by(ImportRun.created_at.desc())
        .limit(200)
    )
    return list(dict.fromkeys(row.source for row in rows))


def mapping_of(network_id: UUID, source: str) -> dict[str, Any] | None:
    """Return how the columns of this source were mapped last time, or None."""
    found: dict[str, Any] | None = db.session.scalar(
        select(ImportMapping.mapping).where(
            ImportMapping.network_id == network_id, ImportMapping.source == source
        )
    )
    return found


def keep_mapping(network_id: UUID, source: str, mapping: dict[str, Any], *, at: datetime) -> None:
    """Remember how the columns of this source are mapped."""
    db.session.execute(
        delete(ImportMapping).where(
            ImportMapping.network_id == network_id, ImportMapping.source == source
        )
    )
    db.session.execute(
        insert(ImportMapping),
        [{"network_id": network_id, "source": source, "mapping": mapping, "updated_at": at}],
    )
