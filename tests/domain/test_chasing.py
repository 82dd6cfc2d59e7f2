from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.chasing import (
    LEAST_EVERY,
    LONGEST_SNOOZE,
    ON_OWN_SIDE,
    SLOWER_AFTER,
    SOONEST,
    Chase,
    SnoozeReason,
    check_snooze,
    next_look,
    take_due,
)
from ccr.domain.clocks import STEP_OFFSETS, STEPS, Clock, ClockKind, Side, Step
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Urgency

DUE = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFSETS = STEP_OFFSETS[Urgency.STANDARD]
DAILY = Chase(every=DAY)


def clock(kind=ClockKind.ANSWER, owner=Side.RECEIVER, urgency=Urgency.STANDARD) -> Clock:
    return Clock(kind, urgency, owner, DUE - DAY, DUE)


def walk(start: Clock, chase: Chase, until: datetime) -> list[tuple[datetime, Step | str]]:
    """Return what the worker tells of, jumping from look to look."""
    told: list[tuple[datetime, Step | str]] = []
    now = start
    while (at := next_look(now, chase)) is not None and at <= until:
        taken = take_due(now, chase, at)
        told += [(at - DUE, step) for step in taken.told]
        told += [(at - DUE, "again")] * taken.again
        now = taken.clock
    return told


def test_a_missed_answer_climbs_to_the_expiry_and_is_reminded_of_daily_in_between():
    told = walk(clock(), DAILY, DUE + 14 * DAY)
    assert [entry for entry in told if entry[1] != "again"] == list(
        zip(OFFSETS.values(), Step, strict=True)
    )
    again = [after for after, step in told if step == "again"]
    assert len(again) == 11  # days 2 to 13, but for day 7, when the coordinator hears of it
    assert min(again) == 2 * DAY


def test_a_senders_duty_reaches_the_coordinator_and_is_never_silent():
    told = walk(clock(owner=Side.SENDER), DAILY, DUE + 60 * DAY)
    assert [s for _, s in told if s != "again"] == list(STEPS[ClockKind.ANSWER, Side.SENDER])
    again = [after for after, step in told if step == "again"]
    assert len(again) == 59
    assert again[-1] > 59 * DAY
    off = walk(clock(owner=Side.SENDER), Chase(off=True), DUE + 60 * DAY)
    assert [s for _, s in off][:2] == [Step.ESCALATE, Step.COORDINATOR]
    assert len([s for _, s in off if s == "again"]) == 7


@pytest.mark.parametrize("kind", [ClockKind.FIRST_CONTACT, ClockKind.OUTCOME])
def test_a_missed_contact_stays_with_the_receiver_and_goes_on(kind):
    told = walk(clock(kind), DAILY, DUE + 30 * DAY)
    assert {s for _, s in told} == {*ON_OWN_SIDE, "again"}
    assert len(told) == 3 + 29


def test_reminders_switched_off_leave_the_supervisor_and_what_goes_beyond():
    told = [step for _, step in walk(clock(), Chase(off=True), DUE + 90 * DAY)]
    assert told == [Step.ESCALATE, Step.NEW_OPTIONS, Step.COORDINATOR, Step.EXPIRE]
    contact = [s for _, s in walk(clock(ClockKind.FIRST_CONTACT), Chase(off=True), DUE + 90 * DAY)]
    assert contact == [Step.ESCALATE]


def test_immediate_danger_is_reminded_of_at_its_interval_and_after_a_day_once_a_day():
    every = timedelta(minutes=15)
    told = walk(
        clock(ClockKind.FIRST_CONTACT, urgency=Urgency.IMMEDIATE), Chase(every), DUE + 3 * DAY
    )
    times = [after for after, step in told if step == "again"]
    first_day = [after for after in times if after <= SLOWER_AFTER]
    assert first_day[:2] == [timedelta(minutes=30), timedelta(minutes=45)]
    assert len(times) - len(first_day) == 2


