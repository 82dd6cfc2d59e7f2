"""What every write of a directory record by a person shares: who, the condition, the memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Table, delete, insert, select, update

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.listing_fields import Fields
from ccr.storage.db import db
from ccr.storage.models.directory import MemberRow, PhoneRow, ServiceRow
from ccr.storage.queries.listing_state import ListingState, MemberState

PHONE = cast("Table", PhoneRow.__table__)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and when. `by_role` is a role or a source, never a name.

    `by_hand`: a person chose these values, so that an import asks before it changes them.
    """

    at: datetime
    by_role: str
    account_id: UUID | None = None
    by_hand: bool = True
    run_id: UUID | None = None


def change_of(
    kind: RecordKind,
    record_id: UUID,
    act: Act,
    author: Author,
    before: Fields | None,
    after: Fields | None,
    version: int,
) -> Change:
    """Return what is remembered of one act on one record."""
    return Change(
        kind,
        record_id,
        act,
        author.at,
        before,
        after,
        version=version,
        account_id=author.account_id,
        by_role=author.by_role,
        run_id=author.run_id,
    )


def edited_by(held: dict[str, str], names: Collection[str], author: Author) -> dict[str, str]:
    """Return which fields people have set, with these among them when a person sets them."""
    if not author.by_hand:
        return held
    return held | dict.fromkeys(sorted(names), author.at.isoformat())


def still_so(
    model: type[ServiceRow | MemberRow], state: ListingState | MemberState, values: dict[str, Any]
) -> bool:
    """Write the values when the record is still at the version read; return False when not."""
    result = db.session.execute(
        update(model)
        .where(
            model.id == state.id,
            model.network_id == state.network_id,
            model.version == state.version,
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def replace_phones(
    column: Any,  # noqa: ANN401 -- the owner's column
    network_id: UUID,
    owner: UUID,
    phones: list[dict[str, Any]],
) -> None:
    """Put phones in place of an owner's; a number that stays keeps its source's id."""
    held: dict[tuple[str, str | None], tuple[str | None, str | None]] = {}
    for row in db.session.execute(select(PHONE).where(column == owner)):
        held.setdefault((row.number, row.extension), (row.source, row.source_id))
    db.session.execute(
        delete(PHONE).where(column == owner).execution_options(synchronize_session=False)
    )
    rows = []
    for position, phone in enumerate(phones):
        source, source_id = held.pop((phone["number"], phone["extension"]), (None, None))
        rows.append(
            {
                "id": uuid4(),
                "network_id": network_id,
                column.name: owner,
                "position": position,
                "source": source,
                "source_id": source_id,
                **phone,
            }
        )
    if rows:
        db.session.execute(insert(PHONE), rows)


def count_as_changed(which: Any, at: datetime) -> None:  # noqa: ANN401 -- a condition
    """Let services count as changed for whoever asks what is new: something of theirs is."""
    db.session.execute(
        update(ServiceRow)
        .where(which)
        .values(public_modified_at=at)
        .execution_options(synchronize_session=False)
    )
