"""The terminal's import: what it prints, what it exits with, and that it says why."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from ccr.cli.directory import command
from ccr.cli.import_output import Progress
from ccr.services import accounts
from ccr.storage.queries.directory import services_of
from tests.package_builders import SERVICE, hsds


@pytest.fixture
def run(sqlite_app: Flask, now: datetime):
    accounts.create_network("Test network", at=now)

    def invoke(*args: object) -> Result:
        return sqlite_app.test_cli_runner().invoke(command, [str(arg) for arg in args])

    return invoke


def services() -> list[str]:
    return [s.name for s in services_of(accounts.terminal_identity().network_id)]


def test_import_says_what_it_did_and_the_second_time_nothing(run, tmp_path: Path) -> None:
    path = hsds(tmp_path / "package")
    first = run("import", path)
    assert first.exit_code == 0, first.output
    assert "services   1 added, 0 changed, 0 unchanged" in first.output
    assert "Imported from package: 3 changed." in first.output
    assert "Imported from package: 0 changed." in run("import", path).output


def test_an_error_row_exits_1_and_says_why_on_one_line_of_stderr(run, tmp_path: Path) -> None:
    path = hsds(tmp_path / "package", services=[SERVICE, {**SERVICE, "id": "s2", "name": ""}])
    result = run("import", path)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "Nothing was written: 1 row has an error (first: services.csv line 3" in result.stderr
    assert services() == []


def test_bad_rows_can_be_skipped(run, tmp_path: Path) -> None:
    path = hsds(tmp_path / "package", services=[SERVICE, {**SERVICE, "id": "s2", "name": ""}])
    result = run("import", path, "--skip-bad-rows")
    assert result.exit_code == 0
    assert "1 rows with errors were left out" in result.output
    assert services() == ["Food pantry"]


@pytest.mark.parametrize("args", [["check"], ["import", "--dry-run"]])
def test_a_check_writes_nothing(run, tmp_path: Path, args: list[str]) -> None:
    result = run(*args, hsds(tmp_path / "package"))
    assert result.exit_code == 0, result.output
    assert "3 would change. Nothing was written." in result.output
    assert services() == []


def test_json_is_one_object_with_a_summary_and_rows(run, tmp_path: Path) -> None:
    result = run("import", hsds(tmp_path / "package"), "--json", "--source", "county")
    value = json.loads(result.stdout)
    assert value["summary"]["source"] == "county"
    assert value["summary"]["services"] == {"added": 1, "changed": 0, "unchanged": 0, "absent": 0}
    assert isinstance(value["rows"], list)


def test_the_report_holds_every_note(run, tmp_path: Path) -> None:
    report = tmp_path / "notes.csv"
    path = hsds(tmp_path / "package", services=[{**SERVICE, "status": ""}])
    assert run("check", path, "--report", report).exit_code == 0
    text = report.read_bytes().decode("utf-8-sig")
    assert text.startswith("table,line,level,field,id,text\r\n")
    assert "services.csv,2,info,status,s1,No status: read as active.\r\n" in text


def test_a_report_that_cannot_be_written_says_so(run, tmp_path: Path) -> None:
    result = run("check", hsds(tmp_path / "package"), "--report", tmp_path / "no" / "x.csv")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("name", ["missing", "broken.zip"])
def test_what_cannot_be_read_exits_1_with_one_line(run, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x05\x06" + b"\0" * 10)
    result = run("import", tmp_path / name)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_progress_appears_only_when_it_takes_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.5, 3.0, 3.2, 9.0])
    monkeypatch.setattr("ccr.cli.import_output.time.monotonic", lambda: next(clock))
    progress = Progress()
    progress.tell("writing", 10, 100)
    progress.tell("writing", 50, 100)
    progress.tell("writing", 60, 100)
    progress.tell("writing", 100, 100)
    progress.end()
    said = capsys.readouterr().err
    assert "50 of 100 rows" in said
    assert "60 of 100" not in said
    assert "100 of 100 rows" in said


def test_a_flat_table_is_guessed_checked_and_imported_with_its_mapping(run, tmp_path: Path) -> None:
    table, mapping = tmp_path / "list.csv", tmp_path / "list.json"
    table.write_text("Agency,Program,Zip,Odd\nA,Food pantry,12180,?\n")
    assert "say what its columns mean first" in run("import", table).stderr
    guessed = run("columns", table)
    assert json.loads(guessed.stdout)["columns"]["Program"] == "name"
    assert "Not read: Odd" in guessed.stderr
    mapping.write_text(guessed.stdout)
    assert run("check", table, "--mapping", mapping).exit_code == 0
    assert services() == []
    assert run("import", table, "--mapping", mapping, "--source", "list").exit_code == 0
    assert services() == ["Food pantry"]
    mapping.write_text("{")
    assert "is not readable JSON" in run("check", table, "--mapping", mapping).stderr
