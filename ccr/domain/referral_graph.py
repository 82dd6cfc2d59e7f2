"""How one sender reaches a partner: directly, by a help line, or through others who hand on.

What lives here: a directed graph of those between a sender and a partner, its quickest paths, and
what they cost. Minutes are expected ones: a step for each in between, the wait until it opens, and
what a missing or lapsed agreement costs. What must not: the rules (sector_rules), places (nothing
here knows where anybody is, R49), people. Sources: R2, R3, R5, R32, R90; minutes ADR 0023.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from uuid import UUID

import networkx as nx

from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Service
from ccr.domain.hand_overs import HandOvers, Promises
from ccr.domain.referral_ties import Tie, tie_minutes
from ccr.domain.routing_request import RouteRequest
from ccr.domain.sector_rules import DEFAULT_RULES, SectorRules, SenderGroup, Via
from ccr.domain.taxonomy import Need, Track
from ccr.domain.ways import Between, Target, Ways, target_of
from ccr.domain.weights import DEFAULT, Weights

MOST_BETWEEN = 2
"""Longer chains hand nobody on. Our choice, ADR 0023."""
MOST_OTHERS = 3
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody on the way. `member_id` None: an advocate who is not named.

    Attributes:
        tie: what ties it to whoever comes before.
        minutes: what the step adds, whole and >= 0.
        fits: True when it is the one that the rule asks for.
    """

    member_id: UUID | None
    tie: Tie
    minutes: int
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A way to a partner: those in between in order, then the partner itself."""

    steps: tuple[Step, ...]

    @property
    def between(self) -> tuple[Step, ...]:
        """Return those in between."""
        return self.steps[:-1]

    @property
    def minutes(self) -> int:
        """Return the expected minutes of the way."""
        return sum(step.minutes for step in self.steps)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a sender reaches one partner: the quickest way, and at most three others.

    `via` is what the rules ask for.
    """

    via: Via
    path: Path
    others: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class _Node:
    """A member on the way, the first or second of those in between.

    `passed`: whether who the rule asks for has been met.
    """

    member_id: UUID
    passed: bool
    place: int


_NO_MEMBER = UUID(int=0)
_START = _Node(_NO_MEMBER, passed=False, place=0)
_DOOR = _Node(_NO_MEMBER, passed=True, place=MOST_BETWEEN + 1)
_UNNAMED = _Node(_NO_MEMBER, passed=True, place=1)


