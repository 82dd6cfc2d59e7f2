"""The doorway of a demo network: one click to come in, and three stories to walk through.

It is there only where the database is a demo and the address is this machine's own; everywhere
else it is absent. It sets no cookie: the form brings a signed token instead.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.services import demo_doorway
from ccr.services.demo_guard import is_loopback
from ccr.web.access import current_world, public
from ccr.web.presenters.demo_stories import DOORS, STORIES, step_named
from ccr.web.security import LONGEST_SESSION
from ccr.web.sign_in import enter_demo

blueprint = Blueprint("demo", __name__)


@blueprint.get("/demo")
@blueprint.get("/<any(en, es):language>/demo")
@public
def doorway(language: str | None = None) -> str:
    """Show the doors and the stories; `at` names the step one has come to."""
    del language
    _on_this_machine_only()
    found = step_named(request.args.get("at", ""))
    return render_template(
        "demo/doorway.html",
        place=demo_doorway.open_doorway(),
        words=DOORS,
        stories=STORIES,
        story_here=found[0].name if found else None,
        step_here=found[1] if found else 0,
        exists=_exists,
        token=_signer().dumps("enter"),
    )


@blueprint.post("/demo/enter")
@public
def enter() -> ResponseReturnValue:
    """Sign in as the demo's own person of a role, and go to the page of a step or to their desk."""
    _on_this_machine_only()
    _check_form()
    found = step_named(request.form.get("step", ""))
    enter_demo(request.form.get("role", ""))
    target = found[0].steps[found[1] - 1].to if found else ""
    return redirect(target if _exists(target) else url_for("home.welcome"), code=303)


def _on_this_machine_only() -> None:
    if not is_loopback(request.host.rsplit(":", 1)[0]):
        raise NotFoundError


def _check_form() -> None:
    """Refuse a form that another site sent, or that is not a fresh one of ours."""
    # Our pages send no referrer, and then a browser says "null" for the origin of its own site too.
    origin = request.headers.get("Origin", "null")
    elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
    if elsewhere or (origin != "null" and urlsplit(origin).netloc != request.host):
        raise NotFoundError
    try:
        _signer().loads(request.form.get("token", ""), max_age=int(LONGEST_SESSION.total_seconds()))
    except BadData as error:
        raise InvalidInputError(phrase("This page is too old. Open it again.")) from error


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_world().settings.secret_key, salt="demo-doorway")


def _exists(path: str) -> bool:
    """Return True when the site has a page at this address."""
    adapter = request_ctx.url_adapter
    return bool(path) and adapter is not None and adapter.test(path, "GET")
