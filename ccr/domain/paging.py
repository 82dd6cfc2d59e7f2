"""A page of a list, with how many there are in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items of one page; `number` counts from 1."""

    items: tuple[Item, ...]
    total: int
    number: int = 1
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Return True when there is a page after this one."""
        return self.number < self.count


def page_number(number: int) -> int:
    """Return a page number that can be asked for: at least 1, at most 10,000."""
    return min(max(number, 1), 10_000)
