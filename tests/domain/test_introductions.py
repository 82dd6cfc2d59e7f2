"""Which introductions lead from one member to another, and what was promised beside used."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from uuid import UUID

import networkx as nx
import pytest

from ccr.domain.directory import Member
from ccr.domain.introductions import introductions, within
from ccr.domain.network import MemberNetwork, member_network
from ccr.domain.pathway_use import Paper, compare, in_force_over_time
from ccr.domain.used_pathways import UsedYear
from tests.builders import make_agreement, make_member
from tests.domain.test_network import TODAY, promise

ENDED = date(2026, 3, 1)


def network(members, agreements=(), pathways=()) -> MemberNetwork:
    return member_network(members, agreements, pathways, TODAY)


def test_the_shortest_chain_leads_there_and_says_what_ties_each_step():
    a, b, c, d = (make_member() for _ in range(4))
    found = introductions(
        network([a, b, c, d], [make_agreement(a, b), make_agreement(c, d)], [promise(c, b)]),
        a.id, d.id,
    )  # fmt: skip
    assert found is not None
    assert [(step.giver, step.taker) for step in found] == [
        (a.id, b.id),
        (b.id, c.id),
        (c.id, d.id),
    ]
    assert [step.onward for step in found] == [True, False, True]


def test_of_two_chains_as_short_the_signed_one_is_taken():
    a, signed, said, goal = (make_member() for _ in range(4))
    found = introductions(
        network(
            [a, signed, said, goal],
            [make_agreement(a, signed), make_agreement(signed, goal)],
            [promise(a, said), promise(said, goal)],
        ),
        a.id, goal.id,
    )  # fmt: skip
    assert found is not None
    assert [step.taker for step in found] == [signed.id, goal.id]


def test_no_chain_is_none_and_oneself_needs_no_introduction():
    a, b = make_member(), make_member()
    apart = network([a, b], [make_agreement(a, b, expires_on=ENDED)])
    assert introductions(apart, a.id, b.id) is None
    assert introductions(apart, a.id, UUID(int=1)) is None
    assert introductions(apart, a.id, a.id) == ()


def test_chains_are_as_short_as_networkx_finds_them_between_any_two_families():
    graph = nx.florentine_families_graph()
    members: dict[str, Member] = {name: make_member(name=name) for name in graph}
    found = network(
        members.values(), [make_agreement(members[a], members[b]) for a, b in graph.edges]
    )
    for one, other in combinations(graph, 2):
        steps = introductions(found, members[one].id, members[other].id)
        assert len(steps or ()) == nx.shortest_path_length(graph, one, other)
    near = within(found, members["Medici"].id, 1)
    assert near == {members[n].id for n in ("Medici", *graph["Medici"])}


def test_what_was_used_stands_beside_what_there_is_today_worst_first():
    a, b, c, d, gone = (make_member() for _ in range(5))
    agreements = [make_agreement(a, b), make_agreement(a, c, expires_on=ENDED)]
    pathways = [promise(a, d), promise(b, d)]
    ways = {(a, b), (a, c), (a, d), (d, b), (c, d), (a, gone)}
    used = UsedYear("2026", frozenset((one.id, other.id) for one, other in ways))
    found = compare(used, network([a, b, c, d], agreements, pathways), pathways, TODAY)
    assert [(one.way, one.paper) for one in found.unagreed] == [
        ((c.id, d.id), Paper.NOTHING),
        ((a.id, c.id), Paper.LAPSED),
        ((d.id, b.id), Paper.OTHER_WAY),
        ((a.id, d.id), Paper.PROMISED),
    ]
    assert (found.unagreed[1].ended, found.agreed) == (ENDED, 1)
    assert found.silent == (pathways[1],)


@pytest.mark.parametrize(
    ("year", "ways", "silent"),
    [("2026", True, True), ("2025", True, False), ("2026", False, False)],
)
def test_a_promise_is_called_silent_only_in_a_year_that_it_saw_and_that_tells_something(
    year, ways, silent
):
    a, b, c = (make_member() for _ in range(3))
    pathways = [promise(a, b)]  # of January 2026
    used = UsedYear(year, frozenset({(b.id, c.id)} if ways else ()))
    found = compare(used, network([a, b, c], [], pathways), pathways, TODAY)
    assert bool(found.silent) is silent


def test_what_is_in_force_is_counted_on_the_last_day_of_each_quarter():
    a, b, c, gone = (make_member() for _ in range(4))
    agreements = [
        make_agreement(a, b, signed_on=date(2025, 12, 31), expires_on=date(2026, 6, 30)),
        make_agreement(a, b, signed_on=date(2026, 6, 30), expires_on=None),
        make_agreement(b, c, signed_on=date(2026, 4, 1), expires_on=None),
        make_agreement(a, gone, signed_on=date(2020, 1, 1), expires_on=None),
    ]
    pathways = [promise(a, c), promise(c, b, ended_on=date(2026, 3, 31))]
    found = in_force_over_time(agreements, pathways, {a.id, b.id, c.id}, TODAY)
    assert [(one.label, one.agreements, one.pathways) for one in found] == [
        ("2025Q4", 1, 0),
        ("2026Q1", 1, 1),
        ("2026Q2", 2, 1),
        ("2026Q3", 2, 1),
        ("", 2, 1),
    ]
    assert in_force_over_time([], [], {a.id}, TODAY) == ()
