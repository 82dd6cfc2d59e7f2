"""How open data is answered: JSON or lines, with an ETag, at a pace, and without a trace.

Answers may be kept by anybody who asks again each time whether they still hold: a place that has
become hidden must not live on in a cache. Nothing is known of who asks.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Blueprint, Response, g, request, stream_with_context
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from ccr.adapters.pace import Pace
from ccr.api.keys import open_to_all
from ccr.api.problems import problem
from ccr.domain.errors import InvalidInputError
from ccr.services.open_data import Answer

View = TypeVar("View", bound=Callable[..., Any])
LINES = "application/x-ndjson"
KEPT_IF_ASKED_AGAIN = "no-cache"
AT_ONCE = 2
"""Streams served at once by one process: the others of its threads stay free for people."""
ROWS_A_DRAW = 500
_streams = threading.BoundedSemaphore(AT_ONCE)


def open_data(view: View) -> View:
    """Mark a view that anybody may use, that neither reads nor sets a cookie, and has a pace."""

    @functools.wraps(view)
    def paced(*args: object, **kwargs: object) -> Response:
        wait = _pace().wait(request.remote_addr or "", cost=1, now=time.monotonic())
        if wait:
            return too_fast(wait)
        answer: Response = view(*args, **kwargs)
        return answer

    paced.ccr_cookieless = True  # type: ignore[attr-defined]
    return open_to_all(paced)  # type: ignore[return-value]


def _pace() -> Pace:
    pace: Pace = g.open_data_pace
    return pace


def too_fast(seconds: float) -> Response:
    """Return the refusal of one who asks too fast."""
    response = problem(429, "Wait, then ask again; or take all rows at once with format=ndjson.")
    response.headers["Retry-After"] = str(math.ceil(seconds))
    return response


def as_json(document: dict[str, Any]) -> Response:
    """Return a document; one that the caller holds already is not sent again."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, content_type="application/json")
    if request.method == "POST":
        # A question that should stand in no log should stand in no cache either.
        return response
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return _kept(response)


def as_lines(answer: Answer, stamp: str) -> Response:
    """Return every record, one a line, read while it is sent."""
    cost = answer.total / ROWS_A_DRAW
    if wait := _pace().wait(request.remote_addr or "", cost=cost, now=time.monotonic()):
        return too_fast(wait)
    tag = hashlib.sha256(f"{stamp} {request.full_path}".encode()).hexdigest()[:32]
    if request.method != "POST" and request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = Response(content_type=LINES)
    else:
        if not _streams.acquire(blocking=False):
            raise ServiceUnavailable
        response = Response(stream_with_context(_lines(answer)), content_type=LINES)
        response.call_on_close(_streams.release)
    if request.method == "POST":
        return response
    response.set_etag(tag, weak=True)
    return _marked(response)


def _lines(answer: Answer) -> Iterator[str]:
    for item in answer.stream():
        yield json.dumps(item, ensure_ascii=False, separators=(",", ":")) + "\n"


def _kept(response: Response) -> Response:
    return _marked(response.make_conditional(request))  # type: ignore[arg-type]


def _marked(response: Response) -> Response:
    g.open_data = True
    response.headers["Cache-Control"] = KEPT_IF_ASKED_AGAIN
    return response


def init_answers(blueprint: Blueprint, pace: Callable[[], Pace]) -> None:
    """Give the blueprint its pace, its refusals, and leave for pages of others to read it."""

    @blueprint.before_request
    def give_pace() -> None:
        g.open_data_pace = pace()

    @blueprint.after_request
    def anybody_may_read(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        return response

    def of_input(error: InvalidInputError) -> Response:
        return problem(400, str(error), [(error.field, str(error))] if error.field else ())

    def of_http(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:  # noqa: PLR2004 -- a redirect is no error
            return error
        return problem(404 if error.code == 405 else error.code)  # noqa: PLR2004

    blueprint.register_error_handler(InvalidInputError, of_input)
    blueprint.register_error_handler(HTTPException, of_http)
