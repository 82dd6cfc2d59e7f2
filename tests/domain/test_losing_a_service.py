"""What would change if one service closed, or had no room: cells, pathways, links."""

from __future__ import annotations

from datetime import date

from ccr.domain.directory import Member
from ccr.domain.gaps import CellState
from ccr.domain.losing_a_service import (
    Broken,
    broken_network,
    broken_pathways,
    cells_if_full,
    cells_without_service,
)
from ccr.domain.network import member_network
from ccr.domain.pathways import Pathway
from ccr.domain.taxonomy import MemberCategory, Need
from tests.builders import make_id, make_member
from tests.domain.test_gaps import TODAY, county, matrix, serving

A = make_member(name="A", category=MemberCategory.VICTIM_SERVICES)
B, C = make_member(name="B"), make_member(name="C")
GREENE, ALBANY = "36039", "36001"


def promised(sender: Member, receiver: Member, need: Need | None) -> Pathway:
    return Pathway(make_id(), sender.id, receiver.id, need, date(2026, 1, 1))


def test_a_service_that_closes_takes_its_own_cells_and_no_other_of_its_member() -> None:
    gone = serving(A, Need.HOUSING, areas=county(GREENE, ALBANY))
    found = matrix(
        gone,
        serving(A, Need.HOUSING, areas=county(GREENE)),
        serving(B, Need.HOUSING, areas=county(ALBANY)),
    )
    assert [(c.county.fips, c.before, c.after, c.only) for c in
            cells_without_service(found, gone.id)] == [
        (ALBANY, CellState.ADEQUATE, CellState.SINGLE, B.id)
    ]  # fmt: skip


def test_a_service_without_room_leaves_a_cell_full_and_a_phone_as_it_is() -> None:
    shelter = serving(A, Need.EMERGENCY_SHELTER, Need.HOTLINE, areas=county(GREENE))
    changed = cells_if_full(matrix(shelter), shelter.id)
    assert [(c.line, c.before, c.after) for c in changed] == [
        (Need.EMERGENCY_SHELTER.value, CellState.SINGLE, CellState.FULL)
    ]


def test_a_pathway_breaks_when_its_receiver_has_nobody_left_for_what_was_promised() -> None:
    housing, both = serving(A, Need.HOUSING), serving(A, Need.HOUSING, Need.ADVOCACY)
    to_housing, to_advocacy = promised(B, A, Need.HOUSING), promised(B, A, Need.ADVOCACY)
    to_any, elsewhere = promised(C, A, None), promised(A, B, Need.ADVOCACY)
    pathways = [to_housing, to_advocacy, to_any, elsewhere]
    assert broken_pathways(pathways, [housing, both], both.id) == (to_advocacy,)
    assert broken_pathways(pathways, [both], both.id) == (to_housing, to_advocacy, to_any)
    assert broken_pathways(pathways, [both], make_id()) == ()


def test_a_full_service_breaks_what_only_full_ones_are_left_for_and_no_phone() -> None:
    first, second = (serving(A, Need.EMERGENCY_SHELTER, Need.HOTLINE) for _ in range(2))
    shelter, line = promised(B, A, Need.EMERGENCY_SHELTER), promised(B, A, Need.HOTLINE)
    services, pathways = [first, second], [shelter, line]
    assert broken_pathways(pathways, services, first.id, full=lambda _: False) == ()
    assert broken_pathways(pathways, services, first.id, full=lambda _: True) == (shelter,)


def test_with_its_pathways_a_network_may_come_apart() -> None:
    """A - B - C: without the way from B to A, B and C have no way to victim services."""
    first, second = promised(B, A, Need.HOUSING), promised(C, B, None)
    members = [A, B, C]
    now = member_network(members, [], [first, second], TODAY)
    then = member_network(members, [], [second], TODAY)
    assert broken_network(now, then) == Broken(1, tuple(sorted((B.id, C.id))), ())
