"""Lists of rows by code, and how the columns of two lists of rows become one.

What lives here: arrays and dictionaries of arrays. What must not: what the rows or codes mean.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Postings(dict[Any, Array]):
    """For each code the rows that carry it, ascending."""


def postings(codes: Iterable[tuple[Any, int]]) -> Postings:
    """Return for each code the rows that carry it, ascending. Codes: (code, row) in row order."""
    lists: dict[Any, list[int]] = {}
    for code, row in codes:
        rows = lists.setdefault(code, [])
        if not rows or rows[-1] != row:
            rows.append(row)
    return Postings((code, np.array(rows, np.int64)) for code, rows in lists.items())


def joined_postings(
    first: Mapping[Any, Array], second: Mapping[Any, Array], shift: int
) -> Postings:
    """Return the postings of two lists of rows, the second beginning at row `shift`."""
    both = Postings(first)
    for code, rows in second.items():
        held = both.get(code)
        both[code] = rows + shift if held is None else np.concatenate([held, rows + shift])
    return both


def joined_arrays(first: object, second: object, shift: int) -> Any:  # noqa: ANN401 -- as first
    """Return a copy of `first` with the rows of `second` after its own, arrays and postings alike.

    Both are of one class; whatever is neither array nor postings is kept as `first` has it.
    """
    both = copy.copy(first)
    for name, held in vars(first).items():
        more = vars(second)[name]
        if isinstance(held, np.ndarray):
            setattr(both, name, np.concatenate([held, more]))
        elif isinstance(held, Postings):
            setattr(both, name, joined_postings(held, more, shift))
    return both
