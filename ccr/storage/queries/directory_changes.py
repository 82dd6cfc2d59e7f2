"""Writing, reading and forgetting the changes of the directory's records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.storage.db import db
from ccr.storage.models.keeping import DirectoryChange

CHUNK = 500


def record_changes(network_id: UUID, changes: Iterable[Change]) -> int:
    """Remember changes in the present unit of work; return how many there were."""
    rows = [
        {
            "id": uuid4(),
            "network_id": network_id,
            "record_kind": change.kind.value,
            "record_id": change.record_id,
            "act": change.act.value,
            "at": change.at,
            "account_id": change.account_id,
            "by_role": change.by_role,
            "run_id": change.run_id,
            "version": change.version,
            "before": plain_fields(change.before),
            "after": plain_fields(change.after),
        }
        for change in changes
    ]
    for chunk in _chunks(rows):
        db.session.execute(insert(DirectoryChange), chunk)
    return len(rows)


def history_of(network_id: UUID, record_ids: Collection[UUID], *, limit: int = 50) -> list[Change]:
    """Return the newest changes of these records, newest first."""
    if not record_ids:
        return []
    rows = db.session.execute(
        select(DirectoryChange.__table__)
        .where(
            DirectoryChange.network_id == network_id,
            DirectoryChange.record_id.in_(record_ids),
        )
        .order_by(DirectoryChange.at.desc(), DirectoryChange.id)
        .limit(limit)
    )
    return [change_of_row(row) for row in rows]


def changes_of_run(network_id: UUID, run_id: UUID) -> list[Change]:
    """Return all that one import changed, the newest first; new records are not among them."""
    rows = db.session.execute(
        select(DirectoryChange.__table__)
        .where(DirectoryChange.network_id == network_id, DirectoryChange.run_id == run_id)
        .order_by(DirectoryChange.at.desc(), DirectoryChange.id)
    )
    return [change_of_row(row) for row in rows]


def forget_changes(network_id: UUID, record_ids: Collection[UUID]) -> None:
    """Delete every remembered change of these records, for good."""
    for chunk in _chunks(list(record_ids)):
        db.session.execute(
            delete(DirectoryChange).where(
                DirectoryChange.network_id == network_id, DirectoryChange.record_id.in_(chunk)
            )
        )


def change_of_row(row: Any) -> Change:  # noqa: ANN401 -- a row of the table
    """Return a row as a value."""
    return Change(
        kind=RecordKind(row.record_kind),
        record_id=row.record_id,
        act=Act(row.act),
        at=row.at,
        before=row.before,
        after=row.after,
        version=row.version,
        account_id=row.account_id,
        by_role=row.by_role,
        run_id=row.run_id,
    )


def plain_fields(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return fields as JSON holds them, for comparing with what was remembered."""
    return None if fields is None else {name: _json(value) for name, value in fields.items()}


def _json(value: Any) -> Any:  # noqa: ANN401 -- whatever a column holds
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_json(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return str(value) if isinstance(value, UUID) else value


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
