"""The keyed API: read the body, ask the service, answer JSON."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from ccr import __version__
from ccr.adapters.clock import utc_now
from ccr.api.keys import keyed, open_to_all
from ccr.api.openapi import openapi_document
from ccr.api.problems import ProblemError, init_problems
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.route_body import RouteRequestBody
from ccr.services.route_document import route_document

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
init_problems(blueprint)


@blueprint.post("/routes")
@keyed(Permission.ROUTE_FIND)
def find_partners(identity: Identity) -> Response:
    """Return partners for needs near a place."""
    fields = RouteRequestBody.model_validate(sent_json()).to_domain()
    return answer_json(route_document(identity, g.world, fields, at=utc_now()))


@blueprint.get("/openapi.json")
@open_to_all
def describe() -> Response:
    """Return what the API is."""
    return answer_json(openapi_document(__version__))


@blueprint.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@open_to_all
def nothing_here(_rest: str) -> Response:
    """Answer a path that does not exist as the API answers, not as a page."""
    raise NotFound


def sent_json(empty: object = None) -> Any:  # noqa: ANN401 -- the schema judges what was sent
    """Return the JSON that was sent, or `empty` for no body at all; raises ProblemError."""
    if empty is not None and not request.get_data():
        return empty
    try:
        return request.get_json()
    except UnsupportedMediaType:
        raise ProblemError(415, "Send the request as application/json.") from None
    except (BadRequest, RecursionError):
        raise ProblemError(400, "The body is not JSON.") from None


def answer_json(document: dict[str, Any]) -> Response:
    """Return a document as an answer."""
    return Response(json.dumps(document), content_type="application/json")
