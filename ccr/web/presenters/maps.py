"""The server-made county map: what a template needs to draw it as SVG, without script or tiles.

What lives here: county shapes, numbered pins and groups of them, the ring of the search place,
labels that do not cover each other. What must not: any point that the caller did not pass. The
caller passes public points only; a confidential service has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import has_request_context

from ccr.adapters.county_shapes import CountyShape, CountyShapes
from ccr.config import PROJECT_ROOT
from ccr.domain.directory import Place, Point
from ccr.domain.geography import Box, box_around
from ccr.domain.phrases import Phrase, phrase
from ccr.web.language import translated
from ccr.web.presenters.map_geometry import (
    XY,
    Projection,
    Rect,
    area_and_centre,
    around,
    clip,
    fit,
    free_spot,
    holds,
    path_of,
    thinned,
)
from ccr.web.presenters.map_marks import MapDot, marks_of

KM_PER_MILE = 1.609344
WIDTH, HEIGHT = 300.0, 390.0
MARGIN = 28.0
LETTER = 7.3  # how wide a letter of a label is, about: 14 units high, as map.css has it
PLATE_HEIGHT = 20.0
LEAST_RING = 6.0
MOST_NEEDED = 16  # beyond so many counties, a label that finds no room is left to the list
BEYOND = 12.0  # shapes are cut this far outside the picture, so that their cut edges are not seen
PATTERNS = frozenset({"gap-stale", "gap-full", "gap-one", "gap-none"})


@dataclass(frozen=True)
class NumberedPoint:
    """A public point with its number in the list beside the map."""

    number: int
    point: Point
    label: str


@dataclass(frozen=True)
class MapShape:
    """A county as path data; `pattern` names the hatching drawn over it, or is None."""

    fips: str
    name: str
    path: str
    css_class: str
    pattern: str | None = None


@dataclass(frozen=True)
class MapLabel:
    """Words on a plate; `leader` is the end of a line to what they belong to, or None."""

    text: Phrase
    x: float
    y: float
    plate: Rect
    leader: XY | None = None


@dataclass(frozen=True)
class MapMark:
    """A numbered pin, or one mark for several places that would cover each other.

    Attributes:
        places: (number in the list, label) of each place it stands for, ascending.
        group: for several places, which group of the map it is, from 1; None for a pin.
    """

    places: tuple[tuple[int, str], ...]
    x: float
    y: float
    group: int | None = None

    @property
    def text(self) -> str:
        """Return what is written on it: a pin's number, or how many places a group has."""
        return f"×{len(self.places)}" if self.group else str(self.places[0][0])

    @property
    def numbers(self) -> str:
        """Return its numbers, with commas."""
        return ", ".join(str(number) for number, _ in self.places)


@dataclass(frozen=True)
class MapRing:
    """The dashed ring around the search place, as wide as the place is vague."""

    label: str
    x: float
    y: float
    radius: float
    about_km: float

    @property
    def about_miles(self) -> int:
        """Return the precision in whole miles, for people."""
        return round(self.about_km / KM_PER_MILE)


@dataclass(frozen=True)
class MapView:
    """Everything the template draws. Sizes are in viewBox units.

    Attributes:
        counties: shapes to draw, neighbours outside the state among them.
        shaded: (county name, class) of the shaded counties, for the list beside the map.
        marks: also the text twin of the map, in the order of their first numbers.
    """

    width: float
    height: float
    title: Phrase
    description: Phrase
    counties: tuple[MapShape, ...]
    labels: tuple[MapLabel, ...] = ()
    marks: tuple[MapMark, ...] = ()
    ring: MapRing | None = None
    shaded: tuple[tuple[str, str], ...] = ()
    dots: tuple[MapDot, ...] = ()

    @property
    def has_groups(self) -> bool:
        """Return True when a mark stands for several places."""
        return any(mark.group for mark in self.marks)

    def group_of(self, number: int) -> dict[str, Any]:
        """Return the group in which a number of the list stands, and whether it comes first."""
        found = next((m for m in self.marks if number in dict(m.places)), None)
        if found is None or found.group is None:
            return {"map_group": None, "leads_group": False}
        return {"map_group": found.group, "leads_group": found.places[0][0] == number}


