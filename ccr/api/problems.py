"""Refusals as problem documents. Source: RFC 9457.

What lives here: how an error looks to a machine. Details are sentences; they never repeat what was
sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from ccr.domain import errors

MEDIA_TYPE = "application/problem+json"
STATUS: tuple[tuple[type[errors.CcrError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.InvalidInputError, 422),
    (errors.TooManyAttemptsError, 429),
    (errors.StaleError, 409),
    (errors.IllegalTransitionError, 409),
    (errors.DuplicateError, 409),
    (errors.UnsafeStorageError, 503),
)
TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    404: "Not found",
    405: "Not found",
    409: "In conflict with the present state",
    413: "The request is too large",
    415: "Send JSON",
    422: "Something in the request cannot be used",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not available now",
}
# The names that callers use, where they differ from those of the use case.
FIELDS = {"needs": "need"}


class ProblemError(Exception):
    """A refusal of the door itself, before any use case is reached."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def problem(status: int, detail: str = "", wrong: Sequence[tuple[str, str]] = ()) -> Response:
    """Return a problem document.

    Args:
        wrong: (field, what is wrong with it) for each field that cannot be used.
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "The request is refused"),
        "status": status,
    }
    if detail:
        document["detail"] = detail
    if wrong:
        document["errors"] = [{"field": field, "detail": text} for field, text in wrong]
    response = Response(json.dumps(document), status, content_type=MEDIA_TYPE)
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "5"
    return response


def of_domain(error: errors.CcrError) -> Response:
    """Return the problem that a refusal of a use case is; absent and forbidden are the same."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 400)
    if status == 404:  # noqa: PLR2004
        return problem(404)
    if error.field is None:
        return problem(status, str(error))
    return problem(status, str(error), [(FIELDS.get(error.field, error.field), str(error))])


def of_shape(error: ValidationError) -> Response:
    """Return the problem that a body of the wrong shape is, without what was in it."""
    wrong = [
        (".".join(str(part) for part in item["loc"]) or "body", item["msg"])
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return problem(422, "Some fields cannot be used.", wrong)


def init_problems(blueprint: Blueprint) -> None:
    """Make every error of the blueprint's routes a problem document."""

    def of_door(error: ProblemError) -> Response:
        return problem(error.status, error.detail)

    def of_http(error: HTTPException) -> Response:
        status = error.code or 500
        return problem(404 if status == 405 else status)  # noqa: PLR2004

    blueprint.register_error_handler(ProblemError, of_door)
    blueprint.register_error_handler(ValidationError, of_shape)
    blueprint.register_error_handler(errors.CcrError, of_domain)
    blueprint.register_error_handler(HTTPException, of_http)
