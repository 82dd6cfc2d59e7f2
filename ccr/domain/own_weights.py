"""A network's own weights of routing: what it keeps instead of the defaults, read and checked.

What lives here: stored and typed values to `Weights`, within their bounds and laws. What must not:
the numbers themselves (ccr.domain.weights), rows, forms. What cannot be read never stops a search:
the default stands in, and a note says so. Source: ADR 0004.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.weights import DEFAULT, WEIGHT_FACTS, WeightFact, Weights

KEY = "weights"
"""Where a network's routing rules keep them: {name: whole minutes, days or number}."""
_MOST_DIGITS = 4

NEVER_MORE = (
    ("listing_stale", "listing_outdated"),
    ("closed_at_most_standard", "closed_at_most_high"),
    ("closed_at_most_high", "closed_at_most_immediate"),
    ("capacity_unknown", "capacity_full_old"),
    ("capacity_old", "capacity_full_old"),
    ("language_interpreter", "language_unknown"),
    ("agreement_lapsed", "agreement_missing"),
)
"""The first never costs more than the second: what is worse known to be so costs at least as much.
That fresh room is never dearer than room that is not known needs no law: it costs nothing."""
LESS = (("verified_days", "outdated_days"),)
"""The first comes strictly before the second."""


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """The weights that count in a network, and what of its stored values was not used and why."""

    weights: Weights = DEFAULT
    notes: tuple[Phrase, ...] = ()

    @property
    def kept(self) -> dict[str, int]:
        """Return the values that differ from the defaults, by name."""
        return as_kept(self.weights)


def read_kept(rules: Mapping[str, Any]) -> OwnWeights:
    """Return the weights that a network's routing rules say; defaults for what they do not say.

    A name that is no weight is ignored, a value out of bounds is not used, and values that break
    a law together are all left aside: each with a note.
    """
    stored = rules.get(KEY)
    if not stored:
        return OwnWeights()
    if not isinstance(stored, Mapping):
        return OwnWeights(notes=(phrase("The stored weights cannot be read."),))
    usable: dict[str, int] = {}
    notes: list[Phrase] = []
    for name, value in stored.items():
        fact = WEIGHT_FACTS.get(name)
        if fact is None:
            notes.append(phrase("%(name)s is no weight of routing.", name=name))
        elif not _is_whole(value) or not fact.least <= value <= fact.most:
            notes.append(phrase("%(name)s is not used. %(why)s", name=name, why=_bounds(fact)))
        else:
            usable[name] = value
    weights = replace(DEFAULT, **usable)
    broken = next(broken_laws(weights), None)
    if broken is not None:
        return OwnWeights(notes=(*notes, broken[1]))
    return OwnWeights(weights, tuple(notes))


def as_kept(weights: Weights) -> dict[str, int]:
    """Return what a network keeps of these weights: those that differ from the defaults."""
    return {
        name: getattr(weights, name)
        for name, fact in WEIGHT_FACTS.items()
        if getattr(weights, name) != fact.default
    }


def changed(before: Weights, after: Weights) -> tuple[str, ...]:
    """Return the names of the weights that differ, in the order of the page."""
    return tuple(n for n in WEIGHT_FACTS if getattr(before, n) != getattr(after, n))


def read_value(name: str, text: str) -> int:
    """Return one weight as typed.

    Raises:
        InvalidInputError: no whole number, or out of bounds; the field is the weight's name.
    """
    fact, text = WEIGHT_FACTS[name], text.strip()
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        value = int(text)
        if fact.least <= value <= fact.most:
            return value
    raise InvalidInputError(_bounds(fact), field=name)


def check_laws(weights: Weights) -> None:
    """Refuse weights under which a worse fact would cost less than a better one.

    Raises:
        InvalidInputError: the field is the weight that is too high.
    """
    for name, words in broken_laws(weights):
        raise InvalidInputError(words, field=name)


def broken_laws(weights: Weights) -> Iterator[tuple[str, Phrase]]:
    """Yield each law that does not hold, as (name of the weight that is too high, sentence)."""
    for low, high in NEVER_MORE:
        if getattr(weights, low) > getattr(weights, high):
            yield (
                low,
                phrase(
                    "“%(weight)s” must not be more than “%(other)s” (%(value)s).",
                    weight=WEIGHT_FACTS[low].text,
                    other=WEIGHT_FACTS[high].text,
                    value=getattr(weights, high),
                ),
            )
    for low, high in LESS:
        if getattr(weights, low) >= getattr(weights, high):
            yield (
                low,
                phrase(
                    "“%(weight)s” must be less than “%(other)s” (%(value)s).",
                    weight=WEIGHT_FACTS[low].text,
                    other=WEIGHT_FACTS[high].text,
                    value=getattr(weights, high),
                ),
            )


def _bounds(fact: WeightFact) -> Phrase:
    return phrase(
        "Use a whole number from %(least)s to %(most)s.", least=fact.least, most=fact.most
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
