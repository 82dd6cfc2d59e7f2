"""Where partners asked about by name stand in an answer, in sentences."""

from __future__ import annotations

from typing import Any

from ccr.domain.one_partner import Standing, Verdict
from ccr.domain.phrases import Phrase, phrase
from ccr.services.asking_about import About
from ccr.web.language import translated

_SAID: dict[Standing, Phrase] = {
    Standing.BY_AREA: phrase(
        "It is in the list, under confidential and area-wide services. That order is the same "
        "wherever you search from."
    ),
    Standing.BY_AREA_FURTHER: phrase(
        "It fits, and comes after those shown under confidential and area-wide services. That "
        "order is the same wherever you search from."
    ),
}


def about_rows(about: About) -> dict[str, Any]:
    """Return what the page says of each partner of the name, and whether there are more."""
    return {"rows": [_row(verdict) for verdict in about.verdicts], "more": about.more}


def _row(verdict: Verdict) -> dict[str, Any]:
    service, stopped = verdict.service, verdict.stopped
    return {
        "service_id": str(service.id),
        "service": service.name,
        "member": service.member.name,
        "number": verdict.number,
        "text": translated(_words(verdict)),
        "would_change": translated(stopped.would_change) if stopped else "",
        "parts": [
            {"minutes": part.minutes, "text": translated(part.text)} for part in verdict.parts
        ],
        "fits": stopped is None,
        "listed": verdict.standing in {Standing.LISTED, Standing.BY_AREA},
        "on_ccr": service.member.on_ccr,
        "by_phone": service.member.by_phone,
    }


def _words(verdict: Verdict) -> Phrase:
    if verdict.stopped is not None:
        return phrase("Left out: %(limit)s", limit=verdict.stopped.text)
    if verdict.standing is Standing.LISTED:
        return phrase(
            "Number %(number)s in the list, with %(minutes)s effective minutes.",
            number=verdict.number,
            minutes=verdict.effective_minutes,
        )
    if verdict.standing is Standing.FURTHER:
        return phrase(
            "It fits, and comes after those in the list: %(minutes)s effective minutes.",
            minutes=verdict.effective_minutes,
        )
    return _SAID[verdict.standing]
