"""Hard limits: each stops what it must, says why, and never stops for what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from ccr.domain.areas import covering_extent, in_area_of, touches_state
from ccr.domain.directory import Area, Coverage, Language, Precision
from ccr.domain.eligibility import LIMIT_CODES, NOT_OFFERED, dual_members, left_out
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
    Urgency,
)
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    TROY,
    make_capacity,
    make_id,
    make_member,
    make_place,
    make_request,
    make_service,
    make_site,
)
from tests.strategies import requests, services


def limit(service, request=None, *, near=True):
    """Return the limit code, or None; `near` says whether the site is within reach."""
    within_reach = None if service.area_only or not service.in_person else lambda: near
    stopped = left_out(service, request or make_request(), hours=HOURS, within_reach=within_reach)
    return None if stopped is None else stopped.limit


def reason(service, request=None, *, near=True):
    within_reach = None if service.area_only else lambda: near
    return str(
        left_out(service, request or make_request(), hours=HOURS, within_reach=within_reach).text
    )


def test_a_service_that_fits_in_full_is_not_left_out():
    assert limit(make_service()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"do_not_refer": True},
        {"status": ServiceStatus.INACTIVE},
        {"status": ServiceStatus.DEFUNCT},
        {"member": make_member(active=False)},
    ],
)
def test_what_takes_no_referrals_is_not_offered(changes):
    assert limit(make_service(**changes)) == NOT_OFFERED


def test_an_excluded_member_reads_exactly_like_one_that_takes_no_referrals():
    service = make_service()
    excluded = left_out(
        service, make_request(excluded_members=frozenset({service.member.id})), hours=HOURS
    )
    retired = left_out(replace(service, do_not_refer=True), make_request(), hours=HOURS)
    assert (excluded.limit, excluded.text, excluded.would_change) == (
        retired.limit,
        retired.text,
        retired.would_change,
    )


def test_exclusion_wins_over_every_other_limit():
    service = make_service(needs=frozenset({Need.FOOD}), areas=())
    request = make_request(excluded_members=frozenset({service.member.id}))
    assert limit(service, request, near=False) == NOT_OFFERED


def test_the_senders_own_compartment_is_not_offered():
    service = make_service()
    own = make_request(
        sender_member_id=service.member.id, sender_compartment_id=service.compartment_id
    )
    assert limit(service, own) == NOT_OFFERED


def test_another_compartment_of_the_senders_member_may_be_proposed():
    service = make_service()
    request = make_request(sender_member_id=service.member.id, sender_compartment_id=make_id())
    assert limit(service, request) is None


def test_a_service_closed_for_now_is_left_out():
    service = make_service(status=ServiceStatus.TEMPORARILY_CLOSED)
    assert limit(service) == "closed"
    assert reason(service) == "Closed for now"


def test_a_service_that_helps_with_none_of_the_needs_is_left_out():
    assert limit(make_service(needs=frozenset({Need.TRANSPORT}))) == "needs"


def test_one_need_of_several_is_enough():
    request = make_request(needs=(Need.HOUSING, Need.ADVOCACY))
    assert limit(make_service(), request) is None


def test_a_stated_track_that_differs_is_a_limit():
    service = make_service(tracks=frozenset({Track.CHILD}))
    assert limit(service) == "track"
    assert reason(service) == "Is for others: not for survivors"


def test_no_stated_track_is_not_a_limit():
    assert limit(make_service(tracks=frozenset())) is None


@pytest.mark.parametrize("track", [Track.SURVIVOR, Track.CHILD])
def test_a_survivor_request_never_goes_to_an_abusive_partner_program(track):
    service = make_service(compartment_kind=CompartmentKind.APIP)
    assert limit(service, make_request(track=track)) == "track"


def test_an_abusive_partner_request_never_goes_to_victim_services():
    service = make_service(compartment_kind=CompartmentKind.VICTIM_SERVICES)
    assert limit(service, make_request(track=Track.ABUSIVE_PARTNER)) == "track"


def test_the_other_program_of_a_dual_organization_may_still_be_proposed():
    member = make_member()
    desk = make_service(member=member, compartment_kind=CompartmentKind.VICTIM_SERVICES)
    program = make_service(member=member, compartment_kind=CompartmentKind.APIP)
    assert limit(desk) is None
    assert limit(program) == "track"
    assert dual_members([desk, program]) == {member.id}
    assert dual_members([desk]) == frozenset()


@pytest.mark.parametrize(
    ("area", "covers"),
    [
        (Area(AreaExtent.ZIP, "12180"), True),
        (Area(AreaExtent.ZIP, "12207"), False),
        (Area(AreaExtent.COUNTY, "36083"), True),
        (Area(AreaExtent.COUNTY, "36001"), False),
        (Area(AreaExtent.STATE, "NY"), True),
        (Area(AreaExtent.STATE, "VT"), False),
        (Area(AreaExtent.NATION, "US"), True),
    ],
)
def test_service_areas_cover_by_zip_county_state_or_nation(area, covers):
    service = make_service(areas=(area,))
    assert (covering_extent(service, TROY) is not None) is covers
    assert limit(service) == (None if covers else "service-area")


def test_no_stated_area_is_allowed_within_reach_and_a_limit_beyond_it():
    service = make_service(areas=())
    assert limit(service, near=True) is None
    assert limit(service, near=False) == "service-area"


def test_zips_alone_cannot_be_told_from_a_county_search():
    county = make_place(zip_code=None, precision=Precision.COUNTY)
    service = make_service(areas=(Area(AreaExtent.ZIP, "12207"),))
    assert limit(service, make_request(near=county)) is None
    assert limit(service, make_request(near=TROY)) == "service-area"


def test_a_service_without_point_and_area_is_taken_to_serve_the_county_of_its_site():
    service = make_service(areas=(), sites=(make_site(TROY, point=None),))
    assert service.area_only
    assert in_area_of(service, TROY)
    assert limit(service) is None
    assert limit(service, make_request(near=ALBANY)) == "service-area"


def test_a_confidential_service_is_left_out_by_area_in_words_without_a_place():
    house = make_service(confidential=True, areas=(Area(AreaExtent.COUNTY, "36001"),))
    assert limit(house) == "service-area"
    assert reason(house) == "Does not serve this place"


def test_areas_touch_the_state_that_holds_them_or_that_they_hold():
    by_county = make_service(areas=(Area(AreaExtent.COUNTY, "36001"),))
    elsewhere = make_service(areas=(Area(AreaExtent.COUNTY, "06037"),))
    assert touches_state(by_county, TROY)
    assert not touches_state(elsewhere, TROY)
    assert touches_state(make_service(areas=(Area(AreaExtent.STATE, "NY"),)), TROY)
    assert not touches_state(make_service(areas=(Area(AreaExtent.STATE, "CA"),)), TROY)
    assert touches_state(make_service(areas=(Area(AreaExtent.NATION, "US"),)), TROY)


@pytest.mark.parametrize(
    ("ages", "band", "expected"),
    [
        ((18, None), AgeBand.TEEN, "age"),
        ((17, None), AgeBand.TEEN, None),
        ((None, 13), AgeBand.TEEN, None),
        ((None, 12), AgeBand.TEEN, "age"),
        ((18, None), AgeBand.YOUNG_ADULT, None),
        ((None, 17), AgeBand.ADULT, "age"),
        ((None, 17), AgeBand.TEEN, None),
        ((60, None), AgeBand.ANY_ADULT, None),
        ((60, None), AgeBand.ADULT, "age"),
        ((None, None), AgeBand.UNDER_13, None),
        ((0, 12), AgeBand.UNDER_13, None),
    ],
)
def test_ages_stop_only_when_no_age_of_the_band_is_served(ages, band, expected):
    service = make_service(minimum_age=ages[0], maximum_age=ages[1])
    assert limit(service, make_request(age_band=band)) == expected
    assert limit(service) is None


@pytest.mark.parametrize(
    ("served", "asked", "expected"),
    [
        (Gender.WOMEN, Gender.MEN, "gender"),
        (Gender.MEN, Gender.WOMEN, "gender"),
        (Gender.WOMEN, Gender.WOMEN, None),
        (Gender.ALL, Gender.MEN, None),
        (Gender.UNKNOWN, Gender.MEN, None),
        (Gender.WOMEN, None, None),
        (Gender.WOMEN, Gender.UNKNOWN, None),
    ],
)
def test_gender_stops_only_on_a_stated_difference(served, asked, expected):
    assert limit(make_service(gender_served=served), make_request(gender=asked)) == expected


@pytest.mark.parametrize(
    ("population", "facts", "expected"),
    [
        (Population.TEEN, {"age_band": AgeBand.ADULT}, "populations"),
        (Population.TEEN, {"age_band": AgeBand.TEEN}, None),
        (Population.TEEN, {}, None),
        (Population.ELDER, {"age_band": AgeBand.YOUNG_ADULT}, "populations"),
        (Population.ELDER, {"age_band": AgeBand.ANY_ADULT}, None),
        (Population.ELDER, {"age_band": AgeBand.OLDER}, None),
        (Population.MALE_SURVIVORS, {"gender": Gender.WOMEN}, "populations"),
        (Population.TRIBAL, {"age_band": AgeBand.ADULT, "gender": Gender.WOMEN}, None),
        (Population.IMMIGRANT, {}, None),
    ],
)
def test_a_group_stops_only_those_known_to_be_outside_it(population, facts, expected):
    service = make_service(populations=frozenset({population}), populations_only=True)
    assert limit(service, make_request(**facts)) == expected
    open_to_all = replace(service, populations_only=False)
    assert limit(open_to_all, make_request(**facts)) is None


def test_a_language_that_is_not_among_those_stated_is_a_limit():
    service = make_service()
    assert limit(service, make_request(language="es")) == "language"
    assert reason(service, make_request(language="es")) == "No Spanish, no interpreter"


@pytest.mark.parametrize("mode", list(LanguageMode))
def test_staff_or_interpreter_both_serve_a_language(mode):
    service = make_service(languages=(Language("es", mode),))
    assert limit(service, make_request(language="es")) is None


def test_unknown_languages_are_never_a_no():
    assert limit(make_service(languages=()), make_request(language="es")) is None


@pytest.mark.parametrize("language", [None, "", "en"])
def test_english_is_no_wish(language):
    service = make_service(languages=(Language("es", LanguageMode.STAFF),))
    assert limit(service, make_request(language=language)) is None


@pytest.mark.parametrize(
    ("known", "expected"), [(Known.NO, "access"), (Known.YES, None), (Known.UNKNOWN, None)]
)
def test_only_a_stated_no_stops_for_access(known, expected):
    service = make_service(accessibility={Access.WHEELCHAIR: known})
    request = make_request(access=frozenset({Access.WHEELCHAIR}))
    assert limit(service, request) == expected
    assert limit(service) is None


def test_full_with_a_fresh_date_is_a_limit_with_that_date():
    service = make_service(capacity=make_capacity(CapacityStatus.NO_CAPACITY))
    assert limit(service) == "capacity"
    assert reason(service) == "Full since Nov 12, 2026"


@pytest.mark.parametrize("updated_at", [None, NOW - timedelta(days=7, seconds=1)])
def test_full_with_an_old_date_or_none_is_not_a_limit(updated_at):
    capacity = make_capacity(CapacityStatus.NO_CAPACITY, updated_at=updated_at)
    assert limit(make_service(capacity=capacity)) is None


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ((Coverage(None, CoverageMode.STAFFED, "24/7"),), None),
        ((Coverage(None, CoverageMode.STAFFED, "Mo 09:00-10:00"),), "answer"),
        (
            (
                Coverage(None, CoverageMode.STAFFED, "Mo 09:00-10:00"),
                Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0142"),
            ),
            None,
        ),
        ((Coverage(None, CoverageMode.NOBODY, "24/7"),), "answer"),
        ((), None),
        ((Coverage(None, CoverageMode.STAFFED, "when they can"),), None),
    ],
)
def test_immediate_needs_somebody_who_answers_now_unless_that_is_not_known(coverage, expected):
    service = make_service(coverage=coverage)
    assert limit(service, make_request(urgency=Urgency.IMMEDIATE)) == expected
    assert limit(service, make_request(urgency=Urgency.HIGH)) is None


def test_a_trip_beyond_the_reach_is_a_limit_unless_there_is_a_phone_or_screen():
    assert limit(make_service(), near=False) == "too-far"
    assert limit(make_service(by_phone=True), near=False) is None
    assert limit(make_service(virtual=True), near=False) is None


def test_limits_answer_in_their_fixed_order():
    service = make_service(
        tracks=frozenset({Track.CHILD}), areas=(), languages=(), gender_served=Gender.MEN
    )
    assert limit(service, make_request(gender=Gender.WOMEN), near=False) == "track"
    assert limit(replace(service, needs=frozenset()), near=False) == "needs"


@settings(max_examples=60, deadline=None)
@given(service=services(), request_=requests())
def test_every_limit_has_a_known_code_and_two_sentences(service, request_):
    stopped = left_out(service, request_, hours=HOURS)
    if stopped is not None:
        assert stopped.limit in LIMIT_CODES
        assert str(stopped.text)
        assert str(stopped.would_change)


@settings(max_examples=60, deadline=None)
@given(service=services(), request_=requests())
def test_saying_less_about_a_person_never_adds_a_limit(service, request_):
    """What is not asked for cannot stop a service."""
    less = replace(
        request_,
        age_band=None,
        gender=None,
        language=None,
        access=frozenset(),
        excluded_members=frozenset(),
        sender_compartment_id=None,
    )
    if left_out(service, request_, hours=HOURS, within_reach=lambda: True) is None:
        assert left_out(service, less, hours=HOURS, within_reach=lambda: True) is None


def both_sentences(service, request=None, *, near=True):
    within_reach = None if service.area_only else lambda: near
    stopped = left_out(service, request or make_request(), hours=HOURS, within_reach=within_reach)
    return str(stopped.text), str(stopped.would_change)


def test_ages_say_the_end_that_stops():
    teen = make_request(age_band=AgeBand.TEEN)
    another = "Another age band"
    assert both_sentences(make_service(minimum_age=18), teen) == ("From age 18", another)
    assert both_sentences(make_service(maximum_age=12), teen) == ("Up to age 12", another)
    between = make_service(minimum_age=0, maximum_age=12)
    assert both_sentences(between, teen) == ("Up to age 12", another)


def test_other_needs_are_named_when_it_is_one_and_summed_up_when_more():
    rides = make_service(needs=frozenset({Need.TRANSPORT}))
    assert both_sentences(rides) == ("Helps only with: Rides", "Ask for this need: Rides")
    several = ("Helps with other needs", "A need that they help with")
    assert both_sentences(make_service(needs=frozenset({Need.TRANSPORT, Need.PETS}))) == several
    assert both_sentences(make_service(needs=frozenset())) == several


def test_what_is_not_offered_has_one_text_for_every_reason():
    one_text = ("Is not offered for this request", "Another choice")
    service = make_service()
    excluded = make_request(excluded_members=frozenset({service.member.id}))
    own = make_request(sender_compartment_id=service.compartment_id)
    assert both_sentences(service, excluded) == both_sentences(service, own) == one_text
    for changes in (
        {"do_not_refer": True},
        {"status": ServiceStatus.DEFUNCT},
        {"member": make_member(active=False)},
    ):
        assert both_sentences(make_service(**changes)) == one_text


def test_a_site_of_another_county_without_point_and_area_says_that_the_area_is_not_known():
    unplaced = make_service(areas=(), sites=(make_site(ALBANY, point=None),))
    assert both_sentences(unplaced) == (
        "The area it serves is not known",
        "A place in the area it serves",
    )
