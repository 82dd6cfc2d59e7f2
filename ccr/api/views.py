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
    fields = RouteRequestBody.model_validate(_body()).to_domain()
    return _answer(route_document(identity, g.world, fields, at=utc_now()))


@blueprint.get("/openapi.json")
@open_to_all
def describe() -> Response:
    """Return what the API is."""
    return _answer(openapi_document(__version__))


@blueprint.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@open_to_all
def nothing_here(_rest: str) -> Response:
    """Answer a path that does not exist as the API answers, not as a page."""
    raise NotFound


def _body() -> Any:  # noqa: ANN401 -- whatever was sent; the schema judges it
    """Return the JSON that was sent; raises ProblemError."""
    try:
        return request.get_json()
    except UnsupportedMediaType:
        raise ProblemError(415, "Send the request as application/json.") from None
    except (BadRequest, RecursionError):
        raise ProblemError(400, "The body is not JSON.") from None


def _answer(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), content_type="application/json")
