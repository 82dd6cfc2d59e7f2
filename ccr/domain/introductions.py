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
    if start not in network.members or goal not in network.members:
        return None
    left = nx.single_source_shortest_path_length(network.graph, goal)
    if start not in left:
        return None
    links = network.link_between
    # One ring after the other toward the goal: what doubt the best chain to each member has so far.
    ring: dict[UUID, tuple[int, tuple[UUID, ...]]] = {start: (0, (start,))}
    for steps in range(left[start] - 1, -1, -1):
        nearer: dict[UUID, tuple[int, tuple[UUID, ...]]] = {}
        for doubt, chain in ring.values():
            for taker in network.graph.adj[chain[-1]]:
                if left[taker] == steps:
                    kind = links[_pair(chain[-1], taker)].kind
                    found = (doubt + _DOUBT[kind], (*chain, taker))
                    nearer[taker] = min(nearer.get(taker, found), found)
        ring = nearer
    return tuple(_step(links, giver, taker) for giver, taker in pairwise(ring[goal][1]))


def _pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return min(one, other), max(one, other)


def _step(links: Mapping[tuple[UUID, UUID], Link], giver: UUID, taker: UUID) -> Step:
    link = links[_pair(giver, taker)]
    promised = link.forward if giver == link.a else link.back
    return Step(giver, taker, link, link.both_ways or promised)


def within(network: MemberNetwork, start: UUID, steps: int) -> frozenset[UUID]:
    """Return the members that links lead to in so many steps, and the one they start from."""
    return frozenset(nx.single_source_shortest_path_length(network.graph, start, cutoff=steps))
