"""Every data file says where it is from, and is the file that it says it is."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
FILES = sorted(
    path.relative_to(DATA).as_posix()
    for folder in ("reference", "demo")
    for path in (DATA / folder).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)
CHECKSUMS = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", README, re.MULTILINE))


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_has_its_checksum_in_the_readme(name):
    checksum = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    line = f"| `{name}` | `{checksum}` |"
    assert CHECKSUMS.get(name) == checksum, f"data/README.md, Checksums, needs: {line}"


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_says_where_it_is_from(name):
    folder, _, file = name.partition("/")
    section = README.split(f"## {folder}/")[1].split("\n## ")[0]
    assert re.search(rf"^\| `{re.escape(file)}` \| \S", section, re.MULTILINE), name


def test_no_checksum_is_of_a_file_that_is_gone():
    assert set(CHECKSUMS) == set(FILES)


def test_the_credit_for_the_zip_codes_names_source_and_licence():
    assert "GeoNames" in README
    assert "CC BY 4.0" in README
