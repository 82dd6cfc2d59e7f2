"""Which places hide, and that nothing of them is left in what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.concealing import Directory, HiddenSources, conceal
from ccr.domain.directory import Area, Point, Precision
from ccr.domain.directory_import import (
    MemberRecord,
    NoteBook,
    NoteLevel,
    PhoneRecord,
    ServiceRecord,
    SiteRecord,
)
from ccr.domain.hidden_places import (
    PlaceTraces,
    address_says_hidden,
    coarse,
    place_keys,
    says_hidden,
    without_traces,
)
from ccr.domain.taxonomy import AreaExtent

MEMBER = MemberRecord("o1", 2, "Alder House", description="Our house is at 12 Elm Street. Free.")
SITE = SiteRecord(
    "l1",
    2,
    "o1",
    "Elm House",
    address_1="12 Elm Street",
    address_2="Floor 2",
    city="Troy",
    state="NY",
    postal_code="12180",
    country="US",
    county_fips="36083",
    point=Point(42.7284, -73.6918),
    precision=Precision.ROOFTOP,
    coordinates_from="source",
    transportation="Bus 80",
    phones=(PhoneRecord("p9", "(518) 555-0199"),),
)
SERVICE = ServiceRecord(
    "s1",
    2,
    "o1",
    "Night beds",
    site_ids=("l1",),
    description="Open to all. Ring the bell at Elm House. In Troy. Serves Rensselaer County.",
    application_process="Come to 12 Elm St.; call first.",
    phones=(PhoneRecord("p1", "(518) 555-0142"),),
)


def hide(
    *services: ServiceRecord,
    sites: tuple[SiteRecord, ...] = (SITE,),
    hidden_services: tuple[str, ...] = (),
    hidden_sites: tuple[str, ...] = (),
) -> tuple[Directory, NoteBook]:
    notes = NoteBook()
    found = conceal(
        Directory((MEMBER,), services, sites),
        HiddenSources(hidden_services, hidden_sites),
        {"12180": "36083"}.get,
        notes,
    )
    return found, notes


@pytest.mark.parametrize(
    "text",
    [
        "Confidential location",
        "The address is confidential.",
        "Undisclosed location",
        "a confidential shelter for women",
        "Location kept confidential",
        "Address withheld",
        "Our locations are not disclosed",
    ],
)
def test_words_that_hide_a_place(text: str) -> None:
    assert says_hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "All services are free and confidential.",
        "Confidential counseling",
        "",
        None,
        "We keep records private",
        "Private offices that are not open to the public.",
    ],
)
def test_confidential_services_are_not_hidden_places(text: str | None) -> None:
    assert not says_hidden(text)


@pytest.mark.parametrize("line", ["Confidential", "CONFIDENTIAL - call first", "Undisclosed"])
def test_a_street_line_may_say_that_it_hides(line: str) -> None:
    assert address_says_hidden(line)
    assert not address_says_hidden("12 Elm Street")


def test_a_hidden_service_keeps_no_place_at_all() -> None:
    found, _ = hide(SERVICE, hidden_services=("s1",))
    service = found.services[0]
    assert service.hidden
    assert service.site_ids == ()
    assert service.areas == (Area(AreaExtent.COUNTY, "36083"),)
    assert found.sites == ()
    assert found.hidden_sites == {"l1"}


def test_no_word_of_the_place_is_left_in_any_text() -> None:
    found, _ = hide(SERVICE, hidden_services=("s1",))
    everything = repr(found.services) + repr(found.sites) + repr(found.members)
    for trace in ("Elm", "Troy", "12180", "42.7284", "-73.69", "Bus 80", "Floor 2"):
        assert trace not in everything
    assert found.services[0].description == "Open to all. Serves Rensselaer County."


def test_the_phone_of_a_hidden_place_is_kept_for_staff_alone() -> None:
    found, _ = hide(SERVICE, hidden_services=("s1",))
    assert [(p.number, p.private) for p in found.services[0].phones] == [
        ("(518) 555-0142", False),
        ("(518) 555-0199", True),
    ]


def test_every_service_at_a_hidden_place_hides() -> None:
    other = replace(SERVICE, source_id="s2", name="Day group", line=3)
    found, notes = hide(SERVICE, other, hidden_services=("s1",))
    assert [s.hidden for s in found.services] == [True, True]
    assert {note.level for note in notes.notes} == {NoteLevel.WARNING}


def test_a_place_listed_twice_hides_under_both_records() -> None:
    twin = replace(SITE, source_id="l2", name="Office", address_1="12 ELM STREET", point=None)
    near = replace(SITE, source_id="l3", address_1=None, point=Point(42.72841, -73.69181))
    open_service = replace(SERVICE, source_id="s2", name="Day group", site_ids=("l2",))
    other = replace(SERVICE, source_id="s3", name="Class", site_ids=("l3",))
    found, _ = hide(SERVICE, open_service, other, sites=(SITE, twin, near), hidden_services=("s1",))
    assert found.sites == ()
    assert all(service.hidden for service in found.services)


def test_a_shared_zip_centre_does_not_make_two_places_one() -> None:
    centre = replace(SITE, address_1=None, coordinates_from="zip")
    assert place_keys(centre) == ()


def test_a_service_elsewhere_stays_public() -> None:
    there = replace(
        SITE, source_id="l2", name="Office", address_1="9 Oak Road", point=Point(42.7, -73.6)
    )
    other = replace(SERVICE, source_id="s2", name="Day group", site_ids=("l2",))
    found, _ = hide(SERVICE, other, sites=(SITE, there), hidden_sites=("l1",))
    assert [s.hidden for s in found.services] == [True, False]
    assert [site.source_id for site in found.sites] == ["l2"]


def test_a_service_with_a_hidden_and_a_public_place_is_listed_by_area_as_a_whole() -> None:
    there = replace(SITE, source_id="l2", name="Office", address_1="9 Oak Road", point=None)
    both = replace(SERVICE, site_ids=("l1", "l2"))
    found, _ = hide(both, sites=(SITE, there), hidden_sites=("l1",))
    assert found.services[0].site_ids == ()


def test_a_name_that_holds_the_street_is_an_error_row() -> None:
    found, notes = hide(replace(SERVICE, name="12 Elm Street House"), hidden_services=("s1",))
    assert found.services == ()
    assert [(n.level, n.field) for n in notes.notes] == [(NoteLevel.ERROR, "name")]


def test_a_name_that_holds_the_town_is_a_warning() -> None:
    found, notes = hide(replace(SERVICE, name="Troy Night Beds"), hidden_services=("s1",))
    assert found.services[0].name == "Troy Night Beds"
    assert "name" in {note.field for note in notes.notes}


def test_a_zip_area_of_a_hidden_service_becomes_its_county() -> None:
    areas = (
        Area(AreaExtent.ZIP, "12180"),
        Area(AreaExtent.ZIP, "00000"),
        Area(AreaExtent.STATE, "NY"),
    )
    assert coarse(areas, {"12180": "36083"}.get) == (
        Area(AreaExtent.COUNTY, "36083"),
        Area(AreaExtent.STATE, "NY"),
    )


def test_notes_never_say_where_it_is() -> None:
    _, notes = hide(SERVICE, hidden_services=("s1",))
    said = " ".join(str(note.phrase) for note in notes.notes)
    assert "Elm" not in said
    assert "Troy" not in said


def test_a_county_that_shares_its_towns_name_may_be_said() -> None:
    text = "Serves Albany County. Near the Albany station."
    assert without_traces(text, PlaceTraces.of("Albany")) == "Serves Albany County."


@given(st.text(max_size=300))
def test_scrubbing_keeps_texts_without_traces_as_they_are_or_drops_whole_sentences(
    text: str,
) -> None:
    scrubbed = without_traces(text, PlaceTraces())
    assert scrubbed == text or len(scrubbed) < len(text)
    assert without_traces(scrubbed, PlaceTraces()) == scrubbed
