"""A table of people per area: what is kept of it, what is not and why; and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.area_people import (
    MOST_BYTES,
    MOST_TOLD,
    AreaPeople,
    PeopleTable,
    ReadTable,
    read_people,
    written,
)
from ccr.domain.catchment import accessibility
from ccr.domain.errors import InvalidInputError
from ccr.domain.gap_findings import FindingKind, Promises, find_gaps
from ccr.domain.gap_languages import is_many
from ccr.domain.gap_questions import GapQuestion
from ccr.domain.taxonomy import AreaExtent
from tests.domain.gap_fixture import snapshot
from tests.domain.test_gap_questions import matrix_of
from tests.domain.test_gaps import TODAY

COUNTY, ZIP = AreaExtent.COUNTY, AreaExtent.ZIP
STATES = {
    (COUNTY, "36001"): "NY", (COUNTY, "36083"): "NY", (COUNTY, "25003"): "MA",
    (COUNTY, "01001"): "NY", (ZIP, "12180"): "NY", (ZIP, "12207"): "NY", (ZIP, "36083"): "AL",
}  # fmt: skip


def read(text: str | bytes) -> ReadTable:
    content = text.encode() if isinstance(text, str) else text
    return read_people(content, state_of=lambda e, c: STATES.get((e, c)), states=["NY"])


def test_a_table_of_counties_and_languages_is_read() -> None:
    found = read(
        "County FIPS;Population;es;language_zh\n36001;314,848;12000;\n36083;161130;0;900\n"
    )
    assert found.kept == (
        AreaPeople(COUNTY, "36001", 314_848, {"es": 12_000}),
        AreaPeople(COUNTY, "36083", 161_130, {"es": 0, "zh": 900}),
    )
    assert (found.elsewhere, found.refused_count) == (0, 0)


def test_a_census_geoid_says_itself_what_it_is_a_code_of() -> None:
    found = read("GEO_ID,NAME,B01003_001E\n0500000US36001,Albany,7\n860Z200US12180,Troy,5\n")
    assert [(row.extent, row.code) for row in found.kept] == [(COUNTY, "36001"), (ZIP, "12180")]
    # The digits of a county of New York are a ZIP of Alabama: in a column of ZIPs they are that.
    assert read("zip,people\n36083,9\n").elsewhere == 1
    assert read("county_fips,people\n36083,9\n").kept[0].extent is COUNTY
    assert read("fips,people\n1001,9\n").kept[0].code == "01001"


def test_a_byte_order_mark_blank_lines_and_doubled_areas_do_no_harm() -> None:
    found = read("\ufeffzip,population\r\n12180,5\r\n\r\n12180,6\r\n")
    assert found.kept == (AreaPeople(ZIP, "12180", 6),)


def test_what_is_not_kept_is_told_by_line_and_why() -> None:
    lines = ["zip,population,es", "12180,many,", "99999,5,", "troy,5,", "12207,5,6", "12207"]
    found = read("\n".join(lines))
    assert found.kept == ()
    assert [(number, str(why)) for number, why in found.refused] == [
        (2, "A count is not a whole number."),
        (3, "No ZIP and no county has this code."),
        (4, "The code is not five digits."),
        (5, "More people speak a language than live there."),
        (6, "The line is too short."),
    ]
    many = read("zip,population\n" + "99999,1\n" * 100)
    assert (len(many.refused), many.refused_count) == (MOST_TOLD, 100)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b"zip,population\n\xff\xfe12180,5\n", "The file is not text in UTF-8."),
        (b"zip,population\n12180,\x005\n", "The file is not a CSV table."),
        (b"a,b\n1,2\n", "The first line must name a column"),
        (b"zip,people\n" + b"x" * MOST_BYTES, "The file is larger than"),
        (b"zip,people\n" + b"1,1\n" * 50_001, "The table has more than"),
        (b'zip,people\n"' + b"x" * 200_000, "The file is not a CSV table."),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(content)
    assert str(refused.value.phrase).startswith(why)
    assert refused.value.field == "file"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_no_file_is_an_error_of_the_program(content: bytes) -> None:
    for text in (content, b"zip,population,es\n" + content):
        refused = None
        try:
            read(text)
        except InvalidInputError as error:
            refused = error.field
        assert refused in {None, "file"}


def test_what_is_kept_is_read_again_alike() -> None:
    rows = read("geoid,population,es\n36001,100,50\n860Z200US12180,5,\n").kept
    assert read(written(rows)).kept == rows


def test_a_county_that_no_line_names_is_the_sum_of_its_zips() -> None:
    rows = [AreaPeople(ZIP, "12180", 5, {"es": 1}), AreaPeople(ZIP, "12182", 7, {"es": 2})]
    table = PeopleTable(rows, {"36083": ("12180", "12182")}.get)
    assert table.county("36083") == AreaPeople(COUNTY, "36083", 12, {"es": 3})
    named = PeopleTable([*rows, AreaPeople(COUNTY, "36083", 20)], lambda _: ("12180",))
    assert named.county("36083") == AreaPeople(COUNTY, "36083", 20)
    assert PeopleTable(rows, lambda _: ()).county("36001") is None


# -- languages that many speak -------------------------------------------------------------------


def test_many_is_five_per_cent_or_a_thousand_whichever_is_less() -> None:
    small, large = AreaPeople(COUNTY, "36001", 1_000), AreaPeople(COUNTY, "36001", 1_000_000)
    assert [is_many(count, small) for count in (0, 49, 50)] == [False, False, True]
    assert [is_many(count, large) for count in (999, 1000)] == [False, True]


def test_a_language_of_many_that_no_service_there_speaks_is_a_finding() -> None:
    rows = [
        AreaPeople(COUNTY, "36001", 300_000, {"es": 9_000, "zh": 2_000, "fr": 10}),
        AreaPeople(COUNTY, "36083", 160_000, {"es": 5_000}),
    ]
    matrix, promises = matrix_of(snapshot(), GapQuestion()), Promises((), (), (), {})
    table = PeopleTable(rows, lambda _: ())
    found = find_gaps(matrix, promises, TODAY, table)
    spoken = [f for f in found if f.kind is FindingKind.LANGUAGE]
    assert [f.key for f in spoken] == ["language|zh|36001", "language|es|36083"]
    assert "5,000 of 160,000 people" in str(spoken[1].text)
    without = find_gaps(matrix, promises, TODAY)
    assert [f for f in found if f not in spoken] == list(without)


# -- two-step floating catchment -----------------------------------------------------------------

REACH = {"S": {"A", "B"}, "T": {"B", "C"}, "U": set()}


def test_two_steps_are_as_worked_by_hand() -> None:
    """S: 10 places for 1,500 people; T: 6 for 2,500; U is reached by nobody; D reaches nothing."""
    people = {"A": 1_000, "B": 500, "C": 2_000, "D": 300}
    found = accessibility(people, {"S": 10, "T": 6, "U": 4}, lambda area, s: area in REACH[s])
    assert found == {
        "A": pytest.approx(10 / 1_500),
        "B": pytest.approx(10 / 1_500 + 6 / 2_500),
        "C": pytest.approx(6 / 2_500),
        "D": 0.0,
    }
    assert sum(found[area] * people[area] for area in people) == pytest.approx(16)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(0, 5), st.integers(0, 1000), min_size=1),
    st.dictionaries(st.sampled_from("STUV"), st.integers(0, 50)),
    st.sets(st.tuples(st.integers(0, 5), st.sampled_from("STUV"))),
)
def test_people_together_have_the_room_that_somebody_can_reach(
    people: dict[int, int], room: dict[str, int], near: set[tuple[int, str]]
) -> None:
    found = accessibility(people, room, lambda area, service: (area, service) in near)
    reached = sum(
        places for s, places in room.items() if sum(people[a] for a in people if (a, s) in near)
    )
    assert sum(found[a] * people[a] for a in people) == pytest.approx(reached)
