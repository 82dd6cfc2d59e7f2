"""How one member comes to another: which introductions lead from A to B.

What lives here: the chain with the fewest steps over links that count, and what ties each step.
What must not: words for people, a picture. Of chains as short as one another the one with the
surest ties wins: a signed agreement before one that ends soon, before a promise alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import networkx as nx

from ccr.domain.network import Link, LinkKind, MemberNetwork

_DOUBT: Mapping[LinkKind, int] = {LinkKind.AGREEMENT: 0, LinkKind.ENDING: 1, LinkKind.PROMISED: 2}
_A_STEP = 1_000
"""More than all doubts of any chain that is read: a step more never makes a chain shorter."""


@dataclass(frozen=True, slots=True)
class Step:
    """One introduction.

    Attributes:
        onward: a pathway in this direction is agreed or promised; else only the other way.
    """

    giver: UUID
    taker: UUID
    link: Link
    onward: bool


def introductions(network: MemberNetwork, start: UUID, goal: UUID) -> tuple[Step, ...] | None:
    """Return the steps that lead from one member to another; () for itself, None for no chain."""
    graph = nx.Graph()
    graph.add_nodes_from(network.members)
    links = {(link.a, link.b): link for link in network.links if link.kind.links}
    for (a, b), link in links.items():
        graph.add_edge(a, b, weight=_A_STEP + _DOUBT[link.kind])
    if start not in graph or goal not in graph:
        return None
    try:
        chain = nx.dijkstra_path(graph, start, goal)
    except nx.NetworkXNoPath:
        return None
    return tuple(_step(links, giver, taker) for giver, taker in pairwise(chain))


def _step(links: Mapping[tuple[UUID, UUID], Link], giver: UUID, taker: UUID) -> Step:
    link = links[min(giver, taker), max(giver, taker)]
    promised = link.forward if giver == link.a else link.back
    return Step(giver, taker, link, link.both_ways or promised)


def within(network: MemberNetwork, start: UUID, steps: int) -> frozenset[UUID]:
    """Return the members that links lead to in so many steps, and the one they start from."""
    return frozenset(nx.single_source_shortest_path_length(network.graph, start, cutoff=steps))
