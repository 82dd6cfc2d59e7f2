"""The network as a graph of members: what links them, and what would break without whom (R92).

What lives here: the networkx model and its measures, each with a sentence that says what it means.
What must not: people, referrals, positions on a picture (network_layout.py). A link is an agreement
in force or a promised pathway; what has lapsed is shown and links nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

import networkx as nx

from ccr.domain.directory import Agreement, Member
from ccr.domain.gap_findings import pair_standings
from ccr.domain.pathways import Pathway, Standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import MemberCategory

Pair = tuple[UUID, UUID]


class LinkKind(StrEnum):
    """What ties two members, strongest first."""

    AGREEMENT = "agreement"
    ENDING = "ending"
    PROMISED = "promised"
    LAPSED = "lapsed"

    @property
    def links(self) -> bool:
        """Return True when it counts as a link."""
        return self is not LinkKind.LAPSED


@dataclass(frozen=True, slots=True)
class Link:
    """What ties two members; ids sorted.

    Attributes:
        forward, back: a pathway is promised from the first to the second, and the other way.
        agreement_ends: the day the agreement ends or ended, if there is one and it ends.
    """

    a: UUID
    b: UUID
    kind: LinkKind
    forward: bool = False
    back: bool = False
    agreement_ends: date | None = None

    @property
    def agreement_lapsed(self) -> bool:
        """Return True when an agreement was signed and is over, a promise beside it or not."""
        return self.kind is LinkKind.LAPSED or (
            self.kind is LinkKind.PROMISED and self.agreement_ends is not None
        )

    @property
    def both_ways(self) -> bool:
        """Return True when either may send to the other: an agreement, or two promises."""
        return self.kind in {LinkKind.AGREEMENT, LinkKind.ENDING} or (self.forward and self.back)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about the whole network and what it means here."""

    code: str
    label: Phrase
    value: str
    meaning: Phrase


