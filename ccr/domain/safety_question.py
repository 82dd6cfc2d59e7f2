"""The question asked of every change: does it raise or lower safety, and whose? (R99).

Coordination without a safety focus can harm; so no gap changes and no decision is taken without an
answer. The answer is two codes and, where safety is lowered or nobody knows, one line that says
how that is met. Source: UNW-128, R99; the codes are our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

MOST_IN_A_LINE = 240


class Effect(Labelled):
    """What a change does to safety."""

    RAISES = "raises"
    NEITHER = "neither"
    LOWERS = "lowers"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _EFFECTS[self]


class Whom(Labelled):
    """Whose safety it is."""

    SURVIVORS = "survivors"
    CHILDREN = "children"
    STAFF = "staff"
    EVERYONE = "everyone"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _WHOM[self]


_EFFECTS = {
    Effect.RAISES: phrase("It raises safety"),
    Effect.NEITHER: phrase("It changes nothing for safety"),
    Effect.LOWERS: phrase("It lowers safety"),
    Effect.UNKNOWN: phrase("Nobody knows yet"),
}
_WHOM = {
    Whom.SURVIVORS: phrase("Survivors"),
    Whom.CHILDREN: phrase("Children"),
    Whom.STAFF: phrase("Staff"),
    Whom.EVERYONE: phrase("Everyone"),
}


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """What a change does to whose safety, with a line where that is needed."""

    effect: Effect
    whom: Whom
    line: str = ""


def checked_safety(answer: SafetyAnswer) -> SafetyAnswer:
    """Return the answer with its line trimmed.

    Raises:
        InvalidInputError: the line is too long, or missing where safety is lowered or unknown;
            field "safety_line".
    """
    line = one_line(answer.line, field="safety_line", needed=False)
    if answer.effect in {Effect.LOWERS, Effect.UNKNOWN} and not line:
        raise InvalidInputError(
            phrase("Say in one line what you do about it."), field="safety_line"
        )
    return SafetyAnswer(answer.effect, answer.whom, line)


def one_line(text: str, *, field: str, needed: bool = True, most: int = MOST_IN_A_LINE) -> str:
    """Return a text as one line of plain words; raises InvalidInputError on `field`."""
    line = " ".join(text.split())
    if "\x00" in line or len(line) > most or (needed and not line):
        raise InvalidInputError(
            phrase("Write one line of at most %(most)s characters.", most=most), field=field
        )
    return line
