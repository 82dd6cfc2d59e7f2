"""The weights of routing: what each drawback is worth in minutes, and the lines limits draw.

What lives here: numbers, each with its source, unit and bounds. What must not: the rules that use
them, and what a network has set otherwise (ccr.domain.own_weights). Every weight is at least 0, so
that travel alone is a lower bound of the effective minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Urgency

OUR_CHOICE = "our choice, ADR 0004"


MOST_MINUTES = 600
"""No drawback is worth more than ten hours: beyond the longest reach it would be a limit."""


LEAST_VERIFIED_DAYS = 62
"""Two months, so that ages can be said in months; R97 asks for a check at least once a year."""


class Unit(StrEnum):
    """What a weight counts."""

    MINUTES = "minutes"
    DAYS = "days"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class WeightFact:
    """What is known of one weight, whatever its value.

    Attributes:
        default: its value where a network says nothing.
        least, most: the lowest and the highest sensible value, both allowed.
        source: a requirement of domain.md, or our choice.
    """

    name: str
    default: int
    text: Phrase
    source: str
    unit: Unit
    least: int
    most: int


def _weight(
    default: int,
    text: Phrase,
    source: str = OUR_CHOICE,
    *,
    unit: Unit = Unit.MINUTES,
    least: int = 0,
    most: int = MOST_MINUTES,
) -> Any:  # noqa: ANN401
    """Return a dataclass field with its default, sentence, source, unit and bounds."""
    known = {"text": text, "source": source, "unit": unit, "least": least, "most": most}
    return field(default=default, metadata=known)


@dataclass(frozen=True, slots=True)
class Weights:
    """Minutes added for each drawback, and the ages and distances at which limits begin.

    All are whole and >= 0. Each field carries its `text`, `source`, `unit`, `least` and `most`
    (see `WEIGHT_FACTS`). The bounds bind what a network may set, not what the program sets itself.

    Raises:
        ValueError: a weight is negative.
    """

    capacity_unknown: int = _weight(15, phrase("Whether they have room is not known"))
    capacity_assessment: int = _weight(20, phrase("They decide after an assessment"))
    capacity_waitlist: int = _weight(60, phrase("They keep a waitlist"))
    capacity_old: int = _weight(14, phrase("They had room, but the figure is old"))
    capacity_full_old: int = _weight(45, phrase("They were full, but the figure is old"))
    listing_never_verified: int = _weight(20, phrase("Nobody has verified the listing"))
    listing_stale: int = _weight(10, phrase("The listing is stale"), "R97")
    listing_outdated: int = _weight(45, phrase("The listing is outdated"), "R97")
    not_on_ccr: int = _weight(15, phrase("They do not read CCR: call first"))
    slow_hour: int = _weight(1, phrase("For each hour they take longer to answer than the network"))
    slow_at_most: int = _weight(30, phrase("Slow to answer: at most"))
    agreement_missing: int = _weight(10, phrase("There is no agreement with them"))
    agreement_lapsed: int = _weight(8, phrase("The agreement with them has lapsed"), "R90")
    pathway_step: int = _weight(15, phrase("For each partner in between who hands on"))
    language_interpreter: int = _weight(12, phrase("By interpreter, not by staff"), "R86")
    language_unknown: int = _weight(20, phrase("Whether the language is spoken is not known"))
    hours_unknown: int = _weight(10, phrase("Their hours are not known"))
    closed_at_most_standard: int = _weight(45, phrase("Closed now: at most, within two days"))
    closed_at_most_high: int = _weight(120, phrase("Closed now: at most, within 24 hours"))
    closed_at_most_immediate: int = _weight(240, phrase("Closed now: at most, immediate"))
    need_not_covered: int = _weight(15, phrase("For each need they do not help with"))
    made_for_others: int = _weight(30, phrase("Made for a group: fit is not known"))
    extra_door: int = _weight(20, phrase("For each further place to go to"))
    reach: int = _weight(180, phrase("No trip is longer than this"), least=15)

    capacity_fresh_days: int = _weight(
        7, phrase("A capacity figure is old after these days"), unit=Unit.DAYS, least=1, most=60
    )
    verified_days: int = _weight(
        183,
        phrase("A listing is stale after these days"),
        "R97",
        unit=Unit.DAYS,
        least=LEAST_VERIFIED_DAYS,
        most=364,
    )
    outdated_days: int = _weight(
        365,
        phrase("A listing is outdated after these days"),
        "R97",
        unit=Unit.DAYS,
        least=LEAST_VERIFIED_DAYS + 1,
        most=365,
    )
    least_options: int = _weight(
        3, phrase("Options to offer when they exist"), "R69", unit=Unit.NUMBER, least=3, most=10
    )

    def __post_init__(self) -> None:
        """Refuse a negative weight: the search stops early because there is none."""
        for item in fields(self):
            if getattr(self, item.name) < 0:
                msg = f"the weight {item.name} is negative"
                raise ValueError(msg)

    def closed_at_most(self, urgency: Urgency) -> int:
        """Return the most minutes that being closed now may cost at this urgency."""
        caps: Mapping[Urgency, int] = {
            Urgency.STANDARD: self.closed_at_most_standard,
            Urgency.HIGH: self.closed_at_most_high,
            Urgency.IMMEDIATE: self.closed_at_most_immediate,
        }
        return caps[urgency]

    def slow(self, hours: int) -> int:
        """Return the minutes for answering so many hours later than the network."""
        return min(hours * self.slow_hour, self.slow_at_most)

    def explained(self) -> tuple[tuple[str, int, Phrase, str], ...]:
        """Return every weight as (name, value, sentence, source), for the page that explains."""
        return tuple(
            (item.name, getattr(self, item.name), item.metadata["text"], item.metadata["source"])
            for item in fields(self)
        )


DEFAULT = Weights()

WEIGHT_FACTS: Mapping[str, WeightFact] = {
    item.name: WeightFact(item.name, getattr(DEFAULT, item.name), **item.metadata)
    for item in fields(Weights)
}
"""Every weight by its name, in the order of the page that explains them."""