@dataclass
class _Taken:
    """The room that is taken in the picture."""

    picture: Rect
    boxes: list[Rect] = field(default_factory=list)

    def free(self, box: Rect) -> bool:
        return box.inside(self.picture) and not any(box.overlaps(b) for b in self.boxes)


def county_map(
    fips: Collection[str] = (),
    *,
    points: Sequence[NumberedPoint] = (),
    origin: Place | None = None,
    shaded: Mapping[str, str] | None = None,
    width: float = WIDTH,
    height: float = HEIGHT,
    seen: Box | None = None,
) -> MapView | None:
    """Return the map of some counties or around some points, or None when there is nothing to show.

    fips: counties that must be seen whole and labelled. shaded: county FIPS to a CSS class, such as
    "gap-one"; those are labelled too. origin: its county is lit, and a ring of its precision drawn.
    Only `points` are drawn as pins. width, height: about the pixels it will take on the page, so
    that words keep their size. seen: a box to show instead. The same input gives the same map.
    """
    shapes, shaded = _shapes(), shaded or {}
    named = [f for f in sorted({*fips, *shaded}) if f in shapes.shapes]
    box = seen or _box(points, origin, [shapes.shapes[f].box for f in named])
    if box is None:
        return None
    plane, shown = fit(box, width, height, MARGIN)
    home = _home_state(named, origin)
    visible = shapes.within(shown)
    picture = Rect(0, 0, width, height)
    rings = {s.fips: _cut(s, plane, picture) for s in visible}
    taken = _Taken(Rect(2, 2, width - 2, height - 2))
    marks = _marks(points, plane, taken)
    ring = _ring(origin, plane) if origin else None
    must = {*named, *([origin.county_fips] if origin else [])}
    return MapView(
        width=width,
        height=height,
        title=_title(origin),
        description=phrase("County shapes only. The same places are listed as text beside it."),
        counties=tuple(
            _shape(s, rings[s.fips], home, origin, shaded) for s in visible if rings[s.fips]
        ),
        labels=_labels([s for s in visible if s.fips[:2] == home], rings, must, taken),
        marks=marks,
        ring=ring,
        shaded=tuple((shapes.shapes[f].name, shaded[f]) for f in named if f in shaded),
    )


def county_box(fips: str) -> Box | None:
    """Return the box around a county, or None for one without a shape."""
    shape = _shapes().shapes.get(fips)
    return shape.box if shape else None


@lru_cache(maxsize=1)
def _shapes() -> CountyShapes:
    return CountyShapes.load(PROJECT_ROOT / "data" / "reference" / "us_counties.json")


def _title(origin: Place | None) -> Phrase:
    return phrase("Map around %(place)s", place=origin.label) if origin else phrase("County map")


def _box(points: Sequence[NumberedPoint], origin: Place | None, boxes: list[Box]) -> Box | None:
    if origin is not None:
        boxes = [*boxes, box_around(origin.point, origin.precision.about_km)]
    return around([p.point for p in points], boxes)


def _home_state(named: list[str], origin: Place | None) -> str | None:
    """Return the first two digits of the state the map is about."""
    if origin is not None:
        return origin.county_fips[:2]
    return Counter(f[:2] for f in named).most_common(1)[0][0] if named else None


def _cut(shape: CountyShape, plane: Projection, picture: Rect) -> list[list[XY]]:
    """Return the county's rings in the plane, cut off a little outside the picture."""
    edge = Rect(-BEYOND, -BEYOND, picture.right + BEYOND, picture.bottom + BEYOND)
    cut = (clip([plane.xy(lon, lat) for lon, lat in ring], edge) for ring in shape.rings)
    return [ring for ring in cut if len(ring) > 2]  # noqa: PLR2004 -- less is no area


