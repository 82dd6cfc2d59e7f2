"""Checking listings: what is due, "still true" one by one or a page at a time, and how often."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.checking import LEAST_DAYS, MOST_DAYS, read_rules
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import checks
from ccr.web.access import current_identity, requires
from ccr.web.forms.checks import RulesForm
from ccr.web.forms.fields import add_refusal
from ccr.web.language import translated
from ccr.web.presenters.checks import check_rows
from ccr.web.presenters.lists import page_links

blueprint = Blueprint("checks", __name__, url_prefix="/directory")


@blueprint.get("/checks")
@requires(Permission.LISTING_VERIFY)
def desk() -> str:
    """Show the listings that are due."""
    at = utc_now()
    page = request.args.get("page", 1, type=int)
    found = checks.check_desk(current_identity(), at=at, page=page)
    return render_template(
        "directory/checks.html",
        rows=check_rows(found.lines.items, found.rules, at),
        total=found.lines.total,
        for_all=found.for_all,
        by_member=found.by_member,
        **page_links(found.lines, "checks.desk"),
    )


@blueprint.post("/checks")
@requires(Permission.LISTING_VERIFY)
def verify() -> ResponseReturnValue:
    """Note that the chosen listings are still true."""
    chosen = _chosen(request.form.getlist("seen"))
    count = checks.verify(current_identity(), chosen, at=utc_now())
    words = (
        phrase("Nothing was chosen.")
        if not count
        else phrase("Noted: checked today.")
        if count == 1
        else phrase("Noted: %(count)s listings checked today.", count=count)
    )
    flash(translated(words), "success" if count else "warning")
    return redirect(_way_back(), code=303)


def _way_back() -> str:
    """Return to the listing that the form came from, or to the list."""
    try:
        return url_for("directory.service", service_id=UUID(request.form.get("back", "")))
    except ValueError:
        return url_for("checks.desk")


def _chosen(values: list[str]) -> list[tuple[UUID, int]]:
    """Return (service, version) of each value "<id> <version>"; anything else is refused."""
    found = []
    for value in values[:100]:
        service, _, version = value.partition(" ")
        try:
            found.append((UUID(service), int(version[:9])))
        except ValueError as error:
            raise InvalidInputError(phrase("Choose from the list.")) from error
    return found


@blueprint.get("/rules")
@requires(Permission.DIRECTORY_IMPORT)
def rules() -> ResponseReturnValue:
    """Show how often listings are checked."""
    held = checks.get_rules(current_identity())
    return _rules_page(RulesForm(formdata=None, data=held.as_kept()))


@blueprint.post("/rules")
@requires(Permission.DIRECTORY_IMPORT)
def save_rules() -> ResponseReturnValue:
    """Keep how often listings are checked."""
    form = RulesForm()
    try:
        wanted = read_rules(
            form.usual_days.data or "", form.often_days.data or "", letters=form.letters.data
        )
        checks.set_rules(current_identity(), wanted, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _rules_page(form, status=422)
    flash(translated(phrase("Saved.")), "success")
    return redirect(url_for("checks.rules"), code=303)


def _rules_page(form: RulesForm, *, status: int = 200) -> ResponseReturnValue:
    body = render_template("directory/rules.html", form=form, least=LEAST_DAYS, most=MOST_DAYS)
    return body, status
