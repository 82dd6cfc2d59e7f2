"""The gap matrix asked for somebody: a fixture counted by hand, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Area, Coverage, Language, Service
from ccr.domain.gap_questions import (
    MINUTES,
    GapQuestion,
    Way,
    When,
    fits,
    least,
    mostly_within,
)
from ccr.domain.gaps import CellState, County, GapMatrix, gap_matrix, zip_matrix
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CompartmentKind,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Population,
    Track,
)
from ccr.engine.area_reach import AreaReach
from tests.builders import ALBANY, HOURS, NOW, TROY, make_service, make_site, make_snapshot
from tests.domain.gap_fixture import (
    COUNTIES,
    OLD,
    POINTS,
    ROOM,
    ZIPS,
    document,
    question,
    snapshot,
)


def matrix_of(services: Any, asked: GapQuestion, *, fast: bool = True) -> GapMatrix:
    within = None
    if asked.minutes is not None:
        minutes = asked.minutes
        spec = lambda s, code: mostly_within(s, POINTS.get(code, ()), minutes)  # noqa: E731
        within = AreaReach(minutes, lambda c: POINTS.get(c, ())) if fast else spec
    return gap_matrix(
        services if not isinstance(services, list) else make_snapshot(services),
        county=COUNTIES.get,
        county_of_zip=ZIPS.get,
        hours=HOURS,
        at=NOW,
        question=asked,
        within=within,
    )


@pytest.mark.parametrize("case", document()["expected"], ids=lambda case: str(case["asked"]))
def test_every_cell_is_as_counted_by_hand(case: dict[str, Any]) -> None:
    found = matrix_of(snapshot(), question(case["asked"]))
    assert [c.fips for c in found.counties] == document()["columns"]
    states = {line: [c.state.value for c in found.line(line)] for line in case["lines"]}
    assert states == case["lines"]


def test_the_fixture_has_three_counties_twelve_services_and_every_state() -> None:
    assert len(document()["services"]) == 12
    whole = document()["expected"][0]["lines"]
    assert {state for states in whole.values() for state in states} == set(CellState)


def test_a_full_service_is_evidence_apart_and_a_room_figure_that_is_old_says_nothing() -> None:
    found = matrix_of(snapshot(), GapQuestion())
    cell = found.cell("emergency-shelter", "36001")
    assert {s.name for s in cell.full} == {"Service 4", "Service 5"}
    assert cell.with_room == ()
    assert found.cell("emergency-shelter", "36039").full == ()
    assert found.cell("hotline", "36001").full == ()


UNSTATED = make_service(
    tracks=frozenset(), languages=(), coverage=(), opening_hours=None, accessibility={},
    gender_served=Gender.UNKNOWN,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "changes", "wanted"),
    [
        ({"language": "es"}, {"languages": (Language("es", LanguageMode.INTERPRETER),)}, "yes"),
        ({"language": "es"}, {"languages": (Language("en", LanguageMode.STAFF),)}, "no"),
        ({"track": Track.CHILD}, {"compartment_kind": CompartmentKind.APIP}, "no"),
        ({"track": Track.CHILD}, {"tracks": frozenset({Track.CHILD})}, "yes"),
        (
            {"track": Track.ABUSIVE_PARTNER},
            {"compartment_kind": CompartmentKind.VICTIM_SERVICES},
            "no",
        ),
        ({"access": Access.DEAF}, {"accessibility": {Access.DEAF: Known.NO}}, "no"),
        ({"when": When.WEEKEND}, {"opening_hours": "Sa-Su 10:00-12:00"}, "yes"),
        ({"when": When.WEEKEND}, {"opening_hours": "no idea"}, "unknown"),
        (
            {"when": When.NIGHT},
            {"coverage": (Coverage(None, CoverageMode.NOBODY, "24/7"),)},
            "unknown",
        ),
        ({"way": Way.VIRTUAL}, {"virtual": True}, "yes"),
        ({"way": Way.VIRTUAL}, {}, "no"),
        ({"group": Population.MALE_SURVIVORS}, {"gender_served": Gender.WOMEN}, "no"),
        ({"group": Population.MALE_SURVIVORS}, {"gender_served": Gender.ALL}, "yes"),
        ({"group": Population.TEEN}, {"minimum_age": 18}, "no"),
        ({"group": Population.TEEN}, {"minimum_age": 16}, "yes"),
        ({"group": Population.ELDER}, {"maximum_age": 59}, "no"),
        (
            {"group": Population.TRIBAL},
            {"populations": frozenset({Population.LGBTQ}), "populations_only": True},
            "no",
        ),
        ({"group": Population.TRIBAL}, {"populations": frozenset({Population.LGBTQ})}, "yes"),
    ],
)
def test_a_stated_fact_decides(asked: dict[str, Any], changes: dict[str, Any], wanted: str) -> None:
    service = replace(UNSTATED, **changes)
    assert fits(service, GapQuestion(**asked), HOURS, NOW).value == wanted


@pytest.mark.parametrize(
    "asked",
    [
        GapQuestion(track=Track.SURVIVOR),
        GapQuestion(language="es"),
        GapQuestion(access=Access.DEAF),
        *(GapQuestion(when=when) for when in When),
        GapQuestion(group=Population.MALE_SURVIVORS),
    ],
)
def test_what_nobody_stated_is_neither_yes_nor_no(asked: GapQuestion) -> None:
    assert fits(UNSTATED, asked, HOURS, NOW) is Known.UNKNOWN
    cell = matrix_of([UNSTATED], asked).cell("advocacy", "36083")
    assert cell.state is CellState.STALE
    assert cell.unchecked == (UNSTATED,)


def test_no_distance_is_asked_of_a_confidential_service_and_none_is_guessed() -> None:
    hidden = make_service(confidential=True)
    lost = make_service(sites=(make_site(point=None),))
    for within in (AreaReach(15, lambda _: (TROY.point,)), None):
        ask = within or (lambda s, _: mostly_within(s, (TROY.point,), 15))
        assert ask(hidden, "36083") is Known.YES
        assert ask(lost, "36083") is Known.UNKNOWN


def test_by_zip_what_counts_for_the_county_counts_for_each_and_a_zip_for_itself() -> None:
    zips = tuple(County(code, code, "NY") for code in ("12018", "12180"))
    everywhere = make_service(areas=(Area(AreaExtent.COUNTY, "36083"),))
    troy = make_service(areas=(Area(AreaExtent.ZIP, "12180"),))
    sited = make_service(areas=(), sites=(make_site(TROY),))
    elsewhere = make_service(areas=(Area(AreaExtent.COUNTY, "36001"),), sites=(make_site(TROY),))
    directory = make_snapshot([everywhere, troy, sited, elsewhere])
    found = zip_matrix(directory, "36083", zips, hours=HOURS, at=NOW)
    there = {c.county.fips: {s.id for s in c.checked} for c in found.line("advocacy")}
    assert there == {
        "12018": {everywhere.id, sited.id},
        "12180": {everywhere.id, sited.id, troy.id},
    }
    empty = zip_matrix(make_snapshot([]), "36083", zips, hours=HOURS, at=NOW)
    assert [c.state for c in empty.line("advocacy")] == [CellState.NONE] * 2


# -- laws ----------------------------------------------------------------------------------------

QUESTIONS = st.builds(
    lambda track, language, access, when, way, minutes: GapQuestion(
        track=track, language=language, access=access, when=when,
        way=Way.IN_PERSON if minutes else way, minutes=minutes,
    ),
    st.sampled_from([None, Track.SURVIVOR, Track.ABUSIVE_PARTNER]),
    st.sampled_from([None, "es"]),
    st.sampled_from([None, Access.DEAF]),
    st.sampled_from([None, *When]),
    st.sampled_from([None, *Way]),
    st.sampled_from([None, None, *MINUTES]),
)  # fmt: skip
SERVICES = st.builds(
    lambda service, facts: replace(service, **facts),
    st.sampled_from(snapshot().services),
    st.fixed_dictionaries(
        {
            "capacity": st.sampled_from([None, *ROOM.values()]),
            "last_verified_at": st.sampled_from([None, OLD, NOW]),
            "languages": st.sampled_from([(), (Language("es", LanguageMode.STAFF),)]),
            "tracks": st.sampled_from([frozenset(), frozenset({Track.SURVIVOR})]),
        }
    ),
)
LISTS = st.lists(SERVICES, max_size=6, unique_by=lambda s: s.id)


@settings(max_examples=60, deadline=None)
@given(LISTS, SERVICES, QUESTIONS)
def test_adding_a_service_never_makes_a_cell_worse(
    services: list[Service], more: Service, asked: GapQuestion
) -> None:
    services = [s for s in services if s.id != more.id]
    before, after = matrix_of(services, asked), matrix_of([*services, more], asked)
    for key, cell in before.cells.items():
        assert after.cells[key].state.rank >= cell.state.rank, key


@settings(max_examples=60, deadline=None)
@given(LISTS, QUESTIONS)
def test_the_order_of_services_does_not_matter(services: list[Service], asked: GapQuestion) -> None:
    assert matrix_of(services, asked).cells == matrix_of(services[::-1], asked).cells


@settings(max_examples=40, deadline=None)
@given(LISTS, SERVICES)
def test_a_fresh_service_with_room_is_never_worse_than_the_same_one_full(
    services: list[Service], one: Service
) -> None:
    rest = [s for s in services if s.id != one.id]
    free, full = (
        replace(one, capacity=ROOM[room], last_verified_at=NOW) for room in ("open", "full")
    )
    with_room = matrix_of([*rest, free], GapQuestion())
    for key, cell in matrix_of([*rest, full], GapQuestion()).cells.items():
        better = with_room.cells[key]
        assert better.state.rank >= cell.state.rank
        if full in cell.full and not cell.with_room:
            assert better.state.rank > cell.state.rank


@settings(max_examples=60, deadline=None)
@given(LISTS, QUESTIONS)
def test_a_question_never_makes_a_cell_better(services: list[Service], asked: GapQuestion) -> None:
    if asked.track is Track.ABUSIVE_PARTNER:
        asked = replace(asked, track=None)  # theirs fill no cell of a need of survivors
    whole, narrow = matrix_of(services, GapQuestion()), matrix_of(services, asked)
    assert whole.counties == narrow.counties
    for key, cell in narrow.cells.items():
        there = {s.id for s in (*cell.checked, *cell.unchecked)}
        assert there <= {s.id for s in (*whole.cells[key].checked, *whole.cells[key].unchecked)}
        if not whole.cells[key].full:
            assert cell.state.rank <= whole.cells[key].state.rank


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([TROY, ALBANY]), max_size=2),
    st.lists(
        st.builds(
            lambda lat, lon: replace(TROY.point, lat=lat, lon=lon),
            st.floats(42.0, 43.4),
            st.floats(-75.0, -73.0),
        ),
        max_size=8,
    ),
    st.sampled_from(MINUTES),
    st.booleans(),
)
def test_the_fast_reach_is_the_reach_of_the_domain(
    sites: list[Any], area: list[Any], minutes: int, hidden: bool
) -> None:
    service = (
        make_service(confidential=True)
        if hidden
        else make_service(sites=tuple(make_site(place) for place in sites))
    )
    found = AreaReach(minutes, lambda _: area)(service, "36083")
    assert found is mostly_within(service, area, minutes)


def test_no_beats_unknown_and_unknown_beats_yes() -> None:
    assert least([Known.YES, Known.UNKNOWN, Known.NO]) is Known.NO
    assert least([Known.YES, Known.UNKNOWN]) is Known.UNKNOWN
    assert least([]) is Known.YES
