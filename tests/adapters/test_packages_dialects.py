"""The Ohana and JSON dialects, and the sample packages that others publish."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.adapters.packages.ohana_csv import split_list
from ccr.domain.directory_import import NoteLevel, ReadPackage, SourceKind
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Access, Known, Need, ServiceStatus
from tests.package_builders import reader, said, write_json, write_package
from tests.shared_data import SHARED, needs_shared

DATA = SHARED / "data"
NESTED = {
    "id": "s1",
    "name": "Food pantry",
    "status": "active",
    "organization": {"id": "o1", "name": "Alder House"},
    "phones": [{"id": "p1", "number": "518-555-0142", "extension": 100}],
    "schedules": [
        {"id": "h1", "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}
    ],
    "languages": [{"id": "g1", "code": "es", "name": "Spanish"}],
    "service_areas": [{"id": "e1", "name": "Albany County"}],
    "attributes": [{"id": "t", "taxonomy_term": {"id": "t1", "name": "Food Pantry"}}],
    "capacities": [
        {
            "id": "k1",
            "available": 2,
            "updated": "2026-11-01T00:00:00Z",
            "unit": {"id": "u1", "name": "Box"},
        }
    ],
    "service_at_locations": [
        {
            "id": "x1",
            "location": {
                "id": "l1",
                "name": "Office",
                "location_type": "physical",
                "latitude": 42.7284,
                "longitude": -73.6918,
                "addresses": [
                    {
                        "id": "a1",
                        "address_1": "12 Elm Street",
                        "city": "Troy",
                        "state_province": "NY",
                        "postal_code": "12180",
                        "country": "US",
                        "address_type": "physical",
                    }
                ],
                "accessibility": [{"id": "b1", "description": "Wheelchair access."}],
            },
        }
    ],
}


def ohana(folder: Path, **service: str) -> ReadPackage:
    return reader().read(
        write_package(
            folder,
            organizations=[{"id": "1", "name": "Alder House", "website": "example.org"}],
            locations=[
                {
                    "id": "1",
                    "organization_id": "1",
                    "name": "Office",
                    "virtual": "false",
                    "accessibility": "ramp, wheelchair",
                    "languages": "Spanish, Tagalog",
                    "latitude": "42.7284",
                    "longitude": "-73.6918",
                    "admin_emails": "x@y.org",
                }
            ],
            addresses=[
                {
                    "id": "1",
                    "location_id": "1",
                    "address_1": "12 Elm Street",
                    "city": "Troy",
                    "state_province": "NY",
                    "postal_code": "12180",
                    "country": "US",
                }
            ],
            services=[
                {
                    "id": "1",
                    "location_id": "1",
                    "name": "Pantry",
                    "status": "active",
                    "taxonomy_ids": "102-04",
                    "keywords": "Older Adults, Food",
                    "service_areas": "Albany County, Troy",
                    **service,
                }
            ],
            taxonomy=[
                {"taxonomy_id": "102", "name": "Food"},
                {"taxonomy_id": "102-04", "name": "Food Pantry", "parent_id": "102"},
            ],
            regular_schedules=[
                {
                    "id": "1",
                    "location_id": "1",
                    "weekday": "Monday",
                    "opens_at": "9am",
                    "closes_at": "17:00",
                }
            ],
            holiday_schedules=[
                {
                    "id": "1",
                    "location_id": "1",
                    "start_date": "January 01, 0001",
                    "end_date": "January 01, 0001",
                    "closed": "true",
                }
            ],
        )
    )


def test_ohana_services_belong_to_the_organization_of_their_location(tmp_path: Path) -> None:
    package = ohana(tmp_path)
    assert package.kind is SourceKind.OHANA_CSV
    service = package.services[0]
    assert service.member_source_id == "1"
    assert service.site_ids == ("1",)
    assert {Need.FOOD, Need.ELDER} <= service.needs
    assert [lang.code for lang in service.languages] == ["es", "tl"]
    assert service.accessibility == {Access.WHEELCHAIR: Known.YES}
    assert [area.code for area in service.areas] == ["36001", "36083"]
    assert service.opening_hours == "Mo 09:00-17:00; Jan 01 off"
    assert "x@y.org" not in repr(package)


def test_ohana_lists_keep_brackets_together() -> None:
    assert split_list("Chinese (Mandarin, Wu), Tagalog , ") == ["Chinese (Mandarin, Wu)", "Tagalog"]


def test_an_ohana_service_without_its_location_is_an_error(tmp_path: Path) -> None:
    package = ohana(tmp_path, location_id="9")
    assert [note[2] for note in said(package, NoteLevel.ERROR)] == ["organization_id"]


@pytest.mark.parametrize("shape", ["object", "page", "list", "lines", "organization", "link"])
def test_json_in_every_shape_gives_the_same_service(tmp_path: Path, shape: str) -> None:
    without = {key: value for key, value in NESTED.items() if key != "organization"}
    link = {
        **NESTED["service_at_locations"][0],
        "service": {k: v for k, v in NESTED.items() if k != "service_at_locations"},
    }
    documents = {
        "object": NESTED,
        "page": {"empty": False, "contents": [NESTED]},
        "list": [NESTED],
        "organization": {"id": "o1", "name": "Alder House", "services": [without]},
        "link": link,
    }
    if shape == "lines":
        path = tmp_path / "services.ndjson"
        path.write_text(json.dumps(NESTED) + "\n\n", encoding="utf-8")
    else:
        path = write_json(tmp_path / "data.json", documents[shape])
    package = reader().read(path)
    assert package.kind is SourceKind.HSDS_JSON
    assert said(package, NoteLevel.WARNING) == []
    service = package.services[0]
    assert package.members[0].name == "Alder House"
    assert service.needs == {Need.FOOD}
    assert service.opening_hours == "Mo 09:00-17:00"
    assert [(p.number, p.extension) for p in service.phones] == [("(518) 555-0142", "100")]
    assert [area.code for area in service.areas] == ["36001"]
    assert [lang.code for lang in service.languages] == ["es"]
    assert service.capacity is not None
    assert (service.capacity.available, service.capacity.unit) == (2, "Box")
    assert service.accessibility == {Access.WHEELCHAIR: Known.YES}
    assert package.sites[0].address_1 == "12 Elm Street"


@pytest.mark.parametrize("text", ["{", '{"id": ', "[1, 2", "nonsense", '{"a":' * 100_000])
def test_json_that_is_cut_off_or_bottomless_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "data.json").write_text(text)
    with pytest.raises(InvalidInputError, match="not readable JSON"):
        reader().read(tmp_path / "data.json")


def test_json_nested_beyond_any_directory_is_refused(tmp_path: Path) -> None:
    deep: dict[str, object] = {"id": "s", "name": "x", "status": "active"}
    for number in range(40):
        deep = {"id": str(number), "name": "x", "services": [deep], "website": "x.org"}
    with pytest.raises(InvalidInputError, match="nested too deep"):
        reader().read(write_json(tmp_path / "data.json", deep))


def test_json_items_that_are_no_objects_are_error_rows(tmp_path: Path) -> None:
    package = reader().read(write_json(tmp_path / "data.json", [NESTED, 7]))
    assert [note[:2] for note in said(package, NoteLevel.ERROR)] == [("data.json", 2)]


def test_a_hidden_place_in_json_leaves_nothing_of_itself(tmp_path: Path) -> None:
    value = json.loads(json.dumps(NESTED))
    value["service_at_locations"][0]["location"]["is_confidential"] = True
    package = reader().read(write_json(tmp_path / "data.json", value))
    assert package.services[0].hidden
    for trace in ("Elm", "42.72", "12180", "Troy"):
        assert trace not in repr(package)


@needs_shared
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("ohana-sample", (8, 23, 22)),
        ("hsds11-sample/all_resources", (10, 13, 10)),
        ("hsds11-sample/simple", (10, 13, 10)),
        ("hsds-3.2.3-examples/csv", (1, 1, 1)),
        ("hsds-3.2.3-examples/service_full.json", (1, 1, 1)),
        ("hsds-3.2.3-examples/service_list.json", (1, 1, 0)),
        ("hsds-3.2.3-examples/organization_full.json", (1, 1, 1)),
        ("hsds-3.2.3-examples/organization_list.json", (1, 0, 0)),
        ("hsds-3.2.3-examples/service_at_location_full.json", (1, 1, 1)),
        ("hsds-3.2.3-examples/service_at_location_list.json", (1, 1, 1)),
        ("hsds-3.2.3-examples/tabular.json", (1, 1, 1)),
        ("hsds-3.2.3-examples", (1, 1, 1)),
    ],
)
def test_published_samples_are_read_without_an_error_row(
    name: str, counts: tuple[int, int, int]
) -> None:
    package = reader().read(DATA / name)
    assert said(package, NoteLevel.ERROR) == []
    assert (len(package.members), len(package.services), len(package.sites)) == counts


@needs_shared
def test_the_ohana_sample_is_read_as_it_means() -> None:
    package = reader().read(DATA / "ohana-sample")
    services = {service.name: service for service in package.services}
    visits = services["Family Visitation Center"]
    assert Need.SUPERVISED_VISITATION in visits.needs
    assert Need.COUNSELING not in visits.needs  # it also names mediation
    assert services["Service with blank fields"].status is ServiceStatus.DEFUNCT
    assert services["Service for Admin Test Location"].status is ServiceStatus.INACTIVE
    assert services["Passport Photos"].opening_hours == (
        "Mo 08:00-12:00,14:00-16:00; We 10:00-15:00; Jan 01 off"
    )


@needs_shared
def test_impossible_coordinates_of_the_specs_own_example_are_dropped() -> None:
    package = reader().read(DATA / "hsds-3.2.3-examples" / "csv")
    assert package.sites[0].point is None
    assert ("locations.csv", 2, "latitude", "Impossible coordinates: dropped.") in said(
        package, NoteLevel.WARNING
    )


KEYS = [
    "id",
    "name",
    "status",
    "organization",
    "service",
    "location",
    "service_at_locations",
    "phones",
    "schedules",
    "languages",
    "attributes",
    "taxonomy_term",
    "addresses",
    "contents",
    "latitude",
    "longitude",
    "number",
    "byday",
    "opens_at",
    "closes_at",
    "code",
    "url",
    "minimum_age",
    "available",
    "updated",
    "capacities",
    "unit",
    "description",
    "services",
    "location_type",
    "postal_code",
    "state_province",
    "city",
    "services.csv",
    "website",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | (st.sampled_from(["s1", "o1", "l1", "MO", "9am", "12180", "NY", "Troy", "active", "10:00"]))
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8)
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(JSON_VALUES, st.sampled_from(["data.json", "data.ndjson"]))
def test_any_json_is_read_or_refused(value: object, name: str) -> None:
    whole = {
        "id": "s1",
        "name": "Pantry",
        "status": "active",
        "organization": {"id": "o1", "name": "A"},
    }
    if isinstance(value, dict):
        value = {**whole, **value}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(json.dumps(value), encoding="utf-8")
        try:
            package = reader().read(path)
        except InvalidInputError:
            return
    assert all(service.name and service.source_id for service in package.services)
