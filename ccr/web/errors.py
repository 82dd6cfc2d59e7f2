"""Domain errors as pages. Absent and forbidden are the same bytes."""

from __future__ import annotations

from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ccr.domain import errors
from ccr.domain.phrases import Phrase, phrase
from ccr.web.language import translated
from ccr.web.moved import moved_page

STATUS: tuple[tuple[type[errors.CcrError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.GoneError, 410),
    (errors.TooManyAttemptsError, 429),
    (errors.StaleError, 409),
    (errors.IllegalTransitionError, 409),
    (errors.TakesNoPartError, 409),
    (errors.DuplicateError, 409),
    (errors.UnsafeStorageError, 503),
)
NOT_SENT_AGAIN = {None, "api", "security"}
NEVER_SHOWN_AGAIN = ("exclude", "not_near", "other_code")
PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})


def error_page(status: int, words: Phrase | None = None) -> Response:
    """Return the page of this status; `words` says what happened where that is safe to say."""
    page = status if status in PAGES else 400 if status < 500 else 500  # noqa: PLR2004
    text = translated(words) if words is not None and page != 404 else None  # noqa: PLR2004
    if page >= 500:  # noqa: PLR2004
        # The frame of a staff page asks the database: not here, where it may just have failed.
        g.identity = None
        g._login_user = AnonymousUserMixin()  # Flask-Login would load the account for templates
        g.failed = True
    again = typed_again() if page == 503 else None  # noqa: PLR2004
    # The press stays the same one: what may have been done after all is not done again.
    once = request.form.get("once") if again is not None else None
    body = render_template(f"errors/{page}.html", text=text, again=again, again_once=once)
    response = make_response(body, status)
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "5"
    return response


def typed_again() -> list[tuple[str, str]] | None:
    """Return the fields of this form so that its page can send them once more, or None.

    None for what was no form of the desk, and where a field is never to be shown again (R82).
    """
    if request.method != "POST" or request.blueprint in NOT_SENT_AGAIN:
        return None
    if any(request.form.getlist(name) not in ([], [""]) for name in NEVER_SHOWN_AGAIN):
        return None
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in {"csrf_token", "once"}]


def status_of(error: errors.CcrError) -> int:
    """Return the HTTP status that says what this error is."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def init_errors(app: Flask) -> None:
    """Register the pages of every error."""

    def domain_error(error: errors.CcrError) -> ResponseReturnValue:
        if isinstance(error, errors.NotFoundError) and (led_on := moved_page(error)):
            return led_on
        return error_page(status_of(error), error.phrase)

    def csrf_error(error: CSRFError) -> ResponseReturnValue:
        del error
        return error_page(400, phrase("This form was open too long. Go back, and send it again."))

    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:  # noqa: PLR2004 -- a redirect is no error
            return error
        return error_page(404 if error.code == 405 else error.code)  # noqa: PLR2004

    app.register_error_handler(errors.CcrError, domain_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
