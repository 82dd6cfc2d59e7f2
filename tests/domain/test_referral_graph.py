"""How a sender reaches a partner: the quickest way, and what may never stand between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from ccr.domain.hand_overs import Promises
from ccr.domain.pathways import Protocol
from ccr.domain.referral_graph import Path, Reach, ReferralGraph, Step
from ccr.domain.referral_ties import THEIRS, YOURS, Tie
from ccr.domain.routing_request import NotNear
from ccr.domain.sector_rules import (
    SectorRules,
    Via,
)
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need, Regime, Track
from ccr.domain.ways import Target
from ccr.domain.weights import DEFAULT
from tests.builders import (
    ALBANY,
    TROY,
    make_agreement,
    make_member,
    make_request,
    make_service,
    make_site,
)
from tests.promised_ways import (
    OF_PROGRAM,
    TODAY,
    VICTIM,
    hidden_of,
    house_of,
    promised,
)


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


# -- whole worlds, member by member ---------------------------------------------------------------


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


def test_what_a_program_with_a_protocol_pays_is_its_quickest_way_too(program):
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
