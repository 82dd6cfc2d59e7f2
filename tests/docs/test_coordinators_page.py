"""The coordinator's guide has an entry for everything that the desk measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr.domain.indicators import DEFINITIONS
from ccr.domain.network import MemberNetwork
from ccr.domain.unmet_register import REASONS, Standing
from ccr.web.presenters.network_figures import MEASURES

GUIDE = (Path(__file__).parents[2] / "docs" / "coordinators.md").read_text(encoding="utf-8")


def _first_cells() -> set[str]:
    """Return what the first column of every table says, one name each."""
    rows = [line.split("|")[1].strip() for line in GUIDE.splitlines() if line.startswith("|")]
    names = {row.strip("*") for row in rows}
    return names | {part.strip() for row in rows for part in row.split(",")}


def _measured() -> list[str]:
    """Return the names of all measures of the desk, as its pages say them in English."""
    return [
        *(str(definition.name) for definition in DEFINITIONS),
        *(str(standing.label) for standing in Standing),
        *(str(MEASURES[reason]) for reason in REASONS),
        *(str(measure.label) for measure in MemberNetwork({}, ()).measures()),
    ]


def test_every_measure_has_an_entry_in_the_guide() -> None:
    missing = [name for name in _measured() if name not in GUIDE]
    assert missing == []
    told = _first_cells()
    assert {str(d.name) for d in DEFINITIONS} - told == set()
    assert {str(standing.label) for standing in Standing} - told == set()


def test_no_table_of_the_guide_is_broken_in_two() -> None:
    lines = GUIDE.splitlines()
    starts = [
        n
        for n, line in enumerate(lines)
        if line.startswith("|") and not lines[n - 1].startswith("|")
    ]
    assert [lines[n] for n in starts if not lines[n + 1].startswith("|---")] == []


@pytest.mark.parametrize(
    "address",
    [
        "overview",
        "gaps",
        "gaps/distances",
        "gaps/population",
        "gaps/register",
        "graph",
        "what-if",
        "expected",
        "agreements",
        "council",
        "unmet",
        "indicators",
    ],
)
def test_every_room_of_the_desk_has_its_part(address: str) -> None:
    assert f"(`/network/{address}`)" in GUIDE
