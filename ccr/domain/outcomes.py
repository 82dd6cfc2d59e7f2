"""Codes for what came of a referral: why it was declined, how it ended, what a try to call gave.

What lives here: closed vocabularies with their labels, and which of them follow from a person.
What must not: who sees which code; that is the projection table's (`ccr.domain.projection`).
Codes are contracts with outsiders: extend, never rename.
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class DeclineReason(Labelled):
    """Why a receiver cannot take a referral (R75)."""

    NO_CAPACITY = "no-capacity"
    INELIGIBLE = "ineligible"
    OUTSIDE_AREA = "outside-area"
    LANGUAGE = "language"
    CONFLICT = "conflict"
    SAFETY = "safety"
    INSUFFICIENT_INFORMATION = "insufficient-information"
    ALREADY_KNOWN = "already-known"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return the label as the receiver sees it on its own form."""
        return _DECLINE_LABELS[self]

    @property
    def said_as_one(self) -> bool:
        """Return True when the sender may only read "Cannot take this referral" (design 2.4)."""
        return self in SAID_AS_ONE


FROM_A_PERSON = frozenset(
    {
        DeclineReason.CONFLICT,
        DeclineReason.SAFETY,
        DeclineReason.INELIGIBLE,
        DeclineReason.ALREADY_KNOWN,
    }
)
"""Reasons that follow from who somebody is: each would tell the sender a fact about a person."""

SAID_BY_PHONE = tuple(reason for reason in DeclineReason if reason not in FROM_A_PERSON)
"""Reasons that a sender may write down after a call. One that follows from a person is written as
"other": the sender's record holds no fact that only the partner knew."""

SAID_AS_ONE = FROM_A_PERSON | {DeclineReason.OTHER}
"""Reasons that reach the sender as one text. "Other" is among them, or it would be the tell."""


class ToldBy(Labelled):
    """Who at a partner answered by phone, by role; never a name (design 2.4, R75)."""

    FRONT_DESK = "front-desk"
    ADVOCATE = "advocate"
    SUPERVISOR = "supervisor"
    VOLUNTEER = "volunteer"
    OTHER_STAFF = "other-staff"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _TOLD_BY_LABELS[self]


class Outcome(Labelled):
    """How a referral ended (R73). Closed is not the same as connected."""

    SERVICE_STARTED = "service-started"
    SERVICE_COMPLETED = "service-completed"
    CONNECTED_OUTCOME_NOT_SHARED = "connected-outcome-not-shared"
    SURVIVOR_CHOSE_OTHERWISE = "survivor-chose-otherwise"
    NOT_REACHED_SAFELY = "not-reached-safely"
    NOT_ELIGIBLE = "not-eligible"
    NO_CAPACITY = "no-capacity"
    REDIRECTED = "redirected"
    DUPLICATE_OWN_AGENCY = "duplicate-own-agency"
    WITHDRAWN_CONSENT = "withdrawn-consent"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _OUTCOME_LABELS[self]


CONNECTED_OUTCOMES = frozenset(
    {
        Outcome.SERVICE_STARTED,
        Outcome.SERVICE_COMPLETED,
        Outcome.CONNECTED_OUTCOME_NOT_SHARED,
    }
)
"""Outcomes that only a receiver may record, and only from the state "connected" (R73)."""

SENDER_OUTCOMES = frozenset(
    {
        Outcome.SURVIVOR_CHOSE_OTHERWISE,
        Outcome.NOT_REACHED_SAFELY,
        Outcome.NO_CAPACITY,
        Outcome.REDIRECTED,
        Outcome.DUPLICATE_OWN_AGENCY,
        Outcome.WITHDRAWN_CONSENT,
        Outcome.UNKNOWN,
    }
)
"""Outcomes with which a sender may close a referral that came back to it."""


class AttemptKind(Labelled):
    """What one try to reach the person gave. Never a note of what was said."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    SAFE_MESSAGE_LEFT = "safe-message-left"
    ASKED_TO_TRY_LATER = "asked-to-try-later"
    NOT_SAFE_TO_TALK = "not-safe-to-talk"
    WAITING_FOR_THEIR_CALL = "waiting-for-their-call"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _ATTEMPT_LABELS[self]


MAX_ATTEMPTS = 4
"""Tries before "not reached safely" is offered. Source: R78 (one program's rule; our default)."""


def needs_supervisor(attempts_made: int) -> bool:
    """Return True when one more try needs a supervisor and a safety reason (R78)."""
    return attempts_made >= MAX_ATTEMPTS


_DECLINE_LABELS = {
    DeclineReason.NO_CAPACITY: phrase("No room now"),
    DeclineReason.INELIGIBLE: phrase("The person does not fit our rules"),
    DeclineReason.OUTSIDE_AREA: phrase("Outside the area"),
    DeclineReason.LANGUAGE: phrase("No staff or interpreter for the language"),
    DeclineReason.CONFLICT: phrase("Conflict of interest"),
    DeclineReason.SAFETY: phrase("Not safe here"),
    DeclineReason.INSUFFICIENT_INFORMATION: phrase("Not enough to go on"),
    DeclineReason.ALREADY_KNOWN: phrase("Already with us"),
    DeclineReason.OTHER: phrase("Another reason"),
}

_TOLD_BY_LABELS = {
    ToldBy.FRONT_DESK: phrase("Front desk"),
    ToldBy.ADVOCATE: phrase("Advocate"),
    ToldBy.SUPERVISOR: phrase("Supervisor"),
    ToldBy.VOLUNTEER: phrase("Volunteer"),
    ToldBy.OTHER_STAFF: phrase("Other staff"),
}

_OUTCOME_LABELS = {
    Outcome.SERVICE_STARTED: phrase("Service started"),
    Outcome.SERVICE_COMPLETED: phrase("Service completed"),
    Outcome.CONNECTED_OUTCOME_NOT_SHARED: phrase("Connected, outcome not shared"),
    Outcome.SURVIVOR_CHOSE_OTHERWISE: phrase("The person chose otherwise"),
    Outcome.NOT_REACHED_SAFELY: phrase("Could not be reached safely"),
    Outcome.NOT_ELIGIBLE: phrase("Does not fit the rules of the service"),
    Outcome.NO_CAPACITY: phrase("No room"),
    Outcome.REDIRECTED: phrase("Sent on to another partner"),
    Outcome.DUPLICATE_OWN_AGENCY: phrase("Already open in our own agency"),
    Outcome.WITHDRAWN_CONSENT: phrase("The person took back their yes"),
    Outcome.UNKNOWN: phrase("Outcome not known"),
}

_ATTEMPT_LABELS = {
    AttemptKind.REACHED: phrase("Reached the person"),
    AttemptKind.NO_ANSWER: phrase("No answer"),
    AttemptKind.SAFE_MESSAGE_LEFT: phrase("Left the agreed safe message"),
    AttemptKind.ASKED_TO_TRY_LATER: phrase("Asked to try later"),
    AttemptKind.NOT_SAFE_TO_TALK: phrase("Not safe to talk"),
    AttemptKind.WAITING_FOR_THEIR_CALL: phrase("They call us; waiting for their call"),
}
