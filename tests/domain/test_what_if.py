"""What would change if: the difference between a network as it is and as it would be."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.gaps import NIGHT, CellState
from ccr.domain.network import member_network
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.domain.what_if import (
    GREEDY_BOUND,
    best_places,
    cells_open_at_night,
    cells_with,
    cells_without_each,
    remove_member,
)
from tests.builders import make_agreement, make_member
from tests.domain.test_gaps import ALWAYS, TODAY, county, matrix, serving

VICTIM = {"category": MemberCategory.VICTIM_SERVICES}
A, B = make_member(name="A", **VICTIM), make_member(name="B")
GREENE, ALBANY = "36039", "36001"
HOUSING = Need.HOUSING.value


def test_without_the_only_one_a_cell_is_empty_and_without_one_of_two_it_hangs_on_one() -> None:
    found = matrix(
        serving(A, Need.HOUSING, areas=county(GREENE, ALBANY)),
        serving(B, Need.HOUSING, areas=county(ALBANY)),
    )
    each = cells_without_each(found)
    changed = each[A.id]
    assert [(c.county.fips, c.before, c.after) for c in changed] == [
        (GREENE, CellState.SINGLE, CellState.NONE),
        (ALBANY, CellState.ADEQUATE, CellState.SINGLE),
    ]
    assert all(c.is_worse for c in changed)
    assert each.keys() == {A.id, B.id}


def test_removing_a_member_says_what_breaks_and_who_then_holds_others_together() -> None:
    """A ring A - B - C - D: without A, C holds B and D together, and B has no way to A."""
    c, d = make_member(name="C"), make_member(name="D")
    ring = [(A, B), (B, c), (c, d), (d, A)]
    network = member_network([A, B, c, d], [make_agreement(*pair) for pair in ring], [], TODAY)
    removal = remove_member(matrix(serving(A, Need.HOUSING, areas=county(GREENE))), network, A.id)
    assert removal.links == 2
    assert removal.newly_holding == (c.id,)
    assert set(removal.cut_off) == {B.id, c.id, d.id}
    assert [change.after for change in removal.cells] == [CellState.NONE]


def test_one_more_service_fills_the_cell_and_nothing_else() -> None:
    found = matrix(serving(A, Need.HOUSING, areas=county(GREENE)), serving(B, areas=county(ALBANY)))
    assert [
        (fips, c.before, c.after)
        for fips in (GREENE, ALBANY)
        for c in cells_with(found, HOUSING, fips)
    ] == [
        (GREENE, CellState.SINGLE, CellState.ADEQUATE),
        (ALBANY, CellState.NONE, CellState.SINGLE),
    ]


def test_answering_at_night_changes_the_night_of_its_own_counties_alone() -> None:
    found = matrix(
        serving(A, Need.ADVOCACY, areas=county(GREENE)),
        serving(B, Need.ADVOCACY, areas=county(ALBANY), coverage=ALWAYS),
    )
    changed = cells_open_at_night(found, A.id)
    assert [(c.line, c.county.fips, c.after) for c in changed] == [
        (NIGHT, GREENE, CellState.SINGLE)
    ]
    assert cells_open_at_night(found, B.id) == ()


def test_what_no_need_of_somebody_in_danger_answers_is_no_answer_at_night() -> None:
    assert cells_open_at_night(matrix(serving(A, Need.HOUSING, areas=county(GREENE))), A.id) == ()


PLACES = st.dictionaries(
    st.sampled_from("abcdef"), st.frozensets(st.sampled_from("123456789")), max_size=6
)
WEIGHTS = st.fixed_dictionaries({area: st.integers(0, 50) for area in "123456789"})


def gained(covers, weights, covered, chosen) -> float:
    reached = frozenset().union(*(covers[place] for place in chosen)) - covered
    return sum(weights[area] for area in reached)


@settings(max_examples=80)
@given(PLACES, WEIGHTS, st.frozensets(st.sampled_from("123456789")), st.integers(1, 3))
def test_the_first_place_is_the_best_and_several_keep_the_stated_bound(
    covers, weights, covered, most
) -> None:
    found = best_places(covers, weights, covered, most)
    best = {
        n: max((gained(covers, weights, covered, c) for c in combinations(covers, n)), default=0)
        for n in range(1, most + 1)
    }
    reached = gained(covers, weights, covered, [choice.place for choice in found])
    assert reached == sum(choice.gained for choice in found)
    assert (found[0].gained if found else 0) == best[1]
    assert reached >= GREEDY_BOUND * best[min(most, len(covers))] if covers else not found


def test_shares_are_of_what_nobody_reaches_now() -> None:
    found = best_places(
        {"x": frozenset("12"), "y": frozenset("3")}, {"1": 30, "2": 10, "3": 20}, frozenset("2"), 2
    )
    assert [(c.place, c.gained, c.share) for c in found] == [
        ("x", 30, pytest.approx(0.6)),
        ("y", 20, pytest.approx(0.4)),
    ]
