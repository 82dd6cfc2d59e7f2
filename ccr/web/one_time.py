"""Every form is pressed once: a token in each form, and one answer however often it is sent.

`form_tokens()` writes the hidden fields of a form with a session; `one_time_token()` those of a
form without one. A press is counted in the transaction of the first thing it writes
(`ccr.services.doing_once`); the same press again leads where the first one led. Works without
script, with Back and send again, from two windows, and after an answer that got lost.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from ccr.adapters.clock import utc_now
from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.doing_once import is_form_token
from ccr.domain.errors import AlreadyDoneError
from ccr.services import doing_once
from ccr.services.doing_once import Press
from ccr.web.errors import error_page

View = TypeVar("View", bound=Callable[..., Any])
FIELD = "once"
TOKEN_BYTES = 16
NOT_COUNTED = frozenset({"csrf_token", FIELD})
# Machines have keys of their own; the sign-in library commits by itself and makes nothing twice.
OTHER_DOORS = frozenset({None, "api", "hsds", "security"})
REDIRECTS = range(300, 400)
_CHUNK = 64 * 1024


def asks_only(view: View) -> View:
    """Mark a POST that answers by a page and may be asked again at will, such as a search."""
    view.ccr_asks_only = True  # type: ignore[attr-defined]
    return view


def one_time_token(token: str | None = None) -> Markup:
    """Return the hidden field by which a form is known when it comes a second time."""
    value = token or secrets.token_urlsafe(TOKEN_BYTES)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, value)


def form_tokens(token: str | None = None) -> Markup:
    """Return the hidden fields of every form that posts: whose it is, and which press."""
    whose = Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
    return whose + one_time_token(token)


def init_one_time(app: Flask) -> None:
    """Count the presses of forms, after it is known where a form is from and who asks."""
    app.jinja_env.globals.update(form_tokens=form_tokens, one_time_token=one_time_token)
    app.after_request(_settle)

    @app.before_request
    def look_back() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        return _look_back() if view is not None and _is_a_form(view) else None

    app.register_error_handler(AlreadyDoneError, _the_same_again)

    @app.teardown_request
    def count_no_longer(_error: BaseException | None) -> None:
        doing_once.count_nothing_more()


def _look_back() -> ResponseReturnValue | None:
    """Send whoever presses again to where the first press led; else have this press counted."""
    token = request.form.get(FIELD, "")
    if not is_form_token(token):
        return None
    press = Press.of(g.world, (token, _whose(), request.path), _fields(), at=utc_now())
    before = doing_once.where_it_led(g.world, press)
    if before is not None:
        return _led(before)
    g.press = press
    doing_once.count_with_what_is_written(press)
    return None


def _is_a_form(view: Callable[..., Any]) -> bool:
    return (
        request.method == "POST"
        and request.blueprint not in OTHER_DOORS
        and not getattr(view, "ccr_asks_only", False)
    )


def _whose() -> str:
    """Return whose session it is; a page that reads no cookie has nobody's."""
    return "" if g.get("cookieless") else str(session.get("_user_id", ""))


def _fields() -> list[tuple[str, str]]:
    """Return what was sent, files by the hash of what is in them."""
    fields = [(n, v) for n, v in request.form.items(multi=True) if n not in NOT_COUNTED]
    for name, file in request.files.items(multi=True):
        digest = hashlib.sha256()
        while chunk := file.stream.read(_CHUNK):
            digest.update(chunk)
        file.stream.seek(0)
        fields.append((name, f"{file.filename}/{digest.hexdigest()}"))
    return fields


def _the_same_again(_error: AlreadyDoneError) -> ResponseReturnValue:
    """Answer the second of two presses at once as the first one is answered."""
    press: Press | None = g.get("press")
    return _led(doing_once.wait_where_it_led(g.world, press) if press else "")


def _led(location: str) -> ResponseReturnValue:
    if location:
        return redirect(location, code=303)
    return error_page(409, AlreadyDoneError().phrase)


def _settle(response: Response) -> Response:
    """Keep where a counted press led; forget one that was refused after all."""
    press: Press | None = g.get("press")
    if press is None or not press.counted:
        return response
    try:
        if response.status_code in REDIRECTS:
            doing_once.keep_where_it_led(g.world, press, response.headers["Location"])
        elif 400 <= response.status_code < 500:  # noqa: PLR2004
            doing_once.had_no_effect(press)
    except Exception as error:  # whatever the database raises
        # What was done is done and counted; only where it led stays unknown.
        get_logger(__name__).error("once.not-kept", **error_facts(error))
    return response
