"""The keyed API: keys in the header alone, problems by RFC 9457, the same answer as elsewhere."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest
from sqlalchemy import select, update

from ccr.adapters.clock import utc_now
from ccr.api.schemas import RouteAnswerBody
from ccr.cli.route import command as route
from ccr.domain.program_limits import NO_PROTOCOL, SHORT_LIMITS
from ccr.domain.taxonomy import CompartmentKind, Need, Track
from ccr.services.accounts import terminal_identity
from ccr.services.api_keys import create_key
from ccr.services.route_document import answer_as_dict
from ccr.services.routing import RouteFields, find_partners, ready_directory
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import ApiKey
from tests.builders import ALBANY, SCHENECTADY, make_site
from tests.directory_rows import save_agreement, save_service
from tests.people import make_network, make_team

BODY = {"need": ["advocacy", "housing"], "near": "12180", "at": "2026-11-12T14:05"}


@pytest.fixture
def network(sqlite_app, now):
    return make_network("Capital Region", at=now)


@pytest.fixture
def caller(network, now):
    return make_team(network, "Hill Clinic", at=now)


@pytest.fixture
def partner(network, now):
    team = make_team(network, "Alder House", at=now)
    save_service(team)
    save_service(team, needs=frozenset({Need.HOUSING}), sites=(make_site(ALBANY),))
    save_service(team, needs=frozenset({Need.HOUSING}), sites=(make_site(SCHENECTADY),))
    save_service(team, confidential=True)
    return team


@pytest.fixture
def key(caller):
    return create_key(terminal_identity(), "Hill Clinic", ["routes"], at=utc_now())


@pytest.fixture
def post(sqlite_app, key):
    client = sqlite_app.test_client()

    def post(body=None, *, headers=None, query="", **kwargs):
        given = {"Authorization": f"Bearer {key}"} if headers is None else headers
        if body is not None:
            kwargs["json"] = body
        return client.post(f"/api/v1/routes{query}", headers=given, **kwargs)

    return post


def assert_problem(response, status):
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    document = json.loads(response.data)
    assert document["status"] == status
    assert document["title"]
    return document


def test_routes_answers_the_contract(partner, post):
    response = post(BODY)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    answer = RouteAnswerBody.model_validate_json(response.data)
    assert len(answer.partners) == 3
    assert len(answer.area_partners) == 1
    for plan in answer.plans:
        assert sum(p.effective_minutes for p in plan.parts) + plan.further_doors.minutes == (
            plan.effective_minutes
        )
        assert sorted(need for part in plan.parts for need in part.needs) == sorted(BODY["need"])
    assert [row.need for row in answer.nearest_per_need] == BODY["need"]


def test_r10_a_program_comes_with_what_it_cannot_do_and_whether_a_protocol_holds(
    network, partner, post, now
):
    del partner
    program = make_team(network, "Dune Program", at=now, kind=CompartmentKind.APIP)
    save_service(
        program,
        needs=frozenset({Need.ABUSIVE_PARTNER_INTERVENTION}),
        tracks=frozenset({Track.ABUSIVE_PARTNER}),
    )
    asked = {"need": ["abusive-partner-intervention"], "near": "12180", "track": "abusive-partner"}
    answer = post(asked).json
    (found,) = answer["partners"] + answer["area_partners"]
    assert found["notes"] == [str(NO_PROTOCOL), str(SHORT_LIMITS)]
    others = post(BODY).json
    assert {tuple(one["notes"]) for one in others["partners"] + others["area_partners"]} == {()}


def test_an_area_partner_has_no_minutes_in_a_plan_nor_a_field_for_them(partner, post):
    areas = {row["service_id"] for row in post(BODY).json["area_partners"]}
    document = post(BODY).json
    doors = [part for plan in document["plans"] for part in plan["parts"]]
    doors += [
        d for r in document["nearest_per_need"] for d in (r["partner"], r["area_partner"]) if d
    ]
    assert {d["service_id"] for d in doors} & areas
    for door in doors:
        assert ("effective_minutes" in door) is (door["service_id"] not in areas)


def test_the_terminal_and_the_api_give_the_same_answer(sqlite_app, partner, post):
    result = sqlite_app.test_cli_runner().invoke(
        route,
        ["--need", "advocacy", "housing", "--near", "12180", "--at", BODY["at"], "--json"],
    )
    assert json.loads(result.stdout) == post(BODY).json


def test_staff_get_the_same_answer_but_for_what_depends_on_the_sender(
    sqlite_app, network, caller, partner, post, now
):
    save_agreement(network, caller, partner)
    fields = RouteFields(needs=BODY["need"], near=BODY["near"], at=BODY["at"])
    world = sqlite_app.extensions["ccr_world"]
    answer = find_partners(caller.identity, world, fields, at=now)
    document = answer_as_dict(caller.identity, world, answer, ready_directory(caller.identity))
    keyed = post(BODY).json
    agreed = "You have an agreement with them"
    for row in document["partners"] + document["area_partners"]:
        row["reasons"].remove(agreed)
    for row in (*_partners(document), *_partners(keyed)):
        for ways in ("pathway", "other_pathways"):
            del row[ways]
    assert document == keyed


def _partners(document):
    return document["partners"] + document["area_partners"]


def test_a_single_text_serves_as_a_list_and_both_spellings_work(partner, post):
    body = {"needs": "advocacy", "near": "12180", "at": BODY["at"], "age-band": "18-24"}
    assert post(body).json["partners"][0]["needs"] == ["advocacy"]


def test_exclusions_are_obeyed_and_never_echoed(partner, post):
    response = post({**BODY, "exclude": ["Alder House"]})
    assert response.json["partners"] == []
    assert b"Alder" not in response.data
    refused = post({**BODY, "exclude": ["Secret Member"]})
    assert_problem(refused, 422)
    assert b"Secret" not in refused.data


def test_distances_to_keep_are_obeyed_and_never_echoed(partner, post):
    away = {"place": "12180", "km": 50}
    response = post({**BODY, "near": "12207", "not_near": [away]})
    assert (response.json["partners"], response.json["why_not"]) == ([], [])
    assert b"12180" not in response.data
    assert post({**BODY, "near": "12207", "not_near": [{"place": "14201"}]}).json["partners"]
    for wrong in ([{"place": "77777"}], [{**away, "km": 0}], [{"place": "1"}] * 4, ["77777"]):
        refused = post({**BODY, "not_near": wrong})
        assert_problem(refused, 422)
        assert b"77777" not in refused.data


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer ccr_wrong"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "ccr_"},
        {"Authorization": "Bearer nonsense with spaces"},
    ],
)
def test_without_a_working_key_there_is_no_answer(partner, post, headers):
    response = post(BODY, headers=headers)
    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def change_key(**values):
    with unit_of_work():
        db.session.execute(update(ApiKey).values(**values))


@pytest.mark.parametrize("column", ["expires_at", "revoked_at"])
def test_an_expired_or_revoked_key_does_not_work(partner, post, column):
    change_key(**{column: utc_now() - timedelta(seconds=1)})
    assert_problem(post(BODY), 401)


def test_a_key_without_the_scope_finds_nothing_here(partner, post):
    change_key(scopes=["referrals"])
    assert_problem(post(BODY), 404)


def test_a_key_in_the_address_is_refused_and_ended(partner, post, key):
    assert_problem(post(BODY, query=f"?key={key}"), 400)
    assert db.session.scalar(select(ApiKey.revoked_at)) is not None
    assert_problem(post(BODY), 401)


def test_a_parameter_named_like_a_key_is_refused_too(partner, post):
    assert_problem(post(BODY, query="?access_token=abc"), 400)
    assert post(BODY).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"need": ["peace"]}, "need"),
        ({"need": []}, "need"),
        ({"need": 7}, "need"),
        ({"near": "12 Elm Street"}, "near"),
        ({"near": None}, "near"),
        ({"limit": 0}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"urgency": "asap"}, "urgency"),
        ({"at": "soon"}, "at"),
        ({"name": "Jane"}, "body"),
        ({"Jane Doe": 1}, "body"),
        ({"near": "x" * 301}, "near"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_never_repeated(post, changes, field):
    response = post({**BODY, **changes})
    document = assert_problem(response, 422)
    assert document["errors"][0]["field"].split(".")[0] == field
    for text in ("Elm", "Jane", "xxx", "peace", "asap"):
        assert text not in response.text


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(post, data):
    assert_problem(post(data=data, content_type="application/json"), 400)


@pytest.mark.parametrize("data", [b"[]", b"1", b"null", b'"text"'])
def test_json_of_another_shape_is_refused(post, data):
    assert_problem(post(data=data, content_type="application/json"), 422)


def test_a_form_is_not_json(post):
    assert_problem(post(data={"need": "advocacy"}), 415)


def test_a_body_that_is_too_large_is_refused(post):
    assert_problem(post({**BODY, "near": "x" * 2_000_000}), 413)


def test_an_address_that_does_not_exist_answers_as_the_api(sqlite_app):
    client = sqlite_app.test_client()
    assert_problem(client.get("/api/v1/nothing"), 404)
    assert_problem(client.get("/api/v1/routes"), 404)


def test_nothing_is_cached_and_no_cookie_is_set(partner, post):
    response = post(BODY)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.fixture
def description(sqlite_app):
    response = sqlite_app.test_client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    return response.json


def test_the_description_is_open_and_names_every_route(sqlite_app, description):
    assert description["openapi"].startswith("3.1")
    routes = {
        rule.rule.removeprefix("/api/v1").replace("<uuid:referral_id>", "{id}")
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and "path:" not in rule.rule
    }
    # One route takes every act of a referral; tests/api/test_referrals.py names them.
    acts = {path for path in description["paths"] if path.startswith("/referrals/{id}/")}
    assert {r for r in routes if "<any(" not in r} == set(description["paths"]) - acts


def test_the_answer_is_as_the_description_says(partner, post, description):
    schema = {
        "$ref": "#/components/schemas/RouteAnswerBody",
        "components": description["components"],
    }
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(post(BODY).json, schema, cls=jsonschema.Draft202012Validator)


def test_every_reference_in_the_description_leads_somewhere(description):
    text = json.dumps(description)
    names = set(description["components"]["schemas"])
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= names
