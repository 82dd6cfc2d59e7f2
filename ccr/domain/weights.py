"""The weights of routing: what each drawback is worth in minutes, and the lines limits draw.

What lives here: numbers, each with its source. What must not: the rules that use them.
Every weight is at least 0, so that travel alone is a lower bound of the effective minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Urgency

OUR_CHOICE = "our choice, ADR 0004"


def _weight(minutes: int, text: Phrase, source: str = OUR_CHOICE) -> Any:  # noqa: ANN401
    """Return a dataclass field with its default, its sentence and its source."""
    return field(default=minutes, metadata={"text": text, "source": source})


@dataclass(frozen=True, slots=True)
class Weights:
    """Minutes added for each drawback, and the ages and distances at which limits begin.

    All minutes are whole and >= 0; ages are days. Each field carries `text` and `source`.

    Raises:
        ValueError: a weight is negative.
    """

    capacity_unknown: int = _weight(15, phrase("Whether they have room is not known"))
    capacity_assessment: int = _weight(20, phrase("They decide after an assessment"))
    capacity_waitlist: int = _weight(60, phrase("They keep a waitlist"))
    capacity_old: int = _weight(14, phrase("They had room, but the figure is old"))
    capacity_full_old: int = _weight(45, phrase("They were full, but the figure is old"))
    listing_never_verified: int = _weight(20, phrase("Nobody has verified the listing"))
    listing_stale: int = _weight(
        10, phrase("The listing was last verified over 6 months ago"), "R97"
    )
    listing_outdated: int = _weight(
        45, phrase("The listing was last verified over 12 months ago"), "R97"
    )
    not_on_ccr: int = _weight(15, phrase("They do not read CCR: call first"))
    agreement_missing: int = _weight(10, phrase("There is no agreement with them"))
    agreement_lapsed: int = _weight(8, phrase("The agreement with them has lapsed"), "R90")
    language_interpreter: int = _weight(12, phrase("By interpreter, not by staff"), "R86")
    language_unknown: int = _weight(20, phrase("Whether the language is spoken is not known"))
    hours_unknown: int = _weight(10, phrase("Their hours are not known"))
    closed_at_most_standard: int = _weight(45, phrase("Closed now: at most, within two days"))
    closed_at_most_high: int = _weight(120, phrase("Closed now: at most, within 24 hours"))
    closed_at_most_immediate: int = _weight(240, phrase("Closed now: at most, immediate"))
    need_not_covered: int = _weight(15, phrase("For each need they do not help with"))
    made_for_others: int = _weight(30, phrase("Made for a group: fit is not known"))
    extra_door: int = _weight(20, phrase("For each further place to go to"))
    reach: int = _weight(180, phrase("No trip is longer than this"))

    capacity_fresh_days: int = _weight(7, phrase("A capacity figure is old after these days"))
    verified_days: int = _weight(183, phrase("A listing is stale after these days"), "R97")
    outdated_days: int = _weight(365, phrase("A listing is outdated after these days"), "R97")
    least_options: int = _weight(3, phrase("Options to offer when they exist"), "R69")

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

    def explained(self) -> tuple[tuple[str, int, Phrase, str], ...]:
        """Return every weight as (name, value, sentence, source), for the page that explains."""
        return tuple(
            (item.name, getattr(self, item.name), item.metadata["text"], item.metadata["source"])
            for item in fields(self)
        )


DEFAULT = Weights()
