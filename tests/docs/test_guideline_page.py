"""The page of the guideline names a test for every statement, and each of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guideline.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SECTION = re.compile(r"^## (S\d+(?: and S\d+)?): .*?(?=^## |\Z)", re.M | re.S)


@cache
def functions_of(path: str) -> frozenset[str]:
    """Return the names of the test functions of a file, read and never run."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_every_statement_has_its_section_and_at_least_one_test() -> None:
    sections = {found[1]: found[0] for found in SECTION.finditer(PAGE)}
    told = {name for heading in sections for name in heading.split(" and ")}
    assert told == {f"S{number}" for number in range(1, 18)}
    assert [name for name, text in sections.items() if not NAMED.search(text)] == []


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE))))
def test_every_test_that_it_names_is_there(path: str, name: str) -> None:
    assert (ROOT / path).is_file(), path
    assert name in functions_of(path)


def test_every_other_page_that_it_names_is_there() -> None:
    for link in re.findall(r"\]\(([\w/.-]+\.md)", PAGE):
        assert (ROOT / "docs" / link).is_file(), link
