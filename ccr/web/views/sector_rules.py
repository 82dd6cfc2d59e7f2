"""The rules of sectors for coordinators: read, set, set back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.domain.sector_rules import DEFAULT_RULES, SectorRules, as_kept
from ccr.policy.permissions import Permission
from ccr.services import sector_rules
from ccr.web.access import current_identity, requires
from ccr.web.forms.sector_rules import RulesForm
from ccr.web.language import translated
from ccr.web.presenters.sector_rules import both_rules, rule_groups

blueprint = Blueprint("sector_rules", __name__, url_prefix="/directory/routing-rules")


@blueprint.get("")
@requires(Permission.DIRECTORY_IMPORT)
def page() -> ResponseReturnValue:
    """Show every rule, and what the network has set otherwise."""
    return _page(RulesForm.of(sector_rules.get_rules(current_identity()).rules))


@blueprint.post("")
@requires(Permission.DIRECTORY_IMPORT)
def answer() -> ResponseReturnValue:
    """Keep what was chosen."""
    form = RulesForm()
    wanted = form.typed()
    return _page(form, status=422) if wanted is None else _save(form, wanted)


@blueprint.post("/defaults")
@requires(Permission.DIRECTORY_IMPORT)
def back_to_defaults() -> ResponseReturnValue:
    """Let the defaults count again."""
    return _save(RulesForm(), DEFAULT_RULES)


def _save(form: RulesForm, wanted: SectorRules) -> ResponseReturnValue:
    identity = current_identity()
    try:
        written = sector_rules.set_rules(identity, wanted, form.rules_seen(), at=utc_now())
    except StaleError:
        now = sector_rules.get_rules(identity).rules
        form = RulesForm.of(wanted)
        form.note_seen(now)
        return _page(form, status=409, stale=both_rules(wanted, now))
    words = (
        phrase("Saved. Searches count with these rules from now on.")
        if written
        else phrase("Nothing was different.")
    )
    flash(translated(words), "success" if written else "info")
    return redirect(url_for("sector_rules.page"), code=303)


def _page(
    form: RulesForm, *, status: int = 200, stale: list[dict[str, str]] | None = None
) -> ResponseReturnValue:
    held = sector_rules.get_rules(current_identity())
    body = render_template(
        "directory/sector_rules.html",
        form=form,
        groups=rule_groups(form, held.rules),
        notes=[translated(note) for note in held.notes],
        own=len(as_kept(held.rules)),
        stale_rows=stale,
    )
    return body, status
