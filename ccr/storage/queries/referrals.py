"""Referrals and their events: read and changed for one owner compartment at a time.

Every read names the side and its compartment; every change names the state and version it starts
from, and one row must change, or nothing does. Rows are read by column, never through the
session's memory, so that a value read under a lock is the stored one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Table,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from ccr.domain.clocks import Side
from ccr.domain.errors import DuplicateError, NotFoundError, StaleError
from ccr.domain.outcomes import ToldBy
from ccr.domain.phrases import phrase
from ccr.domain.projection_masks import Event
from ccr.domain.referral import Referral
from ccr.domain.referral_states import EventKind, State
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from ccr.storage.queries.referral_columns import StoredReferral, life_columns, stored_referral

REFERRAL = cast("Table", ReferralRow.__table__)
EVENT = cast("Table", ReferralEventRow.__table__)

# A referral is by phone for good when its sender recorded so as it was sent.
BY_PHONE = exists(
    select(EVENT.c.id).where(
        EVENT.c.referral_id == REFERRAL.c.id, EVENT.c.action == EventKind.BY_PHONE.value
    )
).correlate(REFERRAL)
# By link for good as well, though an answer given on the phone makes it one by phone.
BY_LINK = exists(
    select(EVENT.c.id).where(
        EVENT.c.referral_id == REFERRAL.c.id, EVENT.c.action == EventKind.BY_LINK.value
    )
).correlate(REFERRAL)
SELECTED = (*REFERRAL.c, BY_PHONE.label("by_phone"), BY_LINK.label("by_link"))
"""The columns that `stored_referral` reads."""

HIDDEN_FROM_RECEIVER = (State.DRAFT.value, State.RECALLED.value, State.ENTERED_IN_ERROR.value)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to write. `note_sealed` is sealed for `id`."""

    referral_id: UUID
    kind: EventKind
    by: Side
    at: datetime
    compartment_id: UUID | None = None
    from_state: State | None = None
    to_state: State | None = None
    reason: str | None = None
    note_sealed: str | None = None
    id: UUID | None = None
    told_by: ToldBy | None = None
    told_at: datetime | None = None


def visible_to(side: Side, compartment_id: UUID) -> list[ColumnElement[bool]]:
    """Return the conditions under which a row belongs to this side at all."""
    if side is Side.SENDER:
        return [REFERRAL.c.sender_compartment_id == compartment_id]
    return [
        REFERRAL.c.receiver_compartment_id == compartment_id,
        REFERRAL.c.state.not_in(HIDDEN_FROM_RECEIVER),
        REFERRAL.c.sent_at.is_not(None),
        ~BY_PHONE,
    ]


# Statements of every act, made once: making one costs as much as running it.
_ID = REFERRAL.c.id == bindparam("of_id")
_LOCKED = select(*SELECTED).where(_ID).with_for_update(of=REFERRAL)
_OF_SIDE = {
    (side, lock): (_LOCKED if lock else select(*SELECTED).where(_ID)).where(
        *visible_to(side, cast("UUID", bindparam("mine")))
    )
    for side in (Side.SENDER, Side.RECEIVER)
    for lock in (False, True)
}
_SAVE = update(REFERRAL).where(
    _ID,
    REFERRAL.c.sender_compartment_id == bindparam("of_sender"),
    REFERRAL.c.state == bindparam("from_state"),
    REFERRAL.c.version == bindparam("from_version"),
)
_ADD = insert(EVENT).values(
    position=select(func.coalesce(func.max(EVENT.c.position), 0) + 1)
    .where(EVENT.c.referral_id == bindparam("of_id"))
    .scalar_subquery()
)


def get_referral(
    referral_id: UUID, *, side: Side, compartment_id: UUID, lock: bool = False
) -> StoredReferral:
    """Return a referral of this side; with `lock`, nobody changes it before this unit ends.

    Raises:
        NotFoundError: there is none, or it is not this compartment's: both read the same.
    """
    which = {"of_id": referral_id, "mine": compartment_id}
    row = db.session.execute(_OF_SIDE[side, lock], which).mappings().first()
    if row is None:
        raise NotFoundError
    return stored_referral(row)


def lock_referral(referral_id: UUID) -> Referral:
    """Return a referral for the worker, locked; raises NotFoundError."""
    row = db.session.execute(_LOCKED, {"of_id": referral_id}).mappings().first()
    if row is None:
        raise NotFoundError
    return stored_referral(row).referral


def find_by_code(code: str, *, receiver_compartment_id: UUID, network_id: UUID) -> UUID | None:
    """Return the referral with this code in this inbox, or None."""
    return db.session.scalar(
        select(REFERRAL.c.id).where(
            REFERRAL.c.network_id == network_id,
            REFERRAL.c.code == code,
            *visible_to(Side.RECEIVER, receiver_compartment_id),
        )
    )


