"""The partnership survey for coordinators: opened, counted, and its averages."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import survey
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.working_together import RoundForm
from ccr.web.presenters.working_together import questions, round_view

blueprint = Blueprint("survey", __name__, url_prefix="/network/council/survey")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show the rounds, their averages, and the questions."""
    return _page(RoundForm(formdata=None))


@blueprint.post("")
@requires(Permission.COORDINATION_MANAGE)
def open_round() -> ResponseReturnValue:
    """Ask every member."""
    form = RoundForm()
    try:
        survey.open_round(current_identity(), form.day(), at=utc_now())
    except (InvalidInputError, DuplicateError) as error:
        add_refusal(form, error)
        return _page(form), 422
    flash(gettext("The survey is open. Administrators find it under “Our part”."), "success")
    return redirect(url_for("survey.page"), code=303)


@blueprint.post("/<uuid:round_id>/count")
@requires(Permission.COORDINATION_MANAGE)
def close(round_id: UUID) -> ResponseReturnValue:
    """Count a round and delete the single answers."""
    survey.close(current_identity(), round_id, at=utc_now())
    flash(gettext("Counted. The single answers are deleted."), "success")
    return redirect(url_for("survey.page"), code=303)


def _page(form: RoundForm) -> str:
    return render_template(
        "network/survey.html",
        rounds=[round_view(one) for one in survey.rounds(current_identity())],
        questions=questions(),
        form=form,
    )
