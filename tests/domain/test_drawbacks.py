"""Drawbacks in words, and at their edges: what a wait, a reach, a sender or a gap adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ccr.domain.directory import Language, Point
from ccr.domain.matching import (
    Candidate,
    as_area_partner,
    as_partner,
    drawbacks,
    judge,
    search_for,
    travel_part,
)
from ccr.domain.taxonomy import (
    AgeBand,
    CapacityStatus,
    CompartmentKind,
    LanguageMode,
    Need,
    Population,
    Transport,
    Urgency,
)
from ccr.domain.ways import DIRECT, Between, Target, Ways
from ccr.domain.weights import DEFAULT
from tests.builders import (
    HOURS,
    NOW,
    TROY,
    make_agreement,
    make_capacity,
    make_member,
    make_request,
    make_service,
    make_site,
)

WEEKDAYS = "Mo-Fr 15:00-19:00"


def search(weights=DEFAULT, agreements=(), **changes):
    return search_for(make_request(**changes), agreements, hours=HOURS, weights=weights)


def told(service, weights=DEFAULT, agreements=(), **changes):
    """Return the drawbacks as (name, minutes, words)."""
    found = drawbacks(service, search(weights, agreements, **changes))
    return [(part.name, part.minutes, str(part.text)) for part in found]


def test_a_part_of_a_minute_to_wait_is_a_minute():
    service = make_service(opening_hours=WEEKDAYS)
    words = "Closed until 15:00 today"
    assert told(service, urgency=Urgency.HIGH) == [("hours", 55, words)]
    half = NOW + timedelta(seconds=30)
    assert told(service, urgency=Urgency.HIGH, at=half) == [("hours", 55, words)]
    full = NOW + timedelta(seconds=60)
    assert told(service, urgency=Urgency.HIGH, at=full) == [("hours", 54, words)]


@pytest.mark.parametrize(
    ("urgency", "most"), [(Urgency.STANDARD, 45), (Urgency.HIGH, 120), (Urgency.IMMEDIATE, 240)]
)
def test_a_wait_counts_up_to_a_most_that_depends_on_how_soon_it_must_be(urgency, most):
    closed = make_service(opening_hours="Mo 09:00-17:00")
    assert told(closed, urgency=urgency) == [("hours", most, "Closed until Mon 09:00")]


def test_hours_that_never_come_cost_the_most_and_unreadable_ones_are_not_known():
    never = [("hours", 45, "Closed, and no opening is known")]
    assert told(make_service(opening_hours="off")) == never
    not_known = [("hours", 10, "Hours not known")]
    for hours in (None, "", "by appointment"):
        assert told(make_service(opening_hours=hours)) == not_known


def test_opening_is_said_in_the_time_of_the_place():
    service = make_service(opening_hours="Mo-Fr 12:00-19:00", timezone="America/Los_Angeles")
    assert told(service) == [("hours", 45, "Closed until 12:00 today")]


def test_nobody_who_reads_ccr_is_told_from_one_who_promised_to_pick_up():
    silent = make_service(member=make_member(on_ccr=False))
    by_phone = make_service(member=make_member(on_ccr=False, by_phone=True))
    assert told(silent) == [("answer", 15, "They do not read CCR: call first")]
    assert told(by_phone) == [("answer", 15, "They answer by phone: call first")]
    assert told(make_service(member=make_member(by_phone=True))) == []


def test_each_need_that_is_not_met_costs_and_one_alone_is_named():
    needs = (Need.ADVOCACY, Need.HOUSING, Need.FOOD)
    two = make_service(needs=frozenset(needs[:2]))
    assert told(two, needs=needs) == [("fit", 15, "Does not help with: Food")]
    one = make_service()
    assert told(one, needs=needs) == [("fit", 30, "Does not help with 2 of the needs")]
    assert told(make_service(needs=frozenset(needs)), needs=needs) == []


def test_made_for_a_group_costs_where_the_fit_is_not_known():
    group = {"populations": frozenset({Population.LGBTQ}), "populations_only": True}
    only = make_service(**group)
    assert told(only) == [("fit", 30, "Made for a group: call to check")]
    assert told(make_service(**group | {"populations_only": False})) == []
    needs = (Need.ADVOCACY, Need.HOUSING)
    both = [("fit", 45, "Not for every need, and made for a group")]
    assert told(only, needs=needs) == both
    elders = make_service(populations=frozenset({Population.ELDER}), populations_only=True)
    assert told(elders, age_band=AgeBand.OLDER) == []


def test_a_language_is_named_in_its_drawback():
    interpreter = make_service(languages=(Language("so", LanguageMode.INTERPRETER),))
    assert told(interpreter, language="so") == [
        ("language", 12, "Somali by interpreter, not by staff")
    ]
    assert told(make_service(languages=()), language="so") == [
        ("language", 20, "Whether they speak Somali is not known")
    ]


@pytest.mark.parametrize(
    ("status", "fresh", "old"),
    [
        (CapacityStatus.CAPACITY, None, (14, "The room figure is old")),
        (CapacityStatus.WAITLIST, (60, "They keep a waitlist"), (60, "They keep a waitlist")),
        (
            CapacityStatus.ADDITIONAL_ASSESSMENT,
            (20, "They decide after an assessment"),
            (20, "They decide after an assessment"),
        ),
        (CapacityStatus.UNKNOWN, (15, "Room is not known"), (15, "Room is not known")),
    ],
)
def test_room_costs_by_what_was_said_and_when(status, fresh, old):
    week = timedelta(days=7)
    for updated_at, expected in ((NOW - week, fresh), (NOW - week * 2, old), (None, old)):
        service = make_service(capacity=make_capacity(status, updated_at=updated_at))
        assert told(service) == ([("capacity", *expected)] if expected else [])


def test_full_by_an_old_figure_costs_and_no_figure_is_not_known():
    full = make_capacity(CapacityStatus.NO_CAPACITY, updated_at=NOW - timedelta(days=8))
    assert told(make_service(capacity=full)) == [
        ("capacity", 45, "They were full; the figure is old")
    ]
    assert told(make_service(capacity=None)) == [("capacity", 15, "Room is not known")]


@pytest.mark.parametrize(
    ("days", "minutes", "months"), [(183, 0, 0), (184, 10, 6), (365, 10, 6), (366, 45, 12)]
)
def test_a_listing_costs_from_half_a_year_and_more_from_a_year(days, minutes, months):
    service = make_service(last_verified_at=NOW - timedelta(days=days))
    words = f"Listing not verified for over {months} months"
    assert told(service) == ([("listing", minutes, words)] if minutes else [])


def test_old_is_what_the_network_says_it_is():
    figure = make_capacity(updated_at=NOW - timedelta(days=2))
    day = replace(DEFAULT, capacity_fresh_days=1)
    assert told(make_service(capacity=figure), day) == [("capacity", 14, "The room figure is old")]
    sooner = replace(DEFAULT, verified_days=100, outdated_days=150)
    listing = make_service(last_verified_at=NOW - timedelta(days=151))
    words = "Listing not verified for over 4 months"
    assert told(listing, sooner) == [("listing", 45, words)]


def test_a_listing_that_was_never_verified_says_so():
    never = make_service(last_verified_at=None)
    assert told(never) == [("listing", 20, "Listing not verified yet")]


def test_an_agreement_holds_from_the_day_it_is_signed_to_the_day_before_it_ends():
    sender, service = make_member(), make_service()

    def with_one(signed_on, expires_on):
        one = make_agreement(sender, service.member, signed_on=signed_on, expires_on=expires_on)
        return told(service, agreements=[one], sender_member_id=sender.id)

    today, tomorrow = date(2026, 11, 12), date(2026, 11, 13)
    lapsed = [("agreement", 8, "The agreement with them has lapsed")]
    assert with_one(today, tomorrow) == []
    assert with_one(today, None) == []
    assert with_one(date(2026, 1, 5), today) == lapsed
    assert told(service, sender_member_id=sender.id) == [
        ("agreement", 10, "No agreement with them yet")
    ]


def test_one_agreement_of_three_in_force_is_enough_in_whatever_order_they_stand():
    sender, service = make_member(), make_service()
    ended = make_agreement(sender, service.member, expires_on=date(2026, 2, 1))
    in_force = make_agreement(sender, service.member)
    for order in ([ended, in_force, ended], [in_force, ended, ended], [ended, ended, in_force]):
        assert told(service, agreements=order, sender_member_id=sender.id) == []


def test_agreements_of_others_between_do_not_hide_those_of_the_sender():
    sender, service = make_member(), make_service()
    others = make_agreement(make_member(), make_member())
    mine = make_agreement(sender, service.member)
    assert told(service, agreements=[others, mine], sender_member_id=sender.id) == []


@pytest.mark.parametrize(
    ("transport", "words"),
    [
        (Transport.CAR, "Trip by car, estimate"),
        (Transport.TRANSIT, "Trip by bus or train, estimate"),
        (Transport.FOOT, "Trip on foot, estimate"),
    ],
)
def test_a_trip_says_by_what_and_that_it_is_an_estimate(transport, words):
    part = travel_part(make_service(), search(transport=transport), 18)
    assert (part.name, part.minutes, str(part.text)) == ("travel", 18, words)


@pytest.mark.parametrize("way", [{"by_phone": True}, {"virtual": True}])
def test_who_helps_from_afar_is_a_trip_up_to_the_reach_and_no_trip_beyond_it(way):
    weights = replace(DEFAULT, reach=60)
    for trip, minutes, words in (
        (59, 59, "Trip by car, estimate"),
        (60, 60, "Trip by car, estimate"),
        (61, 60, "Too far to go: by phone or online"),
    ):
        part = travel_part(make_service(**way), search(weights), trip)
        assert (part.name, part.minutes, str(part.text)) == ("travel", minutes, words)


def test_a_trip_of_exactly_the_reach_is_not_too_far():
    ten_km = Point(TROY.point.lat + 0.09, TROY.point.lon)
    service = make_service(sites=(make_site(point=ten_km),))
    assert isinstance(judge(service, search(replace(DEFAULT, reach=18))), Candidate)
    assert judge(service, search(replace(DEFAULT, reach=17))).limit == "too-far"


def test_a_partner_says_which_of_the_needs_it_meets_in_the_order_asked():
    needs = (Need.HOUSING, Need.FOOD, Need.ADVOCACY)
    service = make_service(needs=frozenset({Need.ADVOCACY, Need.HOUSING}))
    asked = search(needs=needs)
    partner = as_partner(judge(service, asked), asked)
    assert partner.needs == as_area_partner(service, asked).needs == (Need.HOUSING, Need.ADVOCACY)
    assert partner.site_id == service.sites[0].id
    assert partner.distance_km == 0


def test_of_sites_at_one_distance_the_one_with_the_lower_id_is_the_site():
    first, second = make_site(), make_site()
    for sites in ((first, second), (second, first)):
        asked = search()
        assert as_partner(judge(make_service(sites=sites), asked), asked).site_id == first.id


def test_an_agreement_in_force_is_a_reason_in_both_lists():
    sender = make_member()
    for service in (make_service(), make_service(confidential=True)):
        agreement = make_agreement(sender, service.member)
        asked = search(agreements=[agreement], sender_member_id=sender.id)
        shown = (
            as_area_partner(service, asked)
            if service.confidential
            else as_partner(judge(service, asked), asked)
        )
        assert str(shown.reasons[-1]) == "You have an agreement with them"


def test_being_handed_on_costs_by_kind_of_partner_and_by_member():
    near_member = make_member()
    ways = Ways({Target.VICTIM_SERVICES: Between(25, {near_member.id: 5})})
    victim_services = {"compartment_kind": CompartmentKind.VICTIM_SERVICES}
    for changes, minutes in (
        (victim_services, 25),
        (victim_services | {"member": near_member}, 5),
        ({"member": near_member}, 0),
        ({}, 0),
    ):
        asked = search_for(make_request(), (), hours=HOURS, ways=ways)
        parts = [
            (p.name, p.minutes, str(p.text)) for p in drawbacks(make_service(**changes), asked)
        ]
        handed_on = [("pathway", minutes, "Not direct: another partner hands on")]
        assert parts == (handed_on if minutes else [])


def test_a_hidden_place_has_no_minutes_in_between_whatever_the_rules_say():
    ways = Ways({target: Between(25) for target in Target})
    house = make_service(confidential=True, compartment_kind=CompartmentKind.VICTIM_SERVICES)
    assert ways.minutes(house) == 0
    assert ways.minutes(make_service()) == 25
    assert DIRECT.minutes(make_service()) == 0


@pytest.mark.parametrize("between", [(-1, {}), (0, {make_member().id: -1})])
def test_minutes_in_between_are_never_negative(between):
    with pytest.raises(ValueError, match="minutes in between are negative"):
        Between(*between)
    assert Between(0, {make_member().id: 0}).otherwise == 0
