"""When a listing is to be checked: intervals, stages and words, for any age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.checking import Asked, CheckRules, Stage, age_words, asked, read_rules, stage
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Need
from ccr.domain.weights import DEFAULT

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
RULES = CheckRules()


def at_age(days: int, needs=frozenset({Need.FOOD}), rules=RULES) -> Stage:
    return stage(NOON - timedelta(days=days), needs, NOON, rules)


def test_a_listing_that_was_never_checked_is_not_known_rather_than_wrong() -> None:
    assert stage(None, {Need.FOOD}, NOON, RULES) is Stage.NEVER


def test_the_usual_interval_is_half_a_year_and_places_to_stay_and_lines_are_checked_oftener() -> (
    None
):
    assert [at_age(183), at_age(184), at_age(365), at_age(366)] == [
        Stage.FRESH,
        Stage.DUE,
        Stage.DUE,
        Stage.OLD,
    ]
    for need in (Need.EMERGENCY_SHELTER, Need.HOTLINE):
        assert at_age(91, {need, Need.FOOD}) is Stage.DUE


def test_what_is_old_here_is_what_routing_calls_outdated() -> None:
    assert DEFAULT.outdated_days == 365


@given(st.integers(0, 3000), st.integers(14, 365), st.integers(14, 365))
def test_a_listing_never_becomes_fresher_by_waiting(days, usual, often) -> None:
    rules, order = CheckRules(usual, often), [Stage.FRESH, Stage.DUE, Stage.OLD]
    now, later = at_age(days, rules=rules), at_age(days + 1, rules=rules)
    assert order.index(now) <= order.index(later)


@pytest.mark.parametrize("text", ["", "13", "366", "x", "²", "-20", "1e2", "99999999999"])
def test_an_interval_outside_of_its_bounds_is_refused_at_its_field(text) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_rules(text, "90", letters=True)
    assert refused.value.field == "usual_days"


def test_rules_that_a_network_keeps_badly_are_the_defaults() -> None:
    assert CheckRules.of({"usual_days": "x", "often_days": 0, "other": 1}) == RULES
    kept = CheckRules(200, 30)
    assert CheckRules.of(kept.as_kept()) == kept


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Checked today"),
        (1, "Checked yesterday"),
        (12, "Checked 12 days ago"),
        (425, "Checked 13 months ago"),
        (800, "Checked 2 years ago"),
    ],
)
def test_an_age_is_said_as_people_say_it(days, words) -> None:
    assert str(age_words(NOON - timedelta(days=days), NOON)) == words


def test_never_is_said_too() -> None:
    assert str(age_words(None, NOON)) == "Never checked"


def test_a_network_can_keep_its_letters_back() -> None:
    assert CheckRules.of({}).letters
    assert not CheckRules.of(CheckRules(letters=False).as_kept()).letters


@pytest.mark.parametrize(
    ("administrator", "address", "letters", "whom"),
    [
        (True, False, False, Asked.ADMINISTRATOR),
        (True, True, True, Asked.ADMINISTRATOR),
        (False, True, True, Asked.OFFICE),
        (False, True, False, Asked.NOBODY),
        (False, False, True, Asked.NOBODY),
    ],
)
def test_who_is_asked_is_who_can_be_reached(administrator, address, letters, whom) -> None:
    rules = CheckRules(letters=letters)
    assert asked(rules, administrator=administrator, address=address) is whom
