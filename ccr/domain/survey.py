"""The voluntary partnership survey: what members think of the network, told as averages alone.

Questions follow the idea of PARTNER (Varda and others; visiblenetworklabs.com): three sides of
trust and three of value, here of the network as a whole and of each kind of member, never of a
named one (R92). A round is counted once, when it closes; the single answers are deleted with that,
so that no two results differ by one answer. An average is shown over five answers or more, to the
nearest half, and how many answered only as a class: neither betrays anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, MemberCategory

LEAST_ANSWERS = 5
MANY_ANSWERS = 10
LOWEST, HIGHEST = 1, 4


class Question(Labelled):
    """What is asked about the network as a whole."""

    RELIABLE = "reliable"
    MISSION = "mission"
    OPEN = "open"
    INFLUENCE = "influence"
    INVOLVED = "involved"
    RESOURCES = "resources"

    @property
    def label(self) -> Phrase:
        """Return the question."""
        return _QUESTIONS[self]


_QUESTIONS = {
    Question.RELIABLE: phrase("Trust: its members do what they say"),
    Question.MISSION: phrase("Trust: its members put survivor safety first"),
    Question.OPEN: phrase("Trust: one can disagree openly in it"),
    Question.INFLUENCE: phrase("Value: it changes how agencies here work"),
    Question.INVOLVED: phrase("Value: its members take an active part"),
    Question.RESOURCES: phrase("Value: it brings people, skills or money that we lack"),
}
SCALE = {
    1: phrase("Not at all"),
    2: phrase("A little"),
    3: phrase("Mostly"),
    4: phrase("Fully"),
}


def codes() -> list[str]:
    """Return the code of every question: six of the network, then one for each kind of member."""
    return [q.value for q in Question] + [f"kind-{c.value}" for c in MemberCategory]


def checked_answers(answers: Mapping[str, int]) -> dict[str, int]:
    """Return the answers in the order of the questions; what was left out is no answer.

    Raises:
        InvalidInputError: a number is none of the scale, or nothing was answered.
    """
    if any(code not in codes() for code in answers) or any(
        not LOWEST <= value <= HIGHEST for value in answers.values()
    ):
        raise InvalidInputError(phrase("Choose from the four answers."))
    if not answers:
        raise InvalidInputError(phrase("Answer at least one question."))
    return {code: answers[code] for code in codes() if code in answers}


def count_answers(rows: Iterable[Mapping[str, int]]) -> dict[str, object]:
    """Return what may be shown: for each question the average in halves, or nothing.

    Values: {"answers": "5-9" | "10+" | "0-4", "halves": {code: twice the average, rounded}}.
    """
    found = list(rows)
    halves: dict[str, int] = {}
    for code in codes():
        given = [row[code] for row in found if code in row]
        if len(given) >= LEAST_ANSWERS:
            # Half up, in whole numbers: floats would round 2.25 down to even.
            halves[code] = (4 * sum(given) + len(given)) // (2 * len(given))
    many = len(found)
    shown = "10+" if many >= MANY_ANSWERS else "5-9" if many >= LEAST_ANSWERS else "0-4"
    return {"answers": shown, "halves": halves}
