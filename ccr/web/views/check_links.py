"""A link from a mail: opening it shows one button and changes nothing; only a form does."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import GoneError, NotFoundError, StaleError
from ccr.services import check_links
from ccr.web.access import cookieless, current_world
from ccr.web.language import translated
from ccr.web.presenters.checks import link_view
from ccr.web.same_site import check_same_site

blueprint = Blueprint("check_links", __name__, url_prefix="/check")


@blueprint.before_request
def _forms_come_from_here() -> None:
    if request.method == "POST":
        check_same_site(request)


@blueprint.get("/<token>")
@cookieless
def ask(token: str) -> str:
    """Show one button, whatever the token is: a mail scanner learns and changes nothing."""
    return render_template("check/ask.html", token=token)


@blueprint.post("/<token>")
@cookieless
def act(token: str) -> ResponseReturnValue:
    """Show the listing, or note that it is still true."""
    came_from, at = request.remote_addr or "", utc_now()
    try:
        if request.form.get("step") == "confirm":
            check_links.confirm(token, came_from, version=_version(), at=at)
            return render_template("check/done.html")
        return _listing(token)
    except GoneError:
        return render_template("check/used.html"), 410
    except NotFoundError:
        return render_template("check/none.html"), 404
    except StaleError as error:
        return _listing(token, translated(error.phrase)), 409


def _listing(token: str, changed: str | None = None) -> str:
    at = utc_now()
    found = check_links.look_at(token, request.remote_addr or "", at=at)
    return render_template(
        "check/listing.html",
        token=token,
        item=link_view(found.service, current_world(), at=at),
        service_id=found.service.id,
        version=found.version,
        changed=changed,
    )


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004
