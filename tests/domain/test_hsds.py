"""Listings as HSDS objects: what is told, under which ids, and what never is."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from ccr.domain import hsds
from ccr.domain.directory import Area, Language, Point, Precision
from ccr.domain.hsds_profile import CODE_OF_TERM, OWN_TERMS, virtual_location_id
from ccr.domain.hsds_schedule import weekly
from ccr.domain.hsds_tables import TABLES
from ccr.domain.hsds_terms import TermBook, foreign_term
from ccr.domain.open_records import (
    OpenCapacity,
    OpenMember,
    OpenPhone,
    OpenService,
    OpenSite,
    OpenTerm,
    Scope,
    as_open,
)
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    Known,
    LanguageMode,
    Need,
)
from tests.conftest import NOW

ALBANY = Area(AreaExtent.COUNTY, "36001")


class Names:
    """Areas by their codes."""

    def name(self, area: Area) -> str:
        return f"{area.extent.value} {area.code}"

    def division(self, area: Area) -> str | None:
        return None


WORDS = hsds.Words(Names())
MEMBER = OpenMember(
    uuid4(),
    "Alder House",
    description="Open since 1990. The house stands at 12 Elm Street.",
    email="desk@example.org",
    may_ask={"asks_for_id": Known.NO},
    phones=(OpenPhone(uuid4(), "(518) 555-0100", "012"),),
)
SITE = OpenSite(
    uuid4(),
    MEMBER.id,
    "Alder office",
    address_1="1 Main Street",
    city="Albany",
    state_province="NY",
    postal_code="12207",
    country="US",
    county_fips="36001",
    point=Point(42.65, -73.75),
    precision=Precision.ROOFTOP,
    coordinates_from="source",
)
SERVICE = OpenService(
    uuid4(),
    MEMBER,
    "Alder advocacy",
    needs=frozenset({Need.ADVOCACY, Need.PETS}),
    accessibility={Access.WHEELCHAIR: Known.YES, Access.PETS: Known.NO},
    cost=Cost.FREE,
    email="advocacy@example.org",
    url="https://example.org/ä",
    opening_hours="Mo-Fr 09:00-17:00; PH off",
    hours_text="Ring first.",
    areas=(ALBANY,),
    languages=(Language("es", LanguageMode.INTERPRETER),),
    terms=(OpenTerm("211", "BH-1800", "Housing"),),
    phones=(OpenPhone(uuid4(), "(518) 555-0101", "4"),),
    links=((uuid4(), SITE),),
    capacity=OpenCapacity(CapacityStatus.CAPACITY, 3, None, NOW),
    public_modified_at=NOW,
)
HIDDEN = replace(
    SERVICE,
    member=replace(MEMBER, hides=True),
    confidential=True,
    links=(),
    description="Someone meets you. Ring at 12 Elm Street.",
    alternate_name="The house at 12 Elm Street",
)


def full(service: OpenService, scope: Scope = Scope.PUBLIC) -> dict:
    return hsds.service_full(as_open(service, scope), WORDS)


def everything(value: object) -> list[tuple[str, object]]:
    """Return every (name, value) inside an object."""
    found: list[tuple[str, object]] = []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += [(name, inner), *everything(inner)]
    elif isinstance(value, list):
        for inner in value:
            found += everything(inner)
    return found


@pytest.mark.parametrize("scope", Scope)
def test_a_confidential_service_has_no_place_anywhere_in_its_object(scope: Scope) -> None:
    document = full(HIDDEN, scope)
    names = {name for name, _ in everything(document)}
    assert not names & {"addresses", "latitude", "longitude", "precision", "transportation"}
    assert "Elm" not in json.dumps(document)
    assert [link["location"] for link in document["service_at_locations"]] == [
        {"id": virtual_location_id(str(HIDDEN.id)), "location_type": "virtual"}
    ]
    assert document["confidential"] is True
    assert document["capacities"] == []
    assert not any(
        name == "code" and str(v).startswith("capacity") for name, v in everything(document)
    )


def test_a_confidential_service_with_a_zip_or_a_site_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="confidential"):
        replace(SERVICE, confidential=True)
    with pytest.raises(ValueError, match="confidential"):
        replace(HIDDEN, areas=(Area(AreaExtent.ZIP, "12207"),))


def test_the_public_is_told_no_room_and_no_mail_and_staff_are() -> None:
    public, staff = full(SERVICE), full(SERVICE, Scope.STAFF)
    assert "@" not in json.dumps(public)
    assert public["capacities"] == []
    assert staff["capacities"][0]["available"] == 3
    assert staff["email"] == "advocacy@example.org"
    assert staff["organization"]["email"] == "desk@example.org"


def test_every_id_is_a_uuid_and_the_same_each_time() -> None:
    document = full(SERVICE, Scope.STAFF)
    ids = [v for name, v in everything(document) if name == "id" or name.endswith("_id")]
    assert all(str(UUID(str(value))) == value for value in ids)
    assert document == full(SERVICE, Scope.STAFF)
    attributes = [item["id"] for item in document["attributes"]]
    assert len(attributes) == len(set(attributes))


def test_needs_are_terms_of_our_own_vocabulary_and_other_codes_stay_opaque() -> None:
    terms = {a["taxonomy_term"]["code"]: a for a in full(SERVICE)["attributes"]}
    assert terms["pets"]["link_type"] == "need"
    assert terms["access:pets"]["value"] == "no"
    assert terms["BH-1800"]["taxonomy_term"]["taxonomy"] == "211"
    assert CODE_OF_TERM[terms["pets"]["taxonomy_term_id"]] == "pets"
    assert len(OWN_TERMS) == len(CODE_OF_TERM)


def test_an_address_stands_only_when_it_is_whole() -> None:
    whole = full(SERVICE)["service_at_locations"][0]["location"]
    assert whole["addresses"][0]["address_1"] == "1 Main Street"
    partly = replace(SERVICE, links=((uuid4(), replace(SITE, address_1=None)),))
    location = full(partly)["service_at_locations"][0]["location"]
    assert location["addresses"] == []
    told = {a["taxonomy_term"]["code"]: a.get("value") for a in location["attributes"]}
    assert told["place:city"] == "Albany"
    assert "place:address_1" not in told


def test_extensions_are_numbers_or_stay_with_the_phone_number() -> None:
    document = full(SERVICE)
    assert document["phones"][0]["extension"] == 4
    assert document["organization"]["phones"][0]["number"] == "(518) 555-0100 x012"
    assert "extension" not in document["organization"]["phones"][0]


def test_a_web_address_is_a_uri_and_an_organization_without_words_says_so() -> None:
    assert full(SERVICE)["url"] == "https://example.org/%C3%A4"
    silent = full(replace(SERVICE, member=replace(MEMBER, description="")))["organization"]
    assert silent["description"] == "Alder House"
    assert "no-description" in {a["taxonomy_term"]["code"] for a in silent["attributes"]}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("24/7", [("MO,TU,WE,TH,FR,SA,SU", "00:00:00", "23:59:59")]),
        ("Fr-Mo 22:00-06:00", [("FR,SA,SU,MO", "22:00:00", "06:00:00")]),
        ("Mo,We 09:00-12:00,13:00-24:00; Jan 01 off", [
            ("MO,WE", "09:00:00", "12:00:00"), ("MO,WE", "13:00:00", "23:59:59")
        ]),
        ("Mo 09:00-12:00; Mo 13:00-15:00", None),
        ("Jan-Mar Mo 09:00-12:00", None),
        ("Mo 25:00-26:00", None),
        ("PH off", None),
    ],
)  # fmt: skip
def test_only_plain_weeks_become_schedules(text: str, rows: object) -> None:
    assert weekly(text) == rows


def test_terms_of_one_code_are_one_term_whatever_sources_call_it() -> None:
    ours, theirs = OpenTerm("211", "B", "Shelter"), OpenTerm("211", "B", "Shelters")
    book = TermBook.of({ours, theirs})
    assert book.term(ours) == book.term(theirs) == foreign_term(ours)
    unnamed = [OpenTerm("", "", "Legal"), OpenTerm("", "", "Housing")]
    assert foreign_term(unnamed[0]).id != foreign_term(unnamed[1]).id


def test_the_tables_are_those_of_the_standard() -> None:
    assert len(TABLES) == 24
    assert {f.points_to for t in TABLES.values() for f in t.fields if f.points_to} <= set(TABLES)
