"""Room for one more: said in one tap by a program's people, known to routing at once, undone.

A coordinator says it for members who read no inbox and answer by phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ccr.domain import room as rules
from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.errors import NotFoundError, StaleError
from ccr.domain.paging import Page, page_number
from ccr.domain.phrases import phrase
from ccr.domain.room import Household, RoomSaid
from ccr.domain.taxonomy import CapacityStatus
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import room as queries
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_changes import history_of, record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.room import RoomLine

UNDO_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RoomDesk:
    """The services whose room one may say, and whether the program is reminded."""

    lines: Page[RoomLine]
    reminded: bool | None
    """None for a coordinator, who has no services of their own."""


def room_desk(identity: Identity, *, page: int = 1) -> RoomDesk:
    """Return one's own program's services; a coordinator's are those of members by phone."""
    authorise(identity, Permission.CAPACITY_UPDATE)
    number = page_number(page)
    if Role.COORDINATOR in identity.roles:
        return RoomDesk(queries.list_rooms(identity.network_id, None, number=number), None)
    mine = identity.compartment_id
    lines = queries.list_rooms(identity.network_id, mine, number=number)
    return RoomDesk(lines, queries.reminder_of(mine))


def say_room(
    identity: Identity, service_id: UUID, said: RoomSaid, *, seen: str, at: datetime
) -> RoomLine:
    """Keep what is said of a service's room; routing proposes it so from now on.

    Args:
        seen: the fingerprint of the figure that was on screen.

    Raises:
        NotFoundError: no such service, or not this program's.
        StaleError: somebody else said something since.
    """
    with unit_of_work():
        line = _open(identity, service_id)
        if line.seen != seen:
            raise StaleError(
                phrase(
                    "Somebody else said something since. Nothing of yours was saved; look again."
                )
            )
        return _write(identity, line, said, at=at)


def undo_room(identity: Identity, service_id: UUID, *, at: datetime) -> RoomLine:
    """Say again what was said before one's own last word, within ten minutes of it.

    Raises:
        NotFoundError: no such service, or not this program's.
        StaleError: there is nothing of one's own to undo, or somebody else spoke since.
    """
    with unit_of_work():
        line = _open(identity, service_id)
        last = _last_word(identity.network_id, service_id)
        since = _dated(identity, service_id, at - UNDO_WITHIN)
        if (
            last is None
            or last.before is None
            or last.account_id != identity.user_id
            or last.at < since
        ):
            raise StaleError(phrase("There is nothing to undo any more. Say how it is now."))
        return _write(identity, line, _said(last.before), at=at)


def set_reminder(identity: Identity, *, wanted: bool, at: datetime) -> None:
    """Keep whether one's own program is reminded of old figures."""
    with unit_of_work():
        authorise(identity, Permission.CAPACITY_UPDATE)
        queries.set_reminder(identity.compartment_id, wanted=wanted)
        append_event(
            identity,
            "capacity-reminder-on" if wanted else "capacity-reminder-off",
            "compartment",
            identity.compartment_id,
            at=at,
        )


def _open(identity: Identity, service_id: UUID) -> RoomLine:
    line = queries.get_room(identity.network_id, service_id)
    if line is None:
        raise NotFoundError
    authorise(identity, Permission.CAPACITY_UPDATE, line)
    return line


def _dated(identity: Identity, service_id: UUID, at: datetime) -> datetime:
    timezone = get_network(identity.network_id).timezone
    return rules.dated(at, queries.needs_of(service_id), timezone)


def _last_word(network_id: UUID, service_id: UUID) -> Change | None:
    """Return the newest word on room; within a day they are told apart by number."""
    words = [c for c in history_of(network_id, [service_id]) if c.act is Act.CAPACITY]
    return max(words, key=lambda change: (change.at, change.version), default=None)


def _write(identity: Identity, line: RoomLine, said: RoomSaid, *, at: datetime) -> RoomLine:
    kept_at, last = (
        _dated(identity, line.service_id, at),
        _last_word(identity.network_id, line.service_id),
    )
    queries.save_room(line, said, at=kept_at, by=identity.role_told)
    record_changes(
        identity.network_id,
        [
            Change(
                RecordKind.SERVICE,
                line.service_id,
                Act.CAPACITY,
                kept_at,
                _facts(line.said),
                _facts(said),
                version=last.version + 1 if last else 1,
                account_id=identity.user_id,
                by_role=identity.role_told,
            )
        ],
    )
    raise_directory_version(identity.network_id, [line.service_id])
    append_event(identity, "said-room", "service", line.service_id, at=at, reason=said.status.value)
    found = queries.get_room(identity.network_id, line.service_id)
    if found is None:
        raise NotFoundError
    return found


def _facts(said: RoomSaid) -> dict[str, Any]:
    return {
        "status": said.status.value,
        "households": {kind.value: count for kind, count in said.households.items()},
        "note": said.note,
    }


def _said(facts: Any) -> RoomSaid:  # noqa: ANN401 -- what the history keeps
    kept = facts.get("households") or {}
    return RoomSaid(
        CapacityStatus(facts["status"]),
        {kind: int(kept[kind.value]) for kind in Household if kind.value in kept},
        facts.get("note") or "",
    )
