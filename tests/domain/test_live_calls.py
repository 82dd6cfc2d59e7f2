"""When danger is high, who answers now comes before any list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccr.domain.directory import Coverage
from ccr.domain.live_calls import MOST_CALLS, live_calls
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import CompartmentKind, CoverageMode, Urgency
from tests.builders import HOURS, make_request, make_service, make_snapshot

ON_CALL = (Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0177"),)
STAFFED = (Coverage(None, CoverageMode.STAFFED, "24/7"),)
NOBODY = (Coverage(None, CoverageMode.STAFFED, "off"),)


def calls(services, urgency=Urgency.IMMEDIATE):
    answer = rank_partners(make_snapshot(services), make_request(urgency=urgency), hours=HOURS)
    return live_calls(answer, HOURS)


@pytest.mark.parametrize(
    ("urgency", "many"), [(Urgency.IMMEDIATE, 1), (Urgency.HIGH, 1), (Urgency.STANDARD, 0)]
)
def test_the_live_call_is_named_when_danger_is_high(urgency, many):
    assert len(calls([make_service(coverage=ON_CALL, opening_hours="off")], urgency)) == many


def test_the_phone_on_call_is_the_number_even_where_the_office_is_closed():
    (call,) = calls([make_service(coverage=ON_CALL, opening_hours="off", phone="518-555-0100")])
    assert call.phone == "518-555-0177"


def test_who_does_not_answer_now_or_has_no_number_is_not_named():
    services = [
        make_service(coverage=NOBODY),
        make_service(coverage=()),
        make_service(coverage=STAFFED, phone=None),
    ]
    assert calls(services, Urgency.HIGH) == ()


def test_hidden_services_come_first_and_not_all_are_named():
    hidden = make_service(confidential=True, sites=(), coverage=STAFFED, phone="518-555-0123")
    near = [make_service(coverage=STAFFED, phone="518-555-0124") for _ in range(MOST_CALLS + 2)]
    found = calls([*near, hidden])
    assert found[0].service == hidden
    assert len(found) == MOST_CALLS


def test_a_program_for_abusive_partners_is_never_the_call_of_a_survivor():
    program = make_service(
        compartment_kind=CompartmentKind.APIP, coverage=STAFFED, phone="518-555-0125"
    )
    assert calls([program]) == ()
    assert calls([replace(program, compartment_kind=CompartmentKind.GENERAL)])
