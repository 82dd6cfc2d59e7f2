"""The network as a graph: known graphs give known values, and what would break without whom."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from uuid import UUID

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Agreement, Member
from ccr.domain.network import LinkKind, MemberNetwork, member_network
from ccr.domain.network_layout import layout
from ccr.domain.pathways import Pathway
from ccr.domain.taxonomy import MemberCategory
from tests.builders import make_agreement, make_id, make_member

TODAY = date(2026, 11, 12)


def victim(name: str) -> Member:
    return make_member(name=name, category=MemberCategory.VICTIM_SERVICES)


def promise(a: Member, b: Member, *, ended_on: date | None = None) -> Pathway:
    return Pathway(make_id(), a.id, b.id, None, date(2026, 1, 1), ended_on)


def network(
    members: Iterable[Member],
    agreements: Iterable[Agreement] = (),
    pathways: Iterable[Pathway] = (),
) -> MemberNetwork:
    return member_network(members, agreements, pathways, TODAY)


def test_a_star_hangs_on_its_middle() -> None:
    middle = victim("Middle")
    leaves = [make_member() for _ in range(4)]
    star = network([middle, *leaves], [make_agreement(middle, leaf) for leaf in leaves])
    assert star.density == pytest.approx(4 / 10)
    assert star.articulation == (middle.id,)
    assert len(star.bridges) == 4
    assert star.cut_off == {middle.id: tuple(sorted(leaf.id for leaf in leaves))}
    assert star.without_a_way == ()


def test_a_ring_needs_nobody() -> None:
    ring = [victim("A"), victim("B"), make_member(), make_member()]
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    found = network(ring, [make_agreement(a, b) for a, b in pairs])
    assert found.articulation == ()
    assert found.bridges == ()
    assert found.cut_off == {}
    assert len(found.components) == 1


def test_a_chain_says_who_is_beyond_whom() -> None:
    advocate, court, school, parish = victim("Advocate"), *(make_member() for _ in range(3))
    chain = [(advocate, court), (court, school), (school, parish)]
    found = network([advocate, court, school, parish], [make_agreement(a, b) for a, b in chain])
    assert set(found.cut_off[court.id]) == {school.id, parish.id}
    assert set(found.cut_off[school.id]) == {parish.id}
    assert set(found.cut_off[advocate.id]) == {court.id, school.id, parish.id}


def test_a_second_advocate_on_the_other_side_saves_them() -> None:
    one, court, other = victim("One"), make_member(), victim("Other")
    found = network([one, court, other], [make_agreement(one, court), make_agreement(court, other)])
    assert found.articulation == (court.id,)
    assert found.cut_off == {}


def test_members_without_any_link_are_alone_and_have_no_way() -> None:
    alone, advocate = make_member(), victim("Advocate")
    found = network([alone, advocate])
    assert set(found.isolates) == {alone.id, advocate.id}
    assert found.without_a_way == (alone.id,)
    assert found.density == 0


def test_one_member_and_none_are_networks_too() -> None:
    assert network([]).density == 0
    assert network([make_member()]).components[0]
    assert len(network([]).measures()) == len(network([make_member()]).measures())


def test_what_lapsed_is_shown_and_links_nobody() -> None:
    a, b = make_member(), make_member()
    found = network([a, b], [make_agreement(a, b, expires_on=TODAY)])
    assert [link.kind for link in found.links] == [LinkKind.LAPSED]
    assert len(found.isolates) == 2
    soon = network([a, b], [make_agreement(a, b, expires_on=date(2026, 12, 1))])
    assert [link.kind for link in soon.links] == [LinkKind.ENDING]
    assert soon.isolates == ()


def test_a_promise_under_a_lapsed_agreement_still_links() -> None:
    a, b = make_member(), make_member()
    lapsed = make_agreement(a, b, expires_on=TODAY)
    found = network([a, b], [lapsed], [promise(a, b)])
    assert [link.kind for link in found.links] == [LinkKind.PROMISED]
    # and the agreement is still one to renew, while a promise alone never had one
    assert [link.agreement_lapsed for link in found.links] == [True]
    alone = network([a, b], [], [promise(a, b)])
    assert [link.agreement_lapsed for link in alone.links] == [False]


def test_promises_both_ways_are_counted_as_answered() -> None:
    a, b, c = (make_member() for _ in range(3))
    found = network([a, b, c], (), [promise(a, b), promise(b, a), promise(a, c)])
    assert found.reciprocity == (1, 2)
    ended = network([a, b], (), [promise(a, b), promise(b, a, ended_on=TODAY)])
    assert ended.reciprocity == (0, 1)


def test_members_that_left_or_are_of_elsewhere_are_no_nodes() -> None:
    here, gone, elsewhere = make_member(), make_member(active=False), make_member()
    found = network([here, gone], [make_agreement(here, gone), make_agreement(here, elsewhere)])
    assert set(found.members) == {here.id}
    assert found.links == ()


MEMBERS = tuple(
    make_member(category=MemberCategory.VICTIM_SERVICES if n < 3 else MemberCategory.LEGAL)
    for n in range(9)
)
PAIRS = list(combinations(MEMBERS, 2))
LINKED = st.lists(st.sampled_from(PAIRS), unique=True, max_size=16)


@settings(max_examples=80, deadline=None)
@given(LINKED, st.randoms(use_true_random=False))
def test_measures_are_networkx_own_whatever_the_order(
    pairs: list[tuple[Member, Member]], rng: random.Random
) -> None:
    agreements = [make_agreement(a, b) for a, b in pairs]
    one = network(MEMBERS, agreements)
    graph = nx.Graph()
    graph.add_nodes_from(m.id for m in MEMBERS)
    graph.add_edges_from((a.id, b.id) for a, b in pairs)
    assert one.density == pytest.approx(nx.density(graph))
    assert set(one.articulation) == set(nx.articulation_points(graph))
    assert {frozenset(p) for p in one.bridges} == {frozenset(p) for p in nx.bridges(graph)}
    members = list(MEMBERS)
    rng.shuffle(members)
    rng.shuffle(agreements)
    other = network(members, agreements)
    assert (one.links, one.cut_off) == (other.links, other.cut_off)


@settings(max_examples=40, deadline=None)
@given(LINKED)
def test_cut_off_is_what_removing_the_member_really_does(
    pairs: list[tuple[Member, Member]],
) -> None:
    found = network(MEMBERS, [make_agreement(a, b) for a, b in pairs])
    for member in MEMBERS:
        graph = found.graph.copy()
        graph.remove_node(member.id)
        lost = []
        for other in set(graph.nodes):
            goals = found.victim_services
            had = any(nx.has_path(found.graph, other, g) for g in goals)
            has = any(nx.has_path(graph, other, g) for g in goals - {member.id})
            if had and not has:
                lost.append(other)
        assert found.cut_off.get(member.id, ()) == tuple(sorted(lost))


@settings(max_examples=15, deadline=None)
@given(LINKED)
def test_the_picture_is_the_same_each_time_and_keeps_inside_its_frame(
    pairs: list[tuple[Member, Member]],
) -> None:
    nodes = tuple(sorted(m.id for m in MEMBERS))
    edges: tuple[tuple[UUID, UUID], ...] = tuple((a.id, b.id) for a, b in pairs)
    first, height = layout(nodes, edges, 820.0)
    layout.cache_clear()
    assert (first, height) == layout(nodes, edges, 820.0)
    assert set(first) == set(nodes)
    assert all(0 <= x <= 820 and 0 <= y <= height - 50 for x, y in first.values())
    for (x1, y1), (x2, y2) in combinations(first.values(), 2):
        assert abs(x1 - x2) >= 120 or abs(y1 - y2) >= 65, "two labels lie on each other"
