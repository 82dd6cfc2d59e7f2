"""Linkage agreements: the form of a new one, and one with its versions, renewed or ended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import linkages
from ccr.services.linkages import PaperHistory
from ccr.web.access import current_identity, requires
from ccr.web.forms.coordination import version_of
from ccr.web.forms.linkages import PaperForm
from ccr.web.presenters.linkages import paper_view

blueprint = Blueprint("linkages", __name__, url_prefix="/network/agreements")


@blueprint.get("/new")
@requires(Permission.COORDINATION_MANAGE)
def new() -> str:
    """Show the form of an agreement."""
    members = linkages.papers(current_identity(), at=utc_now()).members
    return render_template("network/agreement_new.html", form=PaperForm(members, formdata=None))


@blueprint.post("/new")
@requires(Permission.COORDINATION_MANAGE)
def record() -> ResponseReturnValue:
    """Record an agreement."""
    members = linkages.papers(current_identity(), at=utc_now()).members
    form = PaperForm(members)
    try:
        paper = form.to_paper()
        form.look_at("terms_line", members=members)
        made = linkages.record(current_identity(), paper, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return render_template("network/agreement_new.html", form=form), 422
    flash(gettext("The agreement is recorded."), "success")
    return redirect(url_for("linkages.page", linkage_id=made), code=303)


@blueprint.get("/<uuid:linkage_id>")
@requires(Permission.COORDINATION_READ)
def page(linkage_id: UUID) -> str:
    """Show one agreement and its versions."""
    found = linkages.history(current_identity(), linkage_id, at=utc_now())
    form = PaperForm(found.members, formdata=None)
    form.fill(found.newest)
    return _page(found, form)


@blueprint.post("/<uuid:linkage_id>/renew")
@requires(Permission.COORDINATION_MANAGE)
def renew(linkage_id: UUID) -> ResponseReturnValue:
    """Record the next version."""
    found = linkages.history(current_identity(), linkage_id, at=utc_now())
    form = PaperForm(found.members)

    def act() -> UUID:
        paper = form.to_paper()
        form.look_at("terms_line", members=found.members)
        return linkages.renew(
            current_identity(), linkage_id, version_of(form.version.data), paper, at=utc_now()
        )

    return _renewed(found, form, act)


def _renewed(found: PaperHistory, form: PaperForm, act: Callable[[], UUID]) -> ResponseReturnValue:
    try:
        made = act()
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("The new version is recorded. Earlier ones stay below."), "success")
    return redirect(url_for("linkages.page", linkage_id=made), code=303)


@blueprint.post("/<uuid:linkage_id>/end")
@requires(Permission.COORDINATION_MANAGE)
def end(linkage_id: UUID) -> ResponseReturnValue:
    """End an agreement before its time."""
    linkages.end(current_identity(), linkage_id, at=utc_now())
    flash(gettext("The agreement ended today. Routing no longer counts it."), "success")
    return redirect(url_for("linkages.page", linkage_id=linkage_id), code=303)


def _page(found: PaperHistory, form: PaperForm) -> str:
    return render_template("network/agreement.html", paper=paper_view(found), form=form)
