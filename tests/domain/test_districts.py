"""Districts by hand: what a pasted list says, and the gap matrix by areas of a network's own."""

from __future__ import annotations

from uuid import UUID

import pytest

from ccr.domain.area_people import AreaPeople, PeopleTable
from ccr.domain.directory import Area
from ccr.domain.districts import (
    MOST_AREAS,
    MOST_TEXT,
    Atlas,
    District,
    DistrictArea,
    area_of,
    district_matrix,
    read_areas,
    unserved,
)
from ccr.domain.errors import InvalidInputError
from ccr.domain.gap_counting import wide_states
from ccr.domain.gap_questions import EVERYBODY, GapQuestion
from ccr.domain.gaps import LINES, GapMatrix, gap_matrix
from ccr.domain.taxonomy import AreaExtent
from tests.builders import HOURS, NOW, make_id, make_service
from tests.domain.gap_fixture import COUNTIES, snapshot

ZIPS = {"12180": "36083", "12182": "36083", "12207": "36001", "12414": "36039"}
STATES = {"12180": "NY", "12182": "NY", "36083": "NY", "02139": "MA", "24001": "VA"}
COUNTY_STATES = {"36083": "NY", "36021": "NY", "24001": "MD"}
NAMES = {"greene county": ["36039"], "greene": ["36039"], "columbia": ["36021", "42037"]}


def atlas(*states: str) -> Atlas:
    return Atlas(
        frozenset(states or {"NY"}),
        STATES.get,
        COUNTY_STATES.get,
        lambda text: NAMES.get(text.lower().removesuffix(", ny"), []),
    )


def test_a_list_is_read_as_people_paste_it_and_each_area_counts_once() -> None:
    text = "12180, 12182-1234\n12182 Troy; Greene County, NY\t12180 12182\n\n36021"
    found = read_areas(text, atlas())
    assert (found.zips, found.counties) == (("12180", "12182"), ("36021", "36039"))
    assert found.refused == ()


def test_what_cannot_be_kept_is_named_one_by_one_and_the_rest_is_kept() -> None:
    found = read_areas("12180, 00000, 02139, Columbia, Nowhere, 12 Oak St, 2139", atlas())
    assert found.zips == ("12180",)
    told = {entry: str(why) for entry, why in found.refused}
    assert list(told) == ["00000", "02139", "Columbia", "Nowhere", "12 Oak St", "2139"]
    assert "No ZIP and no county" in told["00000"]
    assert "in a state without a county of the network" in told["02139"]
    assert "add the state" in told["Columbia"]
    assert "No county of the network’s states" in told["Nowhere"]
    assert "neither five digits" in told["12 Oak St"]
    assert found.refused_count == len(told)


def test_digits_that_are_a_zip_and_a_county_are_taken_for_neither() -> None:
    """24001 is Roanoke, Virginia, and Allegany County, Maryland."""
    assert "too" in str(read_areas("24001", atlas("MD", "VA")).refused[0][1])
    assert read_areas("24001", atlas("VA")).zips == ("24001",)
    assert read_areas("24001", atlas("MD")).counties == ("24001",)


@pytest.mark.parametrize("text", [" ", "a\x00b", "1" * (MOST_TEXT + 1)])
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_areas(text, atlas())
    assert refused.value.field == "areas"


def test_a_district_has_no_more_areas_than_it_may() -> None:
    every = Atlas(frozenset({"NY"}), lambda _: "NY", lambda _: None, lambda _: [])
    codes = [f"{n:05}" for n in range(MOST_AREAS + 1)]
    assert len(read_areas(" ".join(codes[:-1]), every).zips) == MOST_AREAS
    with pytest.raises(InvalidInputError):
        read_areas(" ".join(codes), every)


# -- the matrix ----------------------------------------------------------------------------------


def drawn(name: str, zips: tuple[str, ...] = (), counties: tuple[str, ...] = ()) -> DistrictArea:
    return area_of(
        District(UUID(int=len(name)), name, zips, counties),
        zips_of=lambda fips: [z for z, of in ZIPS.items() if of == fips],
        county_of_zip=ZIPS.get,
        state_of=lambda _: "NY",
    )


