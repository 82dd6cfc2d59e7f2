"""Refusals as problem documents, for every door that answers machines. Source: RFC 9457.

What lives here: how an error looks to a machine. Details are sentences; they never repeat what was
sent, not even the name of a field that nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ccr.domain import errors

STATUS: tuple[tuple[type[errors.CcrError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.InvalidInputError, 422),
    (errors.TooManyAttemptsError, 429),
    (errors.StaleError, 409),
    (errors.IllegalTransitionError, 409),
    (errors.DuplicateError, 409),
    (errors.StillRunningError, 409),
    (errors.AlreadyDoneError, 409),
    (errors.UnsafeStorageError, 503),
)
TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    404: "Not found",
    405: "Not found",
    409: "In conflict with the present state",
    412: "It has changed",
    413: "The request is too large",
    415: "Send JSON",
    422: "Something in the request cannot be used",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not available now",
}
# The names that callers use, where they differ from those of the use case.
FIELDS = {"needs": "need"}
_UNKNOWN = ("body", "There is a field that this request does not have.")


def problem_document(
    status: int, detail: str = "", wrong: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
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
    return document


def domain_problem(error: errors.CcrError) -> dict[str, Any]:
    """Return the problem that a refusal of a use case is; absent and forbidden are the same."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 400)
    if status == 404:  # noqa: PLR2004
        return problem_document(404)
    if error.field is None:
        return problem_document(status, str(error))
    return problem_document(
        status, str(error), [(FIELDS.get(error.field, error.field), str(error))]
    )


def shape_problem(error: ValidationError) -> dict[str, Any]:
    """Return the problem that a body of the wrong shape is, without what was in it."""
    wrong = [
        _UNKNOWN
        if item["type"] == "extra_forbidden"
        else (".".join(str(part) for part in item["loc"]) or "body", item["msg"])
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return problem_document(422, "Some fields cannot be used.", list(dict.fromkeys(wrong)))
