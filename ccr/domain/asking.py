"""Asking several partners for one person: one after the other, all at once, or one for each need.

What lives here: the ways, how far a named partner has come, and what follows from an act. What
must not: who sees what (`ccr.domain.projection`); that several are asked at all is known to the
sender's program alone. Every partner was named to the person, who said yes to each; nobody else is
ever asked (R69). After a decline the next is offered at once (R75); whoever declined is not asked
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import Action
from ccr.domain.taxonomy import CompartmentKind, Labelled, Regime

MOST_FURTHER = 5
"""How many partners may be named beside the first. Our choice, ADR 0028."""


class AskingWay(Labelled):
    """How several partners are asked."""

    ORDERED = "ordered"
    AT_ONCE = "at-once"
    PLAN = "plan"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _WAY_LABELS[self]


class PartState(StrEnum):
    """How far one named partner of an asking has come."""

    WAITING = "waiting"
    ASKED = "asked"
    SKIPPED = "skipped"
    """A limit stood in the way when it was their turn."""
    LEFT = "left"
    """Never asked: the asking was over before their turn."""


ASKS_THE_NEXT = frozenset({Action.DECLINE, Action.HAND_BACK, Action.PHONE_DECLINE, Action.EXPIRE})
"""Acts after which the next in the order is asked, in the same transaction."""
TAKES_IT = frozenset({Action.ACCEPT, Action.PHONE_ACCEPT})
"""Acts of which, of partners asked at once, one succeeds."""
ENDS_THE_ORDER = frozenset(
    {
        Action.STOP,
        Action.RECALL,
        Action.WITHDRAW,
        Action.FREEZE,
        Action.ENTER_IN_ERROR,
        Action.CANCEL,
        Action.CLOSE,
    }
)
"""Acts of a sender after which nobody else is asked: the person's word ends the whole order."""


def may_ask_at_once(*, allowed: bool, parties: Iterable[tuple[CompartmentKind, Regime]]) -> bool:
    """Return True when these parties, the sender among them, may be part of asking at once.

    Off unless the network allows it, and never where a victim service provider is a party: an
    offer that others may take first is more people knowing than one of them needs (R17, R37).
    """
    return allowed and not any(is_victim_services(kind, regime) for kind, regime in parties)


def is_victim_services(kind: CompartmentKind, regime: Regime) -> bool:
    """Return True for a victim service provider, by its program's kind or its member's regime."""
    return kind is CompartmentKind.VICTIM_SERVICES or regime is Regime.VICTIM_SERVICES


def skip_words(code: str | None) -> Phrase:
    """Return why a partner was not asked when it was their turn; on the sender's side alone."""
    return _SKIP_WORDS.get(code or "", _SKIP_WORDS[""])


OTHER_WAY = "other-way"
"""The yes was to a call, or to an inbox; the partner now takes part in the other way."""
NOT_HERE = "not-here"
"""Nobody at the partner reads CCR any more, or the listing is gone."""

_WAY_LABELS = {
    AskingWay.ORDERED: phrase("One after the other, in this order"),
    AskingWay.AT_ONCE: phrase("All at once: the first who takes it"),
    AskingWay.PLAN: phrase("One partner for each need"),
}

_SKIP_WORDS = {
    "": phrase("A limit stands in the way now."),
    # What the person has left out is never named, not even here (R82).
    "not-offered": phrase("Is not offered for this any more."),
    "closed": phrase("Is closed for now."),
    "needs": phrase("Does not help with this any more."),
    "track": phrase("Is for others."),
    "service-area": phrase("Does not serve the place any more."),
    "age": phrase("Serves other ages."),
    "gender": phrase("Serves other people."),
    "populations": phrase("Is only for a group that the person is not part of."),
    "language": phrase("Has no staff or interpreter for the language."),
    "access": phrase("Does not offer what the person needs to use it."),
    "capacity": phrase("Has no room now."),
    "answer": phrase("Nobody answers there now."),
    "too-far": phrase("Is too far now."),
    OTHER_WAY: phrase("Takes part in another way now, to which there was no yes."),
    NOT_HERE: phrase("Nobody there reads CCR any more."),
}
