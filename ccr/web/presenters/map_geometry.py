"""Plane geometry behind the server-made map: projecting, clipping, and finding room for words.

What lives here: numbers in, numbers out. What must not: what a map is of (maps.py).
Plane units are those of the SVG viewBox: x to the right, y down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ccr.domain.directory import Point
from ccr.domain.geography import KM_PER_DEGREE, Box

XY = tuple[float, float]
LEAST_SPAN_KM = 16.0
"""No map shows less than this from side to side: a pin is seen among its neighbours."""


@dataclass(frozen=True)
class Rect:
    """A rectangle in the plane."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rect) -> bool:
        """Return True when the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Rect) -> bool:
        """Return True when this one lies wholly in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return round(self.right - self.left, 1)

    @property
    def height(self) -> float:
        """Return how high it is."""
        return round(self.bottom - self.top, 1)

    @property
    def corners(self) -> tuple[XY, XY, XY, XY]:
        """Return the four corners."""
        return (
            (self.left, self.top), (self.right, self.top),
            (self.right, self.bottom), (self.left, self.bottom),
        )  # fmt: skip


@dataclass(frozen=True)
class Projection:
    """Degrees to plane units: equirectangular, true to scale at the middle latitude.

    Attributes:
        west, north: what is at x = 0, y = 0.
        per_degree_x, per_degree_y: units for one degree.
    """

    west: float
    north: float
    per_degree_x: float
    per_degree_y: float

    def xy(self, lon: float, lat: float) -> XY:
        """Return plane units; a longitude beyond the 180th meridian is brought to this side."""
        if lon - self.west > 180:  # noqa: PLR2004 -- half the globe
            lon -= 360
        return (lon - self.west) * self.per_degree_x, (self.north - lat) * self.per_degree_y

    @property
    def units_per_km(self) -> float:
        """Return how many units one kilometre is long."""
        return self.per_degree_y / KM_PER_DEGREE


def fit(box: Box, width: float, height: float, margin: float) -> tuple[Projection, Box]:
    """Return the projection that shows `box` in the middle of the plane, and all that it shows.

    `margin` is kept free around the box, in units.
    """
    middle_lat, middle_lon = (box.south + box.north) / 2, (box.west + box.east) / 2
    shrink = max(math.cos(math.radians(middle_lat)), 0.05)
    least = LEAST_SPAN_KM / KM_PER_DEGREE
    span_y = max(box.north - box.south, least)
    span_x = max((box.east - box.west) * shrink, least)
    scale = min((width - 2 * margin) / span_x, (height - 2 * margin) / span_y)
    west = middle_lon - width / 2 / (scale * shrink)
    north = middle_lat + height / 2 / scale
    shown = Box(north - height / scale, west, north, west + width / (scale * shrink))
    return Projection(west, north, scale * shrink, scale), shown


def around(points: Iterable[Point], boxes: Iterable[Box] = ()) -> Box | None:
    """Return the smallest box around points and boxes, or None for none."""
    south = [p.lat for p in points] + [b.south for b in boxes]
    if not south:
        return None
    return Box(
        min(south),
        min([p.lon for p in points] + [b.west for b in boxes]),
        max([p.lat for p in points] + [b.north for b in boxes]),
        max([p.lon for p in points] + [b.east for b in boxes]),
    )


def clip(ring: Sequence[XY], rect: Rect) -> list[XY]:
    """Return the part of a ring inside a rectangle. Source: Sutherland and Hodgman 1974."""
    sides: tuple[tuple[int, float, int], ...] = (
        (0, rect.left, 1), (0, rect.right, -1), (1, rect.top, 1), (1, rect.bottom, -1),
    )  # fmt: skip
    points = list(ring)
    for axis, edge, sign in sides:
        if not points:
            break
        kept: list[XY] = []
        before = points[-1]
        for point in points:
            was_in = (before[axis] - edge) * sign >= 0
            is_in = (point[axis] - edge) * sign >= 0
            if was_in != is_in:
                kept.append(_cross(before, point, axis, edge))
            if is_in:
                kept.append(point)
            before = point
        points = kept
    return points


def _cross(a: XY, b: XY, axis: int, edge: float) -> XY:
    share = (edge - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (edge, other) if axis == 0 else (other, edge)


def thinned(ring: Sequence[XY], least: float) -> list[XY]:
    """Return a ring without corners closer than `least` to the one before: enough for labels."""
    kept: list[XY] = []
    for x, y in ring:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= least:
            kept.append((x, y))
    return kept


def path_of(rings: Iterable[Sequence[XY]]) -> str:
    """Return SVG path data; corners closer than a third of a unit to the last are left out."""
    parts: list[str] = []
    for ring in rings:
        steps = [f"{x:.1f} {y:.1f}" for x, y in thinned(ring, 1 / 3)]
        if len(steps) > 2:  # noqa: PLR2004 -- less is no area
            parts.append("M" + "L".join(steps) + "Z")
    return "".join(parts)


def area_and_centre(ring: Sequence[XY]) -> tuple[float, XY]:
    """Return the area of a ring in square units and its centre of mass."""
    doubled = cx = cy = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        doubled += cross
        cx += (x1 + x2) * cross
        cy += (y1 + y2) * cross
    if abs(doubled) < 1e-9:  # noqa: PLR2004 -- a line
        return 0.0, ring[0]
    return abs(doubled) / 2, (cx / (3 * doubled), cy / (3 * doubled))


def holds(ring: Sequence[XY], point: XY) -> bool:
    """Return True when the point is inside the ring, by the even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def spiral(step: float, turns: int) -> Iterable[XY]:
    """Yield (0, 0), then offsets on wider and wider circles, eight to a circle, always the same."""
    yield 0.0, 0.0
    for turn in range(1, turns + 1):
        for eighth in range(8):
            angle = math.pi / 4 * eighth - math.pi / 2
            yield math.cos(angle) * step * turn, math.sin(angle) * step * turn


def free_spot(start: XY, step: float, turns: int, free: Callable[[XY], bool]) -> XY | None:
    """Return the first spot on the spiral around `start` that is free, or None."""
    for dx, dy in spiral(step, turns):
        spot = (start[0] + dx, start[1] + dy)
        if free(spot):
            return spot
    return None
