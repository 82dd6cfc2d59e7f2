"""County shapes of the United States, decoded once per process from data/reference.

What lives here: reading the file and cutting out the counties of a box. What must not: drawing.
Facts: US Census Bureau, cartographic boundaries 2017, by way of us-atlas; see data/README.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ccr.domain.geography import Box

Ring = list[tuple[float, float]]
"""Corners as (longitude, latitude) in degrees; the last one is the first one."""


@dataclass(frozen=True)
class CountyShape:
    """One county.

    Attributes:
        fips: five digits; the first two are the state.
        name: as the Census writes it, without "County".
        box: what it lies in.
        rings: its outline; a ring inside a ring is a hole.
    """

    fips: str
    name: str
    box: Box
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class CountyShapes:
    """All counties, by FIPS."""

    shapes: dict[str, CountyShape]

    @classmethod
    def load(cls, path: Path) -> CountyShapes:
        """Return the shapes of a file made by data/reference/build_counties.py. Cached."""
        return _shapes(path.resolve())

    def within(self, box: Box) -> list[CountyShape]:
        """Return the counties whose own boxes meet `box`, by FIPS."""
        return [shape for shape in self.shapes.values() if shape.box.meets(box)]


@lru_cache(maxsize=2)
def _shapes(path: Path) -> CountyShapes:
    atlas = json.loads(path.read_text(encoding="utf-8"))
    (scale_x, scale_y), (start_x, start_y) = atlas["scale"], atlas["translate"]
    arcs: list[Ring] = []
    for steps in atlas["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x += dx
            y += dy
            arc.append((x * scale_x + start_x, y * scale_y + start_y))
        arcs.append(arc)
    shapes = {}
    for fips, name, numbers_of_rings in atlas["counties"]:
        rings = tuple(_ring(arcs, numbers) for numbers in numbers_of_rings)
        lons = [lon for ring in rings for lon, _ in ring]
        lats = [lat for ring in rings for _, lat in ring]
        box = Box(min(lats), min(lons), max(lats), max(lons))
        shapes[fips] = CountyShape(fips, name, box, rings)
    return CountyShapes(shapes)


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """Return the corners along arcs; a negative number is the arc ~number backwards."""
    ring: Ring = []
    for number in numbers:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(part[1:] if ring else part)
    return ring
