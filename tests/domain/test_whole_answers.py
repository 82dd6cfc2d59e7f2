"""An answer as a whole: a network's own weights count in every part, and ties fall as said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ccr.domain.directory import Language
from ccr.domain.routing import rank_partners
from ccr.domain.routing_request import MAX_WHY_NOT
from ccr.domain.taxonomy import CapacityStatus, LanguageMode, Need
from ccr.domain.ways import Between, Target, Ways
from ccr.domain.weights import DEFAULT
from tests.builders import (
    HOURS,
    NOW,
    make_capacity,
    make_member,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)
from tests.golden.county import north

NEEDS = (Need.ADVOCACY, Need.HOUSING)
FRENCH = (Language("fr", LanguageMode.STAFF),)


def ranked(services, *, weights=DEFAULT, **changes):
    return rank_partners(
        make_snapshot(services), make_request(**changes), hours=HOURS, weights=weights
    )


def names(items):
    return [item.service.name for item in items]


def at(km, name, *needs, **changes):
    return make_service(
        name=name,
        needs=frozenset(needs or NEEDS[:1]),
        sites=(make_site(point=north(km)),),
        **changes,
    )


def house(name, *needs, **changes):
    member = make_member(name=name)
    return make_service(
        name=name,
        member=member,
        needs=frozenset(needs or NEEDS[:1]),
        confidential=True,
        **changes,
    )


def verified(days):
    return {"last_verified_at": NOW - timedelta(days=days)}


def test_an_answer_says_what_was_asked():
    request = make_request(needs=NEEDS, limit=3)
    assert rank_partners(make_snapshot(), request, hours=HOURS).request == request


def test_partners_cost_what_the_network_says():
    unknown = at(1, "Room not known", capacity=None)
    weights = replace(DEFAULT, capacity_unknown=30)
    (partner,) = ranked([unknown], weights=weights).partners
    assert [(part.name, part.minutes) for part in partner.parts] == [
        ("travel", 2),
        ("capacity", 30),
    ]


def test_what_lies_between_counts_in_the_whole_answer():
    ways = Ways({Target.OTHERS: Between(25)})
    snapshot = make_snapshot([at(1, "Behind another partner")])
    (partner,) = rank_partners(snapshot, make_request(), hours=HOURS, ways=ways).partners
    assert {part.name: part.minutes for part in partner.parts} == {"travel": 2, "pathway": 25}


def test_a_further_door_costs_what_the_network_says():
    services = [at(0, "Advocates"), at(0, "Homes", Need.HOUSING)]
    weights = replace(DEFAULT, extra_door=33, need_not_covered=0)
    (plan,) = ranked(services, weights=weights, needs=NEEDS).plans
    assert (plan.effective_minutes, plan.further_minutes) == (33, 33)


@pytest.mark.parametrize("make", [house, lambda name, **changes: at(1, name, **changes)])
def test_a_room_figure_is_as_old_as_the_network_says_in_both_lists(make):
    full = make_capacity(CapacityStatus.NO_CAPACITY, updated_at=NOW - timedelta(days=2))
    services = [make("Full two days ago", capacity=full)]
    assert names(ranked(services).why_not) == ["Full two days ago"]
    sooner = ranked(services, weights=replace(DEFAULT, capacity_fresh_days=1))
    assert names([*sooner.partners, *sooner.area_partners]) == ["Full two days ago"]


@pytest.mark.parametrize("make", [house, lambda name, **changes: at(1, name, **changes)])
def test_a_listing_is_outdated_when_the_network_says_so_in_both_lists(make):
    services = [make("Old", **verified(200)), *(make(f"New {i}") for i in range(3))]
    assert names(ranked(services).why_not) == []
    sooner = ranked(services, weights=replace(DEFAULT, verified_days=100, outdated_days=150))
    assert [(i.service.name, i.limit) for i in sooner.why_not] == [("Old", "outdated")]


def test_beside_two_area_partners_one_of_two_outdated_ones_makes_up_the_third():
    services = [house("A"), house("B"), house("C", **verified(400)), house("D", **verified(400))]
    answer = ranked(services)
    assert names(answer.area_partners) == ["A", "B", "C"]
    assert names(answer.why_not) == ["D"]


def test_outdated_area_partners_that_are_proposed_keep_their_place_among_the_others():
    services = [house("B"), house("A", **verified(400))]
    assert names(ranked(services).area_partners) == ["A", "B"]


def test_those_known_by_area_have_places_of_their_own_among_the_twenty_that_are_named():
    public = [at(i, f"Public {i}", languages=FRENCH) for i in range(25)]
    houses = [house(f"House {i}", languages=FRENCH) for i in range(7)]
    found = names(ranked([*public, *houses], language="es").why_not)
    assert len(found) == MAX_WHY_NOT == 20
    assert found[:15] == [f"Public {i}" for i in range(15)]
    assert found[15:] == [f"House {i}" for i in range(5)]


def test_of_two_doors_that_cost_the_same_minutes_the_nearer_one_is_in_the_plan():
    farther = at(10.1, "Farther homes", Need.HOUSING)
    nearer = at(9.9, "Nearer homes", Need.HOUSING)
    answer = ranked([farther, nearer, at(0, "Advocates")], needs=NEEDS)
    by_name = {service.id: service.name for service in (farther, nearer)}
    assert [p.effective_minutes for p in answer.partners[1:]] == [33, 33]
    assert by_name[answer.plans[0].service_ids[1]] == "Nearer homes"


def test_of_area_partners_the_first_in_their_order_is_in_the_plan_and_counts_nothing():
    services = [
        house("B homes", Need.HOUSING),
        house("A homes", Need.HOUSING),
        house("Safe house"),
        at(0, "Advocates", Need.ADVOCACY),
    ]
    answer = ranked(services, weights=replace(DEFAULT, need_not_covered=0), needs=NEEDS)
    by_id = {service.id: service.name for service in services}
    first = answer.plans[0]
    assert [by_id[i] for i in first.service_ids] == ["Safe house", "A homes"]
    assert first.effective_minutes == 20


def test_the_first_partner_for_each_need_stands_beside_the_plans():
    services = [at(5, "Advocates"), at(1, "Homes", Need.HOUSING), house("Safe house")]
    answer = ranked(services, needs=NEEDS)
    by_id = {service.id: service.name for service in services}
    assert [
        (
            row.need,
            row.public and by_id[row.public.service_id],
            row.by_area and by_id[row.by_area.service_id],
        )
        for row in answer.per_need
    ] == [(Need.ADVOCACY, "Advocates", "Safe house"), (Need.HOUSING, "Homes", None)]
