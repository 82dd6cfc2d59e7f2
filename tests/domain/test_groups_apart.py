"""R81 for groups: two parties that a sender linked never meet at one building, at any hour."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.directory import Point, Precision
from ccr.domain.groups_apart import as_service, may_offer, offered_groups
from ccr.domain.keeping_away import SAME_BUILDING_KM, kept_away
from ccr.domain.program_groups import Group
from ccr.domain.routing_request import NotNear
from ccr.domain.taxonomy import Need
from tests.builders import ALBANY, HOURS, TROY, make_request, make_service, make_site

HERE, FAR = make_site(TROY), make_site(ALBANY)
GROUP = Group(uuid4(), "Tuesday evening", 1, "18:30", "20:00", location_id=HERE.id)
PROGRAM = make_service(sites=(HERE, FAR))
OTHER_PARTY = {
    "a court": (frozenset({Need.PROTECTION_ORDER}), "Mo-Fr 09:00-17:00"),
    "supervised visitation": (frozenset({Need.SUPERVISED_VISITATION}), "Sa 10:00-12:00"),
    "a survivors' group": (frozenset({Need.SUPPORT_GROUP}), "Tu 18:30-20:00"),
    "hours that are not known": (frozenset({Need.ADVOCACY}), None),
}
GROUPS = st.builds(
    Group,
    id=st.uuids(),
    name=st.just("A"),
    weekday=st.integers(0, 6),
    starts_at=st.sampled_from(["00:00", "09:00", "18:30"]),
    ends_at=st.sampled_from(["19:00", "23:59"]),
    location_id=st.sampled_from([None, HERE.id, FAR.id]),
)
PLACES = {HERE.id: HERE, FAR.id: FAR}


@pytest.mark.parametrize("other", OTHER_PARTY)
def test_r81_a_group_in_the_building_of_the_other_party_is_never_offered(other: str) -> None:
    needs, hours = OTHER_PARTY[other]
    there = make_service(needs=needs, opening_hours=hours, sites=(make_site(TROY),))
    request = make_request(apart_from=(there,))
    assert not may_offer(GROUP, PROGRAM, HERE, request, HOURS)
    assert may_offer(GROUP, PROGRAM, FAR, request, HOURS)
    assert may_offer(GROUP, PROGRAM, HERE, make_request(), HOURS)


def test_r81_the_car_park_between_two_doors_counts_as_one_building() -> None:
    step = (SAME_BUILDING_KM - 0.001) / 111.2
    for degrees, fits in ((step, False), (0.01, True)):
        point = Point(HERE.point.lat + degrees, HERE.point.lon)  # type: ignore[union-attr]
        there = make_service(sites=(make_site(TROY, point=point),))
        request = make_request(apart_from=(there,))
        assert may_offer(GROUP, PROGRAM, HERE, request, HOURS) is fits


def test_r81_the_very_same_service_has_no_group_for_the_other_party() -> None:
    request = make_request(apart_from=(replace(PROGRAM, sites=(make_site(ALBANY),)),))
    assert not may_offer(GROUP, PROGRAM, HERE, request, HOURS)


def test_a_group_near_a_place_to_keep_away_from_is_not_offered() -> None:
    away = make_request(not_near=(NotNear(replace(TROY, precision=Precision.ROOFTOP), 1.0),))
    assert not may_offer(GROUP, PROGRAM, HERE, away, HOURS)
    assert may_offer(GROUP, PROGRAM, FAR, away, HOURS)


def test_a_group_that_says_no_place_may_meet_at_any_site_of_the_service() -> None:
    there = make_service(sites=(make_site(ALBANY),))
    request = make_request(apart_from=(there,))
    nowhere = replace(GROUP, location_id=None)
    assert not may_offer(nowhere, PROGRAM, None, request, HOURS)
    assert may_offer(nowhere, replace(PROGRAM, sites=(HERE,)), None, request, HOURS)
    unknown = replace(PROGRAM, sites=(make_site(TROY, point=None),))
    assert not may_offer(nowhere, unknown, None, request, HOURS)
    assert may_offer(nowhere, unknown, None, make_request(), HOURS)


def test_what_hides_is_never_compared_by_its_place() -> None:
    hidden = make_service(confidential=True)
    assert may_offer(GROUP, PROGRAM, HERE, make_request(apart_from=(hidden,)), HOURS)


@given(st.lists(GROUPS, max_size=6), st.sampled_from([None, HERE, FAR]), st.booleans())
def test_r82_the_answer_is_that_of_a_program_without_the_groups_kept_apart(
    groups: list[Group], other: object, unknown: bool
) -> None:
    sites = (other,) if other else ()
    hours = None if unknown else "Mo-Su 00:00-24:00"
    there = make_service(sites=sites, opening_hours=hours)
    request = make_request(apart_from=(there,))
    kept = offered_groups(groups, PROGRAM, PLACES, request, HOURS)
    assert kept == offered_groups(kept, PROGRAM, PLACES, make_request(), HOURS)
    for group in kept:
        place = PLACES.get(group.location_id)  # type: ignore[arg-type]
        at = (place,) if place else PROGRAM.sites
        assert not kept_away(as_service(group, PROGRAM, at), request, HOURS)
