"""What was asked for and not found, beside what is there: one word a need group (R89).

What lives here: joining published figures with the gap matrix. What must not: anything that did not
pass the gate. A figure that is not shown says nothing: nobody may read "never" from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ccr.domain.gaps import NIGHT, CellState, GapMatrix
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import QUARTERS, Figure, Measured, NeedGroup, group_of
from ccr.domain.taxonomy import Need

REASONS = (
    Measured.UNMET,
    Measured.NO_ROOM,
    Measured.WAITING,
    Measured.OUTSIDE_AREA,
    Measured.LANGUAGE,
    Measured.EXPIRED,
    Measured.CANNOT_TAKE,
)
"""Why somebody who asked was not served, in the order of the columns."""
_ASKED = frozenset(REASONS)


class Standing(StrEnum):
    """How asking and having stand to each other, most pressing first; last, not known yet."""

    ASKED_AND_MISSING = "asked-and-missing"
    ASKED_IN_VAIN = "asked-in-vain"
    MISSING = "missing"
    UNUSED = "unused"
    USED = "used"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Phrase:
        """Return the words for people. None of them says "never": a hidden figure is no zero."""
        return _LABELS[self]


_LABELS = {
    Standing.ASKED_AND_MISSING: phrase("Asked for and missing"),
    Standing.ASKED_IN_VAIN: phrase("There, and asked for in vain"),
    Standing.MISSING: phrase("Missing; no figure says that it was asked for"),
    Standing.UNUSED: phrase("There; no figure says that it was used"),
    Standing.USED: phrase("There and used"),
    Standing.UNKNOWN: phrase("Not known yet whether it is there"),
}


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """One need group: what is missing, what is published, and what both say together.

    Attributes:
        empty_cells: of the group's needs by county, how many nobody serves; of `cells`.
        shown: numbers that were published, by period and measure; what is absent is not shown.
    """

    group: NeedGroup
    empty_cells: int
    cells: int
    shown: dict[tuple[str, Measured], int]
    standing: Standing


def last_quarters(periods: Iterable[str]) -> tuple[str, ...]:
    """Return the last four published quarters, newest first."""
    return tuple(sorted({p for p in periods if "Q" in p}, reverse=True)[:QUARTERS])


def unmet_lines(
    matrix: GapMatrix, figures: Sequence[Figure], quarters: Sequence[str]
) -> tuple[UnmetLine, ...]:
    """Return every need group, the most pressing first.

    Args:
        matrix: of the directory today.
        figures: everything that was ever published.
        quarters: those that say what is asked for now; see last_quarters.
    """
    shown: dict[NeedGroup, dict[tuple[str, Measured], int]] = {g: {} for g in NeedGroup}
    for figure in figures:
        if figure.value is not None:
            shown[figure.group][figure.period, figure.measure] = figure.value
    lines = [_line(matrix, group, shown[group], quarters) for group in NeedGroup]
    return tuple(sorted(lines, key=lambda line: list(Standing).index(line.standing)))


def _line(
    matrix: GapMatrix,
    group: NeedGroup,
    shown: dict[tuple[str, Measured], int],
    quarters: Sequence[str],
) -> UnmetLine:
    cells = [cell for (line, _), cell in matrix.cells.items() if _group_of_line(line) is group]
    empty = sum(cell.state is CellState.NONE for cell in cells)
    lately = {measure for period, measure in shown if period in quarters}
    if not cells:
        standing = Standing.UNKNOWN
    elif lately & _ASKED:
        standing = Standing.ASKED_AND_MISSING if empty else Standing.ASKED_IN_VAIN
    elif empty:
        standing = Standing.MISSING
    else:
        standing = Standing.USED if Measured.SENT in lately else Standing.UNUSED
    return UnmetLine(group, empty, len(cells), shown, standing)


def _group_of_line(line: str) -> NeedGroup:
    return NeedGroup.SAFETY if line == NIGHT else group_of(Need(line))
