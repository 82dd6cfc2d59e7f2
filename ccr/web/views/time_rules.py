"""The time rules for coordinators: read, tried on made-up referrals, kept, taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.time_rules import TimeRules, as_kept, token
from ccr.policy.permissions import Permission
from ccr.services import time_rules
from ccr.services.time_rules import Preview
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.time_rules import TimesForm, field_name, form_as_sent, form_with
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.time_rules import (
    both_versions,
    preview_view,
    scope_sections,
    scopes_to_add,
)

blueprint = Blueprint("time_rules", __name__, url_prefix="/directory/time-rules")


@blueprint.get("")
@requires(Permission.DIRECTORY_IMPORT)
def page() -> ResponseReturnValue:
    """Show how long every clock runs, and what the network has set otherwise."""
    held = time_rules.get_rules(current_identity())
    return _page(form_with(held), held)


@blueprint.post("")
@requires(Permission.DIRECTORY_IMPORT)
def answer() -> ResponseReturnValue:
    """Try what was typed on the made-up referrals, keep it, or show the fields of one more need."""
    identity, act = current_identity(), request.form.get("act")
    if act == "add":
        return _page(form_as_sent(request.form.get("add", "")), time_rules.get_rules(identity))
    form = form_as_sent()
    wanted = form.typed()
    try:
        if wanted is None:
            return _page(form, time_rules.get_rules(identity), status=422)
        if act == "save":
            return _save(form, wanted)
        found = time_rules.preview_rules(identity, current_world(), wanted, at=utc_now())
    except InvalidInputError as error:
        _point_at(form, error)
        return _page(form, time_rules.get_rules(identity), status=422)
    return _page(form, time_rules.get_rules(identity), preview=found)


@blueprint.post("/defaults")
@requires(Permission.DIRECTORY_IMPORT)
def back_to_defaults() -> ResponseReturnValue:
    """Let the defaults count again."""
    return _save(form_as_sent(), TimeRules())


def _point_at(form: TimesForm, error: InvalidInputError) -> None:
    """Put a refusal on the field of its scope."""
    scope, _, name = (error.field or "").partition(" ")
    add_refusal(form, InvalidInputError(error.phrase, field=field_name(scope, name)))


def _save(form: TimesForm, wanted: TimeRules) -> ResponseReturnValue:
    identity = current_identity()
    try:
        written = time_rules.set_rules(identity, wanted, form.seen.data or "", at=utc_now())
    except StaleError:
        now = time_rules.get_rules(identity)
        both = both_versions(wanted, now)
        return _page(form_with(wanted, seen=token(now)), now, status=409, stale=both)
    words = (
        phrase("Saved. Clocks that start from now on run by these rules.")
        if written
        else phrase("Nothing was different.")
    )
    flash(translated(words), "success" if written else "info")
    return redirect(url_for("time_rules.page"), code=303)


def _page(
    form: TimesForm,
    held: TimeRules,
    *,
    status: int = 200,
    preview: Preview | None = None,
    stale: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    time = DeskTime(preview.timezone, utc_now()) if preview else None
    body = render_template(
        "directory/time_rules.html",
        form=form,
        sections=scope_sections(form, held),
        to_add=scopes_to_add(form),
        notes=[translated(note) for note in held.notes],
        is_own=bool(as_kept(held)),
        preview=preview_view(preview, time) if preview and time else None,
        stale_rows=stale,
    )
    return body, status
