"""Through whom each sector reaches partners: the rules, and who may set them otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.referral_graph import ReferralGraph
from ccr.domain.referral_ties import Tie
from ccr.domain.sector_rules import (
    RULES,
    SectorRules,
    SenderGroup,
    Via,
    sender_group,
)
from ccr.domain.taxonomy import CompartmentKind, Need, Regime, Track
from ccr.domain.ways import DIRECT, Target
from tests.builders import (
    make_agreement,
    make_member,
    make_request,
    make_service,
)
from tests.promised_ways import (
    TODAY,
    VICTIM,
    hidden_of,
    promised,
    protocol,
)


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
