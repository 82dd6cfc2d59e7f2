"""Reports to an authority as letters: codes, days and counts, in words, and nothing else."""

from __future__ import annotations

from typing import Any

from ccr.domain.authority_reports import PROCESS_ONLY, Report
from ccr.domain.phrases import Phrase, phrase
from ccr.services.authority_reports import Letter
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.moments import DeskTime, local_day


def letter_view(letter: Letter, time: DeskTime) -> dict[str, Any]:
    """Return a report on the program's side."""
    return {
        **report_view(letter.report, time),
        "head": {"name": letter.head.name, "lines": letter.head.lines},
        "has_desk": letter.has_desk,
        "version": letter.report.version,
        "participant_id": letter.report.participant_id,
    }


def report_view(report: Report, time: DeskTime) -> dict[str, Any]:
    """Return what a report says."""
    return {
        "id": report.id,
        "code": report.code,
        "kind": translated(report.kind.label),
        "program": report.program_name,
        "to_whom": report.to_whom,
        "sent": time.full(report.sent_at) if report.sent_at else None,
        "how": translated(report.sent_how.label) if report.sent_how else None,
        "day": day_text(local_day(report.sent_at or report.made_at, time.timezone)),
        "read": report.read_at is not None,
        "facts": _facts(report),
        "process_only": translated(PROCESS_ONLY),
    }


def _facts(report: Report) -> list[dict[str, str]]:
    said = report.facts
    rows: list[tuple[Phrase, str | None]] = [
        (phrase("What happened"), translated(said.missing.label) if said.missing else None),
        (phrase("Standing"), translated(said.state.label) if said.state else None),
        (phrase("Why"), translated(said.reason.label) if said.reason else None),
        (phrase("On which day"), day_text(said.on) if said.on else None),
    ]
    if said.since and said.until:
        words = phrase(
            "%(from)s to %(until)s",
            **{"from": day_text(said.since), "until": day_text(said.until)},
        )
        rows.append((phrase("Period"), translated(words)))
    if said.counts:
        rows += [
            (phrase("Sessions offered"), str(said.counts.offered)),
            (phrase("Attended"), str(said.counts.attended)),
            (phrase("Excused"), str(said.counts.excused)),
            (phrase("Missed"), str(said.counts.missed)),
        ]
    return [{"term": translated(term), "value": value} for term, value in rows if value]
