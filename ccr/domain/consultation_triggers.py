"""Events after which a program's protocol asks for a safety consultation, and how one is settled.

What lives here: the closed lists (S4, R2). What must not: who the event is about.
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class Trigger(Labelled):
    """What happened, or is about to. Source: S3, S4 (consult once a concern is known)."""

    MISSED_FIRST_SESSION = "missed-first-session"
    TERMINATION = "termination"
    THREAT_DISCLOSED = "threat-disclosed"
    WEAPON = "weapon"
    ORDER_VIOLATED = "order-violated"
    PARTNER_CONTACT = "partner-contact"
    COURT_DATE = "court-date"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _TRIGGERS[self]


class SettledHow(Labelled):
    """How a prompt was settled by the program."""

    CONSULTED = "consulted"
    SPOKEN_ALREADY = "spoken-already"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _SETTLED[self]


_TRIGGERS = {
    Trigger.MISSED_FIRST_SESSION: phrase("A first session was missed"),
    Trigger.TERMINATION: phrase("Somebody’s place in the program ends"),
    Trigger.THREAT_DISCLOSED: phrase("A threat was told or heard"),
    Trigger.WEAPON: phrase("A weapon was mentioned"),
    Trigger.ORDER_VIOLATED: phrase("An order may have been violated"),
    Trigger.PARTNER_CONTACT: phrase("A question about contact with the partner"),
    Trigger.COURT_DATE: phrase("A court date is near"),
}
_SETTLED = {
    SettledHow.CONSULTED: phrase("Consulted"),
    SettledHow.SPOKEN_ALREADY: phrase("Spoken about already"),
    SettledHow.ENTERED_IN_ERROR: phrase("Entered in error"),
}
