"""The ZIPs of one county on its shape: a dot at the centre of each, with the sign of its cell.

What lives here: dots of public reference points. What must not: the place of any service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ccr.domain.directory import Point
from ccr.domain.phrases import phrase
from ccr.web.presenters.map_geometry import Rect, around, fit
from ccr.web.presenters.map_marks import MapDot
from ccr.web.presenters.maps import MARGIN, MapLabel, MapView, county_box, county_map

SIGNS = {"none": "×", "stale": "?", "full": "=", "one": "!", "ok": "✓"}
"""One sign for each look, so that colour alone never tells."""
RADIUS = 8.0
"""Of a dot, as the picture draws it."""
AIR_DEGREES = 0.06
"""About four miles of air around the ZIPs of districts."""


def zip_map(
    fips: str,
    looks: Sequence[tuple[str, str]],
    points: Mapping[str, Point],
    *,
    width: float,
    height: float,
) -> MapView | None:
    """Return the map of a county with a dot for each ZIP, or None where it has no shape.

    looks: (ZIP, look) in the order they are drawn, so that the last lies on top.
    """
    box = county_box(fips)
    view = county_map([fips], width=width, height=height)
    if box is None or view is None:
        return None
    known = [(code, look) for code, look in looks if code in points]
    whole = around([points[code] for code, _ in known], [box])
    plane, _ = fit(whole or box, width, height, MARGIN)
    if whole != box:  # a centre may lie a little outside the simplified shape
        view = county_map([fips], width=width, height=height, seen=whole) or view
    dots = tuple(
        MapDot(code, *plane.xy(points[code].lon, points[code].lat), f"gap-{look}", SIGNS[look])
        for code, look in known
    )
    return replace(
        view,
        dots=dots,
        labels=_clear(view.labels, dots),
        title=phrase("Map of the ZIPs"),
        description=phrase("A dot stands for a ZIP. The same ZIPs are listed as text beside it."),
    )


def _clear(labels: tuple[MapLabel, ...], dots: Sequence[MapDot]) -> tuple[MapLabel, ...]:
    """Return the labels that no dot covers: a dot says more than a name that cannot be read."""
    boxes = [Rect(d.x - RADIUS, d.y - RADIUS, d.x + RADIUS, d.y + RADIUS) for d in dots]
    return tuple(one for one in labels if not any(one.plate.overlaps(box) for box in boxes))


def district_map(
    counties: Mapping[str, str],
    zips: Mapping[str, str],
    points: Mapping[str, Point],
    *,
    width: float,
    height: float,
) -> MapView | None:
    """Return the map of districts: counties shaded by their look, and a dot for each single ZIP.

    counties, zips: code to look. None where there is nothing to draw.
    """
    shaded = {fips: f"gap-{look}" for fips, look in counties.items()}
    known = {code: look for code, look in zips.items() if code in points}
    boxes = [box for fips in counties if (box := county_box(fips)) is not None]
    if known:
        around_zips = [points[code] for code in known]
        seen = around([_beside(p, s) for p in around_zips for s in (-1, 1)], boxes)
    else:
        seen = around([], boxes)
    if seen is None:
        return None
    view = county_map(shaded=shaded, width=width, height=height, seen=seen)
    if view is None:
        return None
    plane, _ = fit(seen, width, height, MARGIN)
    dots = tuple(
        MapDot(code, *plane.xy(points[code].lon, points[code].lat), f"gap-{look}", SIGNS[look])
        for code, look in sorted(known.items(), reverse=True)
    )
    return replace(
        view,
        dots=dots,
        labels=_clear(view.labels, dots),
        title=phrase("Map of the districts"),
        description=phrase(
            "Whole counties are shaded; a dot stands for a ZIP. The same districts are listed as "
            "text beside it."
        ),
    )


def _beside(point: Point, side: int) -> Point:
    """Return a point a few miles to one side, so that a single ZIP has something around it."""
    return Point(point.lat + side * AIR_DEGREES, point.lon + side * AIR_DEGREES)
