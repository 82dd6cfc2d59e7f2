"""A large dictionary with a few changes laid over it, so that a change copies the few alone.

What lives here: looking up, and when the few are too many. What must not: what is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST_CHANGES = 500
"""Beyond so many changes a new dictionary is made of all."""


class Overlaid(Mapping[K, V]):
    """A mapping as another with changes: None for what is gone. Neither is ever changed."""

    __slots__ = ("_base", "_changes", "_gone")

    def __init__(self, base: Mapping[K, V], changes: Mapping[K, V | None]) -> None:
        if isinstance(base, Overlaid):
            changes, base = {**base._changes, **changes}, base._base
        if len(changes) > MOST_CHANGES:
            whole = {**base, **changes}
            base = {key: value for key, value in whole.items() if value is not None}
            changes = {}
        self._base: Mapping[K, V] = base
        self._changes: Mapping[K, V | None] = changes
        self._gone = sum(value is None and key in base for key, value in changes.items())

    def __getitem__(self, key: K) -> V:
        """Return a value; raises KeyError for what is not there or gone."""
        value = self._changes[key] if key in self._changes else self._base[key]
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        """Yield the keys: those of the base in their order, then new ones."""
        yield from (key for key in self._base if self._changes.get(key, key) is not None)
        for key, value in self._changes.items():
            if value is not None and key not in self._base:
                yield key

    def __len__(self) -> int:
        new = sum(
            value is not None and key not in self._base for key, value in self._changes.items()
        )
        return len(self._base) - self._gone + new
