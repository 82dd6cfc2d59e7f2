"""A small HTTP server that answers as Nominatim, Pelias or Photon do, and notes the asking."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def nominatim(lat: float, lon: float, rank: int = 30) -> Any:
    return [{"lat": str(lat), "lon": str(lon), "display_name": "here", "place_rank": rank}]


def pelias(lat: float, lon: float, layer: str = "address", **told: str) -> Any:
    return {"features": [_feature(lat, lon, {"layer": layer, "name": "here", **told})]}


def photon(lat: float, lon: float, kind: str = "house") -> Any:
    return {"features": [_feature(lat, lon, {"type": kind, "name": "here"})]}


def _feature(lat: float, lon: float, properties: dict[str, str]) -> Any:
    return {"geometry": {"coordinates": [lon, lat]}, "properties": properties}


@dataclass
class FakeGeocoder:
    """What it answers with: JSON, raw bytes, or a function that writes to the handler itself."""

    answer: Any = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    url: str = ""


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send one byte every tenth of a second, for longer than anybody waits."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


@contextmanager
def fake_geocoder() -> Iterator[FakeGeocoder]:
    fake = FakeGeocoder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            fake.asked.append((asked.get("q") or asked.get("text") or [self.path])[0])
            fake.agents.append(self.headers.get("User-Agent", ""))
            time.sleep(fake.wait)
            try:
                self._answer()
            except OSError:
                return

        def _answer(self) -> None:
            if isinstance(fake.answer, Callable):
                fake.answer(self)
                return
            body = (
                fake.answer if isinstance(fake.answer, bytes) else json.dumps(fake.answer).encode()
            )
            self.send_response(fake.status)
            for name, value in fake.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
