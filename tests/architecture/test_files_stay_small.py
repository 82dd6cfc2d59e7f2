"""Files stay small enough to be read in one sitting, and have no grab-bag names."""

from __future__ import annotations

from pathlib import Path

CCR = Path(__file__).parents[2] / "ccr"
MOST_LINES = 400
GRAB_BAGS = {"utils", "helpers", "common", "misc", "manager", "tools", "stuff"}


def test_no_file_outgrows_its_room() -> None:
    long = {
        str(path.relative_to(CCR)): lines
        for path in CCR.rglob("*.py")
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_file_is_a_grab_bag() -> None:
    assert [p for p in CCR.rglob("*.py") if p.stem in GRAB_BAGS] == []
