"""Room for one more in words: what was said last, when, and the buttons that change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.room import STATUSES, Household, is_old
from ccr.domain.taxonomy import CapacityStatus
from ccr.storage.queries.room import RoomLine
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

_ICONS = {
    CapacityStatus.CAPACITY: "check",
    CapacityStatus.NO_CAPACITY: "cross",
    CapacityStatus.WAITLIST: "hourglass",
    CapacityStatus.ADDITIONAL_ASSESSMENT: "chat",
    CapacityStatus.UNKNOWN: "question",
}
_BUTTONS = {
    CapacityStatus.ADDITIONAL_ASSESSMENT: phrase("After an assessment"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, so that a refusal keeps it on the page."""

    service_id: UUID
    status: str
    numbers: Mapping[str, str] = field(repr=False)
    note: str = field(repr=False)

    @classmethod
    def of(cls, service_id: UUID, form: Mapping[str, str]) -> Typed:
        """Return the fields of a form that was sent."""
        numbers = {kind.value: form.get(kind.value, "") for kind in Household}
        return cls(service_id, form.get("status", ""), numbers, form.get("note", ""))


def room_rows(
    lines: Iterable[RoomLine],
    time: DeskTime,
    *,
    saved: str = "",
    typed: Typed | None = None,
    refused: InvalidInputError | StaleError | None = None,
) -> list[dict[str, Any]]:
    """Return each service as its card shows it."""
    rows = []
    for line in lines:
        mine = typed if typed and typed.service_id == line.service_id else None
        error = refused if mine and isinstance(refused, InvalidInputError) else None
        rows.append(
            {
                "id": line.service_id,
                "name": line.service,
                "member": line.member,
                "seen": line.seen,
                "now": _now(line, time),
                "old": is_old(line.updated_at, time.now),
                "saved": saved == str(line.service_id),
                "error": translated(error.phrase) if error else None,
                "error_field": error.field if error else None,
                "buttons": [
                    {
                        "value": status.value,
                        "text": translated(_BUTTONS.get(status, status.label)),
                        "icon": _ICONS[status],
                        "current": line.updated_at is not None and status is line.said.status,
                    }
                    for status in STATUSES
                ],
                "numbers": [
                    {
                        "name": kind.value,
                        "label": translated(kind.label),
                        "value": mine.numbers[kind.value]
                        if mine
                        else line.said.households.get(kind, ""),
                    }
                    for kind in Household
                ],
                "note": mine.note if mine else line.said.note,
                "open": bool(mine or line.said.households or line.said.note),
            }
        )
    return rows


def _now(line: RoomLine, time: DeskTime) -> str:
    if line.updated_at is None:
        return translated(phrase("Nobody has said yet."))
    return translated(
        phrase(
            "%(status)s, said %(day)s",
            status=line.said.status.label,
            day=time.day(line.updated_at),
        )
    )
