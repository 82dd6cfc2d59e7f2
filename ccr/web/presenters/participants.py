"""Participants as their pages read them: codes, days and words, never anything about a victim."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import format_date

from ccr.domain.authority_reports import Report
from ccr.domain.participant_words import EndReason, EventKind, ReferralSource, Screening
from ccr.domain.participants import Event, Participant, ParticipantState, last_day
from ccr.domain.pathways import Standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled
from ccr.services.participants import ParticipantPage
from ccr.services.program_desk import Desk, OwnProtocol, ToOpen
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.moments import DeskTime

TONES = {
    ParticipantState.AWAITING_INTAKE: ("due", "hourglass"),
    ParticipantState.INTAKE_DONE: ("due", "check"),
    ParticipantState.ENROLLED: ("ok", "check"),
    ParticipantState.NOT_ENROLLED: ("unknown", "minus"),
    ParticipantState.COMPLETED: ("unknown", "check"),
    ParticipantState.TERMINATED: ("unknown", "minus"),
    ParticipantState.WITHDRAWN: ("unknown", "minus"),
}
ICONS = {
    EventKind.INTAKE_MISSED: "alert",
    EventKind.FIRST_SESSION_MISSED: "alert",
    EventKind.SESSION_MISSED: "minus",
    EventKind.SESSION_ATTENDED: "check",
    EventKind.ENROL_OVERDUE: "alarm",
    EventKind.ENROLLED: "person-check",
}
REASONS: dict[EventKind, tuple[type[Labelled], ...]] = {
    EventKind.OPENED: (ReferralSource,),
    EventKind.INTAKE_ATTENDED: (Screening,),
    EventKind.ENDED: (EndReason, ParticipantState),
}
"""From which lists the code of an event may be."""
STANDINGS: dict[Standing | None, Phrase] = {
    None: phrase("No protocol is recorded: nobody is named to consult"),
    Standing.LAPSED: phrase("Lapsed"),
    Standing.NOT_YET: phrase("Not yet in force"),
    Standing.ENDS_IN_30: phrase("Ends within 30 days"),
    Standing.ENDS_IN_90: phrase("Ends within 90 days"),
    Standing.IN_FORCE: phrase("In force"),
}


def participant_row(found: Participant, at: datetime) -> dict[str, Any]:
    """Return a participant as a row of a list."""
    tone, icon = TONES[found.state]
    late, words = _due_words(found, at)
    return {
        "id": found.id,
        "code": found.code,
        "href": url_for("participants.page", participant_id=found.id),
        "state": {"text": translated(found.state.label), "tone": tone, "icon": icon},
        "source": translated(found.order.source.label),
        "mandated": found.order.mandated,
        "due": words,
        "late": late,
    }


def _due_words(found: Participant, at: datetime) -> tuple[bool, str | None]:
    """Return whether something is late, and what is due next by when."""
    zone = ZoneInfo(g.network.timezone)
    if not found.state.waits_for_enrolment:
        return False, None
    if found.state is ParticipantState.AWAITING_INTAKE and found.intake_offered_on is None:
        day = day_text(last_day(found.intake_due_at, zone))
        late = found.intake_is_late(at)
        words = (
            phrase("An intake was to be offered by %(day)s", day=day)
            if late
            else phrase("Offer an intake by %(day)s", day=day)
        )
        return late, translated(words)
    day = day_text(last_day(found.enrol_due_at, zone))
    late = found.enrolment_is_late(at)
    words = (
        phrase("Was to be enrolled by %(day)s", day=day)
        if late
        else phrase("Enrolment check on %(day)s", day=day)
    )
    return late, translated(words)


def desk_view(desk: Desk, time: DeskTime) -> dict[str, Any]:
    """Return what the program's desk shows."""
    return {
        "to_open": [_to_open(one, time) for one in desk.to_open],
        "intake": [participant_row(one, time.now) for one in desk.intake],
        "checks": [participant_row(one, time.now) for one in desk.checks],
        "tasks": [report_row(one) for one in desk.tasks],
        "prompts": [
            {
                "words": translated(prompt.trigger.label),
                "code": prompt.participant_code,
                "href": url_for("participants.page", participant_id=prompt.participant_id)
                if prompt.participant_id
                else None,
            }
            for prompt in desk.prompts
        ],
        "protocol": protocol_view(desk.protocol),
        "enrolled": desk.counts.get(ParticipantState.ENROLLED, 0),
    }


