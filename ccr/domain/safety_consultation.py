"""Safety consultations between a program and its victim services partner (R2).

What lives here: what is asked, the fixed moments, and what the program may see and when. What must
not: a name, a contact, a note, a participant, or reading a clock.

What the program sees is a pure function of what it asked itself, of the time, and of two facts as
they stood at two moments that were fixed when it asked: whether the partner had acknowledged by
`due_at`, and what it had advised by `told_at`. What the partner does in between or later changes
nothing, so that no answer, silence or delay can tell whether anybody is a client (R74 in spirit).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ccr.domain.clocks import IMMEDIATE_AT_MOST
from ccr.domain.consultation_advice import Advice, Concern, in_order, standing_advice
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Urgency

ACKNOWLEDGED_WITHIN = IMMEDIATE_AT_MOST
"""Every consultation is acknowledged like a referral of immediate urgency (R76)."""
TOLD_AFTER: dict[Urgency, timedelta] = {
    Urgency.IMMEDIATE: timedelta(hours=1),
    Urgency.HIGH: timedelta(hours=4),
    Urgency.STANDARD: timedelta(hours=24),
}
"""From when the program sees coded advice. Our choice, ADR 0031: the phone comes first anyway."""
KEPT_FOR = timedelta(days=730)
"""Consultations and settled prompts are deleted after 24 months."""


class Called(Labelled):
    """What came of the call that comes before the form (R2, R70)."""

    SPOKE = "spoke"
    CALLING = "calling"
    MESSAGE = "message"
    NO_ANSWER = "no-answer"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _CALLED[self]


class Consulted(Labelled):
    """With whom the program spoke: a role, never a person (R2)."""

    ADVOCATE = "advocate"
    HOTLINE = "hotline"
    SUPERVISOR = "supervisor"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _CONSULTED[self]


@dataclass(frozen=True, slots=True)
class Call:
    """What came of the call: with whom one spoke and what was advised, if one did."""

    called: Called
    consulted: Consulted | None = None
    steps: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a program asks: codes alone."""

    concern: Concern
    urgency: Urgency
    call: Call


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a consultation, fixed when it is asked (aware UTC)."""

    raised_at: datetime
    due_at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What the partner has done so far; its own business, but for two looks at fixed moments."""

    acknowledged_at: datetime | None = None
    advice: tuple[Advice, ...] = ()
    advised_at: datetime | None = None


class Receipt(StrEnum):
    """What the program is told of being read. After `due_at` it never changes again."""

    WAITING = "waiting"
    READ_IN_TIME = "read-in-time"
    NOT_IN_TIME = "not-in-time"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the program sees at a moment.

    Attributes:
        receipt: whether it was acknowledged by `due_at`, from `due_at` on.
        advice: what stands for such a concern, or what the partner advised by `told_at`.
        from_partner: True when the advice is the partner's own.
        final: True from `told_at` on: this page shows nothing new any more.
    """

    receipt: Receipt
    advice: tuple[Advice, ...]
    from_partner: bool
    final: bool


def checked_call(call: Call) -> Call:
    """Return what came of a call, with its steps in the order of the list.

    Raises:
        InvalidInputError: somebody was spoken with, and who is missing (field `consulted`); or
            nobody was, and something was advised all the same (field `called`).
    """
    spoke = call.called is Called.SPOKE
    if spoke and call.consulted is None:
        raise InvalidInputError(phrase("Choose with whom you spoke."), field="consulted")
    if not spoke and (call.consulted is not None or call.steps):
        raise InvalidInputError(
            phrase("You say what was advised, but not that you spoke with somebody."),
            field="called",
        )
    return Call(call.called, call.consulted, in_order(frozenset(call.steps)))


def moments_of(urgency: Urgency, at: datetime) -> Moments:
    """Return the moments of a consultation that is asked at `at`. Source: R76, R79; spans above."""
    return Moments(at, at + ACKNOWLEDGED_WITHIN, at + TOLD_AFTER[urgency])


def in_time(moments: Moments, answered: Answered) -> bool:
    """Return True when it was acknowledged before the moment at which the program looks."""
    return answered.acknowledged_at is not None and answered.acknowledged_at < moments.due_at


def advised_in_time(moments: Moments, answered: Answered) -> bool:
    """Return True when there was advice before the one moment at which it is shown."""
    return answered.advised_at is not None and answered.advised_at < moments.told_at


def shown_to_program(
    question: Question, moments: Moments, answered: Answered, at: datetime
) -> Shown:
    """Return what the program that asked sees at `at`. Source: R2, design 6b (ADR 0031)."""
    receipt = Receipt.WAITING
    if at >= moments.due_at:
        receipt = Receipt.READ_IN_TIME if in_time(moments, answered) else Receipt.NOT_IN_TIME
    final = at >= moments.told_at
    from_partner = final and advised_in_time(moments, answered)
    advice = (
        answered.advice if from_partner else standing_advice(question.concern, question.urgency)
    )
    return Shown(receipt, advice, from_partner, final)


def checked_advice(advice: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """Return advice in the order of the list; raises InvalidInputError when there is none."""
    if not advice:
        raise InvalidInputError(phrase("Choose at least one."), field="advice")
    return in_order(frozenset(advice))


_CALLED = {
    Called.SPOKE: phrase("I spoke with somebody"),
    Called.CALLING: phrase("I am calling now"),
    Called.MESSAGE: phrase("I left word and asked for a call back"),
    Called.NO_ANSWER: phrase("Nobody answered"),
}
_CONSULTED = {
    Consulted.ADVOCATE: phrase("An advocate"),
    Consulted.HOTLINE: phrase("A hotline worker"),
    Consulted.SUPERVISOR: phrase("A supervisor of the advocates"),
    Consulted.OTHER: phrase("Somebody else of their staff"),
}
