"""A small HTTP server that answers as Valhalla's and OSRM's matrix do, and notes the asking."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fake_geocoder import FakeGeocoder, fake_geocoder

Points = list[tuple[float, float]]
"""Latitude and longitude; the first is where the trip starts."""


@dataclass
class FakeMatrix:
    """What it answers: seconds for a target, or the body that `spoil` makes of the answer."""

    http: FakeGeocoder
    seconds: Callable[[float, float], Any] = lambda _lat, _lon: 600
    spoil: Callable[[Any], Any] | None = None
    asked: list[tuple[str, Points]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.http.url

    def answer(self, handler: Any) -> None:
        way, points = read_question(handler.path)
        self.asked.append((way, points))
        cells = [self.seconds(*point) for point in points[1:]]
        body: Any = {"code": "Ok", "durations": [cells]}
        if not handler.path.startswith("/table"):
            row = [
                {"from_index": 0, "to_index": i, "time": cell, "distance": 1.0}
                for i, cell in enumerate(cells)
            ]
            body = {"sources_to_targets": [row], "units": "kilometers"}
        if self.spoil:
            body = self.spoil(body)
        handler.send_response(self.http.status)
        handler.end_headers()
        handler.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())


def read_question(path: str) -> tuple[str, Points]:
    """Return the way of travelling and the points of a question, the start first."""
    address = urlsplit(path)
    if address.path == "/sources_to_targets":
        asked = json.loads(parse_qs(address.query)["json"][0])
        points = [*asked["sources"], *asked["targets"]]
        return asked["costing"], [(point["lat"], point["lon"]) for point in points]
    _, table, version, profile, places = address.path.split("/")
    assert (table, version) == ("table", "v1")
    pairs = [tuple(map(float, place.split(","))) for place in places.split(";")]
    query = parse_qs(address.query)
    assert query["sources"] == ["0"]
    assert query["destinations"] == [";".join(str(i) for i in range(1, len(pairs)))]
    return profile, [(lat, lon) for lon, lat in pairs]


@contextmanager
def fake_matrix() -> Iterator[FakeMatrix]:
    with fake_geocoder() as http:
        fake = FakeMatrix(http)
        http.answer = fake.answer
        yield fake
