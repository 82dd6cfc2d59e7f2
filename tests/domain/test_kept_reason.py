"""What is kept of why a partner was proposed: ids and parts, and nothing that tells of anybody."""

from __future__ import annotations

import json
from dataclasses import replace

from ccr.domain.kept_reason import reason_from, reason_of, weights_mark
from ccr.domain.matching import Candidate, judge, search_for
from ccr.domain.weights import DEFAULT
from tests.builders import ALBANY, HOURS, make_id, make_request, make_service, make_site


def test_parts_are_kept_by_name_and_minutes_and_come_back_as_they_were():
    service = make_service(sites=(make_site(ALBANY),), capacity=None)
    request = make_request(excluded_members=frozenset({make_id()}))
    found = judge(service, search_for(request, (), hours=HOURS))
    assert isinstance(found, Candidate)
    kept = reason_of(service.id, found, directory_version=7, weights=DEFAULT)
    assert kept.parts == (("travel", 18), ("capacity", 15))
    assert kept.minutes == 33
    text = json.dumps(kept.as_plain())
    assert reason_from(json.loads(text)) == kept
    told = [request.near.label, *map(str, request.excluded_members), service.name]
    assert not any(word in text for word in told)


def test_an_area_partner_keeps_no_minutes():
    kept = reason_of(make_id(), None, directory_version=7, weights=DEFAULT)
    assert (kept.minutes, kept.parts) == (None, ())


def test_the_mark_of_weights_changes_with_every_weight_and_with_nothing_else():
    assert weights_mark(DEFAULT) == "standard"
    other = replace(DEFAULT, extra_door=21)
    assert weights_mark(other) == weights_mark(replace(DEFAULT, extra_door=21))
    assert weights_mark(other) != weights_mark(replace(DEFAULT, extra_door=22))
