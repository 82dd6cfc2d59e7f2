"""How many people live where: a table that a coordinator brings, and takes out."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase
from ccr.policy.permissions import Permission
from ccr.services import gaps, population
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.population import PopulationForm
from ccr.web.presenters.population import population_view

blueprint = Blueprint("population", __name__, url_prefix="/network/population")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show what is known of the people of the network's counties, and how to bring more."""
    return _page(PopulationForm(formdata=None))


@blueprint.post("")
@requires(Permission.COORDINATION_MANAGE)
def bring() -> ResponseReturnValue:
    """Take a table in, or say what is wrong with it."""
    form = PopulationForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        read = population.bring(
            current_identity(),
            current_world(),
            form.file.data.read(),
            form.source.data or "",
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(form), 422
    if read.problems:
        return _page(form, read.problems), 422
    said = ngettext("The people of one area are kept.", "The people of %(num)s areas are kept.",
                    len(read.areas))  # fmt: skip
    if read.unknown:
        left = ngettext("One line has a code that our list does not have; it was left out.",
                        "%(num)s lines have codes that our list does not have; they were left out.",
                        read.unknown)  # fmt: skip
        said = f"{said} {left}"
    flash(said, "success")
    return redirect(url_for("population.page"), code=303)


@blueprint.post("/remove")
@requires(Permission.COORDINATION_MANAGE)
def remove() -> ResponseReturnValue:
    """Take a table out."""
    population.remove(current_identity(), request.form.get("extent", ""), at=utc_now())
    flash(gettext("The counts are gone."), "success")
    return redirect(url_for("population.page"), code=303)


def _page(form: PopulationForm, problems: Sequence[Phrase] = ()) -> str:
    identity, world = current_identity(), current_world()
    board = gaps.board(identity, world, at=utc_now())
    view = population_view(population.kept(identity), board, world.gazetteer, problems)
    return render_template("network/population.html", form=form, **view)
