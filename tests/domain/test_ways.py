"""What lies between a sender and a partner is named, added, and never said of a hidden place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.matching import drawbacks, search_for
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import CompartmentKind
from ccr.domain.ways import Between, Target, Ways, target_of
from tests.builders import ALBANY, HOURS, make_request, make_service, make_snapshot


def test_the_way_to_a_partner_is_a_named_part_of_its_minutes():
    service = make_service()
    there = Ways({Target.OTHERS: Between(25)})
    search = search_for(make_request(), [], hours=HOURS, ways=there)
    (part,) = drawbacks(service, search)
    assert (part.name, part.minutes) == ("pathway", 25)
    assert str(part.text) == "Not direct: another partner hands on"


def test_a_member_named_has_minutes_of_its_own_and_another_kind_none():
    service = make_service()
    there = Ways({Target.OTHERS: Between(25, {service.member.id: 0})})
    assert there.minutes(service) == 0
    assert there.minutes(make_service()) == 25
    assert there.minutes(make_service(compartment_kind=CompartmentKind.VICTIM_SERVICES)) == 0


def test_a_hidden_place_is_its_own_kind_whoever_runs_it():
    hidden = make_service(confidential=True, compartment_kind=CompartmentKind.VICTIM_SERVICES)
    assert target_of(hidden) is Target.HIDDEN
    assert target_of(make_service(compartment_kind=CompartmentKind.APIP)) is Target.OTHERS


@given(minutes=st.integers(0, 600), own=st.integers(0, 600))
def test_a_hidden_place_reads_the_same_whatever_lies_between(minutes, own):
    hidden = make_service(confidential=True)
    there = Ways({t: Between(minutes, {hidden.member.id: own}) for t in Target})
    snapshot = make_snapshot([hidden])
    for near in (make_request().near, ALBANY):
        request = make_request(near=near)
        plain = rank_partners(snapshot, request, hours=HOURS)
        assert rank_partners(snapshot, request, hours=HOURS, ways=there) == plain
    assert there.minutes(hidden) == 0


def test_minutes_in_between_are_never_negative():
    with pytest.raises(ValueError, match="negative"):
        Between(-1)
    with pytest.raises(ValueError, match="negative"):
        Between(3, {make_service().id: -1})
