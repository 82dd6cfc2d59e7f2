"""Ids that were given up in a merge, and what they stand for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.storage.db import db
from ccr.storage.models.directory import LocationRow, MemberRow, ServiceRow
from ccr.storage.models.keeping import RecordAlias

MODELS: dict[RecordKind, Any] = {
    RecordKind.MEMBER: MemberRow,
    RecordKind.SERVICE: ServiceRow,
    RecordKind.LOCATION: LocationRow,
}


def kept_id(network_id: UUID, kind: RecordKind, record_id: UUID) -> UUID | None:
    """Return the record that an id given up in a merge stands for, or None when it is no such id.

    Merging keeps every alias pointing at a record that is there, so one step is enough.
    """
    found: UUID | None = db.session.scalar(
        select(RecordAlias.record_id).where(
            RecordAlias.network_id == network_id,
            RecordAlias.record_kind == kind.value,
            RecordAlias.id == record_id,
        )
    )
    return found


def know_as(network_id: UUID, source: str, same_as: Mapping[str, UUID], *, at: datetime) -> None:
    """Let rows of a source stand for records that are here: "kind:id in the package" to our id.

    Raises:
        InvalidInputError: one of the records is not in this network any more.
    """
    for key, record_id in same_as.items():
        kind, _, source_id = key.partition(":")
        model = MODELS[RecordKind(kind)]
        there = db.session.scalar(
            select(model.id).where(model.network_id == network_id, model.id == record_id)
        )
        if there is None:
            raise InvalidInputError(
                phrase(
                    "A record that rows were to be joined to is gone meanwhile. Check once more."
                )
            )
        add_alias(network_id, RecordKind(kind), uuid4(), record_id, (source, source_id), at=at)


def add_alias(
    network_id: UUID,
    kind: RecordKind,
    given_up: UUID,
    kept: UUID,
    known: tuple[str | None, str | None],
    *,
    at: datetime,
) -> None:
    """Let an id, and what a source calls the record, stand for the record kept.

    Aliases of the one given up stand for the kept one from now on.
    """
    source, source_id = known
    db.session.execute(
        update(RecordAlias)
        .where(RecordAlias.network_id == network_id, RecordAlias.record_id == given_up)
        .values(record_id=kept)
        .execution_options(synchronize_session=False)
    )
    if source is not None and source_id is not None:
        db.session.execute(
            delete(RecordAlias).where(
                RecordAlias.network_id == network_id,
                RecordAlias.record_kind == kind.value,
                RecordAlias.source == source,
                RecordAlias.source_id == source_id,
            )
        )
    db.session.execute(
        insert(RecordAlias),
        [
            {
                "id": given_up,
                "network_id": network_id,
                "record_kind": kind.value,
                "record_id": kept,
                "source": source if source_id is not None else None,
                "source_id": source_id if source is not None else None,
                "created_at": at,
            }
        ],
    )


def forget_known_as(network_id: UUID, source: str, keys: Iterable[str]) -> None:
    """Take back what `know_as` wrote of these keys."""
    for key in keys:
        kind, _, source_id = key.partition(":")
        db.session.execute(
            delete(RecordAlias).where(
                RecordAlias.network_id == network_id,
                RecordAlias.record_kind == kind,
                RecordAlias.source == source,
                RecordAlias.source_id == source_id,
            )
        )