@dataclass(frozen=True)
class MemberNetwork:
    """Members and links of one network on one day.

    Attributes:
        members: by id; only these are nodes.
        links: by pair, at most one each.
    """

    members: Mapping[UUID, Member]
    links: tuple[Link, ...]

    @cached_property
    def graph(self) -> nx.Graph:
        """Return the links that count as an undirected networkx graph of every member."""
        graph = nx.Graph()
        graph.add_nodes_from(sorted(self.members))
        graph.add_edges_from((link.a, link.b) for link in self.links if link.kind.links)
        return graph

    @cached_property
    def density(self) -> float:
        """Return the share of pairs of members that are linked, 0 to 1."""
        return float(nx.density(self.graph))

    @cached_property
    def isolates(self) -> tuple[UUID, ...]:
        """Return the members without any link."""
        return tuple(sorted(nx.isolates(self.graph)))

    @cached_property
    def components(self) -> tuple[frozenset[UUID], ...]:
        """Return the groups of members that can reach one another, largest first."""
        found = (frozenset(c) for c in nx.connected_components(self.graph))
        return tuple(sorted(found, key=lambda c: (-len(c), min(c))))

    @cached_property
    def bridges(self) -> tuple[Pair, ...]:
        """Return the links whose end would part a group."""
        return tuple(sorted((min(p), max(p)) for p in nx.bridges(self.graph)))

    @cached_property
    def articulation(self) -> tuple[UUID, ...]:
        """Return the members whose leaving would part a group."""
        return tuple(sorted(nx.articulation_points(self.graph)))

    @cached_property
    def reciprocity(self) -> tuple[int, int]:
        """Return how many promised pathways are answered by one the other way, and how many."""
        promised = [link for link in self.links if link.forward or link.back]
        return sum(link.forward and link.back for link in promised), len(promised)

    @cached_property
    def victim_services(self) -> frozenset[UUID]:
        """Return the members of the category victim services."""
        return frozenset(
            m.id for m in self.members.values() if m.category is MemberCategory.VICTIM_SERVICES
        )

    def cut_off_without(self, member_id: UUID) -> tuple[UUID, ...]:
        """Return who has a way to victim services now and would have none if this member left."""
        then = self._with_a_way(self.victim_services - {member_id}, without=member_id)
        return tuple(sorted(self._with_a_way_now - then - {member_id}))

    @cached_property
    def cut_off(self) -> Mapping[UUID, tuple[UUID, ...]]:
        """Return, for each member whose leaving cuts somebody off, whom."""
        # Without anybody else a group stays whole, and each of it reaches its other advocates.
        goals = (self.victim_services & group for group in self.components)
        alone = {member for found in goals if len(found) == 1 for member in found}
        candidates = sorted(alone.union(self.articulation))
        found = {m: self.cut_off_without(m) for m in candidates if self.graph.degree(m)}
        return {member: lost for member, lost in found.items() if lost}

    @cached_property
    def without_a_way(self) -> tuple[UUID, ...]:
        """Return the members that have no way to victim services as it is."""
        return tuple(sorted(set(self.members) - self._with_a_way_now))

    def neighbours(self, member_id: UUID) -> tuple[UUID, ...]:
        """Return the members linked to this one."""
        return tuple(sorted(self.graph.neighbors(member_id)))

    def links_of(self, member_id: UUID) -> tuple[Link, ...]:
        """Return what ties this member to others, lapsed agreements too."""
        return self._ties.get(member_id, ())

    def without(self, member_id: UUID) -> MemberNetwork:
        """Return the network as it would be if this member left."""
        return MemberNetwork(
            {m: member for m, member in self.members.items() if m != member_id},
            tuple(link for link in self.links if member_id not in {link.a, link.b}),
        )

    @cached_property
    def link_between(self) -> Mapping[Pair, Link]:
        """Return what ties two members, lapsed agreements too; ids sorted."""
        return {(link.a, link.b): link for link in self.links}

    @cached_property
    def _ties(self) -> Mapping[UUID, tuple[Link, ...]]:
        found: dict[UUID, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.a, []).append(link)
            found.setdefault(link.b, []).append(link)
        return {member: tuple(links) for member, links in found.items()}

    @cached_property
    def _with_a_way_now(self) -> frozenset[UUID]:
        return self._with_a_way(self.victim_services)

    def _with_a_way(self, goals: frozenset[UUID], without: UUID | None = None) -> frozenset[UUID]:
        """Return everybody from whom links lead to a goal, when `without` is not there."""
        near = self.graph.adj
        found, waiting = set(goals), list(goals)
        while waiting:
            fresh = [m for m in near[waiting.pop()] if m not in found and m != without]
            found.update(fresh)
            waiting += fresh
        return frozenset(found)

    def measures(self) -> tuple[Measure, ...]:
        """Return the measures of the whole network, each with what it means. Source: R92."""
        both, promised = self.reciprocity
        pairs = sum(link.kind.links for link in self.links)
        percent = round(100 * self.density)
        return (
            Measure(
                "density",
                phrase("Density"),
                f"{percent} %",
                phrase(
                    "Of all pairs of members, so many are linked. More is not always better: "
                    "look for who is missing."
                ),
            ),
            Measure(
                "links",
                phrase("Links"),
                str(pairs),
                phrase("Pairs of members with an agreement in force or a promised pathway."),
            ),
            Measure(
                "isolates",
                phrase("Alone"),
                str(len(self.isolates)),
                phrase("Members without any link: nobody promised to send to them or to take."),
            ),
            Measure(
                "components",
                phrase("Groups"),
                str(len(self.components)),
                phrase("Sets of members that can reach one another. One is best."),
            ),
            Measure(
                "bridges",
                phrase("Bridges"),
                str(len(self.bridges)),
                phrase("Links that hold a group together by themselves. Add a second way."),
            ),
            Measure(
                "articulation",
                phrase("Members that hold it together"),
                str(len(self.articulation)),
                phrase("If one of them left, others could no longer reach one another."),
            ),
            Measure(
                "reciprocity",
                phrase("Promised both ways"),
                f"{both} / {promised}",
                phrase("Of the pairs with a promised pathway, so many promised it both ways."),
            ),
            Measure(
                "without-a-way",
                phrase("No way to victim services"),
                str(len(self.without_a_way)),
                phrase("Members from whom no chain of links leads to victim services."),
            ),
        )


def member_network(
    members: Iterable[Member],
    agreements: Iterable[Agreement],
    pathways: Iterable[Pathway],
    on: date,
) -> MemberNetwork:
    """Return the network on a day. What names a member that is not given or active is left out.

    The same facts in any order give the same network.
    """
    nodes = {m.id: m for m in members if m.active}
    promised = {
        (p.from_member_id, p.to_member_id)
        for p in pathways
        if p.open_on(on) and p.from_member_id in nodes and p.to_member_id in nodes
    }
    signed = {
        pair: found
        for pair, found in pair_standings(agreements, on).items()
        if pair[0] in nodes and pair[1] in nodes and found[0] is not Standing.NOT_YET
    }
    pairs = {*signed, *((min(p), max(p)) for p in promised)}
    links = []
    for a, b in sorted(pairs):
        now, agreement = signed.get((a, b), (None, None))
        forward, back = (a, b) in promised, (b, a) in promised
        ends = agreement.expires_on if agreement else None
        links.append(Link(a, b, _kind(now, forward or back), forward, back, ends))
    return MemberNetwork(dict(sorted(nodes.items())), tuple(links))


def _kind(now: Standing | None, promised: bool) -> LinkKind:  # noqa: FBT001 -- two facts, one answer
    if now is Standing.IN_FORCE:
        return LinkKind.AGREEMENT
    if now in {Standing.ENDS_IN_30, Standing.ENDS_IN_90}:
        return LinkKind.ENDING
    return LinkKind.PROMISED if promised else LinkKind.LAPSED
