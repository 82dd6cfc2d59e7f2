"""The closed lists of a program's desk: who referred, what was found, how it went, why it ended.

What lives here: codes and their labels. What must not: a word about a victim, a risk or a
consultation; a reason that could only be known from one (R32, R33).
Source: R14 (referral sources; probation, parole and agencies as sub-kinds).
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class ReferralSource(Labelled):
    """Who referred somebody to a program (R14)."""

    CRIMINAL_COURT = "criminal-court"
    FAMILY_COURT = "family-court"
    SUPREME_COURT = "supreme-court"
    PROBATION = "probation"
    PAROLE = "parole"
    AGENCY = "agency"
    PRIVATE_AGENCY = "private-agency"
    SELF = "self"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _SOURCES[self]


class Screening(Labelled):
    """What the intake found. No finding ever excuses abuse (NY standards for programs)."""

    SUITABLE = "suitable"
    SUBSTANCE_FIRST = "substance-first"
    MENTAL_HEALTH_FIRST = "mental-health-first"
    TRAUMA_FIRST = "trauma-first"
    NOT_SUITABLE = "not-suitable"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _SCREENINGS[self]


class EndReason(Labelled):
    """Why somebody's place in a program ended, or never began: what the program itself saw."""

    NEVER_CAME = "never-came"
    NOT_SUITABLE = "not-suitable"
    ATTENDANCE = "attendance"
    RULES = "rules"
    FEES = "fees"
    OTHER_HELP = "other-help"
    OTHER_PROGRAM = "other-program"
    OWN_DECISION = "own-decision"
    ORDER_ENDED = "order-ended"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _REASONS[self]


class EventKind(Labelled):
    """What happened in the program."""

    OPENED = "opened"
    INTAKE_OFFERED = "intake-offered"
    INTAKE_ATTENDED = "intake-attended"
    INTAKE_MISSED = "intake-missed"
    ENROLLED = "enrolled"
    FIRST_SESSION_MISSED = "first-session-missed"
    SESSION_ATTENDED = "session-attended"
    SESSION_MISSED = "session-missed"
    SESSION_EXCUSED = "session-excused"
    GROUP_CHANGED = "group-changed"
    ENROL_OVERDUE = "enrol-overdue"
    ENDED = "ended"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _EVENTS[self]

    @property
    def is_session(self) -> bool:
        """Return True for the record of one session of a group."""
        return self in SESSIONS


SESSIONS = frozenset(
    {
        EventKind.SESSION_ATTENDED,
        EventKind.SESSION_MISSED,
        EventKind.SESSION_EXCUSED,
        EventKind.FIRST_SESSION_MISSED,
    }
)
_SOURCES = {
    ReferralSource.CRIMINAL_COURT: phrase("Criminal court"),
    ReferralSource.FAMILY_COURT: phrase("Family court"),
    ReferralSource.SUPREME_COURT: phrase("Supreme court"),
    ReferralSource.PROBATION: phrase("Probation"),
    ReferralSource.PAROLE: phrase("Parole"),
    ReferralSource.AGENCY: phrase("Child protection or another public agency"),
    ReferralSource.PRIVATE_AGENCY: phrase("Private agency"),
    ReferralSource.SELF: phrase("Came by themselves"),
}
_SCREENINGS = {
    Screening.SUITABLE: phrase("Suitable for a group"),
    Screening.SUBSTANCE_FIRST: phrase("Suitable; also needs help with substance use, first"),
    Screening.MENTAL_HEALTH_FIRST: phrase("Suitable; also needs mental health help, first"),
    Screening.TRAUMA_FIRST: phrase("Suitable; also needs help after trauma, first"),
    Screening.NOT_SUITABLE: phrase("Not suitable for this program"),
}
_REASONS = {
    EndReason.NEVER_CAME: phrase("Never came"),
    EndReason.NOT_SUITABLE: phrase("The program is not suitable"),
    EndReason.ATTENDANCE: phrase("Missed too many sessions"),
    EndReason.RULES: phrase("Did not keep the rules of the program"),
    EndReason.FEES: phrase("Fees were not paid"),
    EndReason.OTHER_HELP: phrase("Needs other help first"),
    EndReason.OTHER_PROGRAM: phrase("Goes to another program"),
    EndReason.OWN_DECISION: phrase("Decided not to go on"),
    EndReason.ORDER_ENDED: phrase("The authority ended it"),
}
_EVENTS = {
    EventKind.OPENED: phrase("Opened here"),
    EventKind.INTAKE_OFFERED: phrase("Intake offered"),
    EventKind.INTAKE_ATTENDED: phrase("Came to the intake"),
    EventKind.INTAKE_MISSED: phrase("Missed the intake"),
    EventKind.ENROLLED: phrase("Enrolled"),
    EventKind.FIRST_SESSION_MISSED: phrase("Missed the first session"),
    EventKind.SESSION_ATTENDED: phrase("Session attended"),
    EventKind.SESSION_MISSED: phrase("Session missed"),
    EventKind.SESSION_EXCUSED: phrase("Session excused"),
    EventKind.GROUP_CHANGED: phrase("Moved to another group"),
    EventKind.ENROL_OVERDUE: phrase("Not enrolled by day 28"),
    EventKind.ENDED: phrase("Ended"),
}
