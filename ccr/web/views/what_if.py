"""What would change if: asked by address, so that a question can be shared inside the network.

A need stands in the address as the number of its row, never as a word (design 6b).
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.what_if_questions import Scenario
from ccr.policy.permissions import Permission
from ccr.services import kept_questions, what_if
from ccr.services.what_if import Outcome
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.what_if import KeepForm
from ccr.web.presenters.what_if import kept_view, outcome_view, page_view, read_scenario

blueprint = Blueprint("what_if", __name__, url_prefix="/network/what-if")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show what would change, or the questions that can be asked."""
    return _page(_answered(read_scenario(request.args)), KeepForm(formdata=None))


@blueprint.get("/print")
@requires(Permission.COORDINATION_READ)
def sheet() -> str:
    """Show one answer for paper: nothing in it tells how full a confidential service is."""
    found = _answered(read_scenario(request.args), on_paper=True)
    if not found.is_answered:
        raise NotFoundError
    return render_template("network/what_if_sheet.html", outcome=outcome_view(found))


@blueprint.post("/keep")
@requires(Permission.COORDINATION_MANAGE)
def keep() -> ResponseReturnValue:
    """Keep a question under a name."""
    form, asked = KeepForm(), read_scenario(request.form)
    found = _answered(asked)
    try:
        form.look_at("name", members=found.board.members)
        known = asked if found.is_answered else None
        made = kept_questions.keep(current_identity(), form.name.data or "", known, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("The question is kept. Whoever sees this desk can open it."), "success")
    return redirect(url_for("what_if.kept", question_id=made), code=303)


@blueprint.get("/<uuid:question_id>")
@requires(Permission.COORDINATION_READ)
def kept(question_id: UUID) -> str:
    """Show a kept question with its answer of today."""
    opened = kept_questions.reopen(current_identity(), current_world(), question_id, at=utc_now())
    return render_template(
        "network/what_if_kept.html",
        kept=kept_view(opened.kept),
        gone=opened.gone,
        joined=opened.joined,
        outcome=outcome_view(opened.outcome),
    )


@blueprint.post("/<uuid:question_id>/remove")
@requires(Permission.COORDINATION_MANAGE)
def remove(question_id: UUID) -> ResponseReturnValue:
    """Remove a kept question."""
    kept_questions.forget(current_identity(), question_id, at=utc_now())
    flash(gettext("The question is removed."), "success")
    return redirect(url_for("what_if.page"), code=303)


def _answered(asked: Scenario | None, *, on_paper: bool = False) -> Outcome:
    return what_if.what_if(
        current_identity(), current_world(), asked, at=utc_now(), on_paper=on_paper
    )


def _page(found: Outcome, form: KeepForm) -> str:
    asked = found.scenario or read_scenario(request.args)
    listed = kept_questions.every_one(current_identity())
    return render_template(
        "network/what_if.html",
        outcome=outcome_view(found),
        page=page_view(found, listed, asked.member_id if asked else None),
        form=form,
    )
