"""Open data: the lists and records of HSDS, their parameters together, and what is never told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import update

from ccr.adapters.pace import Pace
from ccr.domain.hsds_profile import OWN_TERMS, virtual_link_id
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import MemberRow, PhoneRow, ServiceRow
from ccr.storage.models.keeping import RecordAlias
from ccr.storage.queries.directory_log import raise_directory_version
from tests.builders import ALBANY
from tests.directory_rows import Statements
from tests.public_directory import ON_CALL, PublicDirectory, make_public_directory
from tests.small_directory import PRIVATE_PHONE

LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
MOST_STATEMENTS = 12


@pytest.fixture
def made(app: Flask, now) -> PublicDirectory:
    return make_public_directory(at=now)


@pytest.fixture
def get(app: Flask, made: PublicDirectory):
    return getter(app)


def getter(app: Flask):
    client = app.test_client()

    def get(path: str, *, status: int = 200, **query: object) -> Any:
        answer = client.get(f"/hsds/{path}", query_string=query)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        assert "Set-Cookie" not in answer.headers
        return answer.get_json()

    return get


def ids(page: dict) -> list[str]:
    return [item["id"] for item in page["contents"]]


def test_what_may_be_told_is_told_and_nothing_else(get, made: PublicDirectory) -> None:
    everything = "".join(
        json.dumps(get(name, full="true"))
        if name in {"services", "organizations", "service_at_locations"}
        else json.dumps(get(name))
        for name in LISTS
    )
    for name in (*LISTS[:3], "services"):
        for key in ids(get(name)):
            everything += json.dumps(get(f"{name}/{key}"))
    shown = [str(service_id) for service_id in made.shown.values()]
    assert ids(get("services")) == sorted(shown)
    for planted in ("canary", PRIVATE_PHONE, ON_CALL, "43.1234", "@example", "canarybeds"):
        assert planted not in everything.lower()
    for service_id in made.hidden.values():
        get(f"services/{service_id}", status=404)
        assert str(service_id) not in everything


def test_parameters_hold_together(get, made: PublicDirectory) -> None:
    rides = str(made.shown["rides"])
    owner = get(f"services/{rides}")["organization_id"]
    term = OWN_TERMS["transport"].id
    assert rides in ids(get("services", taxonomy_term_id=term))
    assert ids(get("services", taxonomy_term_id=term, organization_id=owner)) == [rides]
    assert get("services", taxonomy_term_id=term, search="zzz")["empty"] is True
    assert get("services", organization_id=uuid4())["empty"] is True
    assert ids(get("services", search="ALDER rid")) == [rides]
    assert ids(get("organizations", taxonomy_term_id=term)) == [owner]
    assert owner in ids(get("organizations", search="Alder"))
    assert get("services", taxonomy_id=uuid4())["empty"] is True
    link = get("service_at_locations", organization_id=owner, search="rides")
    assert [item["service_id"] for item in link["contents"]] == [rides]


def test_pages_hold_every_record_once(get) -> None:
    whole = ids(get("taxonomy_terms", per_page=500))
    first = get("taxonomy_terms", per_page=50)
    paged: list[str] = []
    for number in range(first["total_pages"]):
        paged.extend(ids(get("taxonomy_terms", per_page=50, page=number + 1)))
    assert paged == whole
    assert first["total_items"] == len(whole)
    past = get("services", page=999)
    assert (past["empty"], past["size"], past["last_page"]) == (True, 0, True)


def test_changes_are_found_by_the_time_of_the_public_part(get, made, now) -> None:
    with unit_of_work():
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id == made.shown["dune"])
            .values(public_modified_at=now)
        )
        raise_directory_version(made.small.network_id)
    assert ids(get("services", modified_after=now.isoformat())) == [str(made.shown["dune"])]
    later = (now + timedelta(seconds=1)).isoformat()
    assert get("services", modified_after=later)["empty"] is True
    mentions = get("services", minimal="true")["contents"]
    assert all(set(m) <= {"id", "name", "status", "last_modified"} for m in mentions)
    assert len(mentions) == len(made.shown)


def test_near_a_postcode_by_metres_and_confidential_ones_by_their_area_alone(get, made) -> None:
    hidden = virtual_link_id(str(made.shown["cedar"]))
    for metres in (0, 10, 500_000):
        assert hidden in ids(get("service_at_locations", postcode="12180", proximity=metres))
    far = get("service_at_locations", postcode="14850", proximity=1000)
    assert hidden not in ids(far)
    near = get("service_at_locations", postcode="12180", proximity=5000)["contents"]
    assert str(made.shown["rides"]) in {link["service_id"] for link in near}
    in_area = get("service_at_locations", postcode="12180")["contents"]
    assert hidden in {link["id"] for link in in_area}
    get("service_at_locations", proximity=5, status=400)
    get("service_at_locations", postcode="00000", status=400)


def test_lines_hold_what_the_pages_hold(app: Flask, get, made) -> None:
    # Read to its end and closed, as a server does: a stream that stays open keeps its place.
    answer = app.test_client().get("/hsds/services?format=ndjson&full=true", buffered=True)
    assert answer.mimetype == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == get("services", full="true")["contents"]
    tag = answer.headers["ETag"]
    again = app.test_client().get(
        "/hsds/services?format=ndjson&full=true", headers={"If-None-Match": tag}
    )
    assert again.status_code == 304


def test_questions_may_be_asked_out_of_every_address(app: Flask, get, made) -> None:
    term = OWN_TERMS["transport"].id
    wanted = get("services", taxonomy_term_id=term, full="true")
    client = app.test_client()
    for sent in (
        {"json": {"taxonomy_term_id": term, "full": True}},
        {"data": {"taxonomy_term_id": term, "full": "true"}},
        {"query_string": {"taxonomy_term_id": term, "full": "true"}},
    ):
        answer = client.post("/hsds/services", **sent)
        assert answer.get_json() == wanted
        assert "ETag" not in answer.headers
    assert client.post("/hsds/services", json=["full"]).status_code == 400


def test_who_holds_an_answer_is_not_sent_it_again_until_it_changes(app: Flask, made) -> None:
    client = app.test_client()
    first = client.get("/hsds/services")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    held = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/hsds/services", headers=held).status_code == 304
    # A member taken off the list is gone at once, whether or not anybody counted a change.
    with unit_of_work():
        db.session.execute(
            update(MemberRow).where(MemberRow.name.startswith("Dune")).values(listed=False)
        )
    changed = client.get("/hsds/services", headers=held)
    assert changed.status_code == 200
    assert str(made.shown["dune"]) not in changed.text


BAD = (
    "page=0", "page=x", "page=-17", "per_page=0", "per_page=1e3", "full=maybe", "format=canary",
    "modified_after=yesterday", "taxonomy_id=canary", "organization_id=%27canary", "canary=canary",
    "search=canary&search=canary", "page=99999999999999", "search=" + "canary" * 60,
    "postcode=canary", "proximity=canary",
)  # fmt: skip


def test_a_bad_parameter_is_a_problem_that_never_repeats_it(sqlite_app, now) -> None:
    make_public_directory(at=now)
    client = sqlite_app.test_client()
    for query in BAD:
        where = "service_at_locations" if query[:2] in {"po", "pr"} else "services"
        answer = client.get(f"/hsds/{where}?{query}")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), query
        assert not any(said in answer.text for said in ("canary", "maybe", "yesterday", "9999"))
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_is_a_problem(sqlite_app, now) -> None:
    make_public_directory(at=now)
    client = sqlite_app.test_client()
    for name in LISTS:
        for key in (str(uuid4()), "not-a-uuid"):
            answer = client.get(f"/hsds/{name}/{key}")
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert client.get("/hsds/nothing/here").mimetype == "application/problem+json"
    assert client.delete("/hsds/services").status_code == 404


def test_without_a_public_network_there_is_nothing(sqlite_app) -> None:
    client = sqlite_app.test_client()
    assert client.get("/hsds/").get_json()["version"] == "3.2.3"
    assert all(client.get(f"/hsds/{name}").status_code == 404 for name in LISTS)


def test_an_id_that_was_merged_away_leads_to_the_record_that_was_kept(sqlite_app, now) -> None:
    made = make_public_directory(at=now)
    old, older = uuid4(), uuid4()
    with unit_of_work():
        for given_up, kept in ((older, old), (old, made.shown["dune"]), (uuid4(), uuid4())):
            db.session.add(
                RecordAlias(
                    id=given_up,
                    network_id=made.small.network_id,
                    record_kind="service",
                    record_id=kept,
                    created_at=now,
                )
            )
        hidden = uuid4()
        db.session.add(
            RecordAlias(
                id=hidden,
                network_id=made.small.network_id,
                record_kind="service",
                record_id=made.hidden["unlisted"],
                created_at=now,
            )
        )
    client = sqlite_app.test_client()
    answer = client.get(f"/hsds/services/{older}")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/hsds/services/{made.shown['dune']}")
    assert client.get(f"/hsds/services/{hidden}").status_code == 404


def test_the_description_and_the_profile_are_served_and_sound(sqlite_app) -> None:
    client = sqlite_app.test_client()
    about = client.get("/hsds/").get_json()
    document = client.get(about["openapi_url"]).get_json()
    OpenAPIV31SpecValidator(document).validate()
    profile = client.get(about["profile"]).get_json()
    for address in profile["patches"].values():
        assert "properties" in client.get(address).get_json()
    assert client.get("/hsds/profile/nothing.json").status_code == 404


def test_a_page_takes_few_statements_however_many_records(app: Flask, made, now) -> None:
    client = app.test_client()
    client.get("/hsds/services?search=a")  # the index of this version is made once
    for path in (
        "services", "services?full=true", "services?minimal=true", "organizations?full=true",
        "service_at_locations?full=true&postcode=12180&proximity=5000", "taxonomy_terms",
        "services?search=a&full=true", f"services/{made.shown['rides']}",
    ):  # fmt: skip
        with Statements() as statements:
            assert client.get(f"/hsds/{path}").status_code == 200
        assert len(statements.texts) <= MOST_STATEMENTS, (path, statements.texts)


def test_a_private_phone_of_a_site_or_member_is_never_told(app: Flask, get, made) -> None:
    with unit_of_work():
        db.session.add(
            PhoneRow(
                network_id=made.small.network_id,
                service_id=made.shown["dune"],
                number="518-555-0666",
                is_private=True,
            )
        )
    assert "0666" not in json.dumps(get("services", full="true"))


def test_one_caller_is_slowed_down_and_others_are_not() -> None:
    pace = Pace(per_second=1, most=2)
    assert [pace.wait("192.0.2.1", cost=1, now=0) for _ in range(3)] == [0, 0, 1]
    assert pace.wait("192.0.2.2", cost=1, now=0) == 0
    assert pace.wait("192.0.2.1", cost=1, now=1) == 0
    # One household on IPv6 is one caller.
    assert pace.wait("2001:db8::1", cost=2, now=0) == 0
    assert pace.wait("2001:db8::2", cost=1, now=0) > 0
    assert "192.0.2" not in repr(pace.__dict__)


def test_a_caller_in_a_hurry_is_told_when_to_ask_again(sqlite_app, now) -> None:
    make_public_directory(at=now)
    world = sqlite_app.extensions["ccr_world"]
    object.__setattr__(world, "open_data_pace", Pace(per_second=0.1, most=1))
    client = sqlite_app.test_client()
    assert client.get("/hsds/services").status_code == 200
    refused = client.get("/hsds/services")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert ALBANY.zip_code not in refused.text
