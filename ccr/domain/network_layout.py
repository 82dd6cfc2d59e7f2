"""Where members stand on the picture of the network. The position means nothing, and is said so.

What lives here: a layout that is the same for the same graph, in which no label lies on another.
What must not: shapes, colours, words. Source: Fruchterman and Reingold 1991, by networkx, from a
fixed seed; then each node takes the nearest free place of a lattice whose cells hold a label.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from uuid import UUID

import networkx as nx

Position = tuple[float, float]
Edges = tuple[tuple[UUID, UUID], ...]
SEED = 7
MOST_DRAWN = 160
"""Beyond so many members a picture says nothing; the table says it all. Our choice."""
LABEL_WIDE, LABEL_HIGH = 136.0, 70.0
"""Room for a node and two short lines below it; a place of the lattice is as large."""
_WIDER = LABEL_WIDE / LABEL_HIGH
_ABOVE = 20.0
_FILLED = 0.62
"""How much of the lattice is taken: free places between keep apart what is not linked."""
_LEAST_OF_ITS_OWN = 6
"""Smaller groups stand in rows below the larger ones."""


@lru_cache(maxsize=16)
def layout(
    nodes: tuple[UUID, ...], edges: Edges, width: float
) -> tuple[dict[UUID, Position], float]:
    """Return x and y of every node, in units of the picture, y down, and how high the picture is.

    Cached; do not change what it returns. Groups of six and more are drawn by their links, one
    below the other; smaller groups, then members without any link, stand in rows below them.
    """
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    groups = sorted(nx.connected_components(graph), key=lambda c: (-len(c), min(c)))
    columns = max(1, int(width // LABEL_WIDE))
    found: dict[UUID, Position] = {}
    row = 0
    for group in (g for g in groups if len(g) >= _LEAST_OF_ITS_OWN):
        rows = max(2, math.ceil(len(group) / columns / _FILLED))
        drawn = _drawn(graph, group)
        for node, (r, c) in _settled(graph, drawn, rows, columns).items():
            found[node] = _middle(row + r, c, columns, width)
        row += 1 + max(r for r, _ in _places(found, group))
    small = [_in_line(graph, g) for g in groups if 1 < len(g) < _LEAST_OF_ITS_OWN]
    alone = [[node] for group in groups if len(group) == 1 for node in group]
    for lines in (small, alone):
        for node, (r, c) in _in_rows(lines, columns).items():
            found[node] = _middle(row + r, c, columns, width)
        row = _rows_taken(found)
    return found, max(row, 1) * LABEL_HIGH + 12


def _middle(row: int, column: int, columns: int, width: float) -> Position:
    """Return the place of a node in a cell; every second row stands half a cell further."""
    wide = width / (columns + 0.5)
    x = (column + (0.5 if row % 2 == 0 else 1.0)) * wide
    return round(x, 1), round(row * LABEL_HIGH + _ABOVE, 1)


def _places(found: dict[UUID, Position], group: Iterable[UUID]) -> list[tuple[int, float]]:
    return [(round((found[node][1] - _ABOVE) / LABEL_HIGH), found[node][0]) for node in group]


def _rows_taken(found: dict[UUID, Position]) -> int:
    return 1 + max((r for r, _ in _places(found, found)), default=-1)


def _drawn(graph: nx.Graph, group: Collection[UUID]) -> dict[UUID, Position]:
    """Return where the links draw the members of a group, each axis from 0 to 1."""
    part = nx.Graph()
    part.add_nodes_from(sorted(group))
    part.add_edges_from(sorted(tuple(sorted(e)) for e in graph.subgraph(group).edges))
    places = nx.spring_layout(
        part, seed=SEED, iterations=120, k=2.2 / math.sqrt(len(group)), method="force"
    )
    xs = _spread({node: float(place[0]) for node, place in places.items()})
    ys = _spread({node: float(place[1]) for node, place in places.items()})
    return {node: (xs[node], ys[node]) for node in places}


def _spread(values: dict[UUID, float]) -> dict[UUID, float]:
    """Return the values from 0 to 1, half as they are and half by their rank, to fill the field."""
    low, high = min(values.values()), max(values.values())
    order = sorted(values, key=lambda node: (values[node], node))
    last = max(len(order) - 1, 1)
    return {
        node: ((values[node] - low) / max(high - low, 1e-9) + rank / last) / 2
        for rank, node in enumerate(order)
    }


def _settled(
    graph: nx.Graph, drawn: dict[UUID, Position], rows: int, columns: int
) -> dict[UUID, tuple[int, int]]:
    """Return a cell of its own for each node, as near as may be.

    Those with most links choose first. Rows that stay empty above are left out.
    """
    free = {(r, c) for r in range(rows) for c in range(columns)}
    found = {}
    for node in sorted(drawn, key=lambda n: (-graph.degree(n), n)):
        x, y = drawn[node]
        cell = min(
            free,
            key=lambda rc: (
                (_WIDER * ((rc[1] + 0.5 * (rc[0] % 2) + 0.25) - x * columns)) ** 2
                + (rc[0] + 0.5 - y * rows) ** 2,
                rc,
            ),
        )
        free.remove(cell)
        found[node] = cell
    first = min(r for r, _ in found.values())
    return {node: (r - first, c) for node, (r, c) in found.items()}


def _in_line(graph: nx.Graph, group: Collection[UUID]) -> list[UUID]:
    """Return a small group from its best linked member outward, so that links stay short."""
    start = max(group, key=lambda n: (-graph.degree(n), n))  # an end of a chain comes first
    return [start, *(to for _, to in nx.bfs_edges(graph, start, sort_neighbors=sorted))]


def _in_rows(lines: Sequence[Sequence[UUID]], columns: int) -> dict[UUID, tuple[int, int]]:
    """Return cells row by row; a line that has no room in the rest of a row begins the next."""
    found = {}
    row = column = 0
    for line in lines:
        if column and column + len(line) > columns:
            row, column = row + 1, 0
        for node in line:
            if column == columns:
                row, column = row + 1, 0
            found[node] = (row, column)
            column += 1
    return found