def save_referral(
    before: Referral, after: Referral, *, at: datetime, values: Mapping[str, Any] | None = None
) -> None:
    """Store the step from `before` to `after`; one row changes, or nothing does.

    Raises:
        StaleError: it is no longer in the state and version of `before`.
    """
    changed = rows_changed(
        _SAVE,
        {
            "of_id": before.id,
            "of_sender": before.sender_compartment_id,
            "from_state": before.state.value,
            "from_version": before.version,
            **life_columns(after),
            "updated_at": at,
            **(values or {}),
        },
    )
    if changed != 1:
        raise StaleError(phrase("Somebody else changed this first. Nothing was written."))


def try_to_send(
    before: Referral, sent: Referral, *, at: datetime, values: Mapping[str, Any]
) -> None:
    """Store a draft as sent under its new code, or leave everything as it was.

    Raises:
        DuplicateError: another referral of the network has this code.
        StaleError: it is no draft of this version any more.
    """
    try:
        with db.session.begin_nested():
            save_referral(before, sent, at=at, values=values)
    except IntegrityError as error:
        if _has_code(sent.network_id, sent.code):
            raise DuplicateError(phrase("This code is taken.")) from error
        raise


def _has_code(network_id: UUID, code: str | None) -> bool:
    found = select(REFERRAL.c.id).where(
        REFERRAL.c.network_id == network_id, REFERRAL.c.code == code
    )
    return db.session.scalar(found.limit(1)) is not None


def mark_opened(referral_id: UUID, *, at: datetime) -> None:
    """Keep when the receiver first opened a referral that the caller has locked."""
    db.session.execute(
        update(REFERRAL)
        .where(REFERRAL.c.id == referral_id, REFERRAL.c.opened_at.is_(None))
        .values(opened_at=at)
    )


def add_event(event: NewEvent) -> UUID:
    """Append an event to a referral that the caller has locked; return its id."""
    event_id = event.id or uuid4()
    columns = event_columns(event)
    db.session.execute(_ADD, {"id": event_id, "of_id": event.referral_id, **columns})
    return event_id


def event_columns(event: NewEvent) -> dict[str, Any]:
    """Return the columns of an event, all but its id and its position."""
    return {
        "referral_id": event.referral_id,
        "compartment_id": event.compartment_id,
        "side": event.by.value,
        "action": event.kind.value,
        "from_state": event.from_state.value if event.from_state else None,
        "to_state": event.to_state.value if event.to_state else None,
        "reason": event.reason,
        "note_sealed": event.note_sealed,
        "told_by_role": event.told_by.value if event.told_by else None,
        "told_at": event.told_at,
        "at": event.at,
    }


def list_events(referral_ids: Collection[UUID]) -> dict[UUID, list[Event]]:
    """Return the events of these referrals, in the order they were written."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    if not referral_ids:
        return found
    rows = db.session.execute(
        select(*_EVENT_COLUMNS)
        .where(EVENT.c.referral_id.in_(referral_ids))
        .order_by(EVENT.c.referral_id, EVENT.c.position)
    )
    for row in rows:
        found[row.referral_id].append(_event(row))
    return found


def events_and_notes(referral_id: UUID) -> tuple[list[Event], SealedNotes]:
    """Return the events of one referral, and (owner compartment, sealed text) of its notes."""
    found, notes = notes_of([referral_id])
    return found[referral_id], notes


def notes_of(referral_ids: Collection[UUID]) -> tuple[dict[UUID, list[Event]], SealedNotes]:
    """Return the events of several referrals, and (owner compartment, sealed text) of their notes.

    In one statement; events by referral, notes by their own id.
    """
    found: dict[UUID, list[Event]] = defaultdict(list)
    notes: SealedNotes = {}
    for row in db.session.execute(
        select(*_EVENT_COLUMNS, EVENT.c.compartment_id, EVENT.c.note_sealed)
        .where(EVENT.c.referral_id.in_(referral_ids))
        .order_by(EVENT.c.referral_id, EVENT.c.position)
    ):
        found[row.referral_id].append(_event(row))
        if row.has_note:
            notes[row.id] = (row.compartment_id, row.note_sealed)
    return found, notes


SealedNotes = dict[UUID, tuple[UUID, str]]

_EVENT_COLUMNS = (
    EVENT.c.referral_id,
    EVENT.c.id,
    EVENT.c.action,
    EVENT.c.at,
    EVENT.c.side,
    EVENT.c.reason,
    EVENT.c.told_by_role,
    EVENT.c.told_at,
    EVENT.c.note_sealed.is_not(None).label("has_note"),
)


def _event(row: Any) -> Event:  # noqa: ANN401 -- a row has no type of its own
    return Event(
        EventKind(row.action),
        row.at,
        Side(row.side),
        row.reason,
        row.id if row.has_note else None,
        row.told_by_role,
        row.told_at,
    )


def rows_changed(statement: Executable, given: Mapping[str, Any] | None = None) -> int:
    """Execute a change and return how many rows it changed."""
    result = db.session.execute(statement, given)
    return result.rowcount if isinstance(result, CursorResult) else 0
