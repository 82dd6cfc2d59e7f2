"""`flask demo load` and `flask demo story`, from the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccr.cli.demo import command
from ccr.policy.identity import Role
from ccr.services import accounts
from ccr.storage.db import Base

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(sqlite_app):
    runner = sqlite_app.test_cli_runner()
    return lambda *words, **env: runner.invoke(command, words, env=env or None)


def test_load_prints_the_accounts_and_a_made_up_password_once(run):
    first = run("load")
    assert first.exit_code == 0, first.output
    for role in Role:
        assert f" {role.value} " in first.output
    assert "shown this once: " in first.output
    second = run("load")
    assert second.exit_code == 0
    assert "loaded already" in second.output
    assert "shown this once" not in second.output


def test_load_takes_the_password_from_the_environment_and_does_not_print_it(run):
    result = run("load", CCR_DEMO_PASSWORD="secret words to sign in")
    assert result.exit_code == 0, result.output
    assert "secret words" not in result.output
    assert "CCR_DEMO_PASSWORD" in result.output


@pytest.mark.full
def test_load_speaks_json(run):
    document = json.loads(run("load", "--json").output)
    assert document["summary"]["new"] is True
    assert {row["role"] for row in document["rows"]} == {role.value for role in Role}
    assert document["summary"]["referrals"] > 2_000
    assert json.loads(run("load", "--json").output)["summary"]["new"] is False


def test_load_refuses_a_database_with_a_real_network(run, now):
    accounts.create_network("Hill County", at=now)
    result = run("load")
    assert result.exit_code == 1
    assert "real network" in result.output


def test_load_refuses_a_short_password(run):
    result = run("load", "--password", "short")
    assert result.exit_code == 1
    assert "12 to 128 characters" in result.output


def test_remove_asks_for_yes_and_then_proves_that_nothing_is_left(run):
    run("load")
    refused = run("remove")
    assert refused.exit_code == 1
    assert "--yes" in refused.output
    assert [network.is_demo for network in accounts.list_networks()] == [True]
    done = run("remove", "--yes")
    assert done.exit_code == 0, done.output
    assert "rows left of the demo" in done.output
    lines = [line.split() for line in done.output.splitlines() if line.startswith("  ")][1:]
    assert {table: int(left) for table, _, left in lines} == dict.fromkeys(Base.metadata.tables, 0)
    assert sum(int(deleted) for _, deleted, _ in lines) > 50_000
    assert "accounts work" in done.output
    assert accounts.list_networks() == []


@pytest.mark.full
def test_remove_speaks_json_and_refuses_where_there_is_no_demo(run, now):
    refused = run("remove", "--yes", "--json")
    assert refused.exit_code == 1
    assert "no demo network" in refused.output
    run("load")
    document = json.loads(run("remove", "--yes", "--json").stdout)
    assert document["summary"]["left"] == 0
    assert {row["left"] for row in document["rows"]} == {0}


def test_telling_outside_a_scratch_folder_is_refused(run):
    result = run("tell")
    assert result.exit_code == 1
    assert "scratch folder only" in result.output


def test_the_story_is_told_and_leaves_nothing_behind(tmp_path):
    real, scratch = tmp_path / "real", tmp_path / "scratch"
    scratch.mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "story"],
        cwd=ROOT,
        env={**os.environ, "CCR_DATA_DIR": str(real), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Court and safety advocacy" in result.stdout
    assert "1 escalation" in result.stdout
    assert result.stderr == ""
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert list(scratch.iterdir()) == []
    assert not (real / "ccr.db").exists()
