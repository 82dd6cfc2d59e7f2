"""Rebuild us_counties.json: county shapes and names, from the npm package us-atlas 3.0.1.

    npm install --prefix /tmp/atlas us-atlas@3.0.1
    python data/reference/build_counties.py /tmp/atlas/node_modules/us-atlas/counties-10m.json

Writes beside itself: {"scale": [x, y], "translate": [x, y], "arcs": [[dx, dy, ...]],
"counties": [[fips, name, [[arc, ...], ...]]]}. An arc is a flat list of whole-number steps; its
first pair is a position; a position times scale plus translate is (longitude, latitude). A ring
lists arcs in order; arc -1 is arc 0 backwards, as in TopoJSON. Rings inside rings are holes.
Facts: US Census Bureau, cartographic boundary files, 2017. County order: by FIPS.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "us_counties.json"


def rings_of(geometry: dict) -> list[list[int]]:
    """Return all rings of a Polygon or MultiPolygon, holes among them."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [ring for polygon in polygons for ring in polygon]


def compact(topology: dict) -> dict:
    """Return the counties of a TopoJSON topology, with the arcs that they use, renumbered."""
    shapes = sorted(topology["objects"]["counties"]["geometries"], key=lambda g: g["id"])
    used = sorted({
        arc if arc >= 0 else ~arc for g in shapes for ring in rings_of(g) for arc in ring
    })
    place = {arc: number for number, arc in enumerate(used)}

    def renumbered(arc: int) -> int:
        return place[arc] if arc >= 0 else ~place[~arc]

    return {
        "scale": topology["transform"]["scale"],
        "translate": topology["transform"]["translate"],
        "arcs": [[step for pair in topology["arcs"][arc] for step in pair] for arc in used],
        "counties": [
            [g["id"], g["properties"]["name"], [[renumbered(a) for a in r] for r in rings_of(g)]]
            for g in shapes
        ],
    }


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(compact(source), separators=(",", ":"), ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size} bytes\n")
