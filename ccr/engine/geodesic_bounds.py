"""How far apart points on WGS84 are, between two bounds that differ by centimetres.

What lives here: chords through the ellipsoid and what they say of the way over it, for many points
at once. What must not: an order that anybody sees where the bounds leave it open; the domain
measures that exactly.

A shortest way bends nowhere more than a circle of the least radius of curvature (b^2 / a, on the
equator) and nowhere less than one of the greatest (a^2 / b, at a pole), so that its length lies
between the arcs of both over the same chord. At 150 km they differ by 7 cm, at 1,000 km by 20 m.
Source: radii of curvature of WGS84 (NGA.STND.0036); the theorem on arcs and chords is Schur's.
"""

from __future__ import annotations

import math

import numpy as np

from ccr.domain.directory import Point
from ccr.engine.postings import Array

_A_KM = 6378.137
_FLATTENING = 1 / 298.257223563
_SQUARED_ECCENTRICITY = _FLATTENING * (2 - _FLATTENING)
_B_KM = _A_KM * (1 - _FLATTENING)
LEAST_RADIUS_KM = _B_KM * _B_KM / _A_KM
MOST_RADIUS_KM = _A_KM * _A_KM / _B_KM
LONGEST_KM = 20004.0
"""No two points on the ellipsoid are further apart than half a meridian."""
ARC_ENDS_KM = 10_000.0
"""Chords from which on the arc of the least radius says nothing."""
A_MILLIMETRE = 1e-6
"""In km: room for rounding, added to both bounds."""
SPHERE_LOW, SPHERE_HIGH = 0.99, 1.01
"""Great circles lie within these factors of the geodesic (measured: 0.9943 to 1.0057)."""


def places(points: list[Point]) -> Array:
    """Return points as places in space: shape (n, 3), km from the centre of the Earth."""
    degrees = np.array([(p.lat, p.lon) for p in points], float).reshape(-1, 2)
    lat, lon = np.radians(degrees).T
    across = _A_KM / np.sqrt(1 - _SQUARED_ECCENTRICITY * np.sin(lat) ** 2)
    out = across * np.cos(lat)
    up = across * (1 - _SQUARED_ECCENTRICITY) * np.sin(lat)
    return np.stack([out * np.cos(lon), out * np.sin(lon), up], axis=-1)


def place_of(point: Point) -> Array:
    """Return one point as a place in space, shape (3,)."""
    lat, lon = math.radians(point.lat), math.radians(point.lon)
    across = _A_KM / math.sqrt(1 - _SQUARED_ECCENTRICITY * math.sin(lat) ** 2)
    out = across * math.cos(lat)
    up = across * (1 - _SQUARED_ECCENTRICITY) * math.sin(lat)
    return np.array((out * math.cos(lon), out * math.sin(lon), up))


def lengths(vectors: Array) -> Array:
    """Return the lengths of vectors, shape (n, 3)."""
    found: Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return found


def bounds_km(chords: Array) -> tuple[Array, Array]:
    """Return the least and the most km that the geodesic over each chord (km) can have."""
    low = 2 * MOST_RADIUS_KM * np.arcsin(chords / (2 * MOST_RADIUS_KM)) - A_MILLIMETRE
    half = np.minimum(chords / (2 * LEAST_RADIUS_KM), 1.0)
    high = 2 * LEAST_RADIUS_KM * np.arcsin(half) + A_MILLIMETRE
    if len(chords) and chords.max() > ARC_ENDS_KM:
        high[chords > ARC_ENDS_KM] = LONGEST_KM
    return np.maximum(low, 0.0), high
