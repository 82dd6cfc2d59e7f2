"""HSDS packages: every trap of real exports has one safe meaning and one note."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr.domain.directory import Area, Point, Precision
from ccr.domain.directory_import import NoteLevel, ReadPackage, ServiceRecord
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    Known,
    LanguageMode,
    Need,
    ServiceStatus,
    Track,
)
from tests.package_builders import (
    ADDRESS,
    LINK,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SERVICE,
    hsds,
    read_hsds,
    reader,
    said,
    write_package,
)


def only_service(package: ReadPackage) -> ServiceRecord:
    assert said(package, NoteLevel.ERROR) == []
    assert len(package.services) == 1
    return package.services[0]


def warnings(package: ReadPackage) -> list[str]:
    return [column for _, _, column, _ in said(package, NoteLevel.WARNING)]


def test_a_sound_package_is_read_without_a_warning(tmp_path: Path) -> None:
    package = read_hsds(tmp_path)
    assert package.sound
    assert said(package, NoteLevel.WARNING) == []
    service = only_service(package)
    assert service.needs == {Need.FOOD}
    assert service.tracks == set(Track)
    assert service.timezone == "America/New_York"
    site = package.sites[0]
    assert site.point == Point(42.7284, -73.6918)
    assert (site.precision, site.county_fips, site.state) == (Precision.ROOFTOP, "36083", "NY")
    assert [(p.number, p.private) for p in service.phones] == [("(518) 555-0142", False)]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (
            {"services": [{**SERVICE, "organization_id": "o9"}]},
            ("services.csv", 2, "organization_id"),
        ),
        (
            {"services": [{**SERVICE, "organization_id": ""}]},
            ("services.csv", 2, "organization_id"),
        ),
        ({"services": [{**SERVICE, "name": " "}]}, ("services.csv", 2, "name")),
        ({"services": [{**SERVICE, "id": ""}]}, ("services.csv", 2, "id")),
        ({"services": [{**SERVICE, "id": "x" * 201}]}, ("services.csv", 2, "id")),
        ({"services": [SERVICE, {**SERVICE, "name": "Other"}]}, ("services.csv", 3, "id")),
    ],
)
def test_rows_that_cannot_be_kept_are_errors(
    tmp_path: Path, changes: dict, place: tuple[str, int, str]
) -> None:
    package = read_hsds(tmp_path, **changes)
    assert [note[:3] for note in said(package, NoteLevel.ERROR)] == [place]
    assert len(package.services) == len(changes["services"]) - 1


def test_an_organization_without_a_name_takes_its_services_along(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, organizations=[{**ORGANIZATION, "name": "\u00a0"}])
    assert [note[:3] for note in said(package, NoteLevel.ERROR)] == [
        ("organizations.csv", 2, "name"),
        ("services.csv", 2, "organization_id"),
    ]


def test_the_same_row_twice_is_harmless(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[SERVICE, SERVICE])
    assert package.sound
    assert len(package.services) == 1


@pytest.mark.parametrize(
    ("status", "read", "do_not_refer"),
    [
        ("", ServiceStatus.ACTIVE, False),
        ("Active", ServiceStatus.ACTIVE, False),
        ("Inactive", ServiceStatus.INACTIVE, False),
        ("defunct", ServiceStatus.DEFUNCT, False),
        ("temporarily closed", ServiceStatus.TEMPORARILY_CLOSED, False),
        ("Active, but do not refer", ServiceStatus.ACTIVE, True),
        ("active but DO NOT REFER", ServiceStatus.ACTIVE, True),
        ("pending review", ServiceStatus.INACTIVE, False),
    ],
)
def test_a_status_has_one_safe_meaning(
    tmp_path: Path, status: str, read: ServiceStatus, do_not_refer: bool
) -> None:
    service = only_service(read_hsds(tmp_path, services=[{**SERVICE, "status": status}]))
    assert (service.status, service.do_not_refer) == (read, do_not_refer)


def test_a_link_to_an_absent_location_keeps_the_service_without_it(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, service_at_location=[{**LINK, "location_id": "l9"}])
    assert only_service(package).site_ids == ()
    assert warnings(package) == ["location_id"]


def test_orphans_are_warnings(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        organizations=[{**ORGANIZATION, "parent_organization_id": "o0"}],
        addresses=[ADDRESS, {**ADDRESS, "id": "a2", "location_id": "l9"}],
        service_at_location=[LINK, {**LINK, "id": "x2", "service_id": "s9"}],
        taxonomy_terms=[{"id": "t1", "name": "Food Pantry", "parent_id": "t0"}],
        attributes=[{"id": "at1", "link_id": "s1", "taxonomy_term_id": "t9"}],
    )
    assert package.sound
    assert sorted(warnings(package)) == [
        "location_id",
        "parent_id",
        "parent_organization_id",
        "service_id",
        "taxonomy_term_id",
    ]


def test_parents_in_a_circle_do_no_harm(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        organizations=[{**ORGANIZATION, "parent_organization_id": "o1"}],
        taxonomy_terms=[
            {"id": "t1", "name": "Food Pantry", "parent_id": "t2"},
            {"id": "t2", "name": "Food", "parent_id": "t1"},
        ],
        service_taxonomy=[{"id": "z1", "service_id": "s1", "taxonomy_id": "t1"}],
    )
    assert [term.name for term in only_service(package).terms] == ["Food Pantry"]


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("example.org", "https://example.org"),
        ("javascript:alert(1)", None),
        ("data:x", None),
    ],
)
def test_a_link_is_https_or_nothing(tmp_path: Path, url: str, read: str | None) -> None:
    assert only_service(read_hsds(tmp_path, services=[{**SERVICE, "url": url}])).url == read


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"latitude": "100", "longitude": "101"}, ["latitude"]),
        ({"latitude": "0", "longitude": "0"}, ["latitude"]),
        ({"latitude": "", "longitude": ""}, []),
    ],
)
def test_a_place_without_usable_coordinates_gets_its_zips_centre(
    tmp_path: Path, changes: dict[str, str], columns: list[str]
) -> None:
    package = read_hsds(tmp_path, locations=[{**LOCATION, **changes}])
    site = package.sites[0]
    assert (site.precision, site.coordinates_from) == (Precision.ZIP, "zip")
    assert site.point is not None
    assert abs(site.point.lat - 42.73) < 0.1
    assert warnings(package) == columns


def test_a_place_without_a_zip_gets_its_towns_centre(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        locations=[{**LOCATION, "latitude": "", "longitude": ""}],
        addresses=[{**ADDRESS, "postal_code": ""}],
    )
    assert (package.sites[0].precision, package.sites[0].county_fips) == (Precision.CITY, "36083")


def test_coordinates_far_from_the_zip_are_kept_with_a_warning(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, locations=[{**LOCATION, "latitude": "40.7"}])
    assert package.sites[0].point == Point(40.7, -73.6918)
    assert warnings(package) == ["latitude"]


def test_a_zip_outside_its_state_is_a_warning_and_the_town_decides(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, addresses=[{**ADDRESS, "postal_code": "90210"}])
    assert warnings(package) == ["postal_code"]
    assert package.sites[0].county_fips == "36083"


def test_padded_states_blank_streets_and_short_zips_are_mended(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        locations=[{**LOCATION, "latitude": "", "longitude": ""}],
        addresses=[
            {
                **ADDRESS,
                "address_1": " ",
                "address_2": "Suite 4",
                "city": "Hartford",
                "state_province": "  Connecticut\u00a0",
                "postal_code": "6103",
            }
        ],
    )
    site = package.sites[0]
    assert (site.state, site.postal_code, site.address_1) == ("CT", "06103", "Suite 4")


def test_a_place_in_another_country_is_kept_without_a_county(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        addresses=[
            {
                **ADDRESS,
                "country": "CA",
                "postal_code": "K1A 0B1",
                "city": "Ottawa",
                "state_province": "ON",
            }
        ],
    )
    site = package.sites[0]
    assert (site.country, site.county_fips, site.postal_code) == ("CA", None, "K1A 0B1")


def test_a_point_that_many_streets_share_is_a_zips_centre(tmp_path: Path) -> None:
    numbers = range(1, 4)
    package = read_hsds(
        tmp_path,
        locations=[{**LOCATION, "id": f"l{n}"} for n in numbers],
        addresses=[
            {**ADDRESS, "id": f"a{n}", "location_id": f"l{n}", "address_1": f"{n} Elm Street"}
            for n in numbers
        ],
        service_at_location=[{**LINK, "id": f"x{n}", "location_id": f"l{n}"} for n in numbers],
    )
    assert {site.precision for site in package.sites} == {Precision.ZIP}


def test_a_place_that_no_service_uses_is_left_out(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, locations=[LOCATION, {**LOCATION, "id": "l2"}])
    assert [site.source_id for site in package.sites] == ["l1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"locations": [{**LOCATION, "is_confidential": "Yes"}]},
        {"addresses": [{**ADDRESS, "PhysicalAddressIsPrivate": "Yes"}]},
        {"addresses": [{**ADDRESS, "address_1": "Confidential"}]},
        {"locations": [{**LOCATION, "description": "Undisclosed location."}]},
        {"locations": [{**LOCATION, "visibility": "private"}]},
        {"services": [{**SERVICE, "confidential": "true"}]},
        {"services": [{**SERVICE, "description": "Our address is confidential."}]},
        {"services": [{**SERVICE, "name": "Domestic Violence Shelter"}]},
        {
            "services": [
                {**SERVICE, "name": "Safe Nights", "description": "For survivors of trafficking."}
            ],
            "taxonomy_terms": [{"id": "t1", "name": "Emergency Shelter"}],
            "attributes": [{"id": "at", "link_id": "s1", "taxonomy_term_id": "t1"}],
        },
    ],
)
def test_a_hidden_place_leaves_nothing_of_itself(tmp_path: Path, changes: dict) -> None:
    package = read_hsds(tmp_path, **changes)
    service = only_service(package)
    assert service.hidden
    assert service.areas == (Area(AreaExtent.COUNTY, "36083"),)
    assert package.sites == ()
    for trace in ("Elm", "42.72", "-73.69", "12180", "Troy"):
        assert trace not in repr(package)


@pytest.mark.parametrize("table", ["services", "locations"])
def test_a_double_that_is_left_out_still_hides_the_place(tmp_path: Path, table: str) -> None:
    row = SERVICE if table == "services" else LOCATION
    package = read_hsds(tmp_path, **{table: [row, {**row, "confidential": "yes"}]})
    assert not package.sound
    assert [service.hidden for service in package.services] == [True]
    assert package.sites == ()


@pytest.mark.parametrize(
    "bad",
    [
        {"organization_id": "o9", "confidential": "yes", "name": "Beds"},
        {"name": "", "description": "Confidential location."},
        {"ExcludeFromWebsite": "yes", "name": "Domestic violence shelter"},
    ],
)
def test_a_row_that_is_left_out_still_hides_its_place_for_others(
    tmp_path: Path, bad: dict[str, str]
) -> None:
    package = read_hsds(
        tmp_path,
        services=[SERVICE, {**SERVICE, "id": "s2", **bad}],
        service_at_location=[LINK, {**LINK, "id": "x2", "service_id": "s2"}],
    )
    assert [service.hidden for service in package.services] == [True]
    assert "Elm" not in repr(package)


def test_a_homeless_shelter_is_no_hidden_place(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "name": "Homeless Shelter"}])
    assert not only_service(package).hidden


def test_a_hidden_service_keeps_its_own_wider_area(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        services=[{**SERVICE, "confidential": "yes"}],
        service_areas=[
            {"id": "e1", "service_id": "s1", "name": "Albany County"},
            {"id": "e2", "service_id": "s1", "name": "12180"},
        ],
    )
    assert only_service(package).areas == (
        Area(AreaExtent.COUNTY, "36001"),
        Area(AreaExtent.COUNTY, "36083"),
    )


def test_internal_notes_are_never_read(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "InternalNotes": "Ask for Maria"}])
    assert "Maria" not in repr(package)
    assert ("services.csv", 1, "internal_notes", "Internal column: never imported.") in said(
        package, NoteLevel.INFO
    )


def test_what_its_source_keeps_off_public_pages_is_left_out(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "ExcludeFromWebsite": "Yes"}])
    assert package.services == ()
    assert package.sound


@pytest.mark.parametrize(
    "phone",
    [
        {**PHONE, "is_private": "Yes"},
        {**PHONE, "service_id": "", "contact_id": "c1"},
    ],
)
def test_private_phones_are_kept_private(tmp_path: Path, phone: dict[str, str]) -> None:
    package = read_hsds(
        tmp_path, phones=[phone], contacts=[{"id": "c1", "service_id": "s1", "name": "Ann Persona"}]
    )
    assert [p.private for p in only_service(package).phones] == [True]
    assert "Ann" not in repr(package)


def test_a_phone_of_nobody_is_left_out(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, phones=[{**PHONE, "service_id": ""}])
    assert only_service(package).phones == ()
    assert package.count(NoteLevel.WARNING) == 1


def test_schedules_with_blank_ids_and_loose_times_are_read(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        schedules=[
            {
                "id": "",
                "service_id": "s1",
                "byday": "MO,TU",
                "freq": "WEEKLY",
                "opens_at": "9:00am",
                "closes_at": "5pm",
            },
            {
                "id": "",
                "service_id": "s1",
                "byday": "WE",
                "freq": "WEEKLY",
                "opens_at": "09:00",
                "closes_at": "noon",
            },
        ],
    )
    assert only_service(package).opening_hours == "Mo-Tu 09:00-17:00; We 09:00-12:00"


def test_places_that_share_their_hours_give_them_to_the_service(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        regular_schedules=[
            {"location_id": "l1", "weekday": "1", "opens_at": "09:00:00", "closes_at": "17:00:00"},
        ],
    )
    assert only_service(package).opening_hours == "Mo 09:00-17:00"


def test_room_is_a_number_with_its_time(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        units=[{"id": "u1", "name": "Bed"}],
        service_capacity=[
            {
                "id": "k1",
                "service_id": "s1",
                "unit_id": "u1",
                "available": "3",
                "updated": "2026-11-01T10:00:00Z",
            },
            {
                "id": "k2",
                "service_id": "s1",
                "unit_id": "u1",
                "available": "0",
                "updated": "2026-11-02T10:00:00Z",
            },
        ],
    )
    capacity = only_service(package).capacity
    assert capacity is not None
    assert (capacity.status, capacity.available, capacity.unit) == (
        CapacityStatus.NO_CAPACITY,
        0,
        "Bed",
    )


def test_room_in_words_is_not_known(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        services=[{**SERVICE, "capacity": "1-45 people"}],
        service_capacity=[{"id": "k1", "service_id": "s1", "available": "1-45 people"}],
    )
    capacity = only_service(package).capacity
    assert capacity is not None
    assert (capacity.status, capacity.available) == (CapacityStatus.UNKNOWN, None)


def test_ages_languages_access_and_cost_are_read(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        services=[{**SERVICE, "minimum_age": "18", "maximum_age": "24", "fees": "Sliding scale"}],
        languages=[
            {"id": "g1", "service_id": "s1", "name": "Spanish"},
            {
                "id": "g2",
                "service_id": "s1",
                "code": "ar",
                "name": "Arabic",
                "note": "By interpreter",
            },
            {"id": "g3", "location_id": "l1", "language": "Bengali"},
            {"id": "g4", "service_id": "s1", "name": "Everything"},
        ],
        accessibility_for_disabilities=[
            {"id": "b1", "location_id": "l1", "accessibility": "wheelchair"}
        ],
    )
    service = only_service(package)
    assert (service.minimum_age, service.maximum_age, service.cost) == (18, 24, Cost.SLIDING)
    assert [(lang.code, lang.mode) for lang in service.languages] == [
        ("es", LanguageMode.STAFF),
        ("ar", LanguageMode.INTERPRETER),
        ("bn", LanguageMode.STAFF),
    ]
    assert service.accessibility == {Access.WHEELCHAIR: Known.YES}
    assert warnings(package) == ["name"]


def test_ages_the_wrong_way_round_are_not_known(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "minimum_age": "60", "maximum_age": "5"}])
    assert only_service(package).minimum_age is None
    assert warnings(package) == ["minimum_age"]


def test_a_check_in_the_future_is_left_out(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "assured_date": "2030-01-01"}])
    assert only_service(package).verified_on is None


def test_couples_counseling_gets_no_need_and_a_note(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "name": "Couples Counseling"}])
    assert only_service(package).needs == frozenset()
    assert said(package, NoteLevel.WARNING)[0][3].startswith("Couples or family counseling")


def test_a_virtual_place_makes_a_virtual_service(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, locations=[{**LOCATION, "location_type": "virtual"}])
    assert (only_service(package).virtual, only_service(package).in_person) == (True, False)


def test_long_names_are_cut_to_what_can_be_kept(tmp_path: Path) -> None:
    package = read_hsds(tmp_path, services=[{**SERVICE, "name": "Food pantry " + "x" * 400}])
    assert len(only_service(package).name) == 300


def test_one_flat_table_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("agency,program\nA,B\n")
    with pytest.raises(InvalidInputError, match="one flat table"):
        reader().read(tmp_path)


def test_a_package_without_services_or_organizations_is_refused(tmp_path: Path) -> None:
    write_package(tmp_path, phones=[PHONE], addresses=[ADDRESS])
    with pytest.raises(InvalidInputError, match="no service and no organization"):
        reader().read(tmp_path)


def test_numbers_for_ids_stay_text(tmp_path: Path) -> None:
    package = read_hsds(
        tmp_path,
        organizations=[{**ORGANIZATION, "id": "007"}],
        services=[{**SERVICE, "organization_id": "007", "id": "1"}],
    )
    assert (package.members[0].source_id, package.services[0].source_id) == ("007", "1")


def test_every_encoding_reads_alike(tmp_path: Path) -> None:
    folder = hsds(tmp_path / "a", services=[{**SERVICE, "description": "Café"}])
    plain = reader().read(folder).services
    path = folder / "services.csv"
    text = path.read_text(encoding="utf-8")
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        path.write_bytes(text.replace("\r\n", "\r").encode(encoding))
        assert reader().read(folder).services == plain
