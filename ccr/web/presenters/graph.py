"""The network as a picture, as a table and as the panel of one member, for templates.

What lives here: shapes by sector, line styles by kind of link, words. What must not: measuring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import ngettext

from ccr.domain.directory import Member
from ccr.domain.network import Link, LinkKind, MemberNetwork
from ccr.domain.network_layout import MOST_DRAWN, layout
from ccr.domain.network_measures import COMPARATORS, Place, brokers, measures_of
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import MemberCategory
from ccr.services.coordination import NetworkView
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

WIDTH = 820.0
LEAST_HEIGHT, MOST_HEIGHT = 540.0, 1600.0
HEIGHT_A_MEMBER = 17.0
LONGEST_LABEL = 21
MOST_ALONE = 30
MOST_BROKERS = 3
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
_LINK_WORDS = dict(LINKS)


@dataclass(frozen=True)
class Node:
    """A member on the picture."""

    id: UUID
    name: str
    label: str
    sector: str
    x: float
    y: float
    selected: bool
    cut_off: bool


@dataclass(frozen=True)
class Edge:
    """A line on the picture."""

    a: UUID
    b: UUID
    kind: str
    x1: float
    y1: float
    x2: float
    y2: float
    of_selected: bool


def sector_of(member: Member) -> str:
    """Return the sector whose shape a member has."""
    return _SECTORS.get(member.category, "community")


def graph_view(
    view: NetworkView, places: Mapping[UUID, Place], wanted: str | None
) -> dict[str, object]:
    """Return everything the graph page shows; `wanted` is the id of the chosen member, as text."""
    network = view.network
    chosen = _chosen(network, wanted)
    lost = network.cut_off.get(chosen, ()) if chosen else ()
    drawn = _drawn(network)
    height = min(MOST_HEIGHT, max(LEAST_HEIGHT, HEIGHT_A_MEMBER * len(drawn)))
    nodes, edges = _picture(network, drawn, chosen, lost, height)
    return {
        "width": WIDTH,
        "height": height,
        "nodes": nodes,
        "edges": edges,
        "left_out": len(network.members) - len(drawn),
        "chosen": _panel(network, chosen, lost) if chosen else None,
        "rows": _rows(network),
        "measures": [
            {"label": translated(m.label), "value": m.value, "meaning": translated(m.meaning)}
            for m in (*network.measures(), *measures_of(places))
        ],
        "comparators": [
            {"value": c.value, "words": translated(c.words), "source": c.source}
            for c in COMPARATORS
        ],
        "brokers": [
            {"id": m, "name": network.members[m].name} for m in brokers(places, MOST_BROKERS)
        ],
        "lapsed": _lapsed(network),
        "alone": _alone(network),
        "breaks": [
            {"id": m, "name": network.members[m].name, "lost": _names(network, gone)}
            for m, gone in sorted(network.cut_off.items(), key=lambda item: -len(item[1]))
        ],
        "members": len(network.members),
        "links": sum(link.kind.links for link in network.links),
        "sectors": [(code, translated(words)) for code, words in SECTORS],
        "kinds": [(kind.value, translated(words)) for kind, words in LINKS],
    }


def _chosen(network: MemberNetwork, wanted: str | None) -> UUID | None:
    """Return the member asked for, else the one whom most would miss, else nobody."""
    try:
        asked = UUID(wanted or "")
    except ValueError:
        asked = None
    if asked in network.members:
        return asked
    if not network.links:
        return None
    graph = network.graph
    return max(
        network.members, key=lambda m: (len(network.cut_off.get(m, ())), graph.degree(m), str(m))
    )


def _drawn(network: MemberNetwork) -> tuple[UUID, ...]:
    """Return the members on the picture: those with any line first, then some without."""
    tied = {m for link in network.links for m in (link.a, link.b)}
    degree = network.graph.degree
    linked = sorted(tied, key=lambda m: (-degree(m), str(m)))[:MOST_DRAWN]
    alone = [m for m in network.members if m not in tied]
    return tuple(sorted([*linked, *alone[: min(MOST_ALONE, MOST_DRAWN - len(linked))]]))


def _picture(
    network: MemberNetwork,
    drawn: tuple[UUID, ...],
    chosen: UUID | None,
    lost: tuple[UUID, ...],
    height: float,
) -> tuple[list[Node], list[Edge]]:
    there = set(drawn)
    links = [link for link in network.links if link.a in there and link.b in there]
    places = layout(drawn, tuple((link.a, link.b) for link in links), WIDTH, height)
    nodes = [
        Node(
            id=m,
            name=network.members[m].name,
            label=short_name(network.members[m].name),
            sector=sector_of(network.members[m]),
            x=places[m][0],
            y=places[m][1],
            selected=m == chosen,
            cut_off=m in lost,
        )
        for m in drawn
    ]
    edges = [
        Edge(
            link.a,
            link.b,
            link.kind.value,
            *places[link.a],
            *places[link.b],
            of_selected=chosen in {link.a, link.b},
        )
        for link in links
    ]
    return nodes, edges


def short_name(name: str) -> str:
    """Return a name that fits under its node; the whole name is its link's own."""
    plain = name.removesuffix(" (demo)")
    if len(plain) <= LONGEST_LABEL:
        return plain
    cut = plain[:LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(" ,;:&-")
    return f"{cut}…"


def _panel(network: MemberNetwork, chosen: UUID, lost: tuple[UUID, ...]) -> dict[str, object]:
    member = network.members[chosen]
    links = network.links_of(chosen)
    counted = [link for link in links if link.kind.links]
    agreed = sum(link.kind in {LinkKind.AGREEMENT, LinkKind.ENDING} for link in links)
    return {
        "id": chosen,
        "name": member.name,
        "category": translated(member.category.label),
        "lost": _names(network, lost),
        "lost_words": ngettext(
            "One member would have no way to victim services:",
            "%(num)s members would have no way to victim services:",
            len(lost),
        )
        if lost
        else "",
        "holds": chosen in network.articulation,
        "direct": len(counted),
        "others": len(network.members) - 1,
        "agreed": agreed,
        "promised": sum(link.kind is LinkKind.PROMISED for link in links),
        "both": sum(link.both_ways for link in counted),
        "links": [_link_row(network, link, chosen) for link in links],
    }


def _link_row(network: MemberNetwork, link: Link, chosen: UUID) -> dict[str, object]:
    other = link.b if link.a == chosen else link.a
    return {
        "id": other,
        "name": network.members[other].name,
        "kind": link.kind.value,
        "words": translated(_LINK_WORDS[link.kind]),
    }


def _rows(network: MemberNetwork) -> list[dict[str, object]]:
    """Return every member with a line, most links first: the picture as a table."""
    rows = []
    for member_id, member in network.members.items():
        links = network.links_of(member_id)
        if links:
            rows.append(
                {
                    "id": member_id,
                    "name": member.name,
                    "category": translated(member.category.label),
                    "count": sum(link.kind.links for link in links),
                    "links": [_link_row(network, link, member_id) for link in links],
                    "lost": len(network.cut_off.get(member_id, ())),
                }
            )
    return sorted(rows, key=lambda row: (-int(str(row["count"])), str(row["name"])))


def _lapsed(network: MemberNetwork) -> list[dict[str, str]]:
    return [
        {
            "first": network.members[link.a].name,
            "second": network.members[link.b].name,
            "day": day_text(link.agreement_ends) if link.agreement_ends else "",
        }
        for link in network.links
        if link.kind is LinkKind.LAPSED
    ]


def _alone(network: MemberNetwork) -> dict[str, object]:
    names = _names(network, network.isolates)
    return {
        "count": len(names),
        "names": names[:MOST_ALONE],
        "more": max(0, len(names) - MOST_ALONE),
    }


def _names(network: MemberNetwork, members: tuple[UUID, ...]) -> list[str]:
    return sorted(network.members[m].name for m in members)
