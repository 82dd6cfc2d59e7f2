"""The network as a picture: who is drawn where, which lines, and what is told of each.

What lives here: shapes by sector, kinds of line, which of them are on. What must not: measuring,
words of the panels (graph.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory import Member
from ccr.domain.introductions import Step, within
from ccr.domain.network import Link, LinkKind, MemberNetwork
from ccr.domain.network_layout import MOST_DRAWN, Position, layout
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import MemberCategory
from ccr.domain.used_pathways import Way
from ccr.web.presenters.graph_asked import USED, Asked

WIDTH = 820.0
LONGEST_LINE = 16
MOST_ALONE = 30
_SECTORS = {
    MemberCategory.VICTIM_SERVICES: "victim",
    MemberCategory.LEGAL: "justice",
    MemberCategory.LAW_ENFORCEMENT: "justice",
    MemberCategory.HEALTH: "health",
    MemberCategory.APIP: "program",
}
SECTORS: tuple[tuple[str, Phrase], ...] = (
    ("victim", phrase("Victim services")),
    ("justice", phrase("Justice")),
    ("health", phrase("Health")),
    ("program", phrase("Program for abusive partners")),
    ("community", phrase("Community")),
)
LINKS: tuple[tuple[LinkKind, Phrase], ...] = (
    (LinkKind.AGREEMENT, phrase("Agreement")),
    (LinkKind.ENDING, phrase("Agreement ends soon")),
    (LinkKind.PROMISED, phrase("Promised only")),
    (LinkKind.LAPSED, phrase("Lapsed")),
)


@dataclass(frozen=True)
class Node:
    """A member on the picture; `lines` is its name in two short lines."""

    id: UUID
    name: str
    lines: tuple[str, ...]
    sector: str
    x: float
    y: float
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """A line on the picture; `kind` of a link, or "used"."""

    a: UUID
    b: UUID
    kind: str
    x1: float
    y1: float
    x2: float
    y2: float
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """What is drawn, and how many members have no room on it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float
    left_out: int


def sector_of(member: Member) -> str:
    """Return the sector whose shape a member has."""
    return _SECTORS.get(member.category, "community")


def picture_of(
    network: MemberNetwork,
    asked: Asked,
    chosen: UUID | None,
    lost: Collection[UUID],
    chain: Collection[Step] = (),
) -> Picture:
    """Return the picture of what is asked for.

    Args:
        lost: members that the chosen one cuts off by leaving.
        chain: the steps of a way between two members, to be marked.
    """
    used = asked.year.ways if asked.year and asked.shows_used else frozenset()
    drawn = members_drawn(network, _near(network, asked, chosen), used)
    there = set(drawn)
    ties = ((m, link) for m in drawn for link in network.links_of(m))
    inside = [link for m, link in ties if link.a == m and link.b in there]
    pairs = _pairs_within(used, there)
    shape = {(link.a, link.b) for link in inside}
    places, height = layout(drawn, tuple(sorted(shape.union(pairs))), WIDTH)
    gone = chosen if asked.without else None
    passed = [step.giver for step in chain] + [step.taker for step in chain]
    nodes = tuple(
        Node(
            m,
            network.members[m].name,
            label_lines(network.members[m].name),
            sector_of(network.members[m]),
            *places[m],
            _node_marks(m, chosen, gone, lost, passed),
        )
        for m in drawn
    )
    steps = {frozenset((step.giver, step.taker)) for step in chain}
    edges = [_edge(USED, pair, places, ()) for pair in pairs]
    edges += [
        _edge(link.kind.value, (link.a, link.b), places, _edge_marks(link, chosen, steps))
        for link in inside
        if asked.shows(link.kind)
    ]
    return Picture(
        nodes,
        tuple(edge for edge in edges if gone not in {edge.a, edge.b}),
        WIDTH,
        height,
        len(network.members) - len(drawn),
    )


def _near(network: MemberNetwork, asked: Asked, chosen: UUID | None) -> Collection[UUID]:
    if asked.steps and chosen:
        return within(network, chosen, asked.steps)
    return network.members


def _pairs_within(ways: Collection[Way], there: Collection[UUID]) -> list[Way]:
    """Return the pairs with a used pathway in either direction among these; ids sorted."""
    found = {(min(way), max(way)) for way in ways if way[0] in there and way[1] in there}
    return sorted(found)


def members_drawn(
    network: MemberNetwork, of: Collection[UUID], used: Collection[Way] = ()
) -> tuple[UUID, ...]:
    """Return the members on the picture: those with any line first, then some without."""
    by_use = {m for way in used for m in way}
    tied = {m for m in of if network.links_of(m) or m in by_use}
    near = network.graph.adj
    linked = sorted(tied, key=lambda m: (-len(near[m]), m.int))[:MOST_DRAWN]
    alone = [m for m in of if m not in tied]
    return tuple(sorted([*linked, *alone[: min(MOST_ALONE, MOST_DRAWN - len(linked))]]))


def _node_marks(
    member: UUID,
    chosen: UUID | None,
    gone: UUID | None,
    lost: Collection[UUID],
    passed: Collection[UUID],
) -> tuple[str, ...]:
    marks = (
        ("is-selected", member == chosen and member != gone),
        ("is-gone", member == gone),
        ("is-cut-off", member in lost),
        ("is-passed", member in passed),
    )
    return tuple(mark for mark, is_so in marks if is_so)


def _edge_marks(
    link: Link, chosen: UUID | None, steps: Collection[frozenset[UUID]]
) -> tuple[str, ...]:
    marks = (
        ("is-selected", chosen in {link.a, link.b}),
        ("is-passed", link.kind.links and frozenset((link.a, link.b)) in steps),
    )
    return tuple(mark for mark, is_so in marks if is_so)


def _edge(kind: str, pair: Way, places: Mapping[UUID, Position], marks: tuple[str, ...]) -> Edge:
    a, b = pair
    return Edge(a, b, kind, *places[a], *places[b], marks)


def label_lines(name: str) -> tuple[str, ...]:
    """Return a name in two short lines that fit under its node; its link has the whole name."""
    plain = name.removesuffix(" (demo)")
    if len(plain) <= LONGEST_LINE:
        return (plain,)
    words = plain.split(" ")
    fits = [n for n in range(1, len(words)) if len(" ".join(words[:n])) <= LONGEST_LINE]
    if not fits:
        return (f"{plain[: LONGEST_LINE - 1]}…",)
    first, second = " ".join(words[: fits[-1]]), " ".join(words[fits[-1] :])
    if len(second) <= LONGEST_LINE:
        return _evened(words)
    cut = second[:LONGEST_LINE].rsplit(" ", 1)[0].rstrip(" ,;:&-") or second[: LONGEST_LINE - 1]
    return (first, f"{cut}…")


def _evened(words: list[str]) -> tuple[str, str]:
    """Return words in two lines, as even as may be."""
    lines = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return min(lines, key=lambda two: max(map(len, two)))