def _to_open(found: ToOpen, time: DeskTime) -> dict[str, Any]:
    return {
        "code": found.code,
        "since": time.day(found.accepted_at),
        "href": url_for("participants.new", referral=found.referral_id),
        "referral_href": url_for("referrals.page", referral_id=found.referral_id),
        "mandated": found.said is not None and found.said.order.mandated,
    }


def protocol_view(found: OwnProtocol) -> dict[str, Any]:
    """Return how one's own protocol stands, in words."""
    soon = found.standing in {Standing.ENDS_IN_30, Standing.ENDS_IN_90}
    return {
        "words": translated(STANDINGS[found.standing]),
        "tone": "late" if found.is_red else "due" if soon else "ok",
        "red": found.is_red,
        "partner": found.partner_name,
        "until": day_text(found.until) if found.until else None,
    }


def report_row(report: Report) -> dict[str, Any]:
    """Return a report, or the task to send one, as a row."""
    return {
        "id": report.id,
        "href": url_for("program_letters.page", report_id=report.id),
        "code": report.code,
        "kind": translated(report.kind.label),
        "what": translated(report.facts.missing.label) if report.facts.missing else None,
        "due": day_text(report.due_on) if report.due_on else None,
        "sent": report.sent_at is not None,
        "how": translated(report.sent_how.label) if report.sent_how else None,
        "read": report.read_at is not None,
        "authority": report.to_whom,
        "participant_href": url_for("participants.page", participant_id=report.participant_id)
        if report.participant_id
        else None,
    }


def participant_view(page: ParticipantPage, at: datetime) -> dict[str, Any]:
    """Return one participant's page."""
    found = page.participant
    return {
        **participant_row(found, at),
        "version": found.version,
        "completed": found.state is ParticipantState.COMPLETED,
        "facts": _facts(page),
        "days": event_days(page.events),
        "reports": [report_row(one) for one in page.reports],
        "prompts": [translated(prompt.trigger.label) for prompt in page.prompts],
        "referral_href": url_for("referrals.page", referral_id=found.referral_id)
        if found.referral_id
        else None,
    }


def _facts(page: ParticipantPage) -> list[dict[str, str]]:
    found = page.participant
    order = found.order
    rows: list[tuple[Phrase, str | None]] = [
        (phrase("Who referred"), translated(order.source.label)),
        (phrase("Mandated"), translated(phrase("Yes") if order.mandated else phrase("No"))),
        (phrase("By which authority"), page.authority_name or order.outside or None),
        (phrase("Day of the order"), _day(order.ordered_on)),
        (phrase("Intake offered"), _day(found.intake_offered_on)),
        (phrase("Intake done"), _day(found.intake_on)),
        (
            phrase("What the intake found"),
            translated(found.screening.label) if found.screening else None,
        ),
        (phrase("A group that would suit"), page.wished_group.name if page.wished_group else None),
        (phrase("Group"), page.group.name if page.group else None),
        (phrase("Enrolled"), _day(found.enrolled_on)),
        (phrase("Ended"), _day(found.ended_on)),
        (phrase("Why"), translated(found.end_reason.label) if found.end_reason else None),
    ]
    return [{"term": translated(term), "value": value} for term, value in rows if value]


def _day(day: Any) -> str | None:  # noqa: ANN401 -- a day or None
    return day_text(day) if day else None


def event_days(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return what happened by months, the newest first."""
    newest = sorted(events, key=lambda e: (e.on, e.position), reverse=True)
    return [
        {
            "heading": str(format_date(month, "MMMM y")),
            "entries": [
                {
                    "time": str(event.on.day),
                    "iso": event.on.isoformat(),
                    "icon": ICONS.get(event.kind, "circle"),
                    "what": translated(event.kind.label),
                    "note": _reason_words(event),
                }
                for event in group
            ],
        }
        for month, group in groupby(newest, key=lambda e: e.on.replace(day=1))
    ]


def _reason_words(event: Event) -> str | None:
    for codes in REASONS.get(event.kind, ()):
        if event.reason in {code.value for code in codes}:
            return translated(codes(event.reason).label)
    return None
