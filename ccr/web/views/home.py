"""The public front page, and the way out. No cookie, no script, no account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import practice
from ccr.services.hotlines import list_hotlines
from ccr.web.access import current_identity, public, requires

blueprint = Blueprint("home", __name__)
EXIT_TO = "https://www.weather.gov/"


@blueprint.get("/")
@blueprint.get("/<any(en, es):language>/")
@public
def index(language: str | None = None) -> str:
    """Show what this is, the lines to call, and the way in for staff."""
    del language
    return render_template("home/index.html", hotlines=list_hotlines())


@blueprint.get("/exit")
@public
def exit() -> ResponseReturnValue:
    """End whatever is open here and go to a harmless page."""
    session.clear()
    response = redirect(EXIT_TO, code=303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.delete_cookie("session")
    return response


@blueprint.get("/welcome")
@requires(Permission.ACCOUNT_SELF)
def welcome() -> ResponseReturnValue:
    """Go on to the page that was wanted before sign-in, else to the place of one's work."""
    wanted = session.pop("wanted", None)
    if isinstance(wanted, str):
        return redirect(wanted, code=303)
    if practice.should_practise(current_identity()):
        return redirect(url_for("accounts.account"), code=303)
    if permits(current_identity(), Permission.REFERRAL_LIST):
        return redirect(url_for("referrals.inbox"), code=303)
    return redirect(url_for("accounts.account"), code=303)
