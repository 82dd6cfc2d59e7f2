"""How a network hangs together: measures of the whole and of each member's place in it (R92).

What lives here: the definitions, by networkx, and what each means for a community. What must not:
people, referrals, a ranking of members for the public. The fast form is `engine.network_places`.
Sources: Freeman 1978, Centrality in social networks; Burt 1992, Structural holes; Seidman 1983,
k-cores. The comparators are published figures of other communities, none is a target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import networkx as nx

from ccr.domain.network import Measure
from ccr.domain.phrases import Phrase, phrase

APART = 0.5
LEAST_FOR_CENTRALIZATION = 3
"""With fewer members no one of them can be the middle."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one member stands.

    Attributes:
        degree: members it is linked to.
        betweenness: the share, 0 to 1, of shortest ways between two others that lead over it.
        closeness: how few steps lead to the others, 0 to 1; 0 for a member alone.
        core: the largest k for which it is in a part where each is linked to k others.
        constraint: how far its partners are linked among themselves: low for one that joins
            partners who have no other way to one another. None for a member alone.
    """

    degree: int
    betweenness: float
    closeness: float
    core: int
    constraint: float | None


@dataclass(frozen=True, slots=True)
class Centralization:
    """How far everything turns on one member: 0 for a ring, 1 for a star. None below three."""

    degree: float | None
    betweenness: float | None
    closeness: float | None


@dataclass(frozen=True, slots=True)
class Comparator:
    """A published figure of another network, to be read beside ours and not as a target."""

    measure: str
    value: str
    words: Phrase
    source: str


COMPARATORS: tuple[Comparator, ...] = (
    Comparator(
        "density",
        "21.5 %",
        phrase("27 organizations of one community, ties of referral"),
        "SSWR 2010, paper 13037",
    ),
    Comparator(
        "density",
        "30 %",
        phrase("43 agencies of one community, ties of referral"),
        "doi:10.1007/s10935-024-00774-2",
    ),
    Comparator(
        "components",
        "1",
        phrase("the same 27 organizations: all could reach one another"),
        "SSWR 2010, paper 13037",
    ),
    Comparator(
        "closeness-centralization",
        "–",
        phrase(
            "domestic violence programs stood most in the middle, and members nearer to all others "
            "said more often that their work had changed"
        ),
        "Rana and Allen 2015, doi:10.1016/j.psi.2015.08.001",
    ),
)


def places(graph: nx.Graph) -> dict[UUID, Place]:
    """Return where every member stands. The specification; slow beyond some hundred members."""
    between = nx.betweenness_centrality(graph)
    close = nx.closeness_centrality(graph)
    core = nx.core_number(graph)
    constraint = nx.constraint(graph) if graph.number_of_edges() else {}
    return {
        node: Place(
            graph.degree(node),
            between[node],
            close[node],
            core[node],
            constraint[node] if graph.degree(node) else None,
        )
        for node in graph
    }


def centralization(found: Mapping[UUID, Place]) -> Centralization:
    """Return Freeman's three, from the places of every member."""
    n = len(found)
    if n < LEAST_FOR_CENTRALIZATION:
        return Centralization(None, None, None)
    degrees = [float(place.degree) for place in found.values()]
    between = [place.betweenness for place in found.values()]
    close = [place.closeness for place in found.values()]
    return Centralization(
        _spread(degrees) / ((n - 1) * (n - 2)),
        _spread(between) / (n - 1),
        _spread(close) / ((n - 1) * (n - 2) / (2 * n - 3)),
    )


def _spread(values: Iterable[float]) -> float:
    """Return how far all stay behind the highest, in sum."""
    listed = list(values)
    highest = max(listed)
    return sum(highest - value for value in listed)


def measures_of(found: Mapping[UUID, Place]) -> tuple[Measure, ...]:
    """Return the measures of the whole that follow from the places, each with what it means."""
    turned = centralization(found)
    highest = max((place.core for place in found.values()), default=0)
    inner = sum(place.core == highest for place in found.values()) if highest else 0
    return (
        Measure(
            "degree-centralization",
            phrase("Turns on one member: links"),
            _percent(turned.degree),
            phrase(
                "0 % when all have as many links, 100 % when one has all of them. High means: if "
                "that one is full or leaves, most lose their only partner."
            ),
        ),
        Measure(
            "betweenness-centralization",
            phrase("Turns on one member: ways"),
            _percent(turned.betweenness),
            phrase(
                "How far the shortest ways between members lead over one and the same. High means "
                "that news and referrals wait at one desk."
            ),
        ),
        Measure(
            "closeness-centralization",
            phrase("Turns on one member: nearness"),
            _percent(turned.closeness),
            phrase("How much nearer to all others one member is than the rest are."),
        ),
        Measure(
            "core",
            phrase("Inner circle"),
            str(inner),
            phrase(
                "Members of the part in which each is linked to at least %(k)s others. The work "
                "goes on there if any one of them leaves.",
                k=highest,
            ),
        ),
        Measure(
            "holes",
            phrase("Join what is not linked"),
            str(sum(joins_apart(place) for place in found.values())),
            phrase(
                "Members whose partners have few links among themselves (constraint at most a "
                "half). They carry news between circles: give their partners a second way."
            ),
        ),
    )


def joins_apart(place: Place) -> bool:
    """Return True for a member of which the partners are hardly linked. Source: Burt 1992.

    With two partners who are not linked the constraint is a half; a half is our bound.
    """
    return place.constraint is not None and place.degree > 1 and place.constraint <= APART


def brokers(found: Mapping[UUID, Place], most: int) -> tuple[UUID, ...]:
    """Return the members that join partners who are not linked otherwise, the clearest first.

    With two links at least; whoever has one link joins nobody. Source: Burt 1992 (constraint).
    """
    joining = [
        (place.constraint, node)
        for node, place in found.items()
        if place.constraint is not None and place.degree > 1
    ]
    return tuple(node for _, node in sorted(joining)[:most])


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"
