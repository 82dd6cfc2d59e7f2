"""A network's own weights: read from what is kept, refused when typed wrongly, never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.errors import InvalidInputError
from ccr.domain.own_weights import (
    LESS,
    NEVER_MORE,
    as_kept,
    broken_laws,
    changed,
    check_laws,
    read_kept,
    read_value,
)
from ccr.domain.public_finder import public_weights
from ccr.domain.weights import DEFAULT, WEIGHT_FACTS, Unit, Weights

NAMES = sorted(WEIGHT_FACTS)
JUNK = st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.floats(), st.lists(st.none()))
STORED = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), st.one_of(st.integers(-5, 900), JUNK)
)


def kept(**values: object):
    return read_kept({"weights": values})


@pytest.mark.parametrize("rules", [{}, {"weights": {}}, {"weights": None}, {"other": 1}])
def test_a_network_that_says_nothing_has_the_defaults(rules) -> None:
    assert read_kept(rules).weights == DEFAULT
    assert read_kept(rules).notes == ()


def test_a_value_of_its_own_stands_in_for_the_default_and_the_others_stay() -> None:
    assert kept(capacity_unknown=30).weights == replace(DEFAULT, capacity_unknown=30)


def test_a_name_that_is_no_weight_is_ignored_with_a_note() -> None:
    found = kept(moon_phase=3, agreement_missing=12)
    assert found.weights == replace(DEFAULT, agreement_missing=12)
    assert [str(note) for note in found.notes] == ["moon_phase is no weight of routing."]


@pytest.mark.parametrize("value", [-1, 601, True, "20", 20.0, None])
def test_a_stored_value_that_cannot_be_used_leaves_the_default_and_says_so(value) -> None:
    found = kept(extra_door=value)
    assert found.weights == DEFAULT
    assert [str(note) for note in found.notes] == [
        "extra_door is not used. Use a whole number from 0 to 600."
    ]


def test_stored_values_that_break_a_law_together_are_all_left_aside() -> None:
    found = kept(listing_stale=60, extra_door=5)
    assert found.weights == DEFAULT
    assert "must not be more than" in str(found.notes[0])


def test_stored_weights_that_are_no_table_are_left_aside_with_a_note() -> None:
    assert read_kept({"weights": [1, 2]}).weights == DEFAULT
    assert read_kept({"weights": [1, 2]}).notes


@given(STORED)
def test_whatever_is_stored_gives_weights_within_bounds_and_laws(stored) -> None:
    weights = read_kept({"weights": stored}).weights
    for name, fact in WEIGHT_FACTS.items():
        assert fact.least <= getattr(weights, name) <= fact.most
    check_laws(weights)


@given(STORED)
def test_what_is_kept_reads_back_as_it_was(stored) -> None:
    weights = read_kept({"weights": stored}).weights
    again = read_kept({"weights": as_kept(weights)})
    assert (again.weights, again.notes) == (weights, ())


def test_only_what_differs_from_the_defaults_is_kept() -> None:
    assert as_kept(DEFAULT) == {}
    assert as_kept(replace(DEFAULT, reach=90)) == {"reach": 90} == kept(reach=90).kept


def test_the_defaults_keep_every_bound_and_every_law() -> None:
    assert list(broken_laws(DEFAULT)) == []
    for fact in WEIGHT_FACTS.values():
        assert fact.least <= fact.default <= fact.most


def test_every_weight_has_its_unit_and_a_law_names_weights_of_one_unit() -> None:
    assert {fact.unit for fact in WEIGHT_FACTS.values()} == set(Unit)
    for low, high in (*NEVER_MORE, *LESS):
        assert WEIGHT_FACTS[low].unit is WEIGHT_FACTS[high].unit


@pytest.mark.parametrize(("low", "high"), NEVER_MORE)
def test_what_is_worse_never_costs_less(low: str, high: str) -> None:
    level = getattr(DEFAULT, high)
    check_laws(replace(DEFAULT, **{low: level}))
    with pytest.raises(InvalidInputError) as refused:
        check_laws(replace(DEFAULT, **{low: level + 1}))
    assert refused.value.field == low


def test_a_listing_is_stale_before_it_is_outdated() -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_laws(replace(DEFAULT, verified_days=300, outdated_days=300))
    assert refused.value.field == "verified_days"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("reach", " 90 ", 90),
        ("reach", "15", 15),
        ("extra_door", "0", 0),
        ("extra_door", "600", 600),
    ],
)
def test_a_typed_weight_is_read_up_to_its_bounds(name: str, text: str, value: int) -> None:
    assert read_value(name, text) == value


@pytest.mark.parametrize("text", ["", "14", "601", "-1", "1.5", "ten", "٣٠", "99999", "1e2"])
def test_a_typed_weight_out_of_bounds_is_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(InvalidInputError, match="from 15 to 600") as refused:
        read_value("reach", text)
    assert refused.value.field == "reach"


def test_changes_are_told_by_name() -> None:
    assert changed(DEFAULT, replace(DEFAULT, reach=90, hours_unknown=3)) == (
        "hours_unknown",
        "reach",
    )
    assert changed(DEFAULT, DEFAULT) == ()


def test_the_public_pages_follow_the_network_but_for_room_and_who_reads_ccr() -> None:
    assert public_weights(replace(DEFAULT, reach=90)) == Weights(
        reach=90, not_on_ccr=0, capacity_unknown=0
    )


@pytest.mark.parametrize("value", [15, 600])
def test_a_stored_value_at_either_bound_is_used(value: int) -> None:
    assert kept(reach=value) == replace(kept(), weights=replace(DEFAULT, reach=value))


def test_weights_that_cannot_be_read_say_so_in_one_sentence() -> None:
    notes = read_kept({"weights": ["reach", 90]}).notes
    assert [str(note) for note in notes] == ["The stored weights cannot be read."]


def test_a_broken_law_names_both_weights_and_the_value_that_is_the_bound() -> None:
    broken = replace(DEFAULT, listing_stale=50, verified_days=364, outdated_days=300)
    assert [(name, str(words)) for name, words in broken_laws(broken)] == [
        (
            "listing_stale",
            "“The listing is stale” must not be more than “The listing is outdated” (45).",
        ),
        (
            "verified_days",
            (
                "“A listing is stale after these days” must be less than "
                "“A listing is outdated after these days” (300)."
            ),
        ),
    ]
    with pytest.raises(InvalidInputError, match=r"must not be more than .+ \(45\)") as refused:
        check_laws(broken)
    assert refused.value.field == "listing_stale"


def test_a_typed_weight_has_four_digits_at_most() -> None:
    assert read_value("extra_door", "0060") == 60
    with pytest.raises(InvalidInputError):
        read_value("extra_door", "00060")
