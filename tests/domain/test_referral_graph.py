"""How a sender reaches a partner: each rule, the quickest way, and what may never stand between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Member, Service
from ccr.domain.hand_overs import Promises
from ccr.domain.path_words import ToldReach, told_reach
from ccr.domain.pathways import Pathway, Protocol
from ccr.domain.referral_graph import Path, Reach, ReferralGraph, Step
from ccr.domain.referral_ties import THEIRS, YOURS, Tie
from ccr.domain.routing_request import NotNear
from ccr.domain.sector_rules import (
    DEFAULT_RULES,
    RULES,
    SectorRules,
    SenderGroup,
    Via,
    sender_group,
)
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need, Regime, Track
from ccr.domain.ways import DIRECT, Target, target_of
from ccr.domain.weights import DEFAULT
from tests.builders import (
    ALBANY,
    NOW,
    TROY,
    make_agreement,
    make_id,
    make_member,
    make_request,
    make_service,
    make_site,
)

TODAY = NOW.date()
VICTIM = {"category": MemberCategory.VICTIM_SERVICES, "regime": Regime.VICTIM_SERVICES}
OF_PROGRAM = make_id()


def hidden_of(member: Member) -> Service:
    return make_service(
        member=member, confidential=True, compartment_kind=CompartmentKind.VICTIM_SERVICES
    )


def promised(a: Member, b: Member, need: Need | None = None, **changes: object) -> Pathway:
    return replace(Pathway(make_id(), a.id, b.id, need, date(2026, 1, 5)), **changes)


@dataclass
class World:
    """One sender and what members promised one another."""

    sender: Member
    group: SenderGroup = SenderGroup.OTHERS
    agreements: list = field(default_factory=list)
    pathways: list[Pathway] = field(default_factory=list)
    protocols: list[Protocol] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    lines: list[Member] = field(default_factory=list)
    rules: SectorRules = DEFAULT_RULES
    waits: dict = field(default_factory=dict)

    def graph(self, **changes: object) -> ReferralGraph:
        request = make_request(
            sender_member_id=self.sender.id, sender_compartment_id=OF_PROGRAM, **changes
        )
        return ReferralGraph(
            request,
            self.group,
            self.promises(),
            rules=self.rules,
            wait=lambda member_id: self.waits.get(member_id, 0),
        )

    def promises(self) -> Promises:
        agreements_of: dict = {}
        for agreement in self.agreements:
            for member_id in agreement.member_ids:
                agreements_of.setdefault(member_id, []).append(agreement)
        return Promises(
            {m.id: m for m in [self.sender, *self.members, *self.lines]},
            agreements_of,
            _by(self.pathways, "from_member_id"),
            _by(self.pathways, "to_member_id"),
            {OF_PROGRAM: self.protocols},
            {m.id: [make_service(member=m, needs=frozenset({Need.HOTLINE}))] for m in self.lines},
        )

    def reach(self, service: Service, **changes: object) -> Reach:
        if service.member not in [self.sender, *self.members, *self.lines]:
            self.members.append(service.member)
        return self.graph(**changes).reach(service)

    def between(self, service: Service, **changes: object) -> list:
        return [step.member_id for step in self.reach(service, **changes).path.between]

    def told(self, service: Service, **changes: object) -> ToldReach:
        reach = self.reach(service, **changes)
        members = self.promises().members
        return told_reach(reach, target_of(service), self.group, members, lambda _: "518-555-0100")


def _by(pathways: Iterable[Pathway], name: str) -> dict:
    found: dict = {}
    for pathway in pathways:
        found.setdefault(getattr(pathway, name), []).append(pathway)
    return found


@pytest.fixture
def police() -> World:
    member = make_member(category=MemberCategory.LAW_ENFORCEMENT, regime=Regime.LAW_ENFORCEMENT)
    return World(member, SenderGroup.POLICE)


@pytest.fixture
def clinic() -> World:
    return World(make_member(name="Clinic"))


@pytest.fixture
def program() -> World:
    member = make_member(category=MemberCategory.APIP, regime=Regime.APIP)
    return World(member, SenderGroup.APIP)


# -- the rules of sectors -------------------------------------------------------------------------


def test_police_reach_a_shelter_through_an_advocate_first(police):
    advocates, house = make_member(name="Alder", **VICTIM), make_member(name="Elm", **VICTIM)
    police.members = [advocates]
    police.agreements = [make_agreement(police.sender, advocates)]
    told = police.told(hidden_of(house))
    first, last = told.path.steps
    assert (first.member, last.member) == ("Alder", "Elm")
    assert [str(text) for text in first.texts] == [
        "From police, an advocate comes first.",
        "You have an agreement in force.",
    ]
    assert [str(text) for text in last.texts] == ["The two have no agreement yet."]
    assert (first.minutes, last.minutes, told.path.minutes) == (15, 10, 25)
    assert (first.phone, last.phone) == ("518-555-0100", None)


@pytest.mark.parametrize("group", [SenderGroup.COURT, SenderGroup.CHILD_PROTECTION])
def test_courts_and_child_protection_reach_a_shelter_through_an_advocate_too(police, group):
    advocates = make_member(**VICTIM)
    police.group, police.members = group, [advocates]
    police.agreements = [make_agreement(police.sender, advocates)]
    assert police.between(hidden_of(make_member(**VICTIM))) == [advocates.id]


def test_police_reach_the_shelter_of_their_own_advocates_directly(police):
    advocates = make_member(**VICTIM)
    police.agreements = [make_agreement(police.sender, advocates)]
    assert police.between(hidden_of(advocates)) == []


def test_police_without_an_agreed_advocate_are_told_that_one_comes_first(police):
    told = police.told(hidden_of(make_member(name="Elm", **VICTIM)))
    first, last = told.path.steps
    assert str(first.member) == "An advocate"
    assert [str(text) for text in first.texts] == [
        "From police, an advocate comes first.",
        "Call a help line: an advocate answers there.",
    ]
    assert [str(text) for text in last.texts] == ["The advocate makes the call."]
    assert first.phone is None


def test_police_reach_a_hospital_directly(police):
    assert police.between(make_service()) == []
    assert police.graph().ways() == DIRECT


def test_an_agreement_with_a_clinic_makes_no_advocate_of_it(police, clinic):
    police.members = [clinic.sender]
    police.agreements = [make_agreement(police.sender, clinic.sender)]
    assert police.between(hidden_of(make_member(**VICTIM))) == [None]


def test_a_program_asks_about_a_survivor_only_through_those_it_consults(program):
    advocates, others = make_member(**VICTIM), make_member(**VICTIM)
    program.members = [advocates, others]
    program.agreements = [make_agreement(program.sender, others)]
    program.protocols = [protocol(advocates)]
    for service in (
        make_service(),
        make_service(member=others, compartment_kind=CompartmentKind.VICTIM_SERVICES),
        hidden_of(others),
    ):
        assert program.between(service) == [advocates.id]
        assert program.between(service, track=Track.CHILD) == [advocates.id]
    assert program.between(make_service(member=advocates)) == []


def test_the_number_of_a_help_line_is_given_by_anybody(program):
    line = make_service(needs=frozenset({Need.HOTLINE}), sites=(), by_phone=True)
    reach = program.reach(line)
    assert [step.tie for step in reach.path.steps] == [Tie.LINE]
    assert reach.others == ()


def test_a_program_without_a_protocol_is_told_that_an_advocate_comes_first(program):
    service = make_service()
    assert program.between(service) == [None]
    program.protocols = [protocol(make_member(**VICTIM), partner_serves_victims=False)]
    assert program.between(service) == [None]


def test_a_lapsed_protocol_is_shown_and_costs(program):
    advocates = make_member(**VICTIM)
    program.members = [advocates]
    program.protocols = [protocol(advocates, expires_on=TODAY)]
    first, _ = program.reach(make_service()).path.steps
    assert (first.member_id, first.tie, first.minutes) == (advocates.id, Tie.PROTOCOL_LAPSED, 23)


def test_no_rule_stands_before_a_program_for_its_own_participant(program):
    assert program.between(make_service(), track=Track.ABUSIVE_PARTNER) == []
    assert program.graph(track=Track.ABUSIVE_PARTNER).ways() == DIRECT


def test_a_program_can_not_be_given_another_way():
    names = [f"{SenderGroup.APIP}-to-{target}" for target in Target]
    assert all(RULES[name].options == (Via.CONSULTED,) for name in names)


def test_beds_are_asked_for_by_the_line_that_takes_the_calls(clinic):
    line, house = make_member(name="Line", **VICTIM), make_member(name="Elm", **VICTIM)
    clinic.lines = [line]
    clinic.pathways = [promised(line, house)]
    told = clinic.told(hidden_of(house))
    assert [str(text) for text in told.path.steps[0].texts] == [
        "This help line takes the calls for the next.",
        "Anybody may call.",
    ]
    assert (told.path.steps[0].member, told.path.minutes) == ("Line", 15)


def test_nobody_in_particular_is_told_of_the_line_and_of_no_tie(clinic):
    line, house = make_member(name="Line", **VICTIM), make_member(name="Elm", **VICTIM)
    clinic.lines, clinic.members = [line], [house]
    clinic.pathways = [promised(line, house)]
    graph = ReferralGraph(make_request(), None, clinic.promises())
    assert [s.member_id for s in graph.reach(hidden_of(house)).path.steps] == [line.id, house.id]
    assert graph.reach(make_service(member=house)).path.steps[0].tie is Tie.ANYBODY
    assert graph.ways() == DIRECT


@pytest.mark.parametrize("need", [None, Need.ADVOCACY])
def test_who_promised_to_take_our_referrals_is_asked_directly(clinic, need):
    line, house = make_member(**VICTIM), make_member(**VICTIM)
    clinic.lines = [line]
    clinic.pathways = [promised(line, house), promised(clinic.sender, house, need)]
    assert clinic.between(hidden_of(house)) == []


@pytest.mark.parametrize(
    "changes", [{"need": Need.FOOD}, {"ended_on": TODAY}, {"promised_on": TODAY + timedelta(1)}]
)
def test_a_promise_for_something_else_or_another_time_opens_nothing(clinic, changes):
    line, house = make_member(**VICTIM), make_member(**VICTIM)
    clinic.lines = [line]
    clinic.pathways = [promised(line, house), promised(clinic.sender, house, **changes)]
    assert clinic.between(hidden_of(house)) == [line.id]


def test_who_promised_to_talk_to_people_can_be_asked_to_hand_on_whatever_is_needed(police):
    line, house = make_member(**VICTIM), make_member(**VICTIM)
    police.lines = [line]
    police.pathways = [promised(police.sender, line, Need.HOTLINE)]
    needs = (Need.EMERGENCY_SHELTER,)
    assert police.between(hidden_of(house), needs=needs) == [line.id]
    police.pathways.append(promised(police.sender, house, Need.HOTLINE))
    assert police.between(hidden_of(house), needs=needs) == [line.id]


def test_a_line_that_promised_nothing_holds_no_beds(clinic):
    clinic.lines = [make_member(**VICTIM)]
    assert clinic.between(hidden_of(make_member(**VICTIM))) == []


def test_a_network_may_choose_another_way(clinic):
    advocates = make_member(**VICTIM)
    clinic.members = [advocates]
    clinic.agreements = [make_agreement(clinic.sender, advocates)]
    clinic.rules = SectorRules({"others-to-others": Via.ADVOCATE})
    assert clinic.between(make_service()) == [advocates.id]
    assert clinic.graph().ways().minutes(make_service()) == 25


@pytest.mark.parametrize(
    ("regime", "kind", "group"),
    [
        (Regime.LAW_ENFORCEMENT, CompartmentKind.GENERAL, "police"),
        (Regime.COURT, CompartmentKind.GENERAL, "court"),
        (Regime.CHILD_PROTECTION, CompartmentKind.GENERAL, "child-protection"),
        (Regime.VICTIM_SERVICES, CompartmentKind.APIP, "apip"),
        (Regime.VICTIM_SERVICES, CompartmentKind.GENERAL, "victim-services"),
        (Regime.OTHER, CompartmentKind.VICTIM_SERVICES, "victim-services"),
        (Regime.HIPAA, CompartmentKind.GENERAL, "others"),
    ],
)
def test_who_asks_is_told_by_what_binds_them_and_their_program(regime, kind, group):
    assert sender_group(regime, kind).value == group


# -- ways -----------------------------------------------------------------------------------------


def test_a_stranger_is_reached_directly_and_introductions_are_offered(clinic):
    between, goal = make_member(name="Birch"), make_member()
    clinic.members = [between]
    clinic.agreements = [make_agreement(clinic.sender, between), make_agreement(between, goal)]
    reach = clinic.reach(make_service(member=goal))
    assert (reach.path.between, reach.path.minutes) == ((), 10)
    (other,) = reach.others
    assert [step.member_id for step in other.steps] == [between.id, goal.id]
    assert other.minutes == 15


def test_a_partner_with_an_agreement_needs_no_introduction(clinic):
    between, goal = make_member(), make_member()
    clinic.members = [between]
    clinic.agreements = [
        make_agreement(clinic.sender, between),
        make_agreement(between, goal),
        make_agreement(clinic.sender, goal),
    ]
    assert clinic.reach(make_service(member=goal)).others == ()


def test_who_is_closed_for_long_is_not_the_quickest_way(police):
    near, far, house = (make_member(**VICTIM) for _ in range(3))
    police.members = [near, far]
    police.agreements = [make_agreement(police.sender, m) for m in (near, far)]
    police.waits = {near.id: 45}
    reach = police.reach(hidden_of(house))
    assert reach.path.between[0].member_id == far.id
    assert [other.between[0].member_id for other in reach.others] == [near.id]


@pytest.mark.parametrize(
    "changes",
    [
        {"active": False},
        {"category": MemberCategory.MEDIA},
        {"category": MemberCategory.EMPLOYER},
        {"category": MemberCategory.SURVIVOR},
        {"regime": Regime.LAW_ENFORCEMENT},
        {"regime": Regime.COURT},
        {"regime": Regime.CHILD_PROTECTION},
        {"regime": Regime.APIP},
    ],
)
def test_some_members_never_stand_between_a_survivor_and_a_partner(clinic, changes):
    between, goal = make_member(**changes), make_member()
    clinic.members = [between]
    clinic.agreements = [make_agreement(clinic.sender, between), make_agreement(between, goal)]
    assert clinic.reach(make_service(member=goal)).others == ()


def test_victim_services_never_hand_on_an_abusive_partner(clinic):
    between, goal = make_member(**VICTIM), make_member()
    clinic.members = [between]
    clinic.agreements = [make_agreement(clinic.sender, between), make_agreement(between, goal)]
    service = make_service(member=goal)
    assert clinic.reach(service).others
    assert clinic.reach(service, track=Track.ABUSIVE_PARTNER).others == ()


def test_an_excluded_member_never_stands_in_between(police):
    advocates = make_member(**VICTIM)
    police.members = [advocates]
    police.agreements = [make_agreement(police.sender, advocates)]
    service = hidden_of(make_member(**VICTIM))
    assert police.between(service) == [advocates.id]
    assert police.between(service, excluded_members=frozenset({advocates.id})) == [None]


def test_at_most_two_stand_in_between(clinic):
    chain = [make_member() for _ in range(4)]
    clinic.members = chain
    clinic.agreements = [
        make_agreement(a, b) for a, b in zip([clinic.sender, *chain], chain, strict=False)
    ]
    assert clinic.reach(make_service(member=chain[2])).others
    assert clinic.reach(make_service(member=chain[3])).others == ()


def test_a_lapsed_agreement_on_the_way_is_shown_and_costs(clinic):
    between, goal = make_member(), make_member()
    clinic.members = [between]
    clinic.agreements = [
        make_agreement(clinic.sender, between, expires_on=TODAY),
        make_agreement(between, goal),
    ]
    (other,) = clinic.reach(make_service(member=goal)).others
    assert [(s.tie, s.minutes) for s in other.steps] == [(Tie.LAPSED, 23), (Tie.AGREEMENT, 0)]


def test_at_most_three_other_ways_are_told_and_none_is_a_longer_form_of_another(clinic):
    goal, others = make_member(), [make_member() for _ in range(6)]
    clinic.members = others
    clinic.agreements = [
        *(make_agreement(clinic.sender, m) for m in others),
        *(make_agreement(m, goal) for m in others),
        *(make_agreement(a, b) for a, b in pairwise(others)),
    ]
    ways = clinic.reach(make_service(member=goal)).others
    assert [len(way.between) for way in ways] == [1, 1, 1]


def test_every_tie_has_its_words():
    assert set(YOURS) == set(Tie) - {Tie.ANYBODY}
    assert set(THEIRS) >= {Tie.OWN, Tie.AGREEMENT, Tie.PROMISED, Tie.LAPSED, Tie.NONE}


def protocol(partner: Member, **changes: object) -> Protocol:
    made = Protocol(OF_PROGRAM, partner.id, partner.name, True, date(2026, 1, 5), None)
    return replace(made, **changes)


# -- laws -----------------------------------------------------------------------------------------

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


# -- whole worlds, member by member ---------------------------------------------------------------


def house_of(member: Member) -> Service:
    return make_service(member=member, compartment_kind=CompartmentKind.VICTIM_SERVICES)


def test_the_minutes_of_every_member_are_those_of_its_quickest_way(clinic):
    """With ties of every kind: own, agreed, lapsed, promised, by way of others, none."""
    alder, birch = (make_member(name=name, **VICTIM) for name in ("Alder", "Birch"))
    cedar, dune, elm, fir, gale, oak = (
        make_member(name=name) for name in ("Cedar", "Dune", "Elm", "Fir", "Gale", "Oak")
    )
    lapsed = {"signed_on": TODAY - timedelta(days=900), "expires_on": TODAY - timedelta(days=2)}
    world = replace(
        clinic,
        members=[alder, birch, cedar, dune, elm, fir, gale, oak],
        agreements=[
            make_agreement(clinic.sender, alder),
            make_agreement(clinic.sender, birch, **lapsed),
            make_agreement(clinic.sender, gale),
            make_agreement(alder, cedar),
            make_agreement(birch, dune),
            make_agreement(alder, elm, **lapsed),
        ],
        pathways=[promised(birch, elm), promised(cedar, fir)],
        waits={alder.id: 7, cedar.id: 30},
        rules=SectorRules({"others-to-others": Via.ADVOCATE}),
    )
    ways = world.graph().ways()
    minutes = {}
    for member in [*world.members, world.sender]:
        service = make_service(member=member)
        path = world.reach(service).path
        minutes[member.name] = ways.minutes(service)
        assert minutes[member.name] == (path.minutes if path.between else 0), member.name
    otherwise = ways.to[Target.OTHERS].otherwise
    assert minutes["Clinic"] == minutes["Alder"] == 0
    assert minutes["Cedar"] == DEFAULT.pathway_step + 7
    assert minutes["Oak"] == otherwise == max(minutes.values())
    assert minutes["Cedar"] < minutes["Elm"] <= minutes["Dune"] <= otherwise


def test_a_program_s_own_member_costs_a_program_for_abusive_partners_nothing_more(program):
    consulted, other = make_member(name="Alder", **VICTIM), make_member(name="Birch", **VICTIM)
    protocol = Protocol(OF_PROGRAM, consulted.id, "Alder", True, date(2026, 1, 5), None)
    world = replace(
        program,
        members=[consulted, other],
        protocols=[protocol],
        agreements=[make_agreement(consulted, other)],
    )
    ways = world.graph().ways()
    for member in (consulted, other, world.sender):
        path = world.reach(house_of(member)).path
        assert ways.minutes(house_of(member)) == (path.minutes if path.between else 0)


def test_a_listed_help_line_is_one_step_without_minutes(police):
    line = make_member(name="Line", **VICTIM)
    service = make_service(
        member=line, needs=frozenset({Need.HOTLINE}), in_person=False, by_phone=True
    )
    assert police.reach(service) == Reach(Via.DIRECT, Path((Step(line.id, Tie.LINE, 0),)))


def test_nobody_in_particular_reaches_a_partner_in_one_step():
    graph = ReferralGraph(make_request(), None, Promises())
    service = make_service()
    reach = graph.reach(service)
    assert [(s.member_id, s.tie) for s in reach.path.steps] == [(service.member.id, Tie.ANYBODY)]
    assert (reach.via, reach.path.minutes, reach.others) == (Via.DIRECT, 0, ())


def test_a_way_is_told_by_names_ties_and_the_number_of_those_in_between(police):
    alder, elm = make_member(name="Alder", **VICTIM), make_member(name="Elm", **VICTIM)
    police.members += [alder, elm]
    police.agreements += [make_agreement(police.sender, alder), make_agreement(alder, elm)]
    told = police.told(hidden_of(elm))
    assert (told.direct, told.plain) == (False, False)
    first, last = told.path.steps
    assert (first.member, first.holds, first.phone) == ("Alder", True, "518-555-0100")
    assert (last.member, last.holds, last.phone) == ("Elm", True, None)
    assert [str(text) for text in last.texts] == [str(THEIRS[Tie.AGREEMENT])]
    assert str(first.texts[-1]) == str(YOURS[Tie.AGREEMENT])
    assert told.path.minutes == first.minutes + last.minutes
    assert isinstance(told.others, tuple)


def test_a_direct_way_with_introductions_is_told_with_them(clinic):
    alder, elm = make_member(name="Alder", **VICTIM), make_member(name="Elm", **VICTIM)
    clinic.members += [alder, elm]
    clinic.agreements += [make_agreement(clinic.sender, alder), make_agreement(alder, elm)]
    told = clinic.told(house_of(elm))
    assert (told.direct, told.plain) == (True, False)
    (other,) = told.others
    assert [step.member for step in other.steps] == ["Alder", "Elm"]
    assert str(other.steps[0].texts[0]) == "Can introduce you to the next."


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ({}, True),
        ({"not_near": (NotNear(TROY, 8.0),)}, False),
        ({"not_near": (NotNear(TROY, 8.0),), "door": None}, True),
        ({"apart_from": (make_service(sites=(make_site(TROY),)),)}, False),
        ({"apart_from": (make_service(sites=(make_site(ALBANY),)),)}, True),
    ],
)
def test_a_member_with_a_door_where_the_person_must_not_go_stands_between_nobody(
    clinic, away, expected
):
    changes = dict(away)
    between, elm = make_member(name="Alder", **VICTIM), make_member(name="Elm")
    clinic.members += [between, elm]
    clinic.agreements += [make_agreement(clinic.sender, between), make_agreement(between, elm)]
    door = make_service(member=between, sites=(make_site(TROY),))
    doors = [door] if changes.pop("door", door) else []
    promises = replace(clinic.promises(), doors_of={between.id: doors})
    request = make_request(sender_member_id=clinic.sender.id, **changes)
    graph = ReferralGraph(request, clinic.group, promises)
    assert graph.hand.may_hand_on(between.id) is expected
    others = graph.reach(make_service(member=elm)).others
    assert bool(others) is expected


def test_a_desk_that_also_answers_a_hotline_is_no_line_that_anybody_calls(police):
    """Only a line that is listed by area alone, and hides no place, is given to everybody."""
    alder = make_member(name="Alder", **VICTIM)
    desk = make_service(
        member=alder,
        needs=frozenset({Need.HOTLINE, Need.ADVOCACY}),
        compartment_kind=CompartmentKind.VICTIM_SERVICES,
    )
    assert police.reach(desk).path.steps[0].tie is not Tie.LINE


def test_an_agreement_counts_from_the_day_it_is_signed(police):
    alder, elm = make_member(name="Alder", **VICTIM), make_member(name="Elm", **VICTIM)
    police.members += [alder, elm]
    police.agreements += [
        make_agreement(police.sender, alder, signed_on=TODAY),
        make_agreement(alder, elm, signed_on=TODAY),
    ]
    reach = police.reach(hidden_of(elm))
    assert [step.member_id for step in reach.path.between] == [alder.id]
    assert [step.tie for step in reach.path.steps] == [Tie.AGREEMENT, Tie.AGREEMENT]


def test_a_line_that_the_person_leaves_out_takes_no_calls(clinic):
    line, elm = make_member(name="Line", **VICTIM), make_member(name="Elm", **VICTIM)
    clinic.lines += [line]
    clinic.members += [elm]
    clinic.pathways += [promised(line, elm)]
    assert clinic.between(hidden_of(elm)) == [line.id]
    assert clinic.between(hidden_of(elm), excluded_members=frozenset({line.id})) == []


def test_a_desk_that_promised_beds_but_has_no_line_is_not_called_as_one(clinic):
    desk, elm = make_member(name="Desk", **VICTIM), make_member(name="Elm", **VICTIM)
    clinic.members += [desk, elm]
    clinic.pathways += [promised(desk, elm)]
    assert clinic.graph().hand.lines(elm.id) == []
