"""The training matrix of the network, for coordinators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.training import Trained
from ccr.policy.permissions import Permission
from ccr.services import training
from ccr.services.training import Matrix
from ccr.web.access import current_identity, requires
from ccr.web.forms.working_together import TrainingForm
from ccr.web.presenters.working_together import training_table

blueprint = Blueprint("training", __name__, url_prefix="/network/council/training")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show who has people trained in what, until when."""
    found = _matrix()
    return _page(found, TrainingForm(found.members, formdata=None))


@blueprint.post("")
@requires(Permission.COORDINATION_MANAGE)
def record() -> ResponseReturnValue:
    """Say that a member has people trained."""
    found = _matrix()
    form = TrainingForm(found.members)
    try:
        who, (subject, since, until) = form.who(), form.wanted()
        training.record(current_identity(), Trained(who, subject, since, until), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("Saved."), "success")
    return redirect(url_for("training.page"), code=303)


def _matrix() -> Matrix:
    return training.matrix(current_identity(), at=utc_now())


def _page(found: Matrix, form: TrainingForm) -> str:
    return render_template("network/training.html", table=training_table(found), form=form)
