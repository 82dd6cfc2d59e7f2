"""Append to and read the audit chains."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ccr.domain.audit import GENESIS, AuditEvent, chain_hash
from ccr.policy.identity import Identity
from ccr.storage.db import db
from ccr.storage.models.audit import AuditEventRow, AuditHeadRow

EVENT = cast("Table", AuditEventRow.__table__)
HEAD = cast("Table", AuditHeadRow.__table__)


# Statements of every act, made once.
_ADD = insert(EVENT)
_MOVE_HEAD = (
    update(HEAD)
    .where(HEAD.c.compartment_id == bindparam("of_compartment"))
    .values(hash=bindparam("now_hash"))
)
_TAKE = {
    dialect: new.on_conflict_do_update(
        index_elements=[HEAD.c.compartment_id],
        set_={"position": HEAD.c.position + new.excluded.position},
    ).returning(HEAD.c.compartment_id, HEAD.c.position, HEAD.c.hash)
    for dialect, new in (("postgresql", postgresql.insert(HEAD)), ("sqlite", sqlite.insert(HEAD)))
}


def append_event(
    identity: Identity,
    verb: str,
    subject_type: str,
    subject_id: UUID | None,
    *,
    at: datetime,
    fields: Iterable[str] = (),
    reason: str | None = None,
) -> None:
    """Add one event to the chain of the identity's compartment, in the present unit of work."""
    append_event_to(
        identity.compartment_id,
        identity.user_id,
        verb,
        subject_type,
        subject_id,
        at=at,
        fields=fields,
        reason=reason,
    )


def append_event_to(
    compartment_id: UUID,
    actor_id: UUID | None,
    verb: str,
    subject_type: str,
    subject_id: UUID | None,
    *,
    at: datetime,
    fields: Iterable[str] = (),
    reason: str | None = None,
) -> None:
    """Add one event to a named compartment's chain; `actor_id` None means the system."""
    event = SystemEvent(
        verb, subject_type, subject_id, reason, tuple(sorted(set(fields))), actor_id
    )
    append_to_chains({compartment_id: [event]}, at=at)


@dataclass(frozen=True, slots=True)
class SystemEvent:
    """What is to be added to a chain; `actor_id` None means the system."""

    verb: str
    subject_type: str
    subject_id: UUID | None
    reason: str | None = None
    fields: tuple[str, ...] = ()
    actor_id: UUID | None = None


def append_to_chains(chains: Mapping[UUID, Sequence[SystemEvent]], *, at: datetime) -> None:
    """Add events to the chains of several compartments, each in its order, in three statements.

    The chains are taken in the order of their ids, so that two such writers never wait for each
    other.
    """
    wanted = {key: chains[key] for key in sorted(chains) if chains[key]}
    if not wanted:
        return
    rows: list[dict[str, object]] = []
    heads: list[dict[str, object]] = []
    taken = _take_positions({key: len(events) for key, events in wanted.items()})
    for compartment_id, events in wanted.items():
        last, tied = taken[compartment_id]
        for position, new in enumerate(events, start=last - len(events) + 1):
            event = AuditEvent(
                compartment_id=compartment_id,
                position=position,
                at=at.astimezone(UTC),
                actor_id=new.actor_id,
                verb=new.verb,
                subject_type=new.subject_type,
                subject_id=new.subject_id,
                field_names=new.fields,
                reason=new.reason,
            )
            previous, tied = tied, chain_hash(tied, event)
            rows.append(
                {
                    "id": uuid4(),
                    "compartment_id": event.compartment_id,
                    "position": event.position,
                    "at": event.at,
                    "actor_id": event.actor_id,
                    "verb": event.verb,
                    "subject_type": event.subject_type,
                    "subject_id": event.subject_id,
                    "field_names": list(event.field_names),
                    "reason": event.reason,
                    "previous_hash": previous,
                    "hash": tied,
                }
            )
        heads.append({"of_compartment": compartment_id, "now_hash": tied})
    db.session.execute(_ADD, rows)
    db.session.connection().execute(_MOVE_HEAD, heads)


def _take_positions(counts: Mapping[UUID, int]) -> dict[UUID, tuple[int, str]]:
    """Return the last of the next positions of each chain, and the hash they follow on.

    GENESIS at its start. Writing the head locks it until the unit of work ends: one writer a chain
    at a time, so there is no gap and no fork.
    """
    heads = db.session.execute(
        _TAKE[db.session.get_bind().dialect.name],
        [
            {"compartment_id": compartment_id, "position": count, "hash": GENESIS}
            for compartment_id, count in counts.items()
        ],
    )
    return {head.compartment_id: (head.position, head.hash) for head in heads}


def iterate_chain(compartment_id: UUID) -> Iterator[tuple[AuditEvent, str, str]]:
    """Yield (event, stored previous hash, stored hash) of a chain in order."""
    rows = db.session.scalars(
        select(AuditEventRow)
        .where(AuditEventRow.compartment_id == compartment_id)
        .order_by(AuditEventRow.position)
        .execution_options(yield_per=500)
    )
    # A reader that stops at the first fault must not leave a cursor open on the server.
    with contextlib.closing(rows):
        for row in rows:
            event = AuditEvent(
                compartment_id=row.compartment_id,
                position=row.position,
                at=row.at,
                actor_id=row.actor_id,
                verb=row.verb,
                subject_type=row.subject_type,
                subject_id=row.subject_id,
                field_names=tuple(row.field_names),
                reason=row.reason,
            )
            yield event, row.previous_hash, row.hash


def chain_heads() -> list[tuple[UUID, int, str]]:
    """Return (compartment, last position, last hash) of every chain."""
    return [
        (row.compartment_id, row.position, row.hash)
        for row in db.session.scalars(select(AuditHeadRow))
    ]
