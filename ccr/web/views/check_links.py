"""A link from a mail: opening it shows one button and changes nothing; only a form does."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import GoneError, InvalidInputError, NotFoundError, StaleError
from ccr.services import check_changes, check_links
from ccr.services.check_changes import ToChange
from ccr.web.access import cookieless, current_world
from ccr.web.forms.check_link import LinkForm
from ccr.web.forms.fields import add_refusal, whole_number
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
    """Show the listing, note that it is still true, or take what has changed."""
    try:
        return _STEPS.get(request.form.get("step", ""), _look)(token)
    except GoneError:
        return render_template("check/used.html"), 410
    except NotFoundError:
        return render_template("check/none.html"), 404


def _look(token: str) -> ResponseReturnValue:
    return _listing(token)


def _confirm(token: str) -> ResponseReturnValue:
    version = whole_number(request.form.get("version"))
    try:
        check_links.confirm(token, _came_from(), version=version, at=utc_now())
    except StaleError as error:
        return _listing(token, translated(error.phrase)), 409
    return render_template("check/done.html")


def _change(token: str) -> ResponseReturnValue:
    found = check_changes.open_form(token, _came_from(), at=utc_now())
    form = LinkForm(None, shown=found.shown, hidden=found.confidential)
    return _form(token, found, form)


def _send(token: str) -> ResponseReturnValue:
    found = check_changes.open_form(token, _came_from(), at=utc_now())
    form = LinkForm(request.form, shown=found.shown, hidden=found.confidential)
    version = whole_number(form.version.data)
    try:
        check_changes.propose(
            current_world(), token, _came_from(), form.typed(), version=version, at=utc_now()
        )
    except InvalidInputError as error:
        for each in getattr(error, "errors", [error]):
            add_refusal(form, each)
        return _form(token, found, form), 422
    except StaleError as error:
        return _form(token, found, form, translated(error.phrase)), 409
    return render_template("check/sent.html")


_STEPS = {"look": _look, "confirm": _confirm, "change": _change, "send": _send}


def _form(token: str, found: ToChange, form: LinkForm, changed: str | None = None) -> str:
    form.version.data = str(found.version)
    return render_template("check/change.html", token=token, item=found, form=form, changed=changed)


def _listing(token: str, changed: str | None = None) -> str:
    at = utc_now()
    found = check_links.look_at(token, _came_from(), at=at)
    return render_template(
        "check/listing.html",
        token=token,
        item=link_view(found.service, current_world(), at=at),
        service_id=found.service.id,
        version=found.version,
        signs_in=found.signs_in,
        changed=changed,
    )


def _came_from() -> str:
    return request.remote_addr or ""
