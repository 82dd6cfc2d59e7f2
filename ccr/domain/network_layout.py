"""Where members stand on the picture of the network. The position means nothing, and is said so.

What lives here: a layout that is the same for the same graph, with room for a label under each
node. What must not: shapes, colours, words. Source: Fruchterman and Reingold 1991, by networkx,
from a fixed seed; then nodes whose labels would lie on each other are pushed apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import networkx as nx

Position = tuple[float, float]
SEED = 7
MOST_DRAWN = 160
"""Beyond so many members a picture says nothing; the table says it all. Our choice."""
_LABEL_WIDE, _LABEL_HIGH = 132.0, 50.0
_EDGE = 78.0
_STEPS = 220


@lru_cache(maxsize=16)
def layout(
    nodes: tuple[UUID, ...], edges: tuple[tuple[UUID, UUID], ...], width: float, height: float
) -> dict[UUID, Position]:
    """Return x and y of every node, in units of the picture, y down. Cached; do not change it.

    Groups that are not linked stand beside each other; members without any link in rows below.
    """
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    alone = sorted(nx.isolates(graph))
    per_row = max(1, int((width - 40) // (_LABEL_WIDE + 6)))
    rows = math.ceil(len(alone) / per_row)
    below = rows * _LABEL_HIGH + (24 if rows else 0)
    linked = graph.subgraph(n for n in nodes if graph.degree(n))
    found = _linked(linked, width, max(height - below, 200.0))
    for number, node in enumerate(alone):
        row, column = divmod(number, per_row)
        in_row = min(per_row, len(alone) - row * per_row)
        x = (column + 0.5) * width / in_row
        found[node] = (round(x, 1), round(height - (rows - row) * _LABEL_HIGH + 12, 1))
    return found


def _linked(graph: nx.Graph, width: float, height: float) -> dict[UUID, Position]:
    """Return the places of the linked nodes in a field of this size."""
    if not graph:
        return {}
    groups = sorted(nx.connected_components(graph), key=lambda c: (-len(c), min(c)))
    weights = [math.sqrt(len(group)) for group in groups]
    found: dict[UUID, Position] = {}
    left = 0.0
    for group, weight in zip(groups, weights, strict=True):
        wide = width * weight / sum(weights)
        part = nx.Graph()
        part.add_nodes_from(sorted(group))
        part.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(group).edges))
        places = nx.spring_layout(
            part, seed=SEED, iterations=120, k=2.2 / math.sqrt(len(group)), method="force"
        )
        found |= _stretched(places, left, wide, height)
        left += wide
    return _apart(found, width, height)


def _stretched(
    places: dict[UUID, Sequence[float]], left: float, wide: float, high: float
) -> dict[UUID, Position]:
    room_x, room_y = max(wide - 2 * _EDGE, 1.0), max(high - 2 * _EDGE, 1.0)
    xs = _spread({node: float(place[0]) for node, place in places.items()})
    ys = _spread({node: float(place[1]) for node, place in places.items()})
    return {n: (left + _EDGE + room_x * xs[n], _EDGE + room_y * ys[n]) for n in places}


def _spread(values: dict[UUID, float]) -> dict[UUID, float]:
    """Return the values from 0 to 1, half as they are and half by their rank, to fill the field."""
    low, high = min(values.values()), max(values.values())
    order = sorted(values, key=lambda node: (values[node], node))
    last = max(len(order) - 1, 1)
    return {
        node: ((values[node] - low) / max(high - low, 1e-9) + rank / last) / 2
        for rank, node in enumerate(order)
    }


def _apart(places: dict[UUID, Position], width: float, height: float) -> dict[UUID, Position]:
    """Push nodes away from each other until their labels are free, or the steps are used up."""
    nodes = sorted(places)
    spots = [[*places[node]] for node in nodes]
    for _ in range(_STEPS):
        moved = _push(spots)
        for spot in spots:
            spot[0] = min(max(spot[0], _EDGE), width - _EDGE)
            spot[1] = min(max(spot[1], 22.0), height - 36.0)
        if not moved:
            break
    return {n: (round(s[0], 1), round(s[1], 1)) for n, s in zip(nodes, spots, strict=True)}


def _push(spots: list[list[float]]) -> bool:
    """Push every pair whose labels lie on each other apart by a little; True when there was one."""
    order = sorted(range(len(spots)), key=lambda n: (spots[n][1], n))
    moved = False
    for place, i in enumerate(order):
        one = spots[i]
        for j in order[place + 1 :]:
            other = spots[j]
            dx, dy = other[0] - one[0], other[1] - one[1]
            if dy > 2 * _LABEL_HIGH:
                break  # the others lie lower still; the order is as it was before this round
            over_x, over_y = _LABEL_WIDE - abs(dx), _LABEL_HIGH - abs(dy)
            if over_x <= 0 or over_y <= 0:
                continue
            moved = True
            axis = 1 if over_y / _LABEL_HIGH <= over_x / _LABEL_WIDE else 0
            over, way = (over_y, dy) if axis else (over_x, dx)
            step = (over / 2 + 0.5) * (1 if way >= 0 else -1)
            one[axis] -= step
            other[axis] += step
    return moved