class ReferralGraph:
    """The ways of one sender in one search."""

    def __init__(
        self,
        request: RouteRequest,
        group: SenderGroup | None,
        promises: Promises,
        *,
        rules: SectorRules = DEFAULT_RULES,
        weights: Weights = DEFAULT,
        wait: Callable[[UUID], int] = lambda _: 0,
    ) -> None:
        """Keep what is asked; the graphs are made when first needed.

        Args:
            group: who asks; None for nobody in particular, who is told of help lines alone.
            wait: minutes until a member's doors open, by its id.
        """
        self._request, self._group = request, group
        self.hand = HandOvers(request, promises)
        self._rules, self._weights, self._wait = rules, weights, wait
        self._between: dict[Via, nx.DiGraph[_Node]] = {}

    def via(self, target: Target) -> Via:
        """Return through whom the rules ask this sender to go."""
        if self._group is None:
            hidden = target is Target.HIDDEN and self._request.track is not Track.ABUSIVE_PARTNER
            return Via.HOTLINE if hidden else Via.DIRECT
        return self._rules.via(self._group, target, self._request.track)

    def reach(self, service: Service) -> Reach:
        """Return how the sender reaches a service: the quickest way first, the rest by minutes."""
        via = self.via(target_of(service))
        if _anybody_calls(service):
            return Reach(Via.DIRECT, Path((Step(service.member.id, Tie.LINE, 0),)))
        if via is Via.DIRECT and self._request.sender_member_id is None:
            # Nobody in particular has promises of nobody: there is one way, and it is direct.
            own = self._own_tie(service.member.id, via)
            step = Step(service.member.id, own, tie_minutes(own, self._weights))
            return Reach(via, Path((step,)))
        whole = self._to(service.member.id, via)
        found: list[Path] = []
        for nodes in islice(nx.shortest_simple_paths(whole, _START, _DOOR, "minutes"), _LOOKED_AT):
            path = _path_of(whole, nodes, service.member.id)
            if not found or _worth_telling(path, found):
                found.append(path)
            if len(found) > MOST_OTHERS or _is_plain(found[0]):
                break
        return Reach(via, found[0], tuple(found[1:]))

    def ways(self) -> Ways:
        """Return what lies between the sender and partners with minutes, for the cost (ways.py)."""
        if self._request.sender_member_id is None:
            return Ways()
        vias = {t: self.via(t) for t in Target if t is not Target.HIDDEN}
        return Ways({t: self._costs(via) for t, via in vias.items() if via is not Via.DIRECT})

    def _costs(self, via: Via) -> Between:
        graph = self._graph(via)
        dist: dict[_Node, int] = nx.single_source_dijkstra_path_length(
            graph, _START, weight="minutes"
        )
        passed = [node for node in dist if node.passed]
        strange = self._weights.agreement_missing
        otherwise = min(dist[node] for node in passed) + strange
        named = {node.member_id for node in dist} - {_NO_MEMBER}
        for node in passed:
            named |= self.hand.neighbours(node.member_id)
        sender = self._request.sender_member_id
        if sender is not None:
            named |= {sender, *self.hand.neighbours(sender)}
        inner = {node.member_id for node in dist}
        worth = {}
        for goal in sorted(named):
            if goal in inner:
                worth[goal] = self._least(goal, via)
            elif self._may_go_directly(goal, via, self._own_tie(goal, via)):
                worth[goal] = 0
            else:
                worth[goal] = min(dist[node] + self._last(node, goal) for node in passed)
        return Between(otherwise, worth)

    def _last(self, node: _Node, goal: UUID) -> int:
        return tie_minutes(self._on_from(node, goal), self._weights)

    def _on_from(self, node: _Node, goal: UUID) -> Tie:
        return Tie.NONE if node == _UNNAMED else self.hand.tie(node.member_id, goal)

    def _least(self, goal: UUID, via: Via) -> int:
        """Return the minutes in between on the quickest way to a member; 0 when it is direct."""
        whole = self._to(goal, via)
        nodes = nx.dijkstra_path(whole, _START, _DOOR, "minutes")
        path = _path_of(whole, nodes, goal)
        return path.minutes if path.between else 0

    def _to(self, goal: UUID, via: Via) -> nx.DiGraph[_Node]:
        """Return the graph with a way on to one member from everybody who has one."""
        whole = nx.DiGraph(self._graph(via))
        whole.remove_nodes_from([n for n in whole if n.member_id == goal])
        own = self._own_tie(goal, via)
        if self._may_go_directly(goal, via, own):
            self._join(whole, _START, _DOOR, own, 0)
        for node in sorted(whole):
            if node in {_START, _DOOR} or not (node.passed or via in {Via.DIRECT, Via.HOTLINE}):
                continue
            tie = self._on_from(node, goal)
            if via in {Via.ADVOCATE, Via.CONSULTED} or tie is not Tie.NONE:
                self._join(whole, node, _DOOR, tie, 0)
        if via is Via.HOTLINE:
            self._add_lines(whole, goal)
        return whole

    def _may_go_directly(self, goal: UUID, via: Via, own: Tie) -> bool:
        if own is Tie.OWN and via is not Via.CONSULTED:
            return True
        if via is Via.ADVOCATE:
            return own.holds and self.hand.fits(goal, via)
        if via is Via.CONSULTED:
            return self.hand.fits(goal, via)
        # By a help line: whoever has promised to take the sender's referrals is asked directly,
        # and so is a program for which no line takes calls.
        known = own in {Tie.AGREEMENT, Tie.PROMISED}
        return via is Via.DIRECT or known or not self.hand.lines(goal)

    def _own_tie(self, goal: UUID, via: Via) -> Tie:
        if via is Via.CONSULTED and goal in self.hand.consulted:
            return self.hand.consulted[goal]
        return self.hand.tie(self._request.sender_member_id, goal)

    def _add_lines(self, whole: nx.DiGraph[_Node], goal: UUID) -> None:
        lines = self.hand.lines(goal)
        whole.remove_nodes_from([n for n in whole if n.member_id in lines])
        for line in lines:
            node = _Node(line, passed=True, place=1)
            self._join(whole, _START, node, Tie.LINE, self._step(line))
            self._join(whole, node, _DOOR, Tie.PROMISED, 0)

    def _graph(self, via: Via) -> nx.DiGraph[_Node]:
        """Return everybody who can stand between the sender and anybody, at most two in a row."""
        if via not in self._between:
            self._between[via] = self._built(via)
        return self._between[via]

    def _built(self, via: Via) -> nx.DiGraph[_Node]:
        graph: nx.DiGraph[_Node] = nx.DiGraph()
        graph.add_node(_START)
        if via in {Via.ADVOCATE, Via.CONSULTED}:
            step = self._weights.pathway_step + self._weights.hours_unknown
            self._join(graph, _START, _UNNAMED, Tie.NONE, step)
        sender = self._request.sender_member_id
        if sender is None:
            return graph
        if via is Via.CONSULTED:
            for member_id, tie in sorted(self.hand.consulted.items()):
                if self.hand.may_hand_on(member_id):
                    node = _Node(member_id, passed=True, place=1)
                    self._join(graph, _START, node, tie, self._step(member_id))
            return graph
        last = self._spread(graph, _START, sender, via)
        for _ in range(1, MOST_BETWEEN):
            last = [n for node in last for n in self._spread(graph, node, node.member_id, via)]
        return graph

    def _spread(
        self, graph: nx.DiGraph[_Node], before: _Node, member_id: UUID, via: Via
    ) -> list[_Node]:
        """Add everybody to whom this member can hand on; return those that are new."""
        added = []
        for other in sorted(self.hand.neighbours(member_id)):
            if self.hand.may_hand_on(other):
                passed = before.passed or self.hand.fits(other, via)
                node = _Node(other, passed, before.place + 1)
                if node not in graph:
                    added.append(node)
                tie = self.hand.tie(member_id, other, hands_on=True)
                self._join(graph, before, node, tie, self._step(other))
        return added

    def _join(self, graph: nx.DiGraph[_Node], a: _Node, b: _Node, tie: Tie, step: int) -> None:
        graph.add_edge(a, b, minutes=step + tie_minutes(tie, self._weights), tie=tie)

    def _step(self, member_id: UUID) -> int:
        return self._weights.pathway_step + self._wait(member_id)


