"""How long clocks run, as numbers a network may set: each with its default, bounds and source.

What lives here: the numbers. What must not: which of them count for a referral and what a network
has set otherwise (`ccr.domain.time_rules`), due times (`ccr.domain.clocks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ccr.domain.clocks import ClockKind
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Urgency

OUR_CHOICE = "our choice, ADR 0005"
R76 = "R76"
R76_OURS = "R76, our number"


class Counted(StrEnum):
    """What a number counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    OPEN_HOURS = "open hours"
    DAYS = "days"

    @property
    def length(self) -> timedelta:
        """Return how long one of them is."""
        return {"minutes": timedelta(minutes=1), "days": timedelta(days=1)}.get(
            self.value, timedelta(hours=1)
        )


@dataclass(frozen=True, slots=True)
class TimeValue:
    """One number of the time rules.

    Attributes:
        kind, urgency: the clock it is about; `urgency` None for every urgency.
        text: the words for people, complete without a heading.
        least, most: the lowest and the highest value, both allowed.
        source: a requirement of domain.md, or our choice.
        for_every_need: False when it is set once for the network, not for a need.
    """

    name: str
    kind: ClockKind
    urgency: Urgency | None
    text: Phrase
    default: int
    counts: Counted
    least: int
    most: int
    source: str
    for_every_need: bool = True


_ANSWER, _FIRST, _OUTCOME = ClockKind.ANSWER, ClockKind.FIRST_CONTACT, ClockKind.OUTCOME
_NOW, _HIGH, _STANDARD = Urgency.IMMEDIATE, Urgency.HIGH, Urgency.STANDARD
_MINUTES, _HOURS, _OPEN, _DAYS = (
    Counted.MINUTES,
    Counted.HOURS,
    Counted.OPEN_HOURS,
    Counted.DAYS,
)

_ALL = (
    TimeValue(
        "answer_immediate", _ANSWER, _NOW,
        phrase("Answer, immediate danger, within"), 60, _MINUTES, 5, 60, R76_OURS,
    ),
    TimeValue(
        "answer_high", _ANSWER, _HIGH,
        phrase("Answer, high danger, within"), 4, _OPEN, 1, 12, OUR_CHOICE,
    ),
    TimeValue(
        "answer_high_most", _ANSWER, _HIGH,
        phrase("Answer, high danger, whatever the hours, within"), 12, _HOURS, 1, 24, OUR_CHOICE,
    ),
    TimeValue(
        "answer_standard", _ANSWER, _STANDARD,
        phrase("Answer, standard, within"), 8, _OPEN, 1, 80, OUR_CHOICE,
    ),
    TimeValue(
        "answer_standard_most", _ANSWER, _STANDARD,
        phrase("Answer, standard, whatever the hours, within"), 7, _DAYS, 1, 30, OUR_CHOICE,
    ),
    TimeValue(
        "contact_immediate", _FIRST, _NOW,
        phrase("First contact try, immediate danger, within"), 60, _MINUTES, 5, 60, R76_OURS,
    ),
    TimeValue(
        "contact_high", _FIRST, _HIGH,
        phrase("First contact try, high danger, within"), 24, _HOURS, 1, 24, R76,
    ),
    TimeValue(
        "contact_standard", _FIRST, _STANDARD,
        phrase("First contact try, standard, within"), 48, _HOURS, 1, 336, R76,
    ),
    TimeValue(
        "outcome_immediate", _OUTCOME, _NOW,
        phrase("Outcome, immediate danger, within"), 14, _DAYS, 1, 90, OUR_CHOICE,
    ),
    TimeValue(
        "outcome_high", _OUTCOME, _HIGH,
        phrase("Outcome, high danger, within"), 14, _DAYS, 1, 90, OUR_CHOICE,
    ),
    TimeValue(
        "outcome_standard", _OUTCOME, _STANDARD,
        phrase("Outcome, standard, within"), 14, _DAYS, 1, 90, OUR_CHOICE,
    ),
    TimeValue(
        "intake", _FIRST, _STANDARD,
        phrase("Abusive partner intervention: intake offered within"),
        14, _DAYS, 1, 28, R76_OURS, for_every_need=False,
    ),
    TimeValue(
        "enrolment", _OUTCOME, None,
        phrase("Abusive partner intervention: enrolment checked by day"),
        28, _DAYS, 7, 90, R76, for_every_need=False,
    ),
)  # fmt: skip

TIME_VALUES: Mapping[str, TimeValue] = {value.name: value for value in _ALL}
"""Every number by name, in the order of the page."""

NEVER_MORE = (
    ("answer_high", "answer_standard"),
    ("contact_immediate", "contact_high"),
    ("contact_high", "contact_standard"),
    ("outcome_immediate", "outcome_high"),
    ("outcome_high", "outcome_standard"),
    ("answer_immediate", "answer_high_most"),
    ("answer_high_most", "answer_standard_most"),
    ("answer_high", "answer_high_most"),
    ("answer_standard", "answer_standard_most"),
    ("intake", "enrolment"),
)
"""The first is never longer than the second: more danger is never answered later, and a number of
open hours fits into the time it may take at most."""
