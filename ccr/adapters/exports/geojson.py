"""Listings as GeoJSON (RFC 7946): one feature for each service at each place.

WGS 84, [longitude, latitude], no "crs". A confidential service, and a place without coordinates,
has a null geometry: there is no stand-in point (design 2.3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from ccr.domain.flat_listing import Cell

_APART = frozenset({"latitude", "longitude"})


def write_geojson(rows: Iterable[Mapping[str, Cell]]) -> Iterator[bytes]:
    """Yield a FeatureCollection in pieces; `id` is the service at its place, or the service."""
    yield b'{"type": "FeatureCollection", "features": ['
    between = "\n"
    for row in rows:
        yield f"{between}{json.dumps(_feature(row), ensure_ascii=False)}".encode()
        between = ",\n"
    yield b"\n]}\n"


def _feature(row: Mapping[str, Cell]) -> dict[str, object]:
    lat, lon = row.get("latitude"), row.get("longitude")
    placed = isinstance(lat, float) and isinstance(lon, float)
    return {
        "type": "Feature",
        "id": row.get("service_at_location_id") or row["service_id"],
        "geometry": {"type": "Point", "coordinates": [lon, lat]} if placed else None,
        "properties": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in row.items()
            if name not in _APART and value not in (None, "", ())
        },
    }
