"""Which records are one house, and which words give a house away."""

from __future__ import annotations

import math
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.directory import Point
from ccr.domain.telling_places import (
    Telling,
    TellingPlace,
    digits_of,
    same_place,
    street_fragments,
    street_key,
)

ELM = TellingPlace(
    UUID(int=1),
    name="Quiet house",
    address_1="12 N. Elm St., Floor 2",
    city="Troy",
    postal_code="12180-4411",
    point=Point(42.72841, -73.69184),
)
TOLD = Telling.of([ELM])
SPELLINGS = ("12 North Elm Street", "12 n elm", "12 ELM ST", "at 12 N Elm St, ring twice")


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_house_is_found_however_its_street_is_spelled(text: str) -> None:
    assert TOLD.in_words(text)
    assert TOLD.other_text(f"Open to all. We are at {text} now. Free.") == "Open to all. Free."


@pytest.mark.parametrize("text", ["112 Elm Street", "12 Oak Street", "Elm trees", "12 people"])
def test_other_houses_and_plain_words_stay(text: str) -> None:
    assert not TOLD.in_words(text)
    assert TOLD.other_text(f"See {text}.") == f"See {text}."


def test_a_text_of_the_hidden_service_loses_its_town_zip_and_site_too() -> None:
    text = "Beds for ten. We are in Troy. Mail to 12180. Ask at Quiet house! See 9 Oak Street."
    assert TOLD.own_text(text) == "Beds for ten."
    # Somebody else's text may name the town, and streets of its own.
    assert TOLD.other_text(text) == text


def test_its_own_agency_may_not_name_the_street_alone_and_others_may() -> None:
    text = "Free. Just off Elm Street. Open."
    assert TOLD.agency_text(text) == "Free. Open."
    assert TOLD.other_text(text) == text


def test_an_address_with_dots_in_it_goes_in_one_piece() -> None:
    text = "Free. At 12 N. Elm St. in the yard. Open."
    for scrub in (TOLD.own_text, TOLD.agency_text, TOLD.other_text):
        assert scrub(text) == "Free. Open."


@given(st.floats(24, 71), st.floats(-179, -66), st.integers(4, 7))
def test_coordinates_are_found_cut_or_rounded(lat: float, lon: float, digits: int) -> None:
    here = Telling.of([replace(ELM, point=Point(lat, lon))])
    for number in (lat, lon):
        written = f"at {round(number, 6):.{digits}f}, or"
        assert here.in_words(written)
        assert here.other_text(f"Free. We are {written}.") == "Free."
        shortest = min(digits_of(number), key=len)
        assert math.isclose(abs(number), float(shortest), abs_tol=0.001)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"address_1": "12 North Elm Street", "point": None}, True),
        ({"address_1": "12 North Elm Street", "postal_code": None, "point": None}, True),
        (
            {"address_1": "12 North Elm Street", "postal_code": "12182", "city": "", "point": None},
            False,
        ),
        ({"address_1": None, "point": Point(42.72842, -73.69180)}, True),
        ({"address_1": "14 North Elm Street", "point": None}, False),
        ({"address_1": None, "point": Point(42.7294, -73.69184)}, False),
        ({"address_1": None, "point": None}, False),
    ],
)
def test_two_records_are_one_house_by_street_and_town_or_by_point(change, same: bool) -> None:
    other = replace(ELM, id=UUID(int=2), **change)
    assert same_place(ELM, other) is same
    assert same_place(other, ELM) is same


def test_a_line_that_is_no_street_is_nothing_to_look_for() -> None:
    for line in (None, "", "Confidential", "Address withheld for safety", "Lobby"):
        assert street_fragments(line) == frozenset()
    text = "All help is confidential."
    assert Telling.of([TellingPlace(UUID(int=3), address_1="Confidential")]).own_text(text) == text
    assert street_key("Apt 3") == ""


def test_a_site_named_like_its_service_tells_nothing() -> None:
    named = replace(ELM, city=None, postal_code=None)
    assert Telling.of([named]).own_text("Quiet house helps.") == ""
    assert Telling.of([named], "Quiet House").own_text("Quiet house helps.") == "Quiet house helps."
