"""Measured trips take the place of the estimate: nothing else of an answer changes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Precision
from ccr.domain.geography import travel_minutes
from ccr.domain.measured_travel import (
    MOST_MEASURED,
    answer_measured,
    can_be_measured,
    goals_of,
    measured_minutes,
    wider,
    with_measured,
)
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import Transport
from ccr.domain.weights import DEFAULT
from tests.builders import (
    HOURS,
    TROY,
    make_place,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)
from tests.strategies import requests, snapshots

times = st.one_of(st.none(), st.floats(-10, 100_000), st.just(float("nan")))


def ranker(snapshot):
    return lambda request: rank_partners(snapshot, request, hours=HOURS)


def seconds_for(seconds, _place, goals, _transport):
    return {goal.site_id: seconds for goal in goals}


@settings(max_examples=20, deadline=None)
@given(snapshot=snapshots(max_services=8), request=requests(), data=st.data())
def test_measuring_changes_trips_and_the_order_and_nothing_else(snapshot, request, data):
    plain, wide = ranker(snapshot)(request), ranker(snapshot)(wider(request))
    seconds = {goal.site_id: data.draw(times) for goal in goals_of(wide)}
    found = with_measured(wide, request, seconds)
    before = {p.service.id: p for p in wide.partners}
    assert len(found.partners) == len(plain.partners)
    for partner in found.partners:
        was = before[partner.service.id]
        assert partner.effective_minutes == sum(part.minutes for part in partner.parts)
        assert [p for p in partner.parts if p.name != "travel"] == [
            p for p in was.parts if p.name != "travel"
        ]
        assert replace(partner, parts=(), effective_minutes=0) == replace(
            was, parts=(), effective_minutes=0
        )
        assert all(part.minutes > 0 for part in partner.parts)
    ranks = [(p.effective_minutes, p.distance_km, p.service.id) for p in found.partners]
    assert ranks == sorted(ranks)
    assert replace(found, partners=()) == replace(plain, partners=())


@settings(max_examples=20, deadline=None)
@given(snapshot=snapshots(max_services=8), request=requests())
def test_without_measures_the_answer_is_the_unmeasured_one_to_the_byte(snapshot, request):
    rank = ranker(snapshot)
    plain = repr(rank(request))
    assert repr(answer_measured(request, rank, lambda *_: {})) == plain
    assert repr(answer_measured(request, rank, None)) == plain
    assert repr(answer_measured(request, rank, partial(seconds_for, float("nan")))) == plain


def three(**changes):
    places = [make_place(point=replace(TROY.point, lat=TROY.point.lat + i / 10)) for i in (1, 2, 3)]
    return [make_service(sites=(make_site(place),), **changes) for place in places]


def test_a_partner_that_is_sooner_by_road_comes_forward_even_from_below_the_limit():
    near, _, far = services = three()
    request = make_request(limit=1)
    slow = {near.sites[0].id: 5400, far.sites[0].id: 1500}
    found = answer_measured(request, ranker(make_snapshot(services)), lambda *_: slow)
    (partner,) = found.partners
    assert partner.service.id == far.id
    assert (partner.parts[0].minutes, str(partner.parts[0].text)) == (25, "Trip by car, measured")
    assert found.request == request


def test_what_has_no_time_keeps_the_estimate_and_says_so():
    near, other, _ = services = three()
    found = answer_measured(
        make_request(), ranker(make_snapshot(services)), lambda *_: {near.sites[0].id: 900}
    )
    told = {p.service.id: (p.parts[0].measured, str(p.parts[0].text)) for p in found.partners}
    assert told[near.id] == (True, "Trip by car, measured")
    assert told[other.id] == (False, "Trip by car, estimate")


def test_somebody_who_helps_by_phone_is_never_further_than_the_reach():
    (near, *_) = services = three(by_phone=True)
    found = answer_measured(
        make_request(limit=3),
        ranker(make_snapshot(services)),
        lambda *_: {near.sites[0].id: 60 * (DEFAULT.reach + 1)},
    )
    last = found.partners[-1]
    assert (last.service.id, last.parts[0].minutes) == (near.id, DEFAULT.reach)
    assert str(last.parts[0].text) == "Too far to go: by phone or online"


def test_only_public_places_are_asked_about_and_never_one_that_hides():
    asked = []

    def ask(place, goals, transport):
        asked.append((place.label, [goal.site_id for goal in goals], transport))
        return {}

    public, hidden = make_service(), make_service(confidential=True, sites=())
    answer_measured(make_request(), ranker(make_snapshot([public, hidden])), ask)
    assert asked == [(TROY.label, [public.sites[0].id], Transport.CAR)]


@pytest.mark.parametrize(
    "changes",
    [
        {"transport": Transport.TRANSIT},
        {"near": make_place(precision=Precision.ROOFTOP)},
        {"near": make_place(precision=Precision.STREET)},
    ],
)
def test_a_bus_and_a_start_more_exact_than_a_zip_are_never_measured(changes):
    request = make_request(**changes)
    assert not can_be_measured(request)
    asked = []
    answer_measured(request, ranker(make_snapshot(three())), lambda *a: asked.append(a) or {})
    assert asked == []


def test_nobody_is_asked_about_an_empty_answer():
    answer_measured(make_request(), ranker(make_snapshot()), pytest.fail)


@pytest.mark.parametrize(("limit", "most"), [(1, 3), (10, 30), (20, 30), (50, 50)])
def test_three_times_the_limit_is_found_and_thirty_are_measured(limit, most):
    assert wider(make_request(limit=limit)).limit == most
    assert MOST_MEASURED == 30


@pytest.mark.parametrize(
    ("seconds", "km", "transport", "minutes"),
    [
        (0, 3, Transport.CAR, 0),
        (1, 3, Transport.CAR, 1),
        (60, 3, Transport.CAR, 1),
        (60.1, 3, Transport.FOOT, 2),
        (3600, 136, Transport.CAR, None),
        (3600, 134, Transport.CAR, 60),
        (3600, 14, Transport.FOOT, None),
        (86_400, 3, Transport.CAR, 1440),
        (86_401, 3, Transport.CAR, None),
        (float("nan"), 3, Transport.CAR, None),
        (float("inf"), 3, Transport.CAR, None),
        (-1, 3, Transport.CAR, None),
        (600, 3, Transport.TRANSIT, None),
        (None, 3, Transport.CAR, None),
    ],
)
def test_a_time_that_no_road_can_have_is_not_believed(seconds, km, transport, minutes):
    assert measured_minutes(seconds, km, transport) == minutes


def test_the_estimate_itself_can_always_be_true():
    for transport in (Transport.CAR, Transport.FOOT):
        for km in (0, 1, 20, 100):
            minutes = travel_minutes(km, transport)
            assert measured_minutes(minutes * 60, km, transport) == (
                minutes if minutes <= 1440 else None
            )


def test_a_place_that_hides_is_passed_over_and_those_after_it_are_still_measured():
    near, _, far = services = three()
    found = rank_partners(make_snapshot(services), make_request(), hours=HOURS)
    house = replace(found.partners[1], service=make_service(confidential=True, sites=()))
    goals = goals_of(replace(found, partners=(found.partners[0], house, found.partners[2])))
    assert [(goal.site_id, goal.point) for goal in goals] == [
        (near.sites[0].id, near.sites[0].point),
        (far.sites[0].id, far.sites[0].point),
    ]


def test_two_partners_at_one_place_are_measured_by_one_trip():
    site = make_site(make_place(point=replace(TROY.point, lat=42.8)))
    services = [make_service(sites=(site,)), make_service(sites=(site,))]
    found = rank_partners(make_snapshot(services), make_request(), hours=HOURS)
    assert [goal.site_id for goal in goals_of(found)] == [site.id]


def measured(seconds, *, weights=DEFAULT, **changes):
    """Return the parts of the nearest of three partners, when its trip takes so many seconds."""
    near, *_ = services = three(**changes)
    found = answer_measured(
        make_request(),
        partial(rank_partners, make_snapshot(services), hours=HOURS, weights=weights),
        lambda *_: {near.sites[0].id: seconds},
        weights=weights,
    )
    (parts,) = [p.parts for p in found.partners if p.service.id == near.id]
    return [(part.name, part.minutes, str(part.text)) for part in parts]


def test_the_reach_of_the_network_bounds_a_measured_trip_of_somebody_who_helps_by_phone():
    weights = replace(DEFAULT, reach=60)
    too_far = [("travel", 60, "Too far to go: by phone or online")]
    assert measured(61 * 60, weights=weights, by_phone=True) == too_far
    at_the_reach = [("travel", 60, "Trip by car, measured")]
    assert measured(60 * 60, weights=weights, by_phone=True) == at_the_reach


def test_somebody_to_be_visited_is_measured_in_full_even_beyond_the_reach():
    assert measured(200 * 60) == [("travel", 200, "Trip by car, measured")]
    assert measured(30 * 60, by_phone=True) == [("travel", 30, "Trip by car, measured")]


def test_a_trip_next_door_that_takes_no_time_is_no_part():
    service = make_service(sites=(make_site(make_place(point=replace(TROY.point, lat=42.74))),))
    found = answer_measured(
        make_request(),
        ranker(make_snapshot([service])),
        lambda *_: {service.sites[0].id: 0},
    )
    assert [(p.effective_minutes, p.parts) for p in found.partners] == [(0, ())]


def test_area_partners_are_cut_to_the_limit_that_was_asked_for():
    houses = [make_service(confidential=True) for _ in range(3)]
    rank = ranker(make_snapshot([*houses, *three()]))
    request = make_request(limit=2)
    found = answer_measured(request, rank, partial(seconds_for, 3600))
    assert found.area_partners == rank(request).area_partners
    assert len(found.area_partners) == len(found.partners) == 2
