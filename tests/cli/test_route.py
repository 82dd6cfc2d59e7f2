"""`flask route` and `flask keys`: the contract on stdout, refusals in one line on stderr."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from ccr.adapters.travel_times import TravelTimes
from ccr.cli.keys import command as keys
from ccr.cli.route import command as route
from ccr.cli.route_batch import answer_lines
from ccr.domain.taxonomy import Need
from ccr.services.accounts import terminal_identity
from ccr.services.api_keys import identity_for_key
from ccr.services.route_document import route_document
from ccr.services.routing import RouteFields
from ccr.storage.db import db
from ccr.storage.models.accounts import ApiKey
from ccr.storage.models.audit import AuditEventRow
from tests.builders import ALBANY, make_site
from tests.directory_rows import save_service
from tests.fake_matrix import fake_matrix
from tests.people import make_network, make_team

MOMENT = "2026-11-12T14:05"


@pytest.fixture
def network(sqlite_app, now):
    return make_network("Capital Region", at=now)


@pytest.fixture
def partner(network, now):
    return make_team(network, "Alder House", at=now)


@pytest.fixture
def run(sqlite_app):
    runner = sqlite_app.test_cli_runner()

    def run(command, *args):
        return runner.invoke(command, list(args))

    return run


def test_route_prints_the_same_document_as_the_service(sqlite_app, network, partner, run, now):
    save_service(partner)
    save_service(partner, confidential=True, needs=frozenset({Need.HOUSING}))
    result = run(
        route,
        "--need",
        "advocacy",
        "--need",
        "housing",
        "--near",
        "12180",
        "--at",
        MOMENT,
        "--json",
    )
    assert result.exit_code == 0, result.stderr
    fields = RouteFields(needs=["advocacy", "housing"], near="12180", at=MOMENT)
    world = sqlite_app.extensions["ccr_world"]
    expected = route_document(terminal_identity(), world, fields, at=now)
    assert json.loads(result.stdout) == expected
    assert expected["partners"]
    assert expected["area_partners"]


def test_route_takes_several_values_after_one_option(network, partner, run):
    save_service(partner, needs=frozenset({Need.FOOD}))
    result = run(
        route,
        "--need",
        "housing",
        "food",
        "--access",
        "wheelchair",
        "pets",
        "--near",
        "Troy, NY",
        "--json",
    )
    assert result.exit_code == 0, result.stderr
    (row,) = json.loads(result.stdout)["partners"]
    assert row["needs"] == ["food"]
    assert "Pets come along: call to check" in row["unknown"]


def test_route_says_which_trips_were_measured(network, partner, run, sqlite_app):
    save_service(partner, name="Court advocacy", sites=(make_site(ALBANY),))
    save_service(partner, name="Food desk", needs=frozenset({Need.FOOD}))
    world = sqlite_app.extensions["ccr_world"]
    asked = ("--need", "advocacy", "food", "--near", "12180", "--at", MOMENT)
    with fake_matrix() as fake:
        fake.seconds = lambda lat, _lon: 1234 if lat == ALBANY.point.lat else None
        travel = TravelTimes.of("osrm", car=fake.url, foot="", timeout=2)
        sqlite_app.extensions["ccr_world"] = replace(world, travel=travel)
        result = run(route, *asked)
        fake.http.status = 500
        on_foot = run(route, *asked, "--transport", "foot")
    assert result.exit_code == 0, result.stderr
    assert "(Trip by car, measured 21, " in result.stdout
    assert "(Trip by car, estimate 0" not in result.stdout
    assert "(trips are estimates here)" in result.stdout
    assert "(Trip on foot, estimate " in on_foot.stdout
    assert "measured" not in on_foot.stdout
    assert "estimates here" not in on_foot.stdout


def test_route_prints_a_readable_list(network, partner, run):
    save_service(partner, name="Court advocacy", sites=(make_site(ALBANY),), capacity=None)
    save_service(partner, name="Alder House", confidential=True)
    save_service(partner, name="Food desk", needs=frozenset({Need.FOOD}))
    save_service(partner, name="Far desk", areas=())
    result = run(route, "--need", "advocacy", "food", "--near", "12180", "--at", MOMENT)
    assert result.exit_code == 0, result.stderr
    for text in (
        "Partners near Troy, NY 12180 (good to about 4 km)",
        "Court advocacy - Alder House",
        "effective minutes (Trip by car, estimate ",
        ", Room is not known 15, Does not help with: Food 15); ",
        "+ Serves this county",
        "? Room: call to check",
        "> Alder House: Someone reads this now.",
        "Confidential and area-wide",
        "Together for all needs",
        "2 doors",
    ):
        assert text in result.stdout


def test_route_says_why_a_service_was_left_out(network, partner, run):
    save_service(partner, languages=())
    save_service(partner, name="English desk")
    result = run(route, "--need", "advocacy", "--near", "12180", "--language", "es")
    assert "Why not?" in result.stdout
    assert "No Spanish, no interpreter. Would change: An interpreter for Spanish" in result.stdout


def test_an_excluded_member_is_in_no_word_of_the_output(network, partner, run):
    save_service(partner)
    for extra in ([], ["--json"]):
        result = run(
            route, "--need", "advocacy", "--near", "12180", "--exclude", "Alder House", *extra
        )
        assert result.exit_code == 0, result.stderr
        assert "Alder" not in result.output


def test_what_is_too_near_to_a_place_is_in_no_word_of_the_output(network, partner, run):
    save_service(partner, name="Near desk")
    save_service(partner, name="Far desk", sites=(make_site(ALBANY),))
    for extra in (["--not-near", "12180=2"], ["--not-near", "99999=2", "--json"], ["--json"]):
        result = run(route, "--need", "advocacy", "--near", "12207", *extra)
        kept = "--not-near" in extra and result.exit_code == 0
        assert ("Near desk" in result.output) is (extra == ["--json"])
        assert ("Far desk" in result.output) is (kept or extra == ["--json"])
        assert "12180" not in result.output
        assert "99999" not in result.output


@pytest.mark.parametrize(
    "args",
    [
        ["--near", "12180"],
        ["--need", "advocacy"],
        ["--need", "peace", "--near", "12180"],
        ["--need", "advocacy", "--near", "12 Elm Street"],
        ["--need", "advocacy", "--near", "12180", "--limit", "none"],
        ["--need", "advocacy", "--near", "12180", "--network", "Elsewhere"],
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_a_failing_exit(network, run, args):
    result = run(route, *args, "--json")
    assert result.exit_code != 0
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_several_networks_must_be_told_apart(network, run, now):
    make_network("Second", at=now)
    unnamed = run(route, "--need", "advocacy", "--near", "12180", "--json")
    named = run(route, "--need", "advocacy", "--near", "12180", "--network", "Second", "--json")
    assert "--network" in unnamed.stderr
    assert unnamed.exit_code != 0
    assert named.exit_code == 0


def test_help_shows_an_example(run, sqlite_app):
    assert "Example: flask --app wsgi route --need" in run(route, "--help").stdout


def batch(sqlite_app, *lines, end="\n"):
    text = end.join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return sqlite_app.test_cli_runner().invoke(route, ["--batch", "-"], input=text)


ONE = {"need": ["advocacy"], "near": "12180", "at": MOMENT}


def test_a_batch_answers_each_line_as_if_it_were_asked_alone(sqlite_app, network, partner, run):
    save_service(partner)
    save_service(partner, confidential=True)
    alone = run(route, "--need", "advocacy", "--near", "12180", "--at", MOMENT, "--json")
    result = batch(sqlite_app, ONE, {**ONE, "limit": 0}, {**ONE, "near": "12207"}, ONE)
    first, refused, second, last = (json.loads(line) for line in result.stdout.splitlines())
    assert first == last == json.loads(alone.stdout)
    assert second["origin"]["label"].startswith("Albany")
    assert (refused["line"], refused["status"]) == (2, 422)
    assert result.exit_code == 1
    assert result.stderr.strip() == (
        "Error: 1 of 4 lines could not be answered; each says why in its place."
    )


def test_a_batch_without_a_failing_line_ends_well(sqlite_app, network, tmp_path, run):
    file = tmp_path / "asked.jsonl"
    file.write_text(f"\ufeff{json.dumps(ONE)}\r\n{json.dumps(ONE)}", encoding="utf-8")
    result = run(route, "--batch", str(file))
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("{marta", 400),
        ("", 400),
        ("[" * 50_000, 400),
        ("\x00", 400),
        (f'"{"marta" * 40_000}"', 413),
        ('"marta"', 422),
        ({**ONE, "marta": "marta"}, 422),
        ({**ONE, "exclude": ["marta"]}, 422),
        ({**ONE, "near": "marta"}, 422),
        ({**ONE, "need": ["marta"]}, 422),
        ({**ONE, "need": "marta" * 200}, 422),
        ({**ONE, "language": "marta"}, 422),
        ({**ONE, "at": "marta"}, 422),
        ({**ONE, "limit": "marta"}, 422),
    ],
)
def test_a_line_that_cannot_be_answered_says_why_and_not_what_was_in_it(
    sqlite_app, network, line, status
):
    result = batch(sqlite_app, line, ONE)
    refused, answered = (json.loads(text) for text in result.stdout.splitlines())
    assert (refused["line"], refused["status"]) == (1, status)
    assert refused["title"]
    assert "version" in answered
    assert "marta" not in result.output.lower()
    assert result.exit_code == 1


def test_a_batch_reads_and_writes_line_by_line(sqlite_app, network):
    """Each answer is out before the next line is asked for."""
    out = []

    class Source:
        lines = iter([json.dumps(ONE).encode() + b"\n"] * 2)

        def readline(self, _most):
            out.append(len(told))
            return next(self.lines, b"")

    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ccr.cli.route_batch.click.echo", told.append)
        answer_lines(sqlite_app, terminal_identity(), Source())
    assert out == [0, 1, 2]


def test_a_batch_takes_its_requests_from_the_file_alone(network, run, tmp_path):
    file = tmp_path / "asked.jsonl"
    file.write_text("", encoding="utf-8")
    assert run(route, "--batch", str(file), "--near", "12180").exit_code != 0
    assert run(route, "--batch", str(file)).output == ""
    assert run(route, "--batch", str(tmp_path / "none.jsonl")).exit_code != 0


def make_key(run, *args):
    return run(keys, "create", "--member", "Alder House", *args)


def test_a_key_is_printed_once_and_kept_as_a_hash(partner, run, now):
    result = make_key(run, "--scope", "routes,referrals")
    assert result.exit_code == 0, result.stderr
    key = result.stdout.strip()
    assert key.startswith("ccr_")
    row = db.session.scalar(select(ApiKey))
    assert key not in (row.key_hash, str(row.id))
    assert row.scopes == ["referrals", "routes"]
    assert row.expires_at - row.created_at == timedelta(days=90)
    assert key not in run(keys, "list").output
    identity = identity_for_key(key, at=row.created_at)
    assert (identity.member_id, identity.key_scopes) == (partner.member_id, {"routes", "referrals"})
    assert identity.user_id is None


def test_making_a_key_is_audited(partner, run):
    make_key(run, "--scope", "routes")
    verbs = db.session.execute(select(AuditEventRow.verb, AuditEventRow.subject_type)).all()
    assert ("created", "api-key") in [tuple(row) for row in verbs]


@pytest.mark.parametrize(
    "args",
    [
        ["create", "--member", "Nobody", "--scope", "routes"],
        ["create", "--member", "Alder House", "--scope", "everything"],
        ["create", "--member", "Alder House", "--scope", ","],
        ["create", "--member", "Alder House", "--scope", "routes", "--compartment", "None"],
        ["revoke", "0b8f4c1e-6f0d-4a55-9a53-6f2a3f6f1c11"],
    ],
)
def test_a_key_that_cannot_be_made_or_ended_says_why(partner, run, args):
    result = run(keys, *args)
    assert result.exit_code != 0
    assert len(result.stderr.strip().splitlines()) == 1
    assert db.session.scalar(select(ApiKey)) is None


def test_a_revoked_key_works_no_more(partner, run, now):
    key = make_key(run, "--scope", "routes").stdout.strip()
    row = db.session.scalar(select(ApiKey))
    at = row.created_at
    assert run(keys, "revoke", str(row.id)).exit_code == 0
    assert identity_for_key(key, at=at) is None
    listed = json.loads(run(keys, "list", "--json").stdout)
    assert listed["summary"] == {"keys": 1, "working": 0}
    assert run(keys, "revoke", str(row.id)).exit_code != 0
