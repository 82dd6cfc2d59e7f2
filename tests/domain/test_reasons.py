"""Why a partner is here, and what to ask it: every sentence, and where it is not said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.domain.directory import Area, Coverage, Language
from ccr.domain.matching import search_for
from ccr.domain.reasons import language_mode, needs_met, reasons_for, unknowns_of
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    AreaExtent,
    CapacityStatus,
    Cost,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    Track,
    Urgency,
)
from ccr.domain.weights import DEFAULT, Weights
from tests.builders import HOURS, NOW, make_capacity, make_place, make_request, make_service

STAFF, INTERPRETER = LanguageMode.STAFF, LanguageMode.INTERPRETER
COUNTY_PLACE = make_place(zip_code=None)


def quiet(**changes):
    """Return a service of which there is nothing to say but what the test is about."""
    return make_service(
        **{
            "gender_served": Gender.MEN,
            "capacity": None,
            "opening_hours": "off",
            "areas": (),
            **changes,
        }
    )


def reasons(service, *, weights=DEFAULT, agreement=False, **changes):
    request = make_request(**changes)
    found = reasons_for(
        service, request, hours=HOURS, weights=weights, agreement_in_force=agreement
    )
    return [str(text) for text in found]


def unknown(service, *, weights=DEFAULT, **changes):
    found = unknowns_of(service, make_request(**changes), hours=HOURS, weights=weights)
    return [str(text) for text in found]


def known(**changes):
    """Return a service of which everything is known but what the test is about."""
    return make_service(**{"cost": Cost.FREE, **changes})


def test_each_need_that_is_met_is_said_unless_all_of_several_are():
    needs = (Need.HOUSING, Need.ADVOCACY, Need.FOOD)
    one, two = quiet(), quiet(needs=frozenset({Need.ADVOCACY, Need.HOUSING}))
    assert reasons(one) == ["Helps with: Advocacy"]
    assert reasons(two, needs=needs) == ["Helps with: Housing", "Helps with: Advocacy"]
    assert reasons(two, needs=needs[:2]) == ["Helps with both needs"]
    assert reasons(quiet(needs=frozenset(needs)), needs=needs) == ["Helps with all 3 needs"]
    assert needs_met(two, make_request(needs=needs)) == (Need.HOUSING, Need.ADVOCACY)


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (Area(AreaExtent.ZIP, "12180"), "Serves this ZIP"),
        (Area(AreaExtent.COUNTY, "36083"), "Serves this county"),
        (Area(AreaExtent.STATE, "NY"), "Serves the whole state"),
        (Area(AreaExtent.NATION, "US"), "Serves the whole country"),
    ],
)
def test_the_narrowest_area_that_holds_the_place_is_said(area, words):
    wider = Area(AreaExtent.NATION, "US")
    assert reasons(quiet(areas=(wider, area)))[1:] == [words]


@pytest.mark.parametrize(
    ("languages", "mode", "said"),
    [
        ([("es", STAFF)], STAFF, ["Staff speak Spanish"]),
        ([("es", INTERPRETER)], INTERPRETER, ["Spanish by interpreter"]),
        ([("es", INTERPRETER), ("es", STAFF)], STAFF, ["Staff speak Spanish"]),
        ([("fr", STAFF), ("es", INTERPRETER)], INTERPRETER, ["Spanish by interpreter"]),
        ([("fr", STAFF)], None, []),
        ([], None, []),
    ],
)
def test_how_the_language_is_spoken_is_said_staff_first(languages, mode, said):
    service = quiet(languages=tuple(Language(*spoken) for spoken in languages))
    assert language_mode(service, "es") is mode
    assert reasons(service, language="es")[1:] == said
    assert reasons(service)[1:] == reasons(service, language="en")[1:] == []


def test_access_is_said_where_it_is_offered_and_asked_where_nobody_said():
    told = {Access.DEAF: Known.YES, Access.PETS: Known.UNKNOWN, Access.BLIND: Known.NO}
    asked = frozenset({Access.DEAF, Access.PETS, Access.BLIND, Access.CHILDREN})
    assert reasons(quiet(accessibility=told), access=asked)[1:] == [
        "Offered: Deaf or hard of hearing"
    ]
    assert unknown(known(accessibility=told), access=asked) == [
        "Children come along: call to check",
        "Pets come along: call to check",
    ]
    assert reasons(quiet(accessibility=told))[1:] == unknown(known(accessibility=told)) == []


def test_serving_all_genders_is_a_reason_and_serving_one_is_said_when_none_was_asked():
    assert reasons(quiet(gender_served=Gender.ALL))[1:] == ["Serves all genders"]
    women, not_said = known(gender_served=Gender.WOMEN), known(gender_served=Gender.UNKNOWN)
    for nothing_asked in (None, Gender.ALL, Gender.UNKNOWN):
        assert unknown(women, gender=nothing_asked) == ["Serves only: Women"]
        assert unknown(not_said, gender=nothing_asked) == []
    assert unknown(women, gender=Gender.WOMEN) == []
    assert unknown(known(gender_served=Gender.MEN)) == ["Serves only: Men"]
    assert unknown(not_said, gender=Gender.MEN) == ["Genders served: call to check"]


def test_made_for_people_like_this_person_is_said_when_it_is_known_and_asked_when_not():
    teens = {"populations": frozenset({Population.TEEN})}
    assert reasons(quiet(**teens), age_band=AgeBand.TEEN)[1:] == [
        "Made for people like this person"
    ]
    assert reasons(quiet(**teens))[1:] == []
    assert reasons(quiet(**teens), age_band=AgeBand.OLDER)[1:] == []
    groups = frozenset({Population.LGBTQ, Population.IMMIGRANT})
    only = known(populations=groups, populations_only=True)
    assert unknown(only) == [
        "Only for: Immigrants. Call to check",
        "Only for: LGBTQ+ people. Call to check",
    ]
    assert unknown(known(populations=groups)) == []
    teens_only = known(**teens, populations_only=True, minimum_age=13, maximum_age=17)
    assert unknown(teens_only, age_band=AgeBand.TEEN) == []


def test_fresh_room_is_a_reason_with_its_age_and_number():
    assert reasons(quiet(capacity=make_capacity(available=3)))[1:] == [
        "Room for 3, confirmed 2 h ago"
    ]
    for available in (None, 0):
        uncounted = quiet(capacity=make_capacity(available=available))
        assert reasons(uncounted)[1:] == ["Has room, confirmed 2 h ago"]


@pytest.mark.parametrize("status", [s for s in CapacityStatus if s is not CapacityStatus.CAPACITY])
def test_nothing_but_room_is_a_reason(status):
    assert reasons(quiet(capacity=make_capacity(status)))[1:] == []


def test_room_by_an_old_or_undated_figure_is_no_reason_but_a_question():
    week_old = make_capacity(updated_at=NOW - timedelta(days=7, seconds=1))
    undated = make_capacity(updated_at=None)
    for figure in (week_old, undated, None):
        assert reasons(quiet(capacity=figure))[1:] == []
    assert unknown(known(capacity=week_old)) == [
        "The room figure is from 7 days ago: call to check"
    ]
    assert unknown(known(capacity=undated)) == ["The room figure has no date: call to check"]
    not_known = make_capacity(CapacityStatus.UNKNOWN)
    for nothing_said in (None, not_known):
        assert unknown(known(capacity=nothing_said)) == ["Room: call to check"]
    day = Weights(capacity_fresh_days=1)
    two_days = make_capacity(updated_at=NOW - timedelta(days=2))
    assert reasons(quiet(capacity=two_days), weights=day)[1:] == []
    assert unknown(known(capacity=two_days), weights=day) == [
        "The room figure is from 2 days ago: call to check"
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("24/7", ["Always open"]),
        ("Mo-Fr 09:00-17:00", ["Open until 17:00 today"]),
        ("Mo-Fr 15:00-17:00", []),
        ("off", []),
        ("by appointment", []),
        (None, []),
    ],
)
def test_open_now_is_said_with_its_end(hours, said):
    assert reasons(quiet(opening_hours=hours))[1:] == said


def test_open_is_said_in_the_time_of_the_place():
    there = quiet(opening_hours="Mo-Fr 09:00-17:00", timezone="America/Los_Angeles")
    assert reasons(there)[1:] == ["Open until 17:00 today"]
    assert reasons(there, at=NOW.replace(hour=16))[1:] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by_phone": True}, ["By phone"]),
        ({"virtual": True}, ["Online"]),
        ({"cost": Cost.FREE}, ["Free"]),
        ({"cost": Cost.SLIDING}, ["Cost by income"]),
        ({"cost": Cost.PAID}, []),
        ({"by_phone": True, "virtual": True, "cost": Cost.FREE}, ["By phone", "Online", "Free"]),
    ],
)
def test_ways_to_have_it_and_what_it_costs_are_reasons(changes, said):
    assert reasons(quiet(**changes))[1:] == said


def test_an_agreement_is_said_last_and_only_where_there_is_one():
    service = quiet(by_phone=True)
    assert reasons(service, agreement=True)[1:] == ["By phone", "You have an agreement with them"]
    request = make_request()
    plain = reasons_for(service, request, hours=HOURS, weights=DEFAULT)
    assert [str(text) for text in plain][1:] == ["By phone"]


def test_a_listing_says_when_it_was_last_verified_once_that_is_half_a_year_ago():
    def told(days, weights=DEFAULT):
        verified = NOW - timedelta(days=days)
        return unknown(known(last_verified_at=verified), weights=weights)

    assert told(183) == []
    assert told(184) == ["Listing last verified May 12, 2026: call to check"]
    assert told(400) == ["Listing last verified Oct 8, 2025: call to check"]
    sooner = Weights(verified_days=100, outdated_days=150)
    assert told(120, sooner) == ["Listing last verified Jul 15, 2026: call to check"]
    never = known(last_verified_at=None)
    assert unknown(never) == ["Listing not verified yet: call to check"]


def test_the_day_of_a_check_is_the_one_where_the_service_is():
    just_after_midnight_utc = (NOW - timedelta(days=400)).replace(hour=3)
    service = known(last_verified_at=just_after_midnight_utc)
    assert unknown(service) == ["Listing last verified Oct 7, 2025: call to check"]


def test_whom_and_where_they_serve_is_asked_where_nobody_said():
    assert unknown(known(tracks=frozenset())) == ["Whom they serve: call to check"]
    area = ["The area they serve: call to check"]
    assert unknown(known(areas=())) == area
    zips = known(areas=(Area(AreaExtent.ZIP, "12180"),))
    assert unknown(zips, near=COUNTY_PLACE) == area
    assert unknown(zips) == []


@pytest.mark.parametrize(
    ("low", "high", "band", "unclear"),
    [
        (None, None, AgeBand.TEEN, True),
        (13, 17, AgeBand.TEEN, False),
        (13, None, AgeBand.TEEN, False),
        (None, 17, AgeBand.TEEN, False),
        (14, 17, AgeBand.TEEN, True),
        (13, 16, AgeBand.TEEN, True),
        (14, None, AgeBand.TEEN, True),
        (None, 16, AgeBand.TEEN, True),
        (0, None, AgeBand.UNDER_13, False),
    ],
)
def test_ages_are_asked_when_part_of_the_band_may_be_outside_those_served(low, high, band, unclear):
    service = known(minimum_age=low, maximum_age=high)
    assert unknown(service, age_band=band) == (["Ages served: call to check"] if unclear else [])
    assert unknown(service) == []


def test_a_language_is_asked_only_where_none_is_stated():
    assert unknown(known(languages=()), language="so") == ["Somali: call to check"]
    assert unknown(known(languages=()), language="en") == unknown(known(languages=())) == []
    assert unknown(known(languages=(Language("so", STAFF),)), language="so") == []


def test_cost_and_hours_are_asked_where_nobody_said():
    assert unknown(known(cost=Cost.UNKNOWN)) == ["Cost: call to check"]
    for hours in (None, "by appointment"):
        assert unknown(known(opening_hours=hours)) == ["Hours: call to check"]
    there = known(opening_hours="Mo-Fr 09:00-17:00", timezone="America/Los_Angeles")
    assert unknown(there) == []


def test_whether_somebody_answers_is_asked_only_when_it_cannot_wait():
    nobody_said = known(coverage=())
    asked = ["Whether somebody answers now: call to check"]
    assert unknown(nobody_said, urgency=Urgency.IMMEDIATE) == asked
    assert unknown(nobody_said, urgency=Urgency.HIGH) == unknown(nobody_said) == []
    on_call = known(coverage=(Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7"),))
    assert unknown(on_call, urgency=Urgency.IMMEDIATE) == []
    of_another_need = known(coverage=(Coverage(Need.FOOD, CoverageMode.STAFFED, "24/7"),))
    assert unknown(of_another_need, urgency=Urgency.IMMEDIATE) == asked


def test_a_service_of_which_everything_is_known_leaves_nothing_to_ask():
    request = make_request(track=Track.CHILD, urgency=Urgency.IMMEDIATE)
    search = search_for(request, (), hours=HOURS)
    assert unknowns_of(known(), request, hours=search.hours, weights=DEFAULT) == ()