def _path_of(graph: nx.DiGraph[_Node], nodes: Sequence[_Node], goal: UUID) -> Path:
    return Path(tuple(_steps(graph, nodes, goal)))


def _steps(graph: nx.DiGraph[_Node], nodes: Sequence[_Node], goal: UUID) -> Iterator[Step]:
    passed = False
    for a, b in pairwise(nodes):
        edge = graph.edges[a, b]
        member_id = goal if b == _DOOR else None if b == _UNNAMED else b.member_id
        fits = b != _DOOR and b.passed and not passed
        passed = passed or b.passed
        yield Step(member_id, edge["tie"], edge["minutes"], fits)


def _anybody_calls(service: Service) -> bool:
    """Return True for a help line that is listed as one: giving its number needs nobody (R87)."""
    return Need.HOTLINE in service.needs and by_area_alone(service) and not service.confidential


def _is_plain(path: Path) -> bool:
    """Return True for a direct way that nothing stands in: there is nothing to choose."""
    return not path.between and path.steps[0].tie.holds


def _worth_telling(path: Path, told: Iterable[Path]) -> bool:
    """Return True for another way: not by nobody in particular, nor a longer form of one told."""
    members = {step.member_id for step in path.between}
    if None in members:
        return False
    return not any(
        members >= {step.member_id for step in other.between} and other.between for other in told
    )
