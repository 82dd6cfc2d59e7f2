"""`flask gaps` and `flask network`: objects with a summary and rows; and figures, once."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from ccr.cli.gaps import command as gaps
from ccr.cli.network import command as network
from ccr.services import districts
from ccr.services.districts import DistrictText
from tests.coordination import coordinator
from tests.directory_rows import save_agreement
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory


@pytest.fixture
def small(sqlite_app: Flask, now: datetime):
    with time_machine.travel(now, tick=False):
        yield make_small_directory(at=now)


@pytest.fixture
def run(sqlite_app: Flask):
    runner = sqlite_app.test_cli_runner()

    def invoke(command: object, *words: str) -> Result:
        return runner.invoke(command, list(words))  # type: ignore[arg-type]

    return invoke


def test_gaps_are_told_as_a_summary_and_rows(run, small: SmallDirectory) -> None:
    result = run(gaps, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    summary, rows = document["summary"], document["rows"]
    assert summary["counties"] == 3
    assert len(rows) == summary["counties"] * summary["needs"]
    by_state = {s: sum(row["state"] == s for row in rows) for s in ("none", "stale", "single")}
    assert all(summary[state] == number for state, number in by_state.items())
    cell = next(r for r in rows if (r["need"], r["county_fips"]) == ("advocacy", "36083"))
    assert cell["members"] == 2
    assert str(small.cedar_service_id) in cell["services"]
    assert document["findings"][0]["key"] == f"protocol|{small.dune.compartment_id}"


def test_gaps_are_told_in_words(run, small: SmallDirectory) -> None:
    result = run(gaps)
    assert "Dune Program (demo): no consultation protocol" in result.output
    assert "findings in 3 counties; 0 have an owner." in result.output


def test_gaps_are_told_by_district_and_distances_of_every_county(
    run, small: SmallDirectory, now: datetime
) -> None:
    assert "The network has no district." in run(gaps, "--districts").output
    made = districts.keep(coordinator(small), world(), DistrictText("Troy", "12180, 12182"), at=now)
    rows = json.loads(run(gaps, "--districts", "--json").output)["rows"]
    advocacy = next(row for row in rows if row["need"] == "advocacy")
    assert (advocacy["district"], advocacy["district_id"]) == ("Troy", str(made))
    assert (advocacy["state"], advocacy["left_out"]) == ("adequate", [])
    assert run(gaps, "districts").output == "Troy: 12180 12182\n1 districts.\n"

    told = run(gaps, "distances", "--need", "advocacy")
    assert told.exit_code == 0, told.output
    table = {row["zip"]: row for row in csv.DictReader(io.StringIO(told.output))}
    assert {row["county_fips"] for row in table.values()} == {"36001", "36083", "36093"}
    assert table["12180"]["nearest"] == "Birch legal advocacy (demo)"
    assert "Cedar" not in told.output
    line = run(gaps, "distances", "--need", "advocacy", "--json").output.splitlines()[0]
    assert json.loads(line)["need"] == "advocacy"
    assert "behind “distances”" in run(gaps, "--language", "es", "distances").output


def test_the_network_alone_and_by_show_is_the_same_object(run, small: SmallDirectory) -> None:
    save_agreement(small.network_id, small.alder, small.birch)
    alone, shown = run(network, "--json"), run(network, "show", "--json")
    assert alone.exit_code == shown.exit_code == 0
    document = json.loads(alone.output)
    assert document == json.loads(shown.output)
    assert document["summary"]["members"] == 4
    assert document["summary"]["links"] == 1
    assert document["links"][0]["kind"] == "agreement"
    birch = next(r for r in document["rows"] if r["id"] == str(small.birch.member_id))
    assert birch["cut_off_without"] == [str(small.alder.member_id)]
    assert "Density: 17 %." in run(network).output


def test_create_and_list_are_as_they_were(run, small: SmallDirectory) -> None:
    assert json.loads(run(network, "list", "--json").output)["summary"] == {"networks": 1}
    assert run(network, "create", "--name", "Second").exit_code == 0
    several = run(network, "--json")
    assert several.exit_code == 1
    assert "several networks" in several.output
    assert run(network, "show", "--network", "Test network", "--json").exit_code == 0


def test_a_quarter_is_published_once(run, small: SmallDirectory) -> None:
    first = run(network, "publish", "--quarter", "2026Q3", "--json")
    assert first.exit_code == 0, first.output
    document = json.loads(first.output)
    assert document["summary"] == {
        "period": "2026Q3", "new": True, "figures": 14, "shown": 0, "used_pathways": None,
    }  # fmt: skip
    assert {row["value"] for row in document["rows"]} == {"not shown"}
    again = run(network, "publish", "--quarter", "2026Q3")
    assert "nothing changed" in again.output
    assert "  no-room: not shown for any need group" in again.output
    early = run(network, "publish", "--quarter", "2026Q4")
    assert early.exit_code == 1
    assert "2026Q4 is not over yet." in early.output
