"""The cost of one service: parts that add up, each with a reason, none below zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from ccr.domain.answering import coverage_now
from ccr.domain.directory import Coverage, Language, Precision
from ccr.domain.matching import Candidate, as_area_partner, as_partner, drawbacks, judge, search_for
from ccr.domain.taxonomy import (
    Access,
    CapacityStatus,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    Track,
    Transport,
    Urgency,
)
from ccr.domain.weights import DEFAULT, Weights
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    SCHENECTADY,
    make_agreement,
    make_capacity,
    make_member,
    make_request,
    make_service,
    make_site,
)
from tests.strategies import requests, services

PART_ORDER = ["travel", "hours", "language", "capacity", "listing", "agreement", "answer", "fit"]


def searched(request=None, agreements=()):
    return search_for(request or make_request(), agreements, hours=HOURS)


def parts_of(service, request=None, agreements=()):
    candidate = judge(service, searched(request, agreements))
    assert isinstance(candidate, Candidate), candidate
    return {part.name: part.minutes for part in candidate.parts}


def texts(service, request=None):
    partner = as_partner(judge(service, searched(request)), searched(request))
    return [str(r) for r in partner.reasons], [str(u) for u in partner.unknown]


def test_a_service_that_fits_in_full_costs_travel_alone():
    assert parts_of(make_service(sites=(make_site(ALBANY),))) == {"travel": 18}


def test_a_service_next_door_costs_nothing():
    assert parts_of(make_service()) == {}


def test_the_nearest_of_its_sites_counts():
    service = make_service(sites=(make_site(SCHENECTADY), make_site(ALBANY)))
    candidate = judge(service, searched())
    assert candidate.site == service.sites[1]


def test_a_site_without_a_point_is_not_measured():
    service = make_service(sites=(make_site(point=None), make_site(ALBANY)))
    assert judge(service, searched()).site == service.sites[1]


@pytest.mark.parametrize(
    ("changes", "request_changes", "name", "minutes"),
    [
        ({"capacity": None}, {}, "capacity", DEFAULT.capacity_unknown),
        (
            {"capacity": make_capacity(CapacityStatus.WAITLIST)},
            {},
            "capacity",
            DEFAULT.capacity_waitlist,
        ),
        (
            {"capacity": make_capacity(CapacityStatus.ADDITIONAL_ASSESSMENT)},
            {},
            "capacity",
            DEFAULT.capacity_assessment,
        ),
        (
            {"capacity": make_capacity(updated_at=NOW - timedelta(days=9))},
            {},
            "capacity",
            DEFAULT.capacity_old,
        ),
        (
            {
                "capacity": make_capacity(
                    CapacityStatus.NO_CAPACITY, updated_at=NOW - timedelta(days=9)
                )
            },
            {},
            "capacity",
            DEFAULT.capacity_full_old,
        ),
        ({"last_verified_at": None}, {}, "listing", DEFAULT.listing_never_verified),
        (
            {"last_verified_at": NOW - timedelta(days=200)},
            {},
            "listing",
            DEFAULT.listing_stale,
        ),
        (
            {"last_verified_at": NOW - timedelta(days=400)},
            {},
            "listing",
            DEFAULT.listing_outdated,
        ),
        ({"member": make_member(on_ccr=False)}, {}, "answer", DEFAULT.not_on_ccr),
        (
            {"languages": (Language("es", LanguageMode.INTERPRETER),)},
            {"language": "es"},
            "language",
            DEFAULT.language_interpreter,
        ),
        ({"languages": ()}, {"language": "es"}, "language", DEFAULT.language_unknown),
        (
            {},
            {"needs": (Need.ADVOCACY, Need.FOOD, Need.HOUSING)},
            "fit",
            2 * DEFAULT.need_not_covered,
        ),
        (
            {"populations": frozenset({Population.TRIBAL}), "populations_only": True},
            {},
            "fit",
            DEFAULT.made_for_others,
        ),
        ({"opening_hours": None}, {}, "hours", DEFAULT.hours_unknown),
        ({"opening_hours": "by chance"}, {}, "hours", DEFAULT.hours_unknown),
        ({"opening_hours": "Mo-Fr 14:30-17:00"}, {}, "hours", 25),
        ({"opening_hours": "Sa 10:00-12:00"}, {}, "hours", DEFAULT.closed_at_most_standard),
        (
            {"opening_hours": "Sa 10:00-12:00"},
            {"urgency": Urgency.HIGH},
            "hours",
            DEFAULT.closed_at_most_high,
        ),
        ({"opening_hours": "off"}, {}, "hours", DEFAULT.closed_at_most_standard),
    ],
)
def test_each_drawback_adds_its_named_part_and_no_other(changes, request_changes, name, minutes):
    service = make_service(**changes)
    assert parts_of(service, make_request(**request_changes)) == {name: minutes}


def test_a_missing_agreement_costs_and_a_lapsed_one_too():
    sender, service = make_member(), make_service()
    request = make_request(sender_member_id=sender.id)
    in_force = make_agreement(sender, service.member)
    lapsed = make_agreement(sender, service.member, expires_on=date(2026, 2, 1))
    assert parts_of(service, request) == {"agreement": DEFAULT.agreement_missing}
    assert parts_of(service, request, [lapsed]) == {"agreement": DEFAULT.agreement_lapsed}
    assert parts_of(service, request, [in_force]) == {}
    assert parts_of(service, request, [in_force, lapsed]) == {}


def test_an_agreement_of_others_does_not_count():
    service = make_service()
    others = make_agreement(make_member(), service.member)
    request = make_request(sender_member_id=make_member().id)
    assert parts_of(service, request, [others]) == {"agreement": DEFAULT.agreement_missing}


def test_nobody_needs_an_agreement_with_their_own_member_or_without_a_sender():
    service = make_service()
    assert parts_of(service, make_request(sender_member_id=service.member.id)) == {}
    assert parts_of(service) == {}


def test_an_interpreter_and_staff_count_as_staff():
    both = (Language("es", LanguageMode.INTERPRETER), Language("es", LanguageMode.STAFF))
    assert parts_of(make_service(languages=both), make_request(language="es")) == {}


def test_a_far_service_by_phone_costs_the_reach_and_no_more():
    far = make_site(point=replace(ALBANY.point, lat=34.0))
    service = make_service(sites=(far,), by_phone=True)
    candidate = judge(service, searched())
    assert candidate.effective_minutes == DEFAULT.reach
    assert str(candidate.parts[0].text) == "Too far to go: by phone or online"


def test_reasons_say_what_fits():
    service = make_service(
        needs=frozenset({Need.ADVOCACY, Need.HOUSING}),
        languages=(Language("es", LanguageMode.STAFF),),
        accessibility={Access.WHEELCHAIR: Known.YES},
        opening_hours="Mo-Fr 09:00-17:00",
    )
    reasons, _ = texts(
        service,
        make_request(
            needs=(Need.ADVOCACY, Need.HOUSING),
            language="es",
            access=frozenset({Access.WHEELCHAIR}),
        ),
    )
    assert reasons == [
        "Helps with both needs",
        "Serves this county",
        "Staff speak Spanish",
        "Offered: Step-free or wheelchair access",
        "Serves all genders",
        "Room for 2, confirmed 2 h ago",
        "Open until 17:00 today",
    ]


def test_what_is_not_known_says_call_to_check():
    service = make_service(
        tracks=frozenset(),
        areas=(),
        languages=(),
        capacity=None,
        opening_hours=None,
        gender_served=Gender.UNKNOWN,
        last_verified_at=None,
        coverage=(),
    )
    _, unknown = texts(
        service,
        make_request(
            language="so",
            access=frozenset({Access.PETS}),
            gender=Gender.MEN,
            urgency=Urgency.IMMEDIATE,
        ),
    )
    assert unknown == [
        "Listing not verified yet: call to check",
        "Room: call to check",
        "Whom they serve: call to check",
        "The area they serve: call to check",
        "Genders served: call to check",
        "Somali: call to check",
        "Pets come along: call to check",
        "Cost: call to check",
        "Hours: call to check",
        "Whether somebody answers now: call to check",
    ]


def test_an_outdated_listing_is_labelled_with_its_date():
    service = make_service(last_verified_at=NOW - timedelta(days=400))
    assert "Listing last verified Oct 8, 2025: call to check" in texts(service)[1]


def test_the_precision_of_a_distance_is_the_rougher_of_both_ends():
    service = make_service(sites=(make_site(precision=Precision.CITY),))
    assert as_partner(judge(service, searched()), searched()).precision is Precision.CITY
    rooftop = make_service()
    assert as_partner(judge(rooftop, searched()), searched()).precision is Precision.ZIP


def test_an_area_partner_has_no_field_for_distance_or_minutes():
    house = make_service(confidential=True)
    partner = as_area_partner(house, searched())
    assert not {"distance_km", "effective_minutes", "parts"} & set(partner.__slots__)


@pytest.mark.parametrize(("days", "months"), [(62, 2), (183, 6), (200, 6), (364, 11)])
def test_a_stale_listing_says_the_age_that_the_network_minds(days, months):
    weights = replace(DEFAULT, verified_days=days)
    service = make_service(last_verified_at=NOW - timedelta(days=days, seconds=1))
    parts = drawbacks(service, search_for(make_request(), (), hours=HOURS, weights=weights))
    assert [str(part.text) for part in parts] == [f"Listing not verified for over {months} months"]


@pytest.mark.parametrize("name", ["capacity_old", "reach", "extra_door"])
def test_a_negative_weight_is_refused(name):
    with pytest.raises(ValueError, match="negative"):
        Weights(**{name: -1})


def test_every_weight_says_what_it_is_and_where_it_comes_from():
    for name, minutes, text, source in DEFAULT.explained():
        assert name
        assert minutes >= 0
        assert str(text)
        assert source


@settings(max_examples=80, deadline=None)
@given(service=services(), request_=requests())
def test_parts_are_whole_positive_in_order_and_add_up(service, request_):
    if service.area_only or not service.in_person:
        return
    verdict = judge(service, searched(request_))
    if isinstance(verdict, Candidate):
        names = [part.name for part in verdict.parts]
        assert names == sorted(names, key=PART_ORDER.index)
        assert len(set(names)) == len(names)
        assert all(isinstance(p.minutes, int) and p.minutes > 0 for p in verdict.parts)
        assert verdict.effective_minutes == sum(p.minutes for p in verdict.parts)


@pytest.mark.parametrize("transport", list(Transport))
def test_nearer_never_costs_more_all_else_equal(transport):
    near, far = make_service(), make_service(sites=(make_site(ALBANY),))
    request = make_request(transport=transport)
    assert judge(near, searched(request)).rank < judge(far, searched(request)).rank


NIGHT = NOW.replace(hour=7)  # 02:00 in New York


@pytest.mark.parametrize(
    ("coverage", "at", "mode", "text"),
    [
        (
            [Coverage(None, CoverageMode.STAFFED, "Mo-Fr 09:00-17:00")],
            NOW,
            CoverageMode.STAFFED,
            "Someone reads this now.",
        ),
        (
            [
                Coverage(None, CoverageMode.STAFFED, "Mo 09:00-17:00"),
                Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0142"),
            ],
            NOW,
            CoverageMode.ON_CALL_PHONE,
            "Nobody reads this before Mon 09:00. Call now: 518-555-0142",
        ),
        (
            [Coverage(None, CoverageMode.STAFFED, "Mo-Fr 09:00-17:00")],
            NIGHT,
            CoverageMode.NOBODY,
            "Nobody reads this before 09:00 today. Their phone: 518-555-0118",
        ),
        (
            [Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7")],
            NOW,
            CoverageMode.ON_CALL_PHONE,
            "Nobody reads this. Call now: 518-555-0118",
        ),
        ([], NOW, None, "Who reads this is not known: call first."),
        (
            [Coverage(None, CoverageMode.NOBODY, "24/7")],
            NOW,
            CoverageMode.NOBODY,
            "Nobody reads this. Their phone: 518-555-0118",
        ),
        (
            [
                Coverage(Need.ADVOCACY, CoverageMode.STAFFED, "24/7"),
                Coverage(None, CoverageMode.NOBODY, "24/7"),
            ],
            NOW,
            CoverageMode.STAFFED,
            "Someone reads this now.",
        ),
    ],
)
def test_coverage_says_who_answers_at_a_moment(coverage, at, mode, text):
    service = make_service(coverage=tuple(coverage))
    now = coverage_now(service, [Need.ADVOCACY], at, HOURS)
    assert (now.mode, str(now.text)) == (mode, text)


def test_a_phone_on_call_without_a_number_says_so():
    on_call = Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7")
    now = coverage_now(make_service(coverage=(on_call,), phone=None), [], NOW, HOURS)
    assert now.phone is None
    assert str(now.text) == "A phone is on call now, but its number is not listed."


def test_nobody_and_no_phone_still_says_until_when():
    week = Coverage(None, CoverageMode.STAFFED, "Mo 09:00-17:00")
    now = coverage_now(make_service(coverage=(week,), phone=None), [], NOW, HOURS)
    assert str(now.text) == "Nobody reads this before Mon 09:00."


def test_three_needs_met_are_said_as_all_of_them():
    needs = (Need.ADVOCACY, Need.HOUSING, Need.FOOD)
    reasons, _ = texts(make_service(needs=frozenset(needs)), make_request(needs=needs))
    assert reasons[0] == "Helps with all 3 needs"


def test_a_row_for_another_need_does_not_answer_for_this_one():
    service = make_service(coverage=(Coverage(Need.FOOD, CoverageMode.STAFFED, "24/7"),))
    assert coverage_now(service, [Need.ADVOCACY], NOW, HOURS).mode is None


def test_a_track_that_is_not_stated_is_proposed_and_unknown():
    service = make_service(tracks=frozenset())
    _, unknown = texts(service, make_request(track=Track.CHILD))
    assert "Whom they serve: call to check" in unknown
