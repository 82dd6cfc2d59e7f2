"""The front page, the way out, and the way on after signing in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import practice
from ccr.services.finder import network_of_the_front_page
from ccr.services.hotlines import list_hotlines
from ccr.web.access import cookieless, current_identity, current_world, public, requires
from ccr.web.forms.finder import FinderForm

blueprint = Blueprint("home", __name__)
EXIT_TO = "https://www.weather.gov/"


@blueprint.get("/")
@blueprint.get("/<any(en, es):language>/")
@cookieless
def index(language: str | None = None) -> str:
    """Show the lines to call, the question of the finder, and the way in for staff."""
    del language
    network = network_of_the_front_page(current_world())
    return render_template(
        "home/index.html", form=FinderForm(None), hotlines=list_hotlines(), network=network
    )


@blueprint.get("/exit")
@public
def exit() -> ResponseReturnValue:
    """End whatever is open here and go to a harmless page.

    Clearing takes a browser time, so it is asked for only where there is something to clear: public
    pages set no cookie, store nothing and are in no cache.
    """
    response = redirect(EXIT_TO, code=303)
    if request.cookies:
        session.clear()
        response.delete_cookie("session")
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
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
    if permits(current_identity(), Permission.COORDINATION_READ):
        return redirect(url_for("network.overview"), code=303)
    return redirect(url_for("accounts.account"), code=303)