def test_a_snooze_holds_the_own_side_and_passes_over_what_a_step_beyond_comes_behind():
    rests = Chase(DAY, snoozed_until=DUE + 2 * DAY)
    told = walk(clock(), rests, DUE + 3 * DAY)
    assert told == [(OFFSETS[Step.NEW_OPTIONS], Step.NEW_OPTIONS), (2 * DAY, "again"),
                    (3 * DAY, "again")]  # fmt: skip
    short = Chase(DAY, snoozed_until=DUE + 6 * HOUR)
    assert walk(clock(), short, DUE + DAY) == [
        (6 * HOUR, Step.REMIND),
        (6 * HOUR, Step.BACK_UP),
        (8 * HOUR, Step.ESCALATE),
        (24 * HOUR, Step.NEW_OPTIONS),
    ]


def test_a_pause_holds_everything_and_a_stopped_clock_is_over():
    paused = replace(clock(ClockKind.OUTCOME), steps_done=3, stepped_at=DUE,
                     paused_at=DUE, paused_until=DUE + 9 * DAY)  # fmt: skip
    assert next_look(paused, DAILY) == DUE + 9 * DAY
    assert take_due(paused, DAILY, DUE + 5 * DAY).told == ()
    met = clock().meet(DUE)
    assert next_look(met, DAILY) is None
    assert take_due(met, DAILY, DUE + 90 * DAY).clock == met


MOMENTS = st.integers(-100, 3000).map(lambda hours: DUE + hours * HOUR)
CHASES = st.builds(
    Chase,
    st.integers(1, 168).map(lambda hours: hours * HOUR),
    st.booleans(),
    st.none() | MOMENTS,
)
CLOCKS = st.builds(
    lambda duty, urgency: clock(*duty, urgency),
    st.sampled_from(list(STEPS)),
    st.sampled_from(Urgency),
)


@settings(max_examples=150)
@given(CLOCKS, CHASES, st.lists(MOMENTS, min_size=1, max_size=8).map(sorted))
def test_whatever_is_taken_the_next_look_lies_ahead_and_is_never_too_late(start, chase, moments):
    now = start
    for at in moments:
        look = next_look(now, chase)
        taken = take_due(now, chase, at)
        moved = taken.clock != now
        assert moved == (look is not None and look <= at)
        later = next_look(taken.clock, chase)
        assert later is None or later > at
        # Whoever knows no rules of the network looks too early, never too late.
        soonest = next_look(taken.clock, SOONEST)
        assert later is None or (soonest is not None and soonest <= later)
        assert take_due(taken.clock, chase, at).clock == taken.clock
        now = taken.clock


@settings(max_examples=60)
@given(CLOCKS, CHASES)
def test_what_goes_beyond_the_own_side_comes_on_time_whatever_holds_the_rest(start, chase):
    told = walk(start, chase, DUE + 400 * DAY)
    beyond = [entry for entry in told if entry[1] in set(Step) - ON_OWN_SIDE]
    ladder = STEPS[start.kind, start.owner]
    offsets = STEP_OFFSETS[start.urgency]
    assert beyond == [(offsets[s], s) for s in ladder if s not in ON_OWN_SIDE]


def test_a_snooze_is_bounded_by_urgency_and_has_a_reason():
    why = SnoozeReason.AGREED_LATER
    for urgency, longest in LONGEST_SNOOZE.items():
        this = clock(urgency=urgency)
        if longest:
            check_snooze(this, DUE + longest, at=DUE, reason=why)
        with pytest.raises(InvalidInputError) as late:
            check_snooze(this, DUE + longest + HOUR, at=DUE, reason=why)
        assert late.value.field == "until"
    for until, reason, field in ((DUE, why, "until"), (DUE + HOUR, None, "reason")):
        with pytest.raises(InvalidInputError) as refused:
            check_snooze(clock(), until, at=DUE, reason=reason)
        assert refused.value.field == field


def test_words_and_bounds():
    assert all(str(reason.label) for reason in SnoozeReason)
    assert not LONGEST_SNOOZE[Urgency.IMMEDIATE]
    assert SOONEST.every == LEAST_EVERY
