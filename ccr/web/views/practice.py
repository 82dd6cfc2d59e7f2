"""Into the practice space and out of it. The session keeps where one is; every page shows it."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import practice
from ccr.web.access import current_identity, current_world, requires

blueprint = Blueprint("practice", __name__, url_prefix="/account/practice")
IN_SESSION = "practice"


@blueprint.post("/enter")
@requires(Permission.PRACTICE_ENTER)
def enter() -> ResponseReturnValue:
    """Make the practice space where there is none, and go there."""
    practice.enter(current_identity(), current_world(), at=utc_now())
    session[IN_SESSION] = True
    return redirect(url_for("accounts.account"), code=303)


@blueprint.post("/leave")
@requires(Permission.PRACTICE_ENTER)
def leave() -> ResponseReturnValue:
    """Go back to what is real."""
    session.pop(IN_SESSION, None)
    return redirect(url_for("accounts.account"), code=303)
