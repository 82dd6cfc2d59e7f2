"""The fast places of members are those that networkx gives; known graphs have known values."""

from __future__ import annotations

from uuid import UUID

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.network_measures import Place, brokers, centralization, measures_of, places
from ccr.engine.network_places import fast_places, holders


def ids(count: int) -> list[UUID]:
    return [UUID(int=number + 1) for number in range(count)]


def graph_of(count: int, edges: set[tuple[int, int]]) -> nx.Graph:
    nodes = ids(count)
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((nodes[a], nodes[b]) for a, b in edges if a != b)
    return graph


def both(graph: nx.Graph) -> tuple[dict[UUID, Place], dict[UUID, Place]]:
    return places(graph), fast_places(list(graph), list(graph.edges))


def same(a: Place, b: Place) -> bool:
    return (a.degree, a.core) == (b.degree, b.core) and all(
        x == y if x is None or y is None else x == pytest.approx(y, abs=1e-9)
        for x, y in (
            (a.betweenness, b.betweenness),
            (a.closeness, b.closeness),
            (a.constraint, b.constraint),
        )
    )


@settings(max_examples=60)
@given(
    count=st.integers(1, 14),
    edges=st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=40),
)
def test_the_fast_places_are_those_of_networkx(count: int, edges: set[tuple[int, int]]) -> None:
    slow, fast = both(graph_of(count, {(a % count, b % count) for a, b in edges}))
    assert slow.keys() == fast.keys()
    assert all(same(slow[node], fast[node]) for node in slow)


@settings(max_examples=40)
@given(
    count=st.integers(1, 12),
    edges=st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=24),
    gone=st.integers(0, 11),
)
def test_who_would_hold_others_together_is_what_networkx_says(
    count: int, edges: set[tuple[int, int]], gone: int
) -> None:
    graph = graph_of(count, {(a % count, b % count) for a, b in edges})
    node = list(graph)[gone % count]
    found = holders(list(graph), list(graph.edges))(node)
    graph.remove_node(node)
    assert found == frozenset(nx.articulation_points(graph))


def test_a_star_turns_on_one_and_a_ring_on_nobody() -> None:
    star = centralization(fast_places(*_parts(nx.star_graph(5))))
    ring = centralization(fast_places(*_parts(nx.cycle_graph(6))))
    for found, value in ((star, 1.0), (ring, 0.0)):
        assert found.degree == pytest.approx(value)
        assert found.betweenness == pytest.approx(value)
        assert found.closeness == pytest.approx(value)


def test_zacharys_karate_club_has_its_published_values() -> None:
    """Zachary 1977: 34 members, 78 ties; betweenness of the two leaders as Freeman's is given."""
    graph = nx.karate_club_graph()
    found = fast_places(*_parts(graph))
    first, last = ids(34)[0], ids(34)[33]
    assert (found[first].degree, found[last].degree) == (16, 17)
    assert found[first].betweenness == pytest.approx(0.4376, abs=1e-4)
    assert found[last].betweenness == pytest.approx(0.3041, abs=1e-4)
    assert max(place.core for place in found.values()) == 4
    assert centralization(found).degree == pytest.approx(0.3996, abs=1e-4)


def test_krackhardts_kite_has_its_published_values() -> None:
    """Krackhardt 1990: three members are the middle, each by another measure."""
    found = [*fast_places(*_parts(nx.krackhardt_kite_graph())).values()]
    diane, fernando, heather = found[3], found[5], found[7]
    assert max(place.degree for place in found) == diane.degree == 6
    assert max(place.betweenness for place in found) == heather.betweenness
    assert heather.betweenness == pytest.approx(14 / 36, abs=1e-9)
    assert max(place.closeness for place in found) == fernando.closeness
    assert fernando.closeness == pytest.approx(9 / 14, abs=1e-9)


def test_the_florentine_families_have_their_published_values() -> None:
    """Padgett and Ansell 1993, marriages: the Medici stand between, and the Pucci marry nobody."""
    graph = nx.florentine_families_graph()
    names = list(graph)
    ordered = nx.convert_node_labels_to_integers(graph)
    found = dict(zip(names, fast_places(*_parts(ordered)).values(), strict=True))
    assert found["Medici"].degree == 6
    assert found["Medici"].betweenness == pytest.approx(0.5220, abs=1e-4)
    assert found["Guadagni"].betweenness == pytest.approx(0.2546, abs=1e-4)
    assert found["Medici"].closeness == pytest.approx(0.56, abs=1e-4)
    assert all(place.betweenness == 0 for place in found.values() if place.degree == 1)


def test_who_joins_two_circles_has_the_lowest_constraint() -> None:
    """Two triangles and one member between them: it alone joins them."""
    edges = {(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (6, 0), (6, 3)}
    graph = graph_of(7, edges)
    assert brokers(fast_places(list(graph), list(graph.edges)), 1) == (ids(7)[6],)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_network_of_two_has_no_middle_and_still_has_its_words(count: int) -> None:
    found = fast_places(ids(count), [])
    assert centralization(found).degree is None
    assert [m.value for m in measures_of(found)] == ["–", "–", "–", "0", "0"]


def _parts(graph: nx.Graph) -> tuple[list[UUID], list[tuple[UUID, UUID]]]:
    nodes = ids(len(graph))
    return nodes, [(nodes[a], nodes[b]) for a, b in graph.edges]
