"""What of a listing anybody may see: capacity, coverage, mail and streets are taken away first."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.directory import Area, Capacity, Coverage, DirectorySnapshot, Service
from ccr.domain.listing_search import Hours
from ccr.domain.public_finder import CLOSED, Wishes, farther_away, grants, hours_fact
from ccr.domain.public_listing import as_public, is_program, may_be_shown, public_part, short_name
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    CoverageMode,
    MemberCategory,
    Need,
    ServiceStatus,
    Track,
)
from tests.builders import NETWORK_ID, NOW, WeekHours, make_member, make_request, make_service

STREET = "Come to 12 Canary Street."
SAYS = dict.fromkeys(
    ("description", "how_to_apply", "eligibility_text", "fees_text", "alert", "hours_text"),
    f"Call us. {STREET}",
)


def planted(*, confidential: bool) -> Service:
    return make_service(
        confidential=confidential,
        **({"sites": (), "areas": (Area(AreaExtent.COUNTY, "36083"),)} if confidential else {}),
        **SAYS,
        capacity=Capacity(CapacityStatus.NO_CAPACITY, 0, "beds", NOW),
        coverage=(Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0177"),),
        email="in@example.org",
        website="https://example.org/",
    )


@pytest.mark.parametrize("confidential", [True, False])
def test_room_on_call_numbers_and_mail_are_not_public(confidential: bool) -> None:
    shown = as_public(planted(confidential=confidential))
    assert shown.capacity is None
    assert shown.coverage == ()
    assert shown.email is None


def test_a_confidential_service_loses_every_sentence_with_a_street_and_its_website() -> None:
    shown = as_public(planted(confidential=True))
    assert "Canary" not in repr(shown)
    assert shown.website is None
    assert shown.how_to_apply == "Call us."


def test_every_free_text_of_a_service_is_among_those_that_are_cleared() -> None:
    # A text field that is added to services has to be thought about here.
    texts = {f.name for f in fields(Service) if f.type == "str"} - {"name", "timezone"}
    assert texts == set(SAYS)


def test_a_public_service_keeps_its_own_words() -> None:
    assert as_public(planted(confidential=False)).how_to_apply == SAYS["how_to_apply"]


@pytest.mark.parametrize(
    "changes",
    [
        {"member": make_member(category=MemberCategory.SURVIVOR)},
        {"member": make_member(active=False)},
        {"do_not_refer": True},
        {"status": ServiceStatus.INACTIVE},
        {"status": ServiceStatus.DEFUNCT},
        {"status": ServiceStatus.TEMPORARILY_CLOSED},
    ],
)
def test_survivors_and_what_is_not_offered_are_never_shown(changes: dict[str, object]) -> None:
    assert may_be_shown(make_service())
    assert not may_be_shown(make_service(**changes))


def test_the_public_part_has_listed_members_alone_and_no_agreements() -> None:
    listed, other = make_service(), make_service()
    whole = DirectorySnapshot(NETWORK_ID, 7, (listed, other))
    part = public_part(whole, frozenset({listed.member.id}))
    assert [service.id for service in part.services] == [listed.id]
    assert part.version == 7


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Riverside Family Advocates (demo)", "Riverside"),
        ("Stillwater House (demo)", "Stillwater"),
        ("Collar City Legal Aid", "Collar City"),
        ("Center for Women and Children", "C. W. C."),
        ("Domestic Violence Project of Troy", "D. V. P. T."),
        ("The Shelter", "S."),
        ("Casa de Apoyo", "C. A."),
        ("Puente del Hudson (demo)", "Puente"),
        ("Women's Rights Group", "W. R. G."),
        ("Saint Mary of the Lake Hospital", "Saint Mary"),
        ("(demo)", "–"),
        ("", "–"),
    ],
)
def test_a_name_on_paper_does_not_say_what_it_is_for(name: str, short: str) -> None:
    assert short_name(name) == short


@given(name=st.text(max_size=60))
def test_any_name_has_a_short_form_that_says_no_more_than_the_name(name: str) -> None:
    short = short_name(name)
    assert short
    assert len(short.split()) <= max(2, len(name.split()))


def test_a_program_is_one_by_its_kind_or_by_its_need() -> None:
    assert is_program(make_service(compartment_kind=CompartmentKind.APIP))
    assert is_program(make_service(needs=frozenset({Need.ABUSIVE_PARTNER_INTERVENTION})))
    assert not is_program(make_service())


@pytest.mark.parametrize(
    ("cost", "kept"),
    [(Cost.FREE, True), (Cost.UNKNOWN, True), (Cost.SLIDING, False), (Cost.PAID, False)],
)
def test_a_wish_for_free_help_keeps_what_is_free_and_what_nobody_knows(
    cost: Cost, kept: bool
) -> None:
    assert grants(make_service(cost=cost), Wishes(free=True), (), WeekHours()) is kept


@pytest.mark.parametrize(
    ("hours", "now", "tonight", "weekend"),
    [
        ("Mo-Fr 09:00-17:00", True, False, False),
        ("Sa 10:00-14:00", False, False, True),
        ("Th 19:00-21:00", False, True, False),
        ("24/7", True, True, True),
        ("off", False, False, False),
    ],
)
def test_a_wish_for_open_doors_drops_what_is_surely_closed_and_says_the_rest(
    hours: str, now: bool, tonight: bool, weekend: bool
) -> None:
    service = make_service(opening_hours=hours)
    for wish, kept in ((Hours.NOW, now), (Hours.TONIGHT, tonight), (Hours.WEEKEND, weekend)):
        wishes = Wishes(hours=wish)
        moments = wishes.moments(NOW, service.timezone)
        assert grants(service, wishes, moments, WeekHours()) is kept, wish
        said = hours_fact(service, wishes, moments, WeekHours())
        if wish is Hours.NOW:  # every card says that anyway
            assert said is None
        else:
            assert said == (wish.label if kept else CLOSED[wish])


@pytest.mark.parametrize("hours", [None, "never heard of"])
@pytest.mark.parametrize("wish", list(Hours))
def test_hours_that_nobody_knows_are_never_taken_as_closed(hours: str | None, wish: Hours) -> None:
    service, wishes = make_service(opening_hours=hours), Wishes(hours=wish)
    moments = wishes.moments(NOW, service.timezone)
    assert grants(service, wishes, moments, WeekHours())
    assert hours_fact(service, wishes, moments, WeekHours()) is None


def test_what_is_farther_away_helps_with_it_lies_in_the_state_and_is_no_program() -> None:
    request = make_request(needs=(Need.PETS,))
    pets = {"needs": frozenset({Need.PETS})}
    far = make_service(areas=(Area(AreaExtent.COUNTY, "36029"),), **pets)
    elsewhere = make_service(areas=(Area(AreaExtent.STATE, "CA"),), sites=(), **pets)
    others = make_service(needs=frozenset({Need.FOOD}))
    program = make_service(compartment_kind=CompartmentKind.APIP, **pets)
    for_partner = make_service(tracks=frozenset({Track.ABUSIVE_PARTNER}), **pets)
    found = farther_away([far, elsewhere, others, program, for_partner], request)
    assert found == (far,)
