"""How alike two names are, by rapidfuzz."""

from __future__ import annotations

from rapidfuzz import fuzz


def name_likeness(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two names are; the order of their words does not matter.

    >>> name_likeness("alder house inc", "inc alder house")
    1.0
    """
    return fuzz.token_sort_ratio(one, other) / 100