DIRECTORY = snapshot()
TROY = drawn("Troy", ("12180",))
NORTH = drawn("North", ("12182",))
RIVER = drawn("By the river", ("12180",), ("36001",))


def matrix(*areas: DistrictArea, question: GapQuestion = EVERYBODY) -> GapMatrix:
    return district_matrix(
        DIRECTORY, areas, county_of_zip=ZIPS.get, hours=HOURS, at=NOW, question=question
    )


@pytest.mark.parametrize(
    ("line", "states", "left_out"),
    [
        ("emergency-shelter", ("full", "full", "full"), ((), (), ())),
        ("advocacy", ("single", "single", "adequate"), ((), (), ())),
        ("housing", ("single", "none", "single"), ((), ("12182",), ("12207",))),
        ("counseling", ("none", "none", "single"), (("12180",), ("12182",), ("12180",))),
        ("hotline", ("single", "single", "adequate"), ((), (), ())),
        ("night-answer", ("single", "single", "adequate"), ((), (), ())),
    ],
)
def test_three_districts_by_hand(
    line: str, states: tuple[str, ...], left_out: tuple[tuple[str, ...], ...]
) -> None:
    areas = TROY, NORTH, RIVER
    found = matrix(*areas)
    cells = [found.cell(line, area.column.fips) for area in areas]
    assert tuple(cell.state.value for cell in cells) == states
    assert tuple(unserved(c, a) for c, a in zip(cells, areas, strict=True)) == left_out


@pytest.mark.parametrize("question", [EVERYBODY, GapQuestion(language="es")])
def test_a_district_of_one_county_is_that_county(question: GapQuestion) -> None:
    by_county = gap_matrix(
        DIRECTORY, county=COUNTIES.get, county_of_zip=ZIPS.get, hours=HOURS, at=NOW,
        question=question,
    )  # fmt: skip
    for fips in COUNTIES:
        area = drawn(fips, counties=(fips,))
        found = matrix(area, question=question)
        for line in LINES:
            here, there = found.cell(line, area.column.fips), by_county.cell(line, fips)
            assert (here.checked, here.unchecked, here.wide) == (
                there.checked, there.unchecked, there.wide,
            ), (fips, line)  # fmt: skip


def test_a_district_that_nobody_serves_is_a_column_of_nothing() -> None:
    found = matrix(drawn("Far", ("13339",)))
    assert [area.name for area in found.counties] == ["Far"]
    assert {cell.state.value for cell in found.cells.values()} == {"none"}


def test_a_district_of_two_states_has_the_phones_of_both() -> None:
    service = make_service(areas=(Area(AreaExtent.STATE, "VT"),))
    assert wide_states(service, ["NY", "NY, VT", "VT"]) == ["NY, VT", "VT"]
    assert wide_states(make_service(areas=()), ["NY", "NY, VT"]) == []


def test_people_of_areas_that_overlap_count_once() -> None:
    rows = [
        AreaPeople(AreaExtent.ZIP, "12180", 50),
        AreaPeople(AreaExtent.ZIP, "12207", 8),
        AreaPeople(AreaExtent.COUNTY, "36083", 160),
    ]
    table = PeopleTable(rows, lambda fips: [z for z, of in ZIPS.items() if of == fips])
    assert table.together(["36083"], ["12180", "12207", "12207"]) == 168
    assert table.together([], ["12180", "12182"]) == 50
    assert table.together(["36001"], []) == 8
    assert table.together(["36039"], ["99999"]) is None


def test_the_ids_of_districts_are_their_columns() -> None:
    one = area_of(
        District(make_id(), "A", ("12180",), ()),
        zips_of=lambda _: (),
        county_of_zip=ZIPS.get,
        state_of=lambda _: None,
    )
    assert one.column.fips == str(one.district.id)
    assert one.all_zips == {"12180"}
