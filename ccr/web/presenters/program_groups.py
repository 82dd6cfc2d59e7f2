"""Groups of a program as their pages read them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for

from ccr.domain.authority_reports import Counts
from ccr.domain.group_sessions import Mark
from ccr.domain.languages import language_name
from ccr.domain.participant_words import EventKind
from ccr.domain.phrases import phrase
from ccr.domain.program_groups import Group
from ccr.services.program_groups import GroupRoom, InGroup
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

_MARK_OF = {
    EventKind.SESSION_ATTENDED: Mark.ATTENDED,
    EventKind.SESSION_MISSED: Mark.MISSED,
    EventKind.FIRST_SESSION_MISSED: Mark.MISSED,
    EventKind.SESSION_EXCUSED: Mark.EXCUSED,
}


def group_row(group: Group, places: dict[UUID, str]) -> dict[str, Any]:
    """Return a group as a row of the list."""
    return {
        "id": group.id,
        "name": group.name,
        "href": url_for("program_groups.page", group_id=group.id),
        "when": translated(
            phrase(
                "%(day)s %(from)s to %(until)s",
                day=group.day,
                **{"from": group.starts_at, "until": group.ends_at},
            )
        ),
        "where": places.get(group.location_id, "") if group.location_id else "",
        "language": translated(language_name(group.language)),
        "level": translated(group.level.label),
        "taken": group.taken,
        "places": group.places,
        "full": group.is_full,
        "active": group.active,
    }


def room_view(room: GroupRoom) -> dict[str, Any]:
    """Return a group's page: the group, and who is in it with the mark of the day."""
    return {
        **group_row(room.group, room.places),
        "on": room.on.isoformat(),
        "on_words": day_text(room.on),
        "people": [_person(one) for one in room.people],
        "marks": [{"value": mark.value, "label": translated(mark.label)} for mark in Mark],
    }


def _person(found: InGroup) -> dict[str, Any]:
    who = found.participant
    kept = _MARK_OF[found.on_day].value if found.on_day else ""
    return {
        "id": who.id,
        "code": who.code,
        "href": url_for("participants.page", participant_id=who.id),
        "counts": counts_words(found.counts),
        "mark": request.form.get(f"mark-{who.id}", kept),
    }


def counts_words(counts: Counts) -> str:
    """Return how many sessions were attended, excused and missed."""
    if not counts.offered:
        return translated(phrase("No session yet"))
    return translated(
        phrase(
            "%(attended)s of %(offered)s attended, %(excused)s excused, %(missed)s missed",
            attended=counts.attended,
            offered=counts.offered,
            excused=counts.excused,
            missed=counts.missed,
        )
    )
