"""Laws of ways to partners: shortest is shortest, and nobody stands in between who may not."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Service
from ccr.domain.referral_graph import ReferralGraph
from ccr.domain.referral_ties import Tie
from ccr.domain.sector_rules import (
    RULES,
    SectorRules,
    SenderGroup,
    Via,
)
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need, Regime
from ccr.domain.ways import target_of
from ccr.domain.weights import DEFAULT
from tests.builders import (
    make_agreement,
    make_member,
    make_service,
)
from tests.promised_ways import (
    TODAY,
    VICTIM,
    World,
    hidden_of,
    promised,
    protocol,
)

_KINDS = (
    {},
    VICTIM,
    VICTIM,
    {"regime": Regime.COURT},
    {"category": MemberCategory.MEDIA},
    VICTIM,
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Six members, of whom the first asks; ties of every sort between any two."""
    members = [make_member(**changes) for changes in ({}, *_KINDS)]
    world = World(members[0], draw(st.sampled_from(list(SenderGroup))), members=members[1:])
    pairs = st.lists(st.sampled_from(list(permutations(members, 2))), max_size=12)
    ends = st.sampled_from([None, None, TODAY])
    world.agreements = [make_agreement(a, b, expires_on=draw(ends)) for a, b in draw(pairs)]
    needs = st.sampled_from([None, None, Need.HOTLINE, Need.FOOD])
    world.pathways = [promised(a, b, draw(needs)) for a, b in draw(pairs)]
    if draw(st.booleans()):
        world.protocols = [protocol(members[2], expires_on=draw(ends)), protocol(members[3])]
    world.lines = [m for m in (members[2], members[6]) if draw(st.booleans())]
    world.waits = {m.id: draw(st.sampled_from([0, 0, 10, 45])) for m in members}
    choices = {n: draw(st.sampled_from(r.options)) for n, r in RULES.items()}
    world.rules = SectorRules(choices)
    return world


def _services(world: World) -> list[Service]:
    return [
        service
        for member in world.members
        for service in (
            hidden_of(member),
            make_service(member=member, compartment_kind=CompartmentKind.VICTIM_SERVICES),
            make_service(member=member),
        )
    ]


def _allowed_ways(  # noqa: C901 -- every order of members, rule by rule
    world: World, graph: ReferralGraph, service: Service
) -> list[int]:
    """Return the minutes of every way that the rules allow, by trying all orders of members."""
    promises, via = world.promises(), graph.via(target_of(service))
    hand, goal, weights = graph.hand, service.member.id, DEFAULT
    worth = {Tie.NONE: weights.agreement_missing, Tie.LAPSED: 8, Tie.PROTOCOL_LAPSED: 8}
    others = [m.id for m in promises.members.values() if m.id not in {world.sender.id, goal}]
    lines = hand.lines(goal)
    needs_somebody = via in {Via.ADVOCATE, Via.CONSULTED}
    found = [weights.pathway_step + weights.hours_unknown + 20] if needs_somebody else []
    own = hand.consulted.get(goal) if via is Via.CONSULTED else None
    own = own or hand.tie(world.sender.id, goal)
    if (
        via is Via.DIRECT
        or (via is Via.CONSULTED and goal in hand.consulted)
        or (via is Via.ADVOCATE and own.holds and hand.fits(goal, via))
        or (via is Via.HOTLINE and (own in {Tie.AGREEMENT, Tie.PROMISED} or not lines))
    ):
        found.append(worth.get(own, 0))
    for count in (1, 2):
        for chain in permutations(others, count):
            if not all(hand.may_hand_on(m) for m in chain):
                continue
            ties = [
                hand.tie(a, b, hands_on=True)
                for a, b in zip((world.sender.id, *chain), chain, strict=False)
            ]
            last = hand.tie(chain[-1], goal)
            steps = sum(weights.pathway_step + world.waits[m] for m in chain)
            if via is Via.CONSULTED:
                if count == 1 and chain[0] in hand.consulted:
                    tie = hand.consulted[chain[0]]
                    found.append(steps + worth.get(tie, 0) + worth.get(last, 0))
                continue
            if via is Via.HOTLINE and chain[0] in lines:
                if count == 1:
                    found.append(steps)
                continue
            if via is Via.HOTLINE and chain[-1] in lines:
                continue
            fits = any(hand.fits(m, via) for m in chain)
            if Tie.NONE in ties or (needs_somebody and not fits):
                continue
            if not needs_somebody and last is Tie.NONE:
                continue
            found.append(steps + sum(worth.get(tie, 0) for tie in (*ties, last)))
    return found


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_the_quickest_way_is_the_quickest_of_all_that_are_allowed(world):
    graph = world.graph()
    ways = graph.ways()
    for service in _services(world):
        reach = graph.reach(service)
        assert reach.path.minutes == min(_allowed_ways(world, graph, service))
        assert [p.minutes for p in reach.others] == sorted(p.minutes for p in reach.others)
        assert all(p.minutes >= reach.path.minutes for p in reach.others)
        if not service.confidential and graph.via(target_of(service)) is not Via.DIRECT:
            expected = reach.path.minutes if reach.path.between else 0
            assert ways.minutes(service) == expected


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_every_step_goes_to_somebody_who_may_hand_on(world):
    graph = world.graph()
    for service in _services(world):
        reach = graph.reach(service)
        for path in (reach.path, *reach.others):
            assert path.steps[-1].member_id == service.member.id
            assert len(path.between) <= 2
            ids = [step.member_id for step in path.steps]
            assert len(set(ids)) == len(ids)
            assert world.sender.id not in ids
            assert all(m is None or graph.hand.may_hand_on(m) for m in ids[:-1])
            if path.between and reach.via in {Via.ADVOCATE, Via.CONSULTED}:
                assert [step.fits for step in path.steps].count(True) == 1


@settings(max_examples=40, deadline=None)
@given(world=worlds(), pair=st.tuples(st.integers(0, 6), st.integers(0, 6)))
def test_an_agreement_more_never_makes_a_way_slower(world, pair):
    everybody = [world.sender, *world.members]
    a, b = (everybody[i] for i in pair)
    services = _services(world)
    before = [world.graph().reach(service).path.minutes for service in services]
    if a is not b:
        world.agreements = [*world.agreements, make_agreement(a, b)]
    after = [world.graph().reach(service).path.minutes for service in services]
    assert all(now <= then for now, then in zip(after, before, strict=True))
