"""Which numbers of a list share a mark on the map: where two marks would overlap, they are one.

What lives here: spots in the plane in, marks that do not overlap out. What must not: what a map is
of. Every number that comes in stands in exactly one mark; nothing else does. The same spots give
the same marks, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from ccr.web.presenters.map_geometry import XY, Rect

PIN_RADIUS = 12.0
GROUP_HALF_WIDTH = 18.0  # room for "×25", 14 units high
_AIR = 0.5
"""Half of what is left free between two marks."""


@dataclass(frozen=True)
class MapDot:
    """A small mark with a sign at the centre of a ZIP, named by it."""

    name: str
    x: float
    y: float
    css_class: str
    sign: str


@dataclass(frozen=True)
class Mark:
    """One mark: the numbers that it stands for, ascending, and its middle."""

    numbers: tuple[int, ...]
    xy: XY

    @property
    def box(self) -> Rect:
        """Return the room that the mark takes."""
        half = GROUP_HALF_WIDTH if len(self.numbers) > 1 else PIN_RADIUS
        x, y = self.xy
        return Rect(
            x - half - _AIR, y - PIN_RADIUS - _AIR,
            x + half + _AIR, y + PIN_RADIUS + _AIR,
        )  # fmt: skip


def marks_of(spots: Mapping[int, XY]) -> tuple[Mark, ...]:
    """Return the marks for numbered spots, in the order of their first numbers.

    The two nearest of those that overlap become one in the middle of all their spots, until none
    overlap.
    """
    marks = [_mark(spots, [number]) for number in sorted(spots)]
    while pair := _nearest_overlapping(marks):
        one, other = pair
        marks = [mark for mark in marks if mark not in pair]
        marks.append(_mark(spots, one.numbers + other.numbers))
        marks.sort(key=lambda mark: mark.numbers)
    return tuple(marks)


def _mark(spots: Mapping[int, XY], numbers: Iterable[int]) -> Mark:
    ordered = tuple(sorted(numbers))
    xs, ys = zip(*(spots[number] for number in ordered), strict=True)
    return Mark(ordered, (sum(xs) / len(xs), sum(ys) / len(ys)))


def _nearest_overlapping(marks: list[Mark]) -> tuple[Mark, Mark] | None:
    overlapping = [pair for pair in combinations(marks, 2) if pair[0].box.overlaps(pair[1].box)]
    return min(overlapping, key=_apart, default=None)


def _apart(pair: tuple[Mark, Mark]) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
    (x1, y1), (x2, y2) = pair[0].xy, pair[1].xy
    return (x1 - x2) ** 2 + (y1 - y2) ** 2, pair[0].numbers, pair[1].numbers
