"""A table of people by area is read whole or refused with every reason; who speaks what counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.area_population import (
    MOST_PROBLEMS,
    AreaPeople,
    Population,
    ReadTable,
    read_population,
    spoken_by_many,
)
from ccr.domain.directory import Language, Service
from ccr.domain.gap_findings import Finding, FindingKind, Promises, find_gaps
from ccr.domain.gap_languages import unspoken_languages
from ccr.domain.taxonomy import AreaExtent, LanguageMode, Need
from tests.builders import make_member
from tests.domain.test_gaps import TODAY, county, matrix, serving

KNOWN = {
    (AreaExtent.COUNTY, "36001"),
    (AreaExtent.COUNTY, "36039"),
    (AreaExtent.COUNTY, "01001"),
    (AreaExtent.ZIP, "12180"),
    (AreaExtent.ZIP, "12182"),
}


def read(text: str | bytes) -> ReadTable:
    content = text if isinstance(text, bytes) else text.encode()
    return read_population(content, lambda extent, code: (extent, code) in KNOWN)


def problems(text: str | bytes) -> list[str]:
    found = read(text)
    assert found.areas == {} or found.problems
    return [str(problem) for problem in found.problems]


def test_a_table_of_counties_is_read_with_its_languages() -> None:
    found = read("county_fips,population,es,ar\n36001,316659,9830,\n36039,48499,0,12\n")
    assert (found.extent, found.problems, found.unknown) == (AreaExtent.COUNTY, (), 0)
    assert found.areas == {
        "36001": AreaPeople(316659, {"es": 9830}),
        "36039": AreaPeople(48499, {"es": 0, "ar": 12}),
    }


@pytest.mark.parametrize(
    "text",
    [
        "ZIP,People\n12180,51000\n",
        "\ufeffzcta;Total Population\r\n12180;51,000\r\n\r\n",
        "GEO_ID\tpopulation\n0500000US36001\t51000\n",
        "fips,note,population\n36001,whatever,51000\n",
        'zip,population\n"12180","51,000"\n',
        "zip,population\n860Z200US12180,51000\n",
    ],
)
def test_a_table_may_look_as_tables_do(text: str) -> None:
    found = read(text)
    assert found.problems == ()
    assert [area.people for area in found.areas.values()] == [51000]


def test_zeros_that_a_spreadsheet_ate_are_put_back() -> None:
    assert set(read("fips,population\n1001,58805\n").areas) == {"01001"}


def test_an_area_that_is_not_known_is_left_out_and_counted() -> None:
    found = read("zip,population\n12180,10\n99999,20\n00000,30\n")
    assert (set(found.areas), found.unknown) == ({"12180"}, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (",population\n", "must name one column of areas"),
        ("place,population\n36001,1\n", "must name one column of areas"),
        ("zip,fips,population\n12180,36001,1\n", "must name one column of areas"),
        ("zip,number\n12180,1\n", "must name one column of people"),
        ("zip,population,total\n12180,1,1\n", "must name one column of people"),
        ("zip,population,es,ES\n12180,1,1,1\n", "A language has two columns"),
        ("zip,population\nTroy,1\n", "Line 2: the area is no code"),
        ("zip,population\n121800,1\n", "Line 2: the area is no code"),
        ("zip,population\n12180,\n", "Line 2: a count must be a whole number"),
        ("zip,population\n12180,-1\n", "Line 2: a count must be a whole number"),
        ("zip,population\n12180,1.5\n", "Line 2: a count must be a whole number"),
        ("zip,population\n12180,١٢\n", "Line 2: a count must be a whole number"),
        ("zip,population\n12180,1\n\n12180,2\n", "Line 4: this area came before"),
        ("zip,population,es\n12180,10,11\n", "Line 2: more people speak a language"),
        ("zip,population\n99999,1\n", "No line has a county or ZIP that we know"),
        ("zip,population\n", "No line has a county or ZIP that we know"),
        (b"zip,population\n\xff\xfe,1\n", "no plain text"),
        (b"zip,population\n\x00,1\n", "no plain text"),
        (f'zip,population\n"{"9" * 200_000}",1\n', "cannot be read as a table"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_line(text: str | bytes, said: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert said in found[0]


def test_of_many_problems_the_first_ten_are_said() -> None:
    found = problems("zip,population\n" + "x,1\n" * 500)
    assert len(found) == MOST_PROBLEMS
    assert "Line 11:" in found[-1]


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_is_uploaded_is_read_or_refused(content: bytes) -> None:
    found = read(b"zip,population\n" + content)
    assert bool(found.problems) or bool(found.areas)
    bare = read(content)
    assert bool(bare.problems) or bool(bare.areas)


def test_a_county_without_a_row_is_the_sum_of_its_zips() -> None:
    zips = {"12180": AreaPeople(10, {"es": 4}), "12182": AreaPeople(5, {"ar": 1})}
    people = Population({"36001": AreaPeople(7)}, zips)
    assert people.of_county("36001", ["12180"]) == AreaPeople(7)
    summed = people.of_county("36083", ["12180", "12182", "12183"])
    assert summed == AreaPeople(15, {"ar": 1, "es": 4})
    assert people.of_county("36039", ["12414"]) is None


@pytest.mark.parametrize(
    ("people", "speakers", "many"),
    [
        (100_000, 999, False),
        (100_000, 1000, True),
        (1000, 49, False),
        (1000, 50, True),
        (0, 0, False),
        (10, 0, False),
    ],
)
def test_many_is_a_thousand_people_or_five_per_cent(
    people: int, speakers: int, *, many: bool
) -> None:
    assert bool(spoken_by_many(AreaPeople(people, {"es": speakers}))) is many


def test_english_is_never_missing_and_most_speakers_come_first() -> None:
    area = AreaPeople(10_000, {"en": 9000, "ar": 1500, "es": 2000, "fr": 3})
    assert spoken_by_many(area) == [("es", 2000), ("ar", 1500)]


# -- the finding ---------------------------------------------------------------------------------

MANY = {"36001": AreaPeople(100_000, {"es": 9830, "ar": 10})}


def spoken(*codes: str, mode: LanguageMode = LanguageMode.STAFF) -> tuple[Language, ...]:
    return tuple(Language(code, mode) for code in codes)


def unspoken(*services: Service) -> list[Finding]:
    return list(unspoken_languages(matrix(*services), MANY))


def safety(**changes: object) -> Service:
    return serving(make_member(), Need.ADVOCACY, areas=county("36001"), **changes)


def test_a_language_that_many_speak_and_no_listing_names_is_a_finding() -> None:
    (found,) = unspoken(safety(languages=spoken("en")))
    assert (found.key, found.kind) == ("language|es|36001", FindingKind.LANGUAGE)
    assert str(found.title) == "Albany: nobody answers in Spanish"
    assert "9,830 people" in str(found.text)


def test_an_interpreter_is_somebody_who_answers() -> None:
    assert unspoken(safety(languages=spoken("en", "es", mode=LanguageMode.INTERPRETER))) == []


def test_a_state_wide_line_or_another_need_answers_for_no_county() -> None:
    food = serving(make_member(), Need.FOOD, areas=county("36001"), languages=spoken("es"))
    assert len(unspoken(safety(languages=spoken("en")), food)) == 1


def test_a_listing_that_tells_no_language_is_named_as_one_to_ask() -> None:
    (found,) = unspoken(safety(languages=()), safety(languages=spoken("en")))
    assert "1 do not say which languages they speak" in str(found.text)


def test_a_county_whose_people_are_not_known_has_no_such_finding() -> None:
    elsewhere = serving(make_member(), Need.ADVOCACY, areas=county("36039"), languages=())
    assert unspoken(elsewhere) == []


def test_it_stands_after_the_night_and_before_agreements() -> None:
    found = matrix(safety(languages=spoken("en")))
    further = unspoken_languages(found, MANY)
    kinds = [f.kind for f in find_gaps(found, Promises((), (), (), {}), TODAY, further)]
    assert kinds[:2] == [FindingKind.NIGHT, FindingKind.LANGUAGE]
