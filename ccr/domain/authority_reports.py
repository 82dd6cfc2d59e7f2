"""What a program tells the one authority that mandated a participant: codes, days and counts.

What lives here: the kinds, their facts, and counting of sessions. What must not: anything of a
victim, a risk or a consultation, and a word that reads attendance as safety (R32, R45).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from ccr.domain.participant_words import EndReason, EventKind
from ccr.domain.participants import Event, Participant, ParticipantState
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

PROCESS_ONLY = phrase(
    "Attendance and completion are process figures. They say what was attended. They do not say "
    "that anybody has changed, or that anybody is safe."
)
"""On every report and certificate. Source: R10, R12; dangerous 12."""


class ReportKind(Labelled):
    """What is told."""

    NONCOMPLIANCE = "noncompliance"
    ATTENDANCE = "attendance"
    STATUS = "status"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _KINDS[self]


class Missing(Labelled):
    """What a notice of noncompliance is about (R55)."""

    INTAKE = "intake"
    FIRST_SESSION = "first-session"
    ENROLMENT = "enrolment"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _MISSING[self]


class SentHow(Labelled):
    """How it reached the authority."""

    HERE = "here"
    PAPER = "paper"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _HOW[self]


_KINDS = {
    ReportKind.NONCOMPLIANCE: phrase("Notice of noncompliance"),
    ReportKind.ATTENDANCE: phrase("Attendance report"),
    ReportKind.STATUS: phrase("Status report"),
}
_MISSING = {
    Missing.INTAKE: phrase("Did not come to the intake"),
    Missing.FIRST_SESSION: phrase("Did not come to the first session"),
    Missing.ENROLMENT: phrase("Did not enrol"),
}
_HOW = {
    SentHow.HERE: phrase("Shown on their desk here"),
    SentHow.PAPER: phrase("On paper"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Sessions of a period: each day counts once, as it was recorded last."""

    attended: int = 0
    excused: int = 0
    missed: int = 0

    @property
    def offered(self) -> int:
        """Return how many sessions there were for this participant."""
        return self.attended + self.excused + self.missed


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that a report says; what its kind does not say is None.

    Attributes:
        missing, on: what was missed, and on which day.
        since, until, counts: the period and its sessions.
        state, reason: where the participant stands, and why it ended.
    """

    missing: Missing | None = None
    on: date | None = None
    since: date | None = None
    until: date | None = None
    counts: Counts | None = None
    state: ParticipantState | None = None
    reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report, or (while `sent_at` is None) the task to send it.

    `authority_name` and `program_name` are the members' names, as they are read beside it.
    """

    id: UUID
    network_id: UUID
    compartment_id: UUID
    code: str
    kind: ReportKind
    made_at: datetime
    facts: ReportFacts = field(default_factory=ReportFacts)
    participant_id: UUID | None = None
    authority_member_id: UUID | None = None
    outside: str = ""
    due_on: date | None = None
    sent_how: SentHow | None = None
    sent_at: datetime | None = None
    read_at: datetime | None = None
    version: int = 1
    authority_name: str = ""
    program_name: str = ""

    @property
    def to_whom(self) -> str:
        """Return the authority's name: the member's, or the one outside."""
        return self.authority_name or self.outside


def count_sessions(events: Iterable[Event], since: date, until: date) -> Counts:
    """Return the sessions from `since` until `until`, both days included.

    A day that was recorded twice counts as it was recorded last: so a slip is put right.
    """
    last: dict[date, EventKind] = {}
    for event in sorted(events, key=lambda e: e.position):
        if event.kind.is_session and since <= event.on <= until:
            last[event.on] = event.kind
    kinds = list(last.values())
    return Counts(
        attended=kinds.count(EventKind.SESSION_ATTENDED),
        excused=kinds.count(EventKind.SESSION_EXCUSED),
        missed=kinds.count(EventKind.SESSION_MISSED) + kinds.count(EventKind.FIRST_SESSION_MISSED),
    )


def status_of(participant: Participant, today: date) -> ReportFacts:
    """Return where a participant stands today, in codes."""
    return ReportFacts(
        state=participant.state, on=participant.ended_on or today, reason=participant.end_reason
    )
