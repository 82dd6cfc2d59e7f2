"""Distances and times that must be kept: silent like an exclusion, and blind to what hides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Point, Precision
from ccr.domain.eligibility import NOT_OFFERED, left_out
from ccr.domain.errors import InvalidInputError
from ccr.domain.geography import distance_km
from ccr.domain.keeping_away import MOST_PLACES, beside_the_other, too_near
from ccr.domain.matching import judge, judge_by_area, search_for
from ccr.domain.route_fields import not_near_text, read_not_near
from ccr.domain.routing import rank_partners
from ccr.domain.routing_request import LeftOut, NotNear
from ccr.domain.taxonomy import MemberCategory, Need
from tests.builders import (
    ALBANY,
    HOURS,
    TROY,
    make_member,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)
from tests.strategies import places, requests, services, snapshots

EXACT_TROY = replace(TROY, precision=Precision.ROOFTOP)


def stopped(service, request):
    search = search_for(request, (), hours=HOURS)
    verdict = judge_by_area(service, search) if service.confidential else judge(service, search)
    return verdict.limit if isinstance(verdict, LeftOut) else None


def near_troy(km):
    return make_request(not_near=(NotNear(EXACT_TROY, km),))


# -- not near ----------------------------------------------------------------------------------


def test_a_service_is_left_out_up_to_the_distance_and_not_from_it_on():
    site = make_site(ALBANY)
    known = site.precision.about_km + EXACT_TROY.precision.about_km
    apart = distance_km(ALBANY.point, TROY.point)
    service = make_service(sites=(site,))
    assert stopped(service, near_troy(apart - known + 0.001)) == NOT_OFFERED
    assert stopped(service, near_troy(apart - known - 0.001)) is None


def test_how_roughly_a_place_or_a_site_is_known_is_added_to_the_distance():
    apart = distance_km(ALBANY.point, TROY.point)
    service = make_service(sites=(make_site(ALBANY, precision=Precision.ROOFTOP),))
    for precision in (Precision.ZIP, Precision.CITY, Precision.COUNTY):
        place = replace(TROY, precision=precision)
        least = apart - precision.about_km - 0.1
        assert too_near(service, make_request(not_near=(NotNear(place, least + 0.01),)))
        assert not too_near(service, make_request(not_near=(NotNear(place, least - 0.01),)))
        rough = replace(service, sites=(make_site(ALBANY, precision=precision),))
        assert too_near(rough, near_troy(apart - precision.about_km - 0.1 + 0.01))
        assert not too_near(rough, near_troy(apart - precision.about_km - 0.1 - 0.01))


def test_one_site_too_near_is_enough_and_any_of_the_places_counts():
    far = replace(TROY, point=Point(40.0, -75.0))
    service = make_service(sites=(make_site(ALBANY), make_site(TROY)))
    assert too_near(service, near_troy(1))
    two = make_request(not_near=(NotNear(far, 1), NotNear(EXACT_TROY, 1)))
    assert too_near(service, two)
    assert not too_near(service, make_request(not_near=(NotNear(far, 1),)))
    assert not too_near(service, make_request())


def test_distances_are_kept_across_the_180th_meridian():
    west, east = Point(52.0, 179.95), Point(52.0, -179.95)
    service = make_service(sites=(make_site(TROY, point=east),))
    assert too_near(service, make_request(not_near=(NotNear(replace(TROY, point=west), 8),)))


def test_it_reads_exactly_like_an_exclusion():
    service = make_service()
    kept = left_out(service, near_troy(8), hours=HOURS)
    out = left_out(
        service, make_request(excluded_members=frozenset({service.member.id})), hours=HOURS
    )
    assert kept == out


@given(services(), requests(), places(), st.sampled_from([1.0, 8.0, 150.0]))
@settings(max_examples=40)
def test_it_never_says_anything_of_a_service_without_a_public_point(service, request, place, km):
    search = search_for(request, (), hours=HOURS)
    away = search_for(replace(request, not_near=(NotNear(place, km),)), (), hours=HOURS)
    if not any(site.point for site in service.sites):
        assert judge_by_area(service, away) == judge_by_area(service, search)


def test_a_confidential_service_is_never_too_near():
    assert not too_near(make_service(confidential=True), near_troy(150))


@given(snapshots(max_services=12), requests(), places(), st.sampled_from([1.0, 8.0, 40.0]))
@settings(max_examples=40)
def test_the_answer_is_the_one_of_a_directory_that_never_had_what_is_too_near(
    snapshot, request, place, km
):
    request = replace(request, not_near=())
    away = replace(request, not_near=(NotNear(place, km),))
    others = tuple(s for s in snapshot.services if not too_near(s, away))
    without = rank_partners(replace(snapshot, services=others), request, hours=HOURS)
    answer = rank_partners(snapshot, away, hours=HOURS)
    assert replace(answer, request=request) == without


def test_what_was_asked_to_keep_away_from_does_not_show_in_print():
    request = near_troy(8)
    request = replace(request, near=ALBANY, apart_from=(make_service(name="Elm desk"),))
    assert "Troy" not in repr(request)
    assert "Elm" not in repr(request)


# -- what was typed ----------------------------------------------------------------------------


def find(name):
    if name.strip() not in {"Troy", "Albany", "a", "b", "c"}:
        raise InvalidInputError("Troyes or Troy?", field="near")
    return replace(TROY, label=name.strip())


def test_a_distance_may_be_said_for_each_place_and_is_eight_km_otherwise():
    found = read_not_near(["Troy", " ", "Albany=15"], find)
    assert [(away.place.label, away.km) for away in found] == [("Albany", 15), ("Troy", 8)]
    assert [not_near_text(away) for away in found] == ["Albany=15", "Troy=8"]


def test_a_place_said_twice_is_kept_away_from_by_the_greater_distance():
    assert [away.km for away in read_not_near(["Troy=30", "Troy=2"], find)] == [30]


@pytest.mark.parametrize(
    "texts",
    [
        ["Troyes"],
        ["Troy=0"],
        ["Troy=151"],
        ["Troy=-8"],
        ["Troy="],
        ["Troy=8.5"],
        ["Troy=²"],
        ["=8"],
        ["Troy", "a", "b", "c"],
        ["Troy=1", "Troy=2", "Troy=3", "Troy=4", "Troy=5", "Troy=6", "Troy=7"],
    ],
)
def test_what_cannot_be_used_is_refused_without_a_word_of_it(texts):
    with pytest.raises(InvalidInputError) as refusal:
        read_not_near(texts, find)
    assert refusal.value.field == "not_near"
    assert "Troy" not in str(refusal.value)
    assert str(MOST_PLACES) in str(refusal.value) or len(texts) == 1


# -- apart from the other party (R81) ----------------------------------------------------------

MORNING, AFTERNOON = "Mo-Fr 09:00-12:00", "Mo-Fr 13:00-17:00"


def beside(hours, theirs, *, metres=0):
    """Return a service and the request of one party; the other goes to the same address."""
    point = Point(TROY.point.lat + metres / 111_000, TROY.point.lon)
    other = make_service(opening_hours=theirs)
    service = make_service(opening_hours=hours, sites=(make_site(TROY, point=point),))
    return service, make_request(apart_from=(other,))


@pytest.mark.parametrize(
    ("hours", "theirs", "met"),
    [
        (MORNING, MORNING, True),
        (MORNING, "Mo-Fr 12:59-17:00", True),
        (MORNING, AFTERNOON, False),
        (AFTERNOON, MORNING, False),
        ("Mo-Fr 12:59-17:00", MORNING, True),
        ("Th 14:06-14:10", "Th 13:10-13:20", True),
        ("24/7", AFTERNOON, True),
        ("Sa 10:00-12:00", AFTERNOON, False),
        (None, AFTERNOON, True),
        (MORNING, None, True),
        ("nobody can read this", AFTERNOON, True),
        ("off", AFTERNOON, False),
    ],
)
def test_two_parties_are_not_led_to_one_building_at_times_within_an_hour(hours, theirs, met):
    service, request = beside(hours, theirs)
    assert stopped(service, request) == (NOT_OFFERED if met else None)


@pytest.mark.parametrize(
    ("category", "need"),
    [
        (MemberCategory.LEGAL, Need.PROTECTION_ORDER),
        (MemberCategory.COMMUNITY, Need.SUPERVISED_VISITATION),
        (MemberCategory.APIP, Need.ABUSIVE_PARTNER_INTERVENTION),
    ],
    ids=["court", "visitation", "program"],
)
def test_r81_courts_visitation_and_programs_are_kept_apart_like_any_other_place(category, need):
    """For either of the two, and whichever of them was sent first."""
    one = make_service(member=make_member(category=category), opening_hours=MORNING)
    one = replace(one, needs=frozenset({need, Need.ADVOCACY}))
    other = make_service(opening_hours="Mo-Fr 12:30-17:00")
    for service, there in ((one, other), (other, one)):
        assert stopped(service, make_request(apart_from=(there,))) == NOT_OFFERED
    later = replace(other, opening_hours="Mo-Fr 13:00-17:00")
    assert stopped(later, make_request(apart_from=(one,))) is None


def test_a_building_is_fifty_metres_wide():
    assert stopped(*beside(MORNING, MORNING, metres=45)) == NOT_OFFERED
    assert stopped(*beside(MORNING, MORNING, metres=60)) is None


def test_the_very_same_service_is_never_offered_to_both_even_when_it_hides():
    for service in (make_service(opening_hours=MORNING), make_service(confidential=True)):
        assert stopped(service, make_request(apart_from=(service,))) == NOT_OFFERED


def test_another_service_that_hides_is_not_judged_by_the_other_party():
    service, other = make_service(confidential=True), make_service(confidential=True)
    assert stopped(service, make_request(apart_from=(other, make_service()))) is None


def test_where_times_differ_a_word_of_care_says_nothing_of_anybody():
    service, request = beside(MORNING, AFTERNOON)
    care = "Which time suits a visit, and which door: call to check"
    answer = rank_partners(make_snapshot([service]), request, hours=HOURS)
    assert [str(words) for words in answer.partners[0].unknown].count(care) == 1
    alone = rank_partners(make_snapshot([service]), make_request(), hours=HOURS)
    assert care not in [str(words) for words in alone.partners[0].unknown]
    assert not beside_the_other(service, make_request(apart_from=(make_service(sites=()),)))


def test_another_site_of_the_same_member_is_offered():
    member = make_member()
    other = make_service(member=member)
    service = make_service(member=member, sites=(make_site(ALBANY),))
    assert stopped(service, make_request(apart_from=(other,))) is None
