"""What the site is measured beside: a bare Flask JSON hello, and the question asked of PostGIS.

Each is served by gunicorn as the site is: two workers of four threads, loaded before the fork. The
endpoint that asks PostGIS does no more than it must: no key is looked up, the body is taken at its
word, and the answer is ids, minutes and kilometres of partners with a public point.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, jsonify, request
from gunicorn.app.base import BaseApplication

from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from tests.bench.directory_parts import GAZETTEER
from tests.bench.postgis_questions import Questions
from tests.bench.routing_postgis import Peer, PostGIS

BEST_WAY = ("by area", 30.0)


def hello_app() -> Flask:
    """Return a site of one page that says hello in JSON."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: jsonify(hello="world"), methods=["POST"])
    return app


def postgis_app(postgis: PostGIS, questions: Questions) -> Flask:
    """Return a site of one page that answers by PostGIS, with a connection for each thread."""
    app, own = Flask("postgis"), threading.local()

    def answer() -> Any:
        if not hasattr(own, "peer"):
            own.peer = Peer(postgis.connection(), questions, *BEST_WAY)
        found = own.peer.prepared(read_request(request.get_json()))()
        return jsonify(partners=[{"id": str(i), "minutes": minutes} for i, minutes in found])

    app.add_url_rule("/", view_func=answer, methods=["POST"])
    return app


def read_request(body: dict[str, Any]) -> RouteRequest:
    """Return the request that a prepared body stands for."""
    return RouteRequest(
        needs=tuple(map(Need, body["need"])),
        near=GAZETTEER.resolve(body["near"]),
        at=datetime.fromisoformat(body["at"]),
        track=Track(body["track"]),
        urgency=Urgency(body["urgency"]),
        language=body["language"] or None,
        access=frozenset(map(Access, body["access"])),
        age_band=AgeBand(body["age_band"]) if body["age_band"] else None,
        gender=Gender(body["gender"]) if body["gender"] else None,
        transport=Transport(body["transport"]),
        excluded_members=frozenset(map(UUID, body["exclude"])),
    )


def body_of(asked: RouteRequest) -> dict[str, Any]:
    """Return a request as the API takes it. It is asked by a key, so there is no sender."""
    return {
        "need": [need.value for need in asked.needs],
        "near": asked.near.zip_code or asked.near.label,
        "at": asked.at.isoformat(),
        "track": asked.track.value,
        "urgency": asked.urgency.value,
        "language": asked.language or "",
        "access": sorted(asked.access),
        "age_band": asked.age_band or "",
        "gender": asked.gender or "",
        "transport": asked.transport.value,
        "exclude": sorted(map(str, asked.excluded_members)),
    }


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn around an app that is in memory already."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "preload_app": True,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, port: int) -> Callable[[], None]:
    """Serve an app from a process of its own; return what stops it."""
    process = multiprocessing.get_context("fork").Process(target=lambda: _Server(app, port).run())
    process.start()

    def stop() -> None:
        process.terminate()
        process.join(20)

    return stop
