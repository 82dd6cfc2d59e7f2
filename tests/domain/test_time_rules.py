"""The time rules of a network: which number counts, what is refused, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.clocks import DEFAULT_SPANS, ClockKind, Span, due_at
from ccr.domain.errors import InvalidInputError
from ccr.domain.small_cells import NeedGroup
from ccr.domain.taxonomy import Need, Urgency
from ccr.domain.time_rules import (
    EVERY_NEED,
    IMMEDIATE_EVERY,
    OffReason,
    Reminders,
    TimeRules,
    all_scopes,
    as_kept,
    broken_laws,
    changed,
    check_laws,
    names_in,
    read_kept,
    read_value,
    scope_label,
    scope_of,
    scope_of_group,
)
from ccr.domain.time_values import NEVER_MORE, TIME_VALUES
from tests.referral_builders import Always

HOUSING, FOOD, LAW = Need.HOUSING, Need.FOOD, Need.FAMILY_LAW
INTERVENTION = Need.ABUSIVE_PARTNER_INTERVENTION
ANSWER, FIRST, OUTCOME = ClockKind
NOW_URGENT, HIGH, STANDARD = Urgency
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 11, 12, 19, 0, tzinfo=UTC)


def test_a_network_that_sets_nothing_has_the_defaults_of_the_requirements():
    assert TimeRules().spans([HOUSING]) == DEFAULT_SPANS
    assert TimeRules().spans([]) == DEFAULT_SPANS
    assert as_kept(TimeRules()) == {}


def test_a_number_for_the_need_counts_before_its_group_and_that_before_every_need():
    rules = TimeRules(
        {
            EVERY_NEED: {"contact_standard": 72},
            scope_of_group(NeedGroup.LAW): {"contact_standard": 96},
            scope_of(LAW): {"contact_standard": 120},
        }
    )
    waits = {
        need: rules.spans([need])[FIRST, STANDARD][0].wall_time
        for need in (HOUSING, Need.PROTECTION_ORDER, LAW)
    }
    assert list(waits.values()) == [72 * HOUR, 96 * HOUR, 120 * HOUR]


def test_of_several_needs_the_one_that_is_due_first_counts():
    rules = TimeRules({scope_of(FOOD): {"contact_standard": 24}})
    spans = rules.spans([HOUSING, FOOD])
    assert due_at(FIRST, STANDARD, START, Always(), spans=spans) == START + DAY
    assert due_at(FIRST, STANDARD, START, Always(), spans=rules.spans([HOUSING])) == START + 2 * DAY


def test_an_intervention_program_offers_an_intake_and_checks_enrolment():
    spans = TimeRules().spans([INTERVENTION])
    accepted, begun = START, START + 5 * DAY
    assert due_at(FIRST, STANDARD, accepted, Always(), spans=spans) == accepted + 14 * DAY
    assert due_at(FIRST, HIGH, accepted, Always(), spans=spans) == accepted + DAY

    def enrolment(start):
        return due_at(OUTCOME, STANDARD, start, Always(), spans=spans, accepted_at=accepted)

    assert enrolment(begun) == accepted + 28 * DAY
    # An intake after day 27 still leaves a day: nothing is due before it starts.
    assert enrolment(accepted + 40 * DAY) == accepted + 41 * DAY
    # With a survivor's need beside it, that need's clock is the stricter one.
    both = TimeRules().spans([INTERVENTION, HOUSING])
    assert due_at(FIRST, STANDARD, accepted, Always(), spans=both) == accepted + 2 * DAY


@pytest.mark.parametrize("kind", [ANSWER, FIRST])
def test_whatever_is_set_immediate_is_due_within_an_hour_and_nothing_after_ninety_days(kind):
    spans = {(k, u): (Span(900 * DAY),) for k in ClockKind for u in Urgency}
    assert due_at(kind, NOW_URGENT, START, Always(), spans=spans) == START + HOUR
    assert due_at(OUTCOME, NOW_URGENT, START, Always(), spans=spans) == START + 90 * DAY


def test_bounds_hold_what_the_requirements_say():
    most = {name: value.most * value.counts.length for name, value in TIME_VALUES.items()}
    assert most["answer_immediate"] == most["contact_immediate"] == HOUR
    assert most["contact_high"] == DAY
    assert max(most.values()) == 90 * DAY
    for value in TIME_VALUES.values():
        assert 0 < value.least <= value.default <= value.most


@pytest.mark.parametrize("text", ["0", "61", "-5", "1.5", "٣", "", "soon", "99999"])
def test_a_time_that_is_no_number_within_its_bounds_is_refused(text):
    with pytest.raises(InvalidInputError) as refused:
        read_value("answer_immediate", text)
    assert refused.value.field == "answer_immediate"
    assert "5 to 60" in str(refused.value.phrase)


def test_a_time_is_read_as_typed():
    assert read_value("answer_immediate", " 30 ") == 30


def test_more_danger_is_never_answered_later():
    rules = TimeRules({EVERY_NEED: {"answer_high": 9}})
    with pytest.raises(InvalidInputError) as refused:
        check_laws(rules)
    assert refused.value.field == f"{EVERY_NEED} answer_high"


def test_a_number_for_all_is_judged_with_the_numbers_of_each_need():
    own = TimeRules({EVERY_NEED: {"outcome_standard": 20}, scope_of(FOOD): {"outcome_high": 18}})
    check_laws(own)
    shorter = TimeRules({**own.times, EVERY_NEED: {}})
    with pytest.raises(InvalidInputError) as refused:
        check_laws(shorter)
    assert refused.value.field == f"{scope_of(FOOD)} outcome_high"


@pytest.mark.parametrize(("low", "high"), NEVER_MORE)
def test_every_law_holds_for_the_defaults_and_can_be_broken(low, high):
    assert not list(broken_laws(TimeRules(), EVERY_NEED))
    values = {low: TIME_VALUES[low].most, high: TIME_VALUES[high].least}
    longest = values[low] * TIME_VALUES[low].counts.length
    if longest > values[high] * TIME_VALUES[high].counts.length:
        assert low in {name for name, _ in broken_laws(TimeRules({EVERY_NEED: values}), EVERY_NEED)}


def test_what_is_stored_and_cannot_be_used_is_left_out_with_a_note():
    found = read_kept(
        {
            "times": {
                EVERY_NEED: {"answer_high": 9, "moon": 1},
                scope_of(FOOD): {"contact_standard": 5000, "outcome_standard": 20, "intake": 3},
                "need:nothing": {"answer_high": 2},
            },
            "reminders": {scope_of(FOOD): {"off": "tired"}, EVERY_NEED: {"every_hours": 48}},
        }
    )
    assert found.times == {scope_of(FOOD): {"outcome_standard": 20}}
    assert found.set_reminders == {EVERY_NEED: Reminders(48 * HOUR)}
    assert len(found.notes) == 3
    assert read_kept({"times": "nonsense", "reminders": 4}) == TimeRules()


SCOPES = st.sampled_from(list(all_scopes()))


@st.composite
def stored_rules(draw):
    times = {
        scope: {
            name: draw(st.integers(TIME_VALUES[name].least, TIME_VALUES[name].most))
            for name in draw(st.sets(st.sampled_from(names_in(scope)), max_size=3))
        }
        for scope in draw(st.sets(SCOPES, max_size=3))
    }
    reminders = {
        scope: {"every_hours": draw(st.integers(1, 168)), "off": draw(st.sampled_from(OffReason))}
        for scope in draw(st.sets(SCOPES, max_size=2))
    }
    return {"times": times, "reminders": reminders}


@settings(max_examples=25)
@given(stored_rules())
def test_what_is_kept_reads_back_as_the_same_rules(stored):
    rules = read_kept(stored)
    check_laws(rules)
    again = read_kept(as_kept(rules))
    assert as_kept(again) == as_kept(rules)
    for need in (HOUSING, LAW, INTERVENTION):
        assert again.spans([need]) == rules.spans([need])
        assert again.reminders(need, STANDARD) == rules.reminders(need, STANDARD)
    assert not again.notes


def test_reminders_go_by_the_shortest_interval_and_are_off_only_for_every_need():
    off = Reminders(12 * HOUR, OffReason.DAILY_CALL)
    rules = TimeRules(
        set_reminders={
            scope_of(HOUSING): Reminders(48 * HOUR),
            scope_of(FOOD): off,
            scope_of_group(NeedGroup.LAW): Reminders(72 * HOUR),
        }
    )
    assert rules.reminders(LAW, STANDARD).every == 72 * HOUR
    assert rules.reminders([LAW, HOUSING], STANDARD) == Reminders(48 * HOUR)
    assert rules.reminders([FOOD, HOUSING], HIGH).off is None
    assert rules.reminders(FOOD, STANDARD) == off
    assert rules.reminders([], STANDARD) == Reminders(24 * HOUR)
    assert rules.reminders(FOOD, NOW_URGENT) == Reminders(IMMEDIATE_EVERY)


def test_what_differs_is_named_by_scope():
    before = TimeRules({EVERY_NEED: {"answer_high": 3}})
    after = TimeRules(
        {EVERY_NEED: {"answer_high": 2}, scope_of(FOOD): {"outcome_high": 7}},
        {scope_of(FOOD): Reminders(48 * HOUR)},
    )
    assert changed(before, after) == (
        f"{EVERY_NEED} answer_high",
        f"{scope_of(FOOD)} outcome_high",
        f"{scope_of(FOOD)} reminders",
    )
    assert changed(after, after) == ()


def test_scopes_and_reasons_have_words():
    assert all(str(scope_label(scope)) for scope in all_scopes())
    assert all(str(reason.label) for reason in OffReason)
    with pytest.raises(ValueError, match="moon"):
        scope_label("moon")


@pytest.mark.parametrize("off", [[], {}, 3, "no-such-reason", True])
def test_reminders_that_were_kept_wrongly_count_as_not_there(off):
    kept = {"reminders": {EVERY_NEED: {"every_hours": 5, "off": off}}}
    assert read_kept(kept).reminders([HOUSING], STANDARD) == Reminders()
