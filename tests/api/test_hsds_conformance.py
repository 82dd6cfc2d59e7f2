"""Open data against the standard's own checks: a live server, the schemas, and fuzzed requests.

The checks are read from beside this checkout. CCR_TEST_FULL takes every sample package and fuzzes;
the plain run takes one package.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from frictionless import Package, system

from ccr.domain.open_records import Scope
from ccr.services import accounts, hsds_export, importing
from ccr.services.importing import ImportOptions
from tests.conftest import NOW
from tests.journeys.conftest import app_in, serving
from tests.shared_data import SHARED

CONFORMANCE = SHARED / "conformance"
FULL = "CCR_TEST_FULL" in os.environ
SAMPLES = ("ohana-sample", "hsds-3.2.3-examples/csv", "hsds11-sample/all_resources")

pytestmark = pytest.mark.skipif(
    not (CONFORMANCE / "hsds_check.py").is_file(),
    reason="the standard's checks are not beside this checkout",
)
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory, sqlite_template) -> Callable[[str], Path]:
    """Return a maker of folders whose database holds one sample package, and its exports."""
    made: dict[str, Path] = {}

    def make(sample: str) -> Path:
        if sample not in made:
            folder = tmp_path_factory.mktemp("open-data")
            with app_in(folder, sqlite_template) as app:
                world = app.extensions["ccr_world"]
                accounts.create_network("Capital Region", at=NOW)
                owner = accounts.terminal_identity("Capital Region")
                options = ImportOptions(source="sample", skip_bad_rows=True)
                package = SHARED / "data" / sample
                importing.import_package(owner, world, package, options, at=NOW)
                out = folder / "package"
                hsds_export.export_package(owner, world, "hsds-csv", out, scope=Scope.STAFF, at=NOW)
            made[sample] = folder
        return made[sample]

    return make


@pytest.fixture(scope="module")
def address(folder_of) -> Iterator[str]:
    """Serve the first sample package."""
    with serving(folder_of(SAMPLES[0])) as url:
        yield f"{url}/hsds"


def checked(address: str) -> str:
    program = [sys.executable, str(CONFORMANCE / "hsds_check.py"), address, "10"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_the_black_box_check_finds_nothing_wrong(address: str) -> None:
    said = checked(address)
    assert "failed 0" in said
    assert "SKIP" not in said


@pytest.mark.full
@pytest.mark.skipif(not FULL, reason="every sample package only with CCR_TEST_FULL")
@pytest.mark.parametrize("sample", SAMPLES[1:])
def test_it_finds_nothing_wrong_with_any_sample_package(folder_of, sample: str) -> None:
    with serving(folder_of(sample)) as url:
        checked(f"{url}/hsds")


@pytest.mark.full
@pytest.mark.skipif(not FULL, reason="fuzzed requests only with CCR_TEST_FULL")
def test_fuzzed_requests_are_answered_as_the_standard_describes(address: str, tmp_path) -> None:
    described = tmp_path / "hsds-3.2.3-local-get.json"
    subprocess.run(
        [sys.executable, str(CONFORMANCE / "build_openapi.py"), str(tmp_path)],
        capture_output=True,
        check=True,
    )
    parameters = subprocess.run(
        [sys.executable, str(CONFORMANCE / "mk_toml.py"), address],
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / "schemathesis.toml").write_text(parameters.stdout)
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program is not None
    done = subprocess.run(
        [
            program, "--config-file", str(tmp_path / "schemathesis.toml"), "run", str(described),
            "--url", address, "--checks",
            CHECKS,
            "--phases", "coverage,fuzzing",
            "--max-examples", "50", "--generation-deterministic",
            "--continue-on-failure",
        ],
        capture_output=True, text=True, cwd=tmp_path, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_exported_package_has_no_error_where_the_standards_own_has_four(folder_of) -> None:
    folder = folder_of(SAMPLES[0]) / "package"
    official = SHARED / "data/hsds-3.2.3-examples/csv/datapackage.json"
    shutil.copy(official, folder / "official.json")
    with system.use_context(trusted=True):
        report = Package(str(folder / "official.json")).validate()
    problems = [e.message for task in report.tasks for e in task.errors]
    assert problems == [], problems[:3]
    ours = json.loads((folder / "datapackage.json").read_text())["resources"]
    theirs = json.loads(official.read_text())["resources"]
    assert [_columns(r) for r in ours] == [_columns(r) for r in theirs]


def _columns(resource: dict) -> tuple:
    return resource["name"], resource["path"], [f["name"] for f in resource["schema"]["fields"]]
