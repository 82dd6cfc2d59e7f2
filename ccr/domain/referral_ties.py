"""What ties two members so that one can hand on to the other, in words and in minutes.

What lives here: ties and what each is worth. What must not: the graph made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from ccr.domain.directory import Agreement
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.weights import Weights


class Tie(StrEnum):
    """What ties two members. ANYBODY: nobody in particular asks, so there is nothing to tell."""

    OWN = "own"
    AGREEMENT = "agreement"
    PROMISED = "promised"
    PROTOCOL = "protocol"
    LINE = "line"
    ANYBODY = "anybody"
    LAPSED = "lapsed"
    PROTOCOL_LAPSED = "protocol-lapsed"
    NONE = "none"

    @property
    def holds(self) -> bool:
        """Return True when nothing has to be made or renewed first."""
        return self not in {Tie.LAPSED, Tie.PROTOCOL_LAPSED, Tie.NONE}


YOURS: Mapping[Tie, Phrase] = {
    Tie.OWN: phrase("They are part of your organization."),
    Tie.AGREEMENT: phrase("You have an agreement in force."),
    Tie.PROMISED: phrase("They promised to take such referrals from you."),
    Tie.PROTOCOL: phrase("Your consultation protocol is in force."),
    Tie.LINE: phrase("Anybody may call."),
    Tie.LAPSED: phrase("Your agreement with them has lapsed."),
    Tie.PROTOCOL_LAPSED: phrase("Your consultation protocol has lapsed."),
    Tie.NONE: phrase("You have no agreement with them yet."),
}
"""What ties the sender and the first on the way."""
THEIRS: Mapping[Tie, Phrase] = {
    Tie.OWN: phrase("The two are one organization."),
    Tie.AGREEMENT: phrase("The two have an agreement in force."),
    Tie.PROMISED: phrase("They promised to take such referrals from there."),
    Tie.LAPSED: phrase("The agreement between the two has lapsed."),
    Tie.NONE: phrase("The two have no agreement yet."),
}
"""What ties two others on the way."""


def best_tie(agreements: Iterable[Agreement], on: date, *, promised: bool) -> Tie:
    """Return the best that two members have with one another on a day.

    Args:
        agreements: those between the two; one that is not signed yet ties nobody.
        promised: whether the second promised to take referrals from the first.
    """
    signed = [agreement for agreement in agreements if agreement.signed_on <= on]
    if any(agreement.in_force(on) for agreement in signed):
        return Tie.AGREEMENT
    if promised:
        return Tie.PROMISED
    return Tie.LAPSED if signed else Tie.NONE


def tie_minutes(tie: Tie, weights: Weights) -> int:
    """Return what a tie costs."""
    if tie is Tie.NONE:
        return weights.agreement_missing
    return 0 if tie.holds else weights.agreement_lapsed
