"""A participant's copy and certificate: only what was given to that person (R33)."""

from __future__ import annotations

from typing import Any

from ccr.domain.authority_reports import PROCESS_ONLY
from ccr.domain.participant_words import EventKind
from ccr.domain.phrases import Phrase, phrase
from ccr.services.participant_copies import Copy
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.program_groups import counts_words

IN_COPIES = frozenset(EventKind) - {EventKind.ENROL_OVERDUE}
"""What happened to the person; what only the program's clock did is not."""


def copy_view(copy: Copy, time: DeskTime) -> dict[str, Any]:
    """Return a participant's own copy."""
    found = copy.participant
    rows: list[tuple[Phrase, str | None]] = [
        (phrase("Standing"), translated(found.state.label)),
        (phrase("Opened here"), day_text(copy.events[0].on) if copy.events else None),
        (phrase("Intake done"), day_text(found.intake_on) if found.intake_on else None),
        (phrase("Group"), copy.group_name or None),
        (phrase("Enrolled"), day_text(found.enrolled_on) if found.enrolled_on else None),
        (phrase("Ended"), day_text(found.ended_on) if found.ended_on else None),
        (phrase("Sessions"), counts_words(copy.counts)),
    ]
    return {
        **_sheet(copy, time),
        "facts": [{"term": translated(term), "value": value} for term, value in rows if value],
        "events": [
            {"day": day_text(event.on), "what": translated(event.kind.label)}
            for event in sorted(copy.events, key=lambda one: (one.on, one.position))
            if event.kind in IN_COPIES
        ],
    }


def certificate_view(copy: Copy, time: DeskTime) -> dict[str, Any]:
    """Return a certificate: what was attended, from when until when, and what that does not say."""
    found = copy.participant
    return {
        **_sheet(copy, time),
        "group": copy.group_name,
        "from": day_text(found.enrolled_on) if found.enrolled_on else "",
        "until": day_text(found.ended_on) if found.ended_on else "",
        "attended": copy.counts.attended,
        "offered": copy.counts.offered,
    }


def _sheet(copy: Copy, time: DeskTime) -> dict[str, Any]:
    return {
        "id": copy.participant.id,
        "code": copy.participant.code,
        "head": {"name": copy.head.name, "lines": copy.head.lines},
        "day": day_text(time.today()),
        "process_only": translated(PROCESS_ONLY),
    }
