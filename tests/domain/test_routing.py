"""Routing as a whole: what is proposed, in which order, and what is never said."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Area, Capacity, Language, Point, Precision
from ccr.domain.eligibility import NOT_OFFERED
from ccr.domain.routing import rank_partners
from ccr.domain.routing_request import MAX_WHY_NOT
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    LanguageMode,
    Need,
    ServiceStatus,
    Track,
)
from ccr.domain.why_not import great_circle_km
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    SCHENECTADY,
    TROY,
    make_capacity,
    make_member,
    make_place,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)
from tests.strategies import requests, snapshots

NEW_YORK = (Area(AreaExtent.STATE, "NY"),)


def ranked(services, **changes):
    return rank_partners(make_snapshot(services), make_request(**changes), hours=HOURS)


def names(items):
    return [item.service.name for item in items]


def test_an_empty_directory_answers_nothing():
    answer = ranked([])
    assert (answer.partners, answer.area_partners, answer.why_not, answer.plans) == ((),) * 4


def test_partners_stand_in_order_of_effective_minutes():
    near_with_waitlist = make_service(capacity=make_capacity(CapacityStatus.WAITLIST))
    farther_with_room = make_service(sites=(make_site(ALBANY),))
    answer = ranked([near_with_waitlist, farther_with_room])
    assert names(answer.partners) == [farther_with_room.name, near_with_waitlist.name]


def test_ties_go_to_the_shorter_distance_and_then_to_the_id():
    at_site, same_minutes = make_service(), make_service()
    beside = make_service(sites=(make_site(point=Point(TROY.point.lat + 0.0001, TROY.point.lon)),))
    answer = ranked([beside, same_minutes, at_site])
    assert [p.service.id for p in answer.partners[:2]] == sorted([at_site.id, same_minutes.id])


def test_the_limit_is_the_most_partners_listed():
    assert len(ranked([make_service() for _ in range(5)], limit=2).partners) == 2


def test_routing_skips_partners_without_the_language():
    speaks = make_service(languages=(Language("es", LanguageMode.STAFF),))
    answer = ranked([speaks, make_service()], language="es")
    assert names(answer.partners) == [speaks.name]
    assert [item.limit for item in answer.why_not] == ["language"]


def test_r1_an_excluded_member_is_never_shown_even_as_the_only_option():
    only = make_service()
    answer = ranked([only], excluded_members=frozenset({only.member.id}))
    assert (answer.partners, answer.area_partners, answer.why_not, answer.plans) == ((),) * 4


def test_an_excluded_member_is_in_no_plan_and_no_area_list():
    member = make_member()
    needs = (Need.ADVOCACY, Need.HOUSING)
    mine = [
        make_service(member=member, needs=frozenset(needs)),
        make_service(member=member, needs=frozenset(needs), confidential=True),
        make_service(member=member, needs=frozenset({Need.PETS})),
    ]
    others = [make_service(), make_service(needs=frozenset({Need.HOUSING}))]
    answer = ranked([*mine, *others], needs=needs, excluded_members=frozenset({member.id}))
    shown = {p.service.id for p in answer.partners + answer.area_partners + answer.why_not}
    shown |= {service_id for plan in answer.plans for service_id in plan.service_ids}
    assert not shown & {s.id for s in mine}
    assert answer.plans


@pytest.mark.parametrize(
    "changes",
    [{"do_not_refer": True}, {"status": ServiceStatus.INACTIVE}],
)
def test_what_takes_no_referrals_is_not_even_named(changes):
    answer = ranked([make_service(**changes)])
    assert (answer.partners, answer.why_not) == ((), ())


def test_a_service_closed_for_now_is_named_with_what_would_change():
    answer = ranked([make_service(status=ServiceStatus.TEMPORARILY_CLOSED)])
    assert [(str(i.text), str(i.would_change)) for i in answer.why_not] == [
        ("Closed for now", "Their reopening")
    ]


def test_the_other_side_is_never_named_to_a_survivor_or_an_abusive_partner():
    program = make_service(compartment_kind=CompartmentKind.APIP)
    shelter_desk = make_service(compartment_kind=CompartmentKind.VICTIM_SERVICES)
    assert names(ranked([program, shelter_desk]).partners) == [shelter_desk.name]
    assert ranked([program, shelter_desk]).why_not == ()
    for_partner = ranked([program, shelter_desk], track=Track.ABUSIVE_PARTNER)
    assert names(for_partner.partners) == [program.name]
    assert for_partner.why_not == ()


def test_confidential_and_remote_services_are_listed_by_area_alone():
    house = make_service(confidential=True)
    line = make_service(in_person=False, by_phone=True, areas=NEW_YORK)
    unplaced = make_service(sites=(make_site(point=None),))
    answer = ranked([house, line, unplaced])
    assert answer.partners == ()
    assert {p.service.id for p in answer.area_partners} == {house.id, line.id, unplaced.id}


def test_area_partners_stand_by_needs_met_then_narrowest_area_then_name():
    needs = (Need.ADVOCACY, Need.HOUSING)
    zed = make_member(name="Zed House (demo)")
    ann = make_member(name="ann house (demo)")
    both = make_service(confidential=True, member=zed, needs=frozenset(needs), areas=NEW_YORK)
    county_z = make_service(confidential=True, member=zed)
    county_a = make_service(confidential=True, member=ann)
    state = make_service(confidential=True, member=ann, areas=NEW_YORK)
    answer = ranked([state, county_z, county_a, both], needs=needs)
    assert names(answer.area_partners) == [both.name, county_a.name, county_z.name, state.name]


def test_a_service_that_nobody_placed_comes_last_and_says_call_to_check():
    nobody_knows = make_service(sites=(), areas=())
    state = make_service(in_person=False, by_phone=True, areas=NEW_YORK)
    answer = ranked([nobody_knows, state])
    assert names(answer.area_partners) == [state.name, nobody_knows.name]
    assert any("area they serve" in str(text) for text in answer.area_partners[-1].unknown)


def test_area_partners_are_at_most_the_limit_and_do_not_take_places_from_partners():
    houses = [make_service(confidential=True) for _ in range(4)]
    answer = ranked([*houses, make_service()], limit=3)
    assert (len(answer.area_partners), len(answer.partners)) == (3, 1)


def old(days=400, **changes):
    return make_service(last_verified_at=NOW - timedelta(days=days), **changes)


def test_an_outdated_listing_is_not_proposed_while_three_others_are():
    outdated = old()
    answer = ranked([outdated, *(make_service() for _ in range(3))])
    assert outdated.name not in names(answer.partners)
    assert [(i.limit, str(i.text)) for i in answer.why_not] == [
        ("outdated", "Last verified Oct 8, 2025")
    ]


def test_an_outdated_listing_is_proposed_alone_and_labelled():
    answer = ranked([old()])
    (partner,) = answer.partners
    assert "Listing last verified Oct 8, 2025: call to check" in map(str, partner.unknown)
    assert [part.name for part in partner.parts] == ["listing"]
    assert answer.why_not == ()


def test_outdated_listings_only_make_up_for_the_options_missing_from_three():
    near, far = old(), old(sites=(make_site(ALBANY),))
    farther = old(sites=(make_site(SCHENECTADY),))
    answer = ranked([farther, far, near, make_service()])
    assert {p.service.id for p in answer.partners[1:]} == {near.id, far.id}
    assert names(answer.why_not) == [farther.name]


def test_outdated_area_partners_follow_the_same_rule_in_their_own_list():
    houses = [make_service(confidential=True) for _ in range(3)]
    outdated = old(confidential=True)
    assert outdated.name not in names(ranked([*houses, outdated]).area_partners)
    assert names(ranked([outdated]).area_partners) == [outdated.name]


def test_a_listing_that_was_never_verified_is_proposed_labelled_and_costs_minutes():
    answer = ranked([make_service(last_verified_at=None), *(make_service() for _ in range(3))])
    assert len(answer.partners) == 4
    assert [part.name for part in answer.partners[-1].parts] == ["listing"]


def test_why_not_is_nearest_first_and_at_most_twenty():
    far = [
        make_service(
            languages=(Language("fr", LanguageMode.STAFF),),
            sites=(make_site(point=Point(TROY.point.lat + step / 100, TROY.point.lon)),),
        )
        for step in random.Random(1).sample(range(30), 30)
    ]
    answer = ranked(far, language="es")
    distances = [i.service.sites[0].point.lat for i in answer.why_not]
    assert len(answer.why_not) == MAX_WHY_NOT
    assert distances == sorted(distances)
    assert distances[-1] == pytest.approx(TROY.point.lat + 0.19)


def test_those_that_help_come_into_why_not_before_those_that_do_not():
    rides = [make_service(needs=frozenset({Need.TRANSPORT})) for _ in range(25)]
    full = make_service(
        capacity=make_capacity(CapacityStatus.NO_CAPACITY), sites=(make_site(ALBANY),)
    )
    answer = ranked([*rides, full])
    assert full.name in names(answer.why_not)
    assert names(answer.why_not)[-1] == full.name


def test_only_a_few_of_those_that_help_with_other_needs_are_named():
    rides = [make_service(needs=frozenset({Need.TRANSPORT})) for _ in range(9)]
    nothing_stated = make_service(needs=frozenset())
    answer = ranked([*rides, nothing_stated])
    assert nothing_stated.name not in names(answer.why_not)
    assert [(str(i.text), str(i.would_change)) for i in answer.why_not] == [
        ("Helps only with: Rides", "Ask for this need: Rides")
    ] * 5


def test_confidential_services_left_out_come_last_in_fixed_order():
    houses = [
        make_service(
            confidential=True,
            languages=(Language("fr", LanguageMode.STAFF),),
            member=make_member(name=name),
        )
        for name in ("B", "a", "C")
    ]
    public = make_service(languages=(Language("fr", LanguageMode.STAFF),))
    answer = ranked([*houses, public], language="es")
    assert [i.service.member.name for i in answer.why_not][1:] == ["a", "B", "C"]
    assert answer.why_not[0].service == public


def test_a_confidential_service_of_another_state_is_not_named():
    house = make_service(confidential=True, areas=(Area(AreaExtent.COUNTY, "06037"),))
    assert ranked([house]).why_not == ()


def test_needs_are_covered_by_plans_of_few_doors():
    needs = (Need.ADVOCACY, Need.HOUSING)
    advocacy = make_service()
    housing = make_service(needs=frozenset({Need.HOUSING}))
    both_far = make_service(needs=frozenset(needs), sites=(make_site(SCHENECTADY),))
    answer = ranked([advocacy, housing, both_far], needs=needs)
    minutes = {p.service.id: p.effective_minutes for p in answer.partners}
    for plan in answer.plans:
        extra = 20 * (plan.doors - 1)
        assert plan.effective_minutes == sum(minutes[i] for i in plan.service_ids) + extra
    assert len({plan.service_ids for plan in answer.plans}) == len(answer.plans)


def test_golden_order_of_a_small_directory():
    """The picture on the wall: one directory, one order, every part in view."""
    spanish = (Language("es", LanguageMode.STAFF),)
    court = make_service(name="Court and safety advocacy", languages=spanish)
    petition = make_service(
        name="Family offense petition help",
        languages=(Language("es", LanguageMode.INTERPRETER),),
        sites=(make_site(ALBANY),),
    )
    walk_in = make_service(
        name="Walk-in advocacy",
        languages=spanish,
        sites=(make_site(SCHENECTADY),),
        capacity=Capacity(CapacityStatus.CAPACITY, 1, "places", NOW - timedelta(days=9)),
    )
    answer = ranked([walk_in, petition, court], language="es")
    assert [
        (p.service.name, p.effective_minutes, {c.name: c.minutes for c in p.parts})
        for p in answer.partners
    ] == [
        ("Court and safety advocacy", 0, {}),
        ("Family offense petition help", 30, {"travel": 18, "language": 12}),
        ("Walk-in advocacy", 46, {"travel": 32, "capacity": 14}),
    ]


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(snapshot=snapshots(), request_=requests(), seed=st.randoms(use_true_random=False))
def test_the_order_of_the_directory_changes_nothing(snapshot, request_, seed):
    shuffled = list(snapshot.services)
    seed.shuffle(shuffled)
    other = replace(snapshot, services=tuple(shuffled))
    assert rank_partners(other, request_, hours=HOURS) == rank_partners(
        snapshot, request_, hours=HOURS
    )


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(snapshot=snapshots(), request_=requests())
def test_nothing_excluded_own_or_unlisted_is_ever_said(snapshot, request_):
    answer = rank_partners(snapshot, request_, hours=HOURS)
    shown = [*answer.partners, *answer.area_partners, *answer.why_not]
    assert len(answer.why_not) <= MAX_WHY_NOT
    assert len(answer.partners) <= request_.limit
    for item in shown:
        assert item.service.member.id not in request_.excluded_members
        assert item.service.compartment_id != request_.sender_compartment_id
        assert not item.service.do_not_refer
        assert getattr(item, "limit", None) != NOT_OFFERED
    assert len({item.service.id for item in shown}) == len(shown)
    assert not any(p.service.confidential for p in answer.partners)
    assert [p.effective_minutes for p in answer.partners] == sorted(
        p.effective_minutes for p in answer.partners
    )


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(snapshot=snapshots(), request_=requests(), lat=st.floats(-60, 70), lon=st.floats(-170, 170))
def test_area_answers_are_the_same_from_every_origin_in_the_area(snapshot, request_, lat, lon):
    moved = replace(request_, near=replace(request_.near, point=Point(lat, lon)))
    here = rank_partners(snapshot, request_, hours=HOURS)
    there = rank_partners(snapshot, moved, hours=HOURS)
    assert here.area_partners == there.area_partners
    assert by_area(here) == by_area(there)


def by_area(answer):
    return [i for i in answer.why_not if i.service.area_only or not i.service.in_person]


def test_a_hidden_house_reads_the_same_from_a_hundred_origins():
    """R49, and the order attack: nothing of the house moves, so there is nothing to learn."""
    rng = random.Random(7)
    public = [
        make_service(sites=(make_site(point=random_point(rng)),), needs=frozenset({need}))
        for need in (Need.ADVOCACY, Need.EMERGENCY_SHELTER)
        for _ in range(30)
    ]
    needs = (Need.ADVOCACY, Need.EMERGENCY_SHELTER)
    houses = [make_service(confidential=True, needs=frozenset(needs)) for _ in range(3)]
    full = make_service(confidential=True, capacity=make_capacity(CapacityStatus.NO_CAPACITY))
    snapshot = make_snapshot([*public, *houses, full])
    seen = set()
    for _ in range(100):
        place = make_place(
            point=random_point(rng), precision=rng.choice([Precision.ZIP, Precision.CITY])
        )
        answer = rank_partners(snapshot, make_request(needs=needs, near=place), hours=HOURS)
        house_doors = [
            [i for i in plan.service_ids if i in {h.id for h in houses}] for plan in answer.plans
        ]
        seen.add((repr(answer.area_partners), repr(by_area(answer)), repr(house_doors[-1])))
    assert len(seen) == 1


def random_point(rng):
    return Point(42.7 + rng.uniform(-0.1, 0.1), -73.7 + rng.uniform(-0.1, 0.1))


def test_the_great_circle_is_a_degree_of_latitude_long():
    assert great_circle_km(Point(42, -73), Point(43, -73)) == pytest.approx(111.195, abs=0.001)
