"""Whether several partners may be asked at once, for coordinators: read and set, with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import asking_rules
from ccr.services.asking_rules import AskingRules
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.further import AskingRulesForm
from ccr.web.language import translated

blueprint = Blueprint("asking_rules", __name__, url_prefix="/directory/asking-rules")


@blueprint.get("")
@requires(Permission.DIRECTORY_IMPORT)
def page() -> str:
    """Show what the network has set."""
    held = asking_rules.get_asking_rules(current_identity())
    data = {"at_once": held.at_once, "reason": held.reason, "seen": _seen(held)}
    return render_template(
        "directory/asking_rules.html", form=AskingRulesForm(formdata=None, data=data)
    )


@blueprint.post("")
@requires(Permission.DIRECTORY_IMPORT)
def answer() -> ResponseReturnValue:
    """Keep it; the next referral counts with it."""
    form, identity = AskingRulesForm(), current_identity()
    wanted = AskingRules(at_once=bool(form.at_once.data), reason=form.reason.data or "")
    try:
        held = asking_rules.get_asking_rules(identity)
        # Of two who save, one wins: what was on the screen has to be what is stored.
        seen = held if form.seen.data == _seen(held) else AskingRules(at_once=not held.at_once)
        written = asking_rules.set_asking_rules(identity, wanted, seen, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return render_template("directory/asking_rules.html", form=form), 422
    words = phrase("Saved.") if written else phrase("Nothing was different.")
    flash(translated(words), "success" if written else "info")
    return redirect(url_for("asking_rules.page"), code=303)


def _seen(rules: AskingRules) -> str:
    return f"{int(rules.at_once)} {rules.reason}"
