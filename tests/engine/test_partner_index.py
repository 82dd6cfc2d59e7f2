"""The index gives the answers of the specification, reads little, and hides what is hidden."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Area, Point
from ccr.domain.eligibility import left_out
from ccr.domain.matching import drawbacks as domain_drawbacks
from ccr.domain.matching import search_for
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import AreaExtent, Need, Track, Transport
from ccr.domain.ways import Between, Target, Ways
from ccr.domain.weights import Weights
from ccr.engine import area_search, compiled, partner_index, public_left_out
from ccr.engine.by_arrays import held_by_arrays
from ccr.engine.columns import Columns
from ccr.engine.drawbacks import other_minutes, waiting
from ccr.engine.geodesic_bounds import place_of
from ccr.engine.hours_now import HoursNow
from ccr.engine.limits import Limits
from ccr.engine.partner_index import PartnerIndex
from ccr.engine.postings import postings
from ccr.engine.public_services import PublicServices
from ccr.engine.question import Question
from tests.bench.routing import RandomDirectory
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    make_request,
    make_service,
    make_site,
    make_snapshot,
)
from tests.strategies import requests, snapshots, ways


@pytest.fixture(params=["compiled", "arrays"])
def form(request, monkeypatch):
    """Run the test with each form of the inner loop."""
    if request.param == "arrays":
        monkeypatch.setattr(compiled, "AVAILABLE", False)
    elif not compiled.AVAILABLE:
        pytest.skip("numba is not installed: only the form with arrays is run")
    return request.param


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(snapshot=snapshots(), asked=st.lists(requests(), min_size=1, max_size=3), there=ways())
def test_index_gives_the_answer_of_the_specification(snapshot, asked, there):
    index = PartnerIndex(snapshot)
    for request in asked:
        expected = rank_partners(snapshot, request, hours=HOURS, ways=there)
        assert index.rank(request, hours=HOURS, ways=there) == expected


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("form")
def test_index_gives_the_answer_of_the_specification_in_a_crowded_country(seed):
    directory = RandomDirectory(seed, 250, centres=4)
    index = PartnerIndex(directory.snapshot)
    for _ in range(25):
        request = directory.request()
        expected = rank_partners(directory.snapshot, request, hours=HOURS)
        assert index.rank(request, hours=HOURS) == expected


@pytest.mark.usefixtures("form")
def test_index_follows_other_weights_too():
    directory = RandomDirectory(5, 200, centres=3)
    index = PartnerIndex(directory.snapshot)
    weights = Weights(
        need_not_covered=0,
        extra_door=0,
        reach=45,
        least_options=5,
        outdated_days=100,
        capacity_fresh_days=1,
    )
    for _ in range(20):
        request = directory.request()
        expected = rank_partners(directory.snapshot, request, hours=HOURS, weights=weights)
        assert index.rank(request, hours=HOURS, weights=weights) == expected


def test_index_follows_what_lies_between_the_sender_and_partners():
    directory = RandomDirectory(8, 200, centres=3)
    index = PartnerIndex(directory.snapshot)
    near = [member.id for member in directory.members[::2]]
    there = Ways(
        {
            Target.VICTIM_SERVICES: Between(25, dict.fromkeys(near, 15)),
            Target.OTHERS: Between(0, dict.fromkeys(near, 40)),
        }
    )
    moved = 0
    for _ in range(20):
        request = directory.request()
        expected = rank_partners(directory.snapshot, request, hours=HOURS, ways=there)
        assert index.rank(request, hours=HOURS, ways=there) == expected
        moved += expected != index.rank(request, hours=HOURS)
    assert moved > 10


def test_an_empty_directory_answers_nothing():
    answer = PartnerIndex(make_snapshot()).rank(make_request(), hours=HOURS)
    assert (answer.partners, answer.area_partners, answer.why_not, answer.plans) == ((),) * 4


@pytest.mark.parametrize("transport", list(Transport))
def test_the_far_side_of_the_world_is_found_by_phone_and_otherwise_too_far(transport):
    there = make_site(point=Point(-42.7, 106.3))
    nation = (Area(AreaExtent.NATION, "US"),)
    line = make_service(sites=(there,), areas=nation, by_phone=True)
    desk = make_service(sites=(there,), areas=nation)
    snapshot = make_snapshot([line, desk])
    request = make_request(transport=transport)
    answer = PartnerIndex(snapshot).rank(request, hours=HOURS)
    assert answer == rank_partners(snapshot, request, hours=HOURS)
    assert [p.service for p in answer.partners] == [line]
    assert [i.limit for i in answer.why_not] == ["too-far"]


def test_more_languages_than_bits_are_still_told_apart():
    from ccr.domain.directory import Language
    from ccr.domain.taxonomy import LanguageMode

    services = [
        make_service(languages=(Language(f"q{i:02}", LanguageMode.STAFF),)) for i in range(70)
    ]
    snapshot = make_snapshot(services)
    index = PartnerIndex(snapshot)
    for code in ("q00", "q61", "q62", "q69", "zz"):
        request = make_request(language=code)
        expected = rank_partners(snapshot, request, hours=HOURS)
        assert index.rank(request, hours=HOURS) == expected


def test_a_search_judges_a_small_part_of_the_directory(monkeypatch):
    directory = RandomDirectory(3, 3000)
    index = PartnerIndex(directory.snapshot)
    judged = []

    def counted(whole):
        return lambda service, *args, **kw: judged.append(service.id) or whole(service, *args, **kw)

    for module, name in (
        (partner_index, "judge"),
        (public_left_out, "left_out"),
        (area_search, "judge_by_area"),
    ):
        monkeypatch.setattr(module, name, counted(getattr(module, name)))
    for _ in range(10):
        index.rank(directory.request(needs=(Need.ADVOCACY,)), hours=HOURS)
    assert 0 < len(judged) / 10 < 50


def test_area_answers_are_the_same_bytes_from_random_origins():
    """R49: neither presence, order nor wording of what is known by area moves with the origin."""
    directory = RandomDirectory(11, 600, centres=3)
    index = PartnerIndex(directory.snapshot)
    hidden = {s.id for s in directory.snapshot.services if s.confidential}
    rng = random.Random(11)
    for town in directory.towns:
        request = directory.request(near=town, needs=(Need.ADVOCACY, Need.MEDICAL))
        seen = set()
        for _ in range(30):
            point = Point(town.point.lat + rng.gauss(0, 1), town.point.lon + rng.gauss(0, 1))
            answer = index.rank(replace(request, near=replace(town, point=point)), hours=HOURS)
            named = [item for item in answer.why_not if item.service.id in hidden]
            seen.add((repr(answer.area_partners), repr(named)))
            assert not hidden & {p.service.id for p in answer.partners}
        assert len(seen) == 1


def test_the_index_is_not_changed_by_a_search():
    directory = RandomDirectory(2, 100, centres=2)
    index = PartnerIndex(directory.snapshot)
    request = directory.request()
    first = index.rank(request, hours=HOURS)
    for _ in range(5):
        index.rank(directory.request(), hours=HOURS)
    assert index.rank(request, hours=HOURS) == first


def test_the_short_answer_is_the_list_of_the_long_one():
    directory = RandomDirectory(6, 400, centres=3)
    index = PartnerIndex(directory.snapshot)
    for _ in range(20):
        request = directory.request()
        long = index.rank(request, hours=HOURS).partners
        short = index.nearest(request, hours=HOURS)
        assert [(p.service.id, p.effective_minutes) for p in long] == [
            (n.service_id, n.effective_minutes) for n in short
        ]


def test_the_compiled_pass_gives_what_arrays_give(monkeypatch):
    """Row for row, to the last bit of the minutes and within a millimetre of way."""
    if not compiled.AVAILABLE:
        pytest.skip("numba is not installed: only the form with arrays is run")
    directory = RandomDirectory(12, 500, centres=3)
    public = PublicServices.of([s for s in directory.snapshot.services if not by_area_alone(s)])
    rows = np.arange(len(public))
    for stated in (0, len(rows) // 2, len(rows)):
        for _ in range(10):
            request = directory.request()
            search = search_for(request, directory.snapshot.agreements, hours=HOURS)
            asked = (public.columns, public.sites, Question(public.columns, search))
            place = place_of(request.near.point)
            quick = compiled.held(*asked, rows, stated, place)
            slow = held_by_arrays(*asked, rows, stated, place)
            for name, one, other in zip(quick._fields, quick, slow, strict=True):
                if name in {"low", "high"}:
                    assert np.allclose(one, other, rtol=0, atol=1e-6)
                else:
                    assert one.tolist() == other.tolist()


def test_limits_and_minutes_by_columns_are_those_of_the_domain():
    """Of many services at once the columns say what the domain says of one after the other."""
    directory = RandomDirectory(9, 400, centres=2)
    services = [s for s in directory.snapshot.services if s.needs]
    columns = Columns(services)
    rows = np.arange(len(services))
    for _ in range(20):
        request = directory.request(needs=tuple(Need)[:18])
        search = search_for(request, directory.snapshot.agreements, hours=HOURS)
        question = Question(columns, search)
        passed, facts = Limits(columns, question).passed(rows)
        everywhere = (Area(AreaExtent.COUNTY, request.near.county_fips),)
        expected = [
            row
            for row, s in enumerate(services)
            if not left_out(
                replace(s, areas=everywhere), request, hours=HOURS, within_reach=lambda: True
            )
        ]
        assert passed.tolist() == expected
        minutes = other_minutes(columns, question, passed, facts)
        minutes += waiting(HoursNow(HOURS), columns, search, facts)
        assert minutes.tolist() == [
            sum(part.minutes for part in domain_drawbacks(services[row], search)) for row in passed
        ]


def test_postings_list_each_row_once_and_ascending():
    lists = postings([("a", 0), ("a", 0), ("b", 1), ("a", 2)])
    assert {code: rows.tolist() for code, rows in lists.items()} == {"a": [0, 2], "b": [1]}


def test_the_nearest_of_many_sites_is_found():
    service = make_service(sites=(make_site(ALBANY), make_site(), make_site(point=None)))
    snapshot = make_snapshot([make_service(sites=(make_site(ALBANY),)), service])
    request = make_request(track=Track.OTHER, at=NOW)
    answer = PartnerIndex(snapshot).rank(request, hours=HOURS)
    assert answer.partners[0].site_id == service.sites[1].id


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(before=snapshots(), after=snapshots(), asked=requests(), data=st.data())
def test_an_index_that_followed_gives_the_answers_of_one_built_anew(before, after, asked, data):
    """Some services change places, some go, some come; twice, so that new rows go as well."""
    index = PartnerIndex(before)
    held = {service.id: service for service in before.services}
    ids = st.lists(st.sampled_from(sorted(held) or [make_service().id]), unique=True, max_size=6)
    for version in (2, 3):
        changed = dict.fromkeys(data.draw(ids))
        others = [replace(s, id=i) for i, s in zip(held, after.services, strict=False)]
        come = data.draw(st.lists(st.sampled_from([*others, *after.services] or [None])))
        changed |= {service.id: service for service in come if service}
        index = index.followed(version, changed)
        held = {i: s for i, s in {**held, **changed}.items() if s}
        expected = PartnerIndex(replace(before, version=version, services=tuple(held.values())))
        assert index.services == held
        assert {s.id: s for s in index.snapshot.services} == held
        assert index.rank(asked, hours=HOURS) == expected.rank(asked, hours=HOURS)


def test_an_index_that_followed_leaves_the_one_before_as_it_was():
    directory = RandomDirectory(4, 120, centres=3)
    index = PartnerIndex(directory.snapshot)
    asked = [directory.request() for _ in range(10)]
    before = [index.rank(request, hours=HOURS) for request in asked]
    gone = dict.fromkeys(service.id for service in directory.snapshot.services[:60])
    later = index.followed(2, gone)
    assert [index.rank(request, hours=HOURS) for request in asked] == before
    assert not {*gone} & {s.id for s in later.snapshot.services}


def test_an_index_wears_out_when_most_of_its_rows_are_gone(monkeypatch):
    monkeypatch.setattr(partner_index, "MOST_GONE", 3)
    services = [make_service() for _ in range(5)]
    index = PartnerIndex(make_snapshot(services))
    for version in range(2, 5):
        index = index.followed(version, {services[0].id: services[0]})
        assert not index.worn
    assert index.followed(5, {services[0].id: services[0]}).worn
