"""What a program sees of a consultation: its own question, and two looks at fixed moments."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.clocks import STEP_OFFSETS, Step
from ccr.domain.consultation_advice import Advice, Concern, standing_advice
from ccr.domain.consultation_chasing import Chased, due_now, first_look
from ccr.domain.consultation_partner import Candidate, Signing, Why, choose_partner
from ccr.domain.errors import InvalidInputError
from ccr.domain.safety_consultation import (
    Answered,
    Call,
    Called,
    Consulted,
    Question,
    Receipt,
    advised_in_time,
    checked_advice,
    checked_call,
    in_time,
    moments_of,
    shown_to_program,
)
from ccr.domain.taxonomy import Urgency
from tests.conftest import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 12)
OFFSETS = STEP_OFFSETS[Urgency.IMMEDIATE]

questions = st.builds(
    Question,
    st.sampled_from(Concern),
    st.sampled_from(Urgency),
    st.builds(Call, st.sampled_from(Called)),
)
after = st.integers(0, 3 * 24 * 60).map(lambda minutes: NOW + minutes * MINUTE)
some_advice = st.sets(st.sampled_from(Advice), min_size=1).map(lambda found: tuple(sorted(found)))


@st.composite
def answers(draw: st.DrawFn) -> Answered:
    """Return what a partner may have done in three days, in the only order there is."""
    acknowledged = draw(st.none() | after)
    if acknowledged is None or draw(st.booleans()):
        return Answered(acknowledged)
    return Answered(acknowledged, draw(some_advice), max(acknowledged, draw(after)))


def seen_at(answered: Answered, at: datetime) -> Answered:
    """Return what of it had happened at a moment."""
    known = Answered()
    if answered.acknowledged_at is not None and answered.acknowledged_at <= at:
        known = Answered(answered.acknowledged_at)
    if answered.advised_at is not None and answered.advised_at <= at:
        known = replace(known, advice=answered.advice, advised_at=answered.advised_at)
    return known


@given(questions, answers(), answers(), after)
def test_r2_two_partners_that_stood_alike_at_the_fixed_moments_look_alike_always(
    question: Question, one: Answered, other: Answered, at: datetime
) -> None:
    moments = moments_of(question.urgency, NOW)
    alike = at < moments.due_at or in_time(moments, one) == in_time(moments, other)
    if at >= moments.told_at:
        told = [(advised_in_time(moments, a), a.advice) for a in (one, other)]
        alike = alike and (told[0] == told[1] or not (told[0][0] or told[1][0]))
    if alike:
        assert shown_to_program(question, moments, one, at) == shown_to_program(
            question, moments, other, at
        )


@given(questions, answers(), after)
def test_nothing_is_shown_that_will_ever_be_otherwise_but_at_the_two_moments(
    question: Question, answered: Answered, at: datetime
) -> None:
    """What is stored at a moment shows what all of it, stored later, shows of that moment."""
    moments = moments_of(question.urgency, NOW)
    then = shown_to_program(question, moments, seen_at(answered, at), at)
    assert then == shown_to_program(question, moments, answered, at)
    changes = {moments.raised_at, moments.due_at, moments.told_at}
    last = max(moment for moment in changes if moment <= at)
    assert then == shown_to_program(question, moments, answered, last)


@given(questions)
def test_before_anybody_answers_the_advice_follows_from_two_codes_alone(
    question: Question,
) -> None:
    moments = moments_of(question.urgency, NOW)
    shown = shown_to_program(question, moments, Answered(), NOW)
    assert shown.advice == standing_advice(question.concern, question.urgency)
    assert (shown.receipt, shown.from_partner, shown.final) == (Receipt.WAITING, False, False)
    assert set(shown.advice) >= {Advice.KEEP_PROTOCOL, Advice.SAY_NOTHING, Advice.NO_CONTACT}


@pytest.mark.parametrize(
    ("urgency", "told"),
    [(Urgency.IMMEDIATE, HOUR), (Urgency.HIGH, 4 * HOUR), (Urgency.STANDARD, DAY)],
)
def test_r76_it_is_due_within_an_hour_and_told_at_one_moment(
    urgency: Urgency, told: timedelta
) -> None:
    moments = moments_of(urgency, NOW)
    assert (moments.due_at, moments.told_at) == (NOW + HOUR, NOW + told)


def test_what_comes_at_the_moment_itself_is_late() -> None:
    question = Question(Concern.THREAT, Urgency.HIGH, Call(Called.CALLING))
    moments = moments_of(question.urgency, NOW)
    late = Answered(moments.due_at, (Advice.CALL_US,), moments.told_at)
    shown = shown_to_program(question, moments, late, moments.told_at)
    assert (shown.receipt, shown.from_partner) == (Receipt.NOT_IN_TIME, False)
    early = Answered(moments.due_at - MINUTE, (Advice.CALL_US,), moments.told_at - MINUTE)
    shown = shown_to_program(question, moments, early, moments.told_at)
    assert (shown.receipt, shown.advice) == (Receipt.READ_IN_TIME, (Advice.CALL_US,))


def test_r2_no_advice_says_or_implies_that_anybody_is_known_to_anybody() -> None:
    tells = re.compile(
        r"\b(client|victim|survivor|know[ns]?|case|file|here|came|she|her|he|his|him)\b", re.I
    )
    for one in Advice:
        assert not tells.search(str(one.label)), one


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (Call(Called.SPOKE), "consulted"),
        (Call(Called.NO_ANSWER, Consulted.ADVOCATE), "called"),
        (Call(Called.MESSAGE, None, (Advice.CALL_US,)), "called"),
    ],
)
def test_a_call_that_does_not_fit_together_is_refused(call: Call, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_call(call)
    assert refused.value.field == field


def test_what_was_chosen_is_kept_in_the_order_of_the_list() -> None:
    chosen = (Advice.CRISIS_LINE, Advice.CALL_911)
    assert checked_advice(chosen) == (Advice.CALL_911, Advice.CRISIS_LINE)
    call = checked_call(Call(Called.SPOKE, Consulted.HOTLINE, chosen))
    assert call.steps == (Advice.CALL_911, Advice.CRISIS_LINE)
    with pytest.raises(InvalidInputError):
        checked_advice(())


def candidate(name: str, *signings: Signing, **more: bool) -> Candidate:
    return Candidate(uuid4(), uuid4(), name, signings=signings, **more)


def test_r2_the_partner_of_the_newest_protocol_in_force_is_asked() -> None:
    old = candidate("Old", Signing(date(2025, 1, 1), None))
    new = candidate("New", Signing(date(2026, 1, 1), date(2027, 1, 1)))
    lapsed = candidate("Lapsed", Signing(date(2026, 6, 1), TODAY))
    found = choose_partner([old, lapsed, new, candidate("Near", serves=True)], TODAY)
    assert found is not None
    assert (found.candidate, found.why) == (new, Why.PROTOCOL)


def test_asking_is_never_refused_for_want_of_a_paper() -> None:
    former = candidate("Former", Signing(date(2025, 1, 1), date(2026, 1, 1)))
    near, far = candidate("Near", serves=True), candidate("Far")
    future = candidate("Future", Signing(date(2027, 1, 1), None))
    for given_, expected in (
        ([far, near, former], (former, Why.FORMER_PROTOCOL)),
        ([far, near], (near, Why.SAME_COUNTY)),
        ([far], (far, Why.SAME_NETWORK)),
        ([future], (future, Why.SAME_NETWORK)),
    ):
        found = choose_partner(given_, TODAY)
        assert found is not None
        assert (found.candidate, found.why) == expected
    assert choose_partner([], TODAY) is None


def test_who_does_not_take_part_comes_after_everybody_who_does() -> None:
    away = candidate("Away", Signing(date(2026, 1, 1), None), takes_part=False)
    far = candidate("Far")
    for given_, expected in (([away, far], far), ([away], away)):
        found = choose_partner(given_, TODAY)
        assert found is not None
        assert found.candidate == expected


def climbed(answered: Answered, *looks: datetime) -> list[tuple[Step, ...]]:
    moments, chased, found = moments_of(Urgency.STANDARD, NOW), Chased(), []
    for at in looks:
        due = due_now(moments, seen_at(answered, at), chased, at)
        chased = due.after
        found.append(due.steps)
    return found


def test_r79_an_unacknowledged_one_climbs_the_ladder_of_immediate_danger() -> None:
    due = NOW + HOUR
    ladder = (Step.REMIND, Step.BACK_UP, Step.ESCALATE, Step.COORDINATOR)
    looks = [due - MINUTE, *(due + OFFSETS[step] for step in ladder), due + 3 * DAY]
    steps = climbed(Answered(), *looks)
    assert steps == [(), *((step,) for step in ladder), ()]
    assert climbed(Answered(), due + DAY) == [ladder]
    assert climbed(Answered(due - MINUTE), *looks) == [()] * len(looks)


@given(questions, answers(), st.lists(after, min_size=1, max_size=12).map(sorted))
def test_the_program_is_told_the_same_whatever_happens_between_the_moments(
    question: Question, answered: Answered, looks: list[datetime]
) -> None:
    """Whoever looks when, it is told once of each moment that has passed, from facts as of then."""
    moments = moments_of(question.urgency, NOW)
    chased, calls, advice = Chased(), 0, 0
    for at in looks:
        due = due_now(moments, seen_at(answered, at), chased, at)
        chased, calls, advice = due.after, calls + due.program_call, advice + due.program_advice
        assert due.next_at is None or due.next_at > at
        done = answered.acknowledged_at is not None and answered.acknowledged_at <= at
        if not done or at < moments.told_at:
            assert due.next_at is not None
    late = looks[-1] >= moments.due_at and not in_time(moments, answered)
    assert (calls, advice) == (int(late), int(looks[-1] >= moments.told_at))
    assert first_look(moments) == moments.due_at
