"""Where every member of a network stands, quickly: the fast form of `domain.network_measures`.

By rustworkx and numpy; the same answers as networkx gives, which a property test proves.
Figures: tests/bench/gaps.py, docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

import numpy as np
import rustworkx as rx

from ccr.domain.network_measures import Place

MOST_FOR_CONSTRAINT = 3_000
"""The constraint is reckoned with a square table of all members; beyond, it is left out."""


def fast_places(nodes: Sequence[UUID], edges: Sequence[tuple[UUID, UUID]]) -> dict[UUID, Place]:
    """Return where every member stands. `edges` are undirected, each at most once, no loops."""
    number, graph = _graph(nodes, edges)
    between = rx.graph_betweenness_centrality(graph, normalized=True)
    close = rx.graph_closeness_centrality(graph, wf_improved=True)
    core = cast("dict[int, int]", rx.core_number(graph))  # its stub says int
    constraint = _constraint(len(nodes), [(number[a], number[b]) for a, b in edges])
    found = {}
    for node, index in number.items():
        degree = graph.degree(index)
        found[node] = Place(
            degree,
            float(between[index]),
            float(close[index]),
            int(core[index]),
            float(constraint[index]) if degree and constraint is not None else None,
        )
    return found


def holders(
    nodes: Sequence[UUID], edges: Sequence[tuple[UUID, UUID]]
) -> Callable[[UUID], frozenset[UUID]]:
    """Return what says, of any member, who would hold others together if it left."""
    number, graph = _graph(nodes, edges)

    def without(member_id: UUID) -> frozenset[UUID]:
        rest = graph.copy()
        rest.remove_node(number[member_id])
        return frozenset(nodes[index] for index in rx.articulation_points(rest))

    return without


def _graph(
    nodes: Sequence[UUID], edges: Sequence[tuple[UUID, UUID]]
) -> tuple[dict[UUID, int], rx.PyGraph]:
    number = {node: index for index, node in enumerate(nodes)}
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(nodes)))
    graph.add_edges_from_no_data([(number[a], number[b]) for a, b in edges])
    return number, graph


def _constraint(count: int, edges: Sequence[tuple[int, int]]) -> np.ndarray | None:
    """Return Burt's constraint of every node; None where there are too many to reckon it."""
    if count > MOST_FOR_CONSTRAINT:
        return None
    linked = np.zeros((count, count))
    if edges:
        a, b = np.array(edges).T
        linked[a, b] = linked[b, a] = 1.0
    degree = linked.sum(axis=1, keepdims=True)
    share = np.divide(linked, degree, out=np.zeros_like(linked), where=degree > 0)
    both = share + share @ share
    found: np.ndarray = ((both * both) * linked).sum(axis=1)
    return found
