"""The council's rules: overlaps, decisions, the safety question, averages, training."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from ccr.domain.council import Committee, Outcome, Topic, checked_decision, overlaps
from ccr.domain.errors import InvalidInputError
from ccr.domain.safety_question import Effect, SafetyAnswer, Whom, checked_safety
from ccr.domain.survey import checked_answers, count_answers
from ccr.domain.training import Subject, Trained, TrainingState

A, B, C, D = (UUID(int=n) for n in range(1, 5))
TODAY = date(2026, 11, 12)


def committee(name: str, topic: Topic, *members: UUID) -> Committee:
    return Committee(UUID(int=hash(name) % 2**64), name, topic, frozenset(members), 1)


def test_committees_overlap_when_topic_and_two_thirds_of_the_smaller_are_the_same() -> None:
    one = committee("one", Topic.LAW, A, B, C)
    assert overlaps([one, committee("two", Topic.LAW, A, B, D)]) != []
    assert overlaps([one, committee("two", Topic.DATA, A, B, C)]) == []
    assert overlaps([one, committee("two", Topic.LAW, A, D)]) == []
    assert overlaps([one, committee("two", Topic.LAW)]) == []


def test_a_decision_has_words_and_a_change_an_answer_about_safety() -> None:
    with pytest.raises(InvalidInputError, match="what was decided"):
        checked_decision(1, Outcome.REFUSED, "", answered=False)
    with pytest.raises(InvalidInputError, match="safety"):
        checked_decision(1, Outcome.AGREED, "Done.", answered=False)
    checked_decision(0, Outcome.AGREED, "Done.", answered=False)
    checked_decision(1, Outcome.NOTED, "", answered=False)


@pytest.mark.parametrize("effect", list(Effect))
def test_what_lowers_safety_or_is_unknown_says_what_is_done_about_it(effect: Effect) -> None:
    needed = effect in {Effect.LOWERS, Effect.UNKNOWN}
    if needed:
        with pytest.raises(InvalidInputError):
            checked_safety(SafetyAnswer(effect, Whom.STAFF, "  "))
    assert checked_safety(SafetyAnswer(effect, Whom.STAFF, " We  ask. ")).line == "We ask."


def test_an_average_needs_five_answers_and_is_told_in_halves() -> None:
    rows = [{"open": n} for n in (1, 2, 2, 4)]
    assert count_answers(rows) == {"answers": "0-4", "halves": {}}
    rows += [{"open": 2, "reliable": 4}]
    # 11 / 5 = 2.2, which is nearest to 2.0; reliable has one answer and is not told.
    assert count_answers(rows) == {"answers": "5-9", "halves": {"open": 4}}
    assert count_answers([{"open": 3}] * 6 + [{"open": 2}] * 2)["halves"] == {"open": 6}  # 2.75
    assert count_answers([{"open": 4}] * 10)["answers"] == "10+"


@pytest.mark.parametrize("answers", [{}, {"open": 0}, {"open": 5}, {"other": 2}])
def test_an_answer_is_one_of_four_to_a_question_of_the_list(answers: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError):
        checked_answers(answers)


@pytest.mark.parametrize(
    ("expires_on", "state"),
    [
        (None, TrainingState.VALID),
        (date(2026, 12, 13), TrainingState.VALID),
        (date(2026, 12, 12), TrainingState.ENDS_SOON),
        (TODAY, TrainingState.LAPSED),
    ],
)
def test_a_training_holds_until_the_day_before_it_expires(
    expires_on: date | None, state: TrainingState
) -> None:
    assert Trained(A, Subject.BASICS, date(2026, 1, 1), expires_on).stands(TODAY) is state
