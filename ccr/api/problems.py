"""Refusals as answers of HTTP: problem documents with their status and headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from ccr.domain import errors
from ccr.services.problem_documents import domain_problem, problem_document, shape_problem

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """A refusal of the door itself, before any use case is reached."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def problem(status: int, detail: str = "", wrong: Sequence[tuple[str, str]] = ()) -> Response:
    """Return a problem document as an answer; see problem_document."""
    return _answered(problem_document(status, detail, wrong))


def of_domain(error: errors.CcrError) -> Response:
    """Return the problem that a refusal of a use case is; absent and forbidden are the same."""
    return _answered(domain_problem(error))


def of_shape(error: ValidationError) -> Response:
    """Return the problem that a body of the wrong shape is, without what was in it."""
    return _answered(shape_problem(error))


def _answered(document: dict[str, Any]) -> Response:
    status = document["status"]
    response = Response(json.dumps(document), status, content_type=MEDIA_TYPE)
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "5"
    return response


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