def _shape(
    shape: CountyShape,
    rings: list[list[XY]],
    home: str | None,
    origin: Place | None,
    shaded: Mapping[str, str],
) -> MapShape:
    css_class, pattern = "map-land", None
    if shape.fips in shaded:
        css_class = f"map-land {shaded[shape.fips]}"
        pattern = shaded[shape.fips] if shaded[shape.fips] in PATTERNS else None
    elif origin is not None and shape.fips == origin.county_fips:
        css_class = "map-land map-here"
    elif home is not None and shape.fips[:2] != home:
        css_class = "map-outside"
    return MapShape(shape.fips, shape.name, path_of(rings), css_class, pattern)


def _marks(
    points: Sequence[NumberedPoint], plane: Projection, taken: _Taken
) -> tuple[MapMark, ...]:
    """Return the marks; those that would cover each other are one, with the count of its places."""
    labels = {item.number: item.label for item in points}
    groups = 0
    found = []
    for mark in marks_of({p.number: plane.xy(p.point.lon, p.point.lat) for p in points}):
        groups += len(mark.numbers) > 1
        taken.boxes.append(mark.box)
        x, y = _rounded(mark.xy)
        places = tuple((number, labels[number]) for number in mark.numbers)
        found.append(MapMark(places, x, y, groups if len(places) > 1 else None))
    return tuple(found)


def _ring(origin: Place, plane: Projection) -> MapRing:
    x, y = _rounded(plane.xy(origin.point.lon, origin.point.lat))
    about_km = origin.precision.about_km
    radius = max(about_km * plane.units_per_km, LEAST_RING)
    return MapRing(origin.label, x, y, round(radius, 1), about_km)


def _labels(
    shapes: list[CountyShape],
    rings: Mapping[str, list[list[XY]]],
    must: Collection[str],
    taken: _Taken,
) -> tuple[MapLabel, ...]:
    """Return the labels for which there is room; those in `must` first, beside it if need be."""
    labels = []
    needed = must if len(must) <= MOST_NEEDED else ()
    for shape in sorted(shapes, key=lambda s: (s.fips not in must, s.fips)):
        seen = [thinned(clip(ring, taken.picture), 3.0) for ring in rings[shape.fips]]
        sized = [(*area_and_centre(ring), ring) for ring in seen if len(ring) > 2]  # noqa: PLR2004
        if not sized:
            continue
        area, centre, ring = max(sized, key=lambda item: item[0])
        text = phrase("%(county)s Co.", county=shape.name)
        if area < PLATE_HEIGHT * LETTER * _letters(text) and shape.fips not in needed:
            continue
        label = _label(text, ring, centre, taken, needed=shape.fips in needed)
        if label is not None:
            taken.boxes.append(label.plate)
            labels.append(label)
    return tuple(labels)


def _label(
    text: Phrase,
    ring: list[XY],
    centre: XY,
    taken: _Taken,
    *,
    needed: bool,
) -> MapLabel | None:
    half = (_letters(text) * LETTER + 8) / 2

    def plate(xy: XY) -> Rect:
        return Rect(
            round(xy[0] - half, 1), round(xy[1] - PLATE_HEIGHT / 2, 1),
            round(xy[0] + half, 1), round(xy[1] + PLATE_HEIGHT / 2, 1),
        )  # fmt: skip

    def fits(xy: XY) -> bool:
        return taken.free(plate(xy)) and all(holds(ring, c) for c in plate(xy).corners)

    def touches(xy: XY) -> bool:
        return taken.free(plate(xy)) and holds(ring, xy)

    spot = free_spot(centre, 11, 9, fits) or free_spot(centre, 8, 9, touches)
    leader = None
    if spot is None and needed:
        spot = free_spot(centre, 14, 14, lambda xy: taken.free(plate(xy)))
        leader = _rounded(centre)
    if spot is None:
        return None
    x, y = _rounded(spot)
    return MapLabel(text, x, y, plate(spot), leader)


def _letters(text: Phrase) -> int:
    """Return how long a label is as its reader sees it; Spanish ones are longer."""
    return len(translated(text) if has_request_context() else str(text))


def _rounded(xy: XY) -> XY:
    return round(xy[0], 1), round(xy[1], 1)
