"""The gap register as its pages read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from ccr.domain.gap_register import GapChange, GapStatus, GapStep
from ccr.domain.phrases import phrase
from ccr.domain.safety_question import Effect, Whom
from ccr.services.gap_register import GapRecord
from ccr.web.language import translated
from ccr.web.presenters.gaps import LINE_NUMBERS, day_text, taken_view
from ccr.web.presenters.moments import DeskTime

TONES = {
    GapStatus.OPEN: "due",
    GapStatus.IN_PROGRESS: "told",
    GapStatus.WAITING: "unknown",
    GapStatus.CLOSED: "ok",
}


def register_rows(records: Iterable[GapRecord]) -> list[dict[str, object]]:
    """Return the gaps of the register as rows."""
    return [_row(found) for found in records]


def _row(found: GapRecord) -> dict[str, object]:
    gap = found.gap
    return {
        **taken_view(gap, found.on, back=found.back),
        "title": translated(found.title),
        "tone": TONES[gap.status],
        "there": found.finding is not None,
    }


def record_view(found: GapRecord, time: DeskTime) -> dict[str, object]:
    """Return one gap with its evidence, plan and history."""
    finding = found.finding
    return {
        **_row(found),
        "text": translated(finding.text) if finding else None,
        "line": LINE_NUMBERS.get(finding.line or "") if finding else None,
        "county": finding.county.fips if finding and finding.county else None,
        "opened": _day(found.gap.opened_at, time),
        "back_at": _day(found.gap.back_at, time) if found.gap.back_at else None,
        "steps": [_step(step, found, time) for step in found.steps],
        "changes": [_change(change, time) for change in found.changes],
        "owner_id": str(found.gap.owner_id),
    }


def _day(at: datetime, time: DeskTime) -> str:
    """Return a moment as its day: a history goes on over years."""
    return day_text(at.astimezone(ZoneInfo(time.timezone)))


def _step(step: GapStep, found: GapRecord, time: DeskTime) -> dict[str, object]:
    words = {
        "open": phrase("To do"),
        "done": phrase("Done"),
        "dropped": phrase("Dropped"),
    }[step.status]
    late = step.status == "open" and step.due_on < found.on
    return {
        "id": step.id,
        "text": step.text,
        "due": day_text(step.due_on),
        "open": step.status == "open",
        "words": translated(phrase("Late")) if late else translated(words),
        "tone": "late"
        if late
        else {"open": "due", "done": "ok", "dropped": "unknown"}[step.status],
        "ended": _day(step.ended_at, time) if step.ended_at else None,
    }


def _change(change: GapChange, time: DeskTime) -> dict[str, object]:
    return {
        "at": _day(change.at, time),
        "verb": translated(change.verb.label),
        "member": change.member,
        "status": translated(change.status.label),
        "reason": translated(change.reason.label) if change.reason else None,
        "owner": change.owner,
        "step": change.step,
        "safety": safety_words(change.effect, change.whom),
        "line": change.line,
    }


def safety_words(effect: str, whom: str) -> str | None:
    """Return "It raises safety: Survivors", or None where nobody was asked."""
    if effect not in set(Effect) or whom not in set(Whom):
        return None
    return translated(
        phrase("%(effect)s: %(whom)s", effect=Effect(effect).label, whom=Whom(whom).label)
    )
