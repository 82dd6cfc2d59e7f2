"""Each of the libraries that CCR is built around carries weight: without it a feature is gone."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Weight:
    """What a library carries.

    Attributes:
        use: code that uses the feature and prints what comes of it.
        comes: what it prints where the library is there.
        test: the test, as "file::name", that holds the feature to its promise.
    """

    library: str
    use: str
    comes: str
    test: str


WEIGHTS = (
    Weight(
        "flask_sqlalchemy",
        "from ccr.storage.db import db; print(sorted(db.metadata.tables)[:0], 'tables')",
        "[] tables",
        "tests/services/test_sending.py",
    ),
    Weight(
        "geopy",
        "from ccr.domain.directory import Point; from ccr.domain.geography import distance_km;"
        "print(round(distance_km(Point(42.73, -73.69), Point(42.65, -73.76))))",
        "11",
        "tests/domain/test_geography.py",
    ),
    Weight(
        "networkx",
        "import ccr.domain.network as n; print(n.__name__)",
        "ccr.domain.network",
        "tests/domain/test_network.py",
    ),
    Weight(
        "wtforms",
        "from ccr.web.forms.needs import FindForm; print(FindForm.__name__)",
        "FindForm",
        "tests/web/test_public_finder.py::"
        "test_the_question_is_a_form_whose_choices_and_limits_wtforms_checks",
    ),
)


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.library)
def test_without_the_library_its_feature_is_gone(weight: Weight) -> None:
    there = run(weight.use)
    assert (there.returncode, there.stdout.strip()) == (0, weight.comes), there.stderr
    gone = run(f"import sys; sys.modules[{weight.library!r}] = None; {weight.use}")
    assert gone.returncode != 0
    assert weight.library in gone.stderr


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.library)
def test_the_feature_is_held_to_its_promise_by_a_test(weight: Weight) -> None:
    file, _, name = weight.test.partition("::")
    tests = [
        node.name
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert (name in tests) if name else tests
