"""Outlines of counties as GeoJSON geometry. Public reference shapes; nothing of any service."""

from __future__ import annotations

from itertools import pairwise

from ccr.adapters.county_shapes import CountyShapes, Ring
from ccr.config import PROJECT_ROOT
from ccr.web.presenters.map_geometry import holds

_DECIMALS = 5
"""Of degrees: about a metre."""


def county_shape(fips: str) -> dict[str, object] | None:
    """Return the outline of a county as a MultiPolygon (RFC 7946), or None for one without shape.

    A ring inside another is a hole of it.
    """
    path = PROJECT_ROOT / "data" / "reference" / "us_counties.json"
    shape = CountyShapes.load(path).shapes.get(fips)
    if shape is None:
        return None
    around = {n: _around(n, shape.rings) for n in range(len(shape.rings))}
    polygons = [
        [
            _turned(ring, outside=True),
            *(
                _turned(shape.rings[hole], outside=False)
                for hole, of in around.items()
                if of == number
            ),
        ]
        for number, ring in enumerate(shape.rings)
        if around[number] is None
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _around(number: int, rings: tuple[Ring, ...]) -> int | None:
    """Return which ring a ring lies in: by most of its corners, since two may touch in one."""
    ring = rings[number]
    for other, held in enumerate(rings):
        if other != number and 2 * sum(holds(held, corner) for corner in ring) > len(ring):
            return other
    return None


def _turned(ring: Ring, *, outside: bool) -> list[list[float]]:
    """Return a closed ring by the right-hand rule: outer ones counterclockwise, holes clockwise."""
    corners = [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat in ring]
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(corners))
    return corners if (twice > 0) is outside else corners[::-1]
