"""What would change if: the difference between a network as it is and as it would be."""

from __future__ import annotations

from ccr.domain.gaps import NIGHT, CellState
from ccr.domain.network import member_network
from ccr.domain.taxonomy import MemberCategory, Need
from ccr.domain.what_if import (
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
    assert [c.only for c in changed] == [None, B.id]
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
