"""A program's own rules of placement: read by all who work there, stated by its administrator."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import placement_rules
from ccr.services.placement_rules import Rules
from ccr.web.access import current_identity, requires
from ccr.web.forms.placement import RuleForm
from ccr.web.presenters.risk import rule_rows

blueprint = Blueprint("placement_rules", __name__, url_prefix="/programs/placement-rules")


@blueprint.get("")
@requires(Permission.PROGRAM_RUN)
def page() -> str:
    """Show the rules."""
    found = placement_rules.rules(current_identity())
    return _page(found, RuleForm(found.catalogue, formdata=None))


@blueprint.post("")
@requires(Permission.PROGRAM_SET)
def state() -> ResponseReturnValue:
    """State a rule."""
    found = placement_rules.rules(current_identity())
    form = RuleForm(found.catalogue)
    try:
        placement_rules.state(current_identity(), form.to_rule(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("The rule is stated. It proposes; the facilitator decides."), "success")
    return redirect(url_for("placement_rules.page"), code=303)


@blueprint.post("/<uuid:rule_id>/take-back")
@requires(Permission.PROGRAM_SET)
def drop(rule_id: UUID) -> ResponseReturnValue:
    """Take a rule back."""
    placement_rules.drop(current_identity(), rule_id, at=utc_now())
    flash(gettext("The rule is taken back."), "success")
    return redirect(url_for("placement_rules.page"), code=303)


def _page(found: Rules, form: RuleForm) -> str:
    rows = rule_rows(found.rules, found.catalogue)
    return render_template("programs/placement_rules.html", rows=rows, form=form)
