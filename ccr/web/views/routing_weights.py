"""The weights of routing for coordinators: read, tried on made-up requests, set, set back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.weights import DEFAULT, Weights
from ccr.policy.permissions import Permission
from ccr.services import routing_weights
from ccr.services.routing_weights import Preview
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.routing_weights import WeightsForm
from ccr.web.language import translated
from ccr.web.presenters.routing_weights import both_versions, preview_view, weight_groups

blueprint = Blueprint("routing_weights", __name__, url_prefix="/directory/routing-weights")


@blueprint.get("")
@requires(Permission.DIRECTORY_IMPORT)
def page() -> ResponseReturnValue:
    """Show every weight, and what the network has set otherwise."""
    held = routing_weights.get_weights(current_identity())
    return _page(WeightsForm.of(held.weights))


@blueprint.post("")
@requires(Permission.DIRECTORY_IMPORT)
def answer() -> ResponseReturnValue:
    """Try what was typed on the examples, or keep it."""
    form = WeightsForm()
    wanted = form.typed()
    if wanted is None:
        return _page(form, status=422)
    try:
        if request.form.get("act") == "save":
            return _save(form, wanted)
        found = routing_weights.preview_weights(
            current_identity(), current_world(), wanted, at=utc_now()
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(form, status=422)
    return _page(form, preview=found)


@blueprint.post("/defaults")
@requires(Permission.DIRECTORY_IMPORT)
def back_to_defaults() -> ResponseReturnValue:
    """Let the defaults count again."""
    return _save(WeightsForm(), DEFAULT)


def _save(form: WeightsForm, wanted: Weights) -> ResponseReturnValue:
    identity, seen = current_identity(), form.weights_seen()
    try:
        written = routing_weights.set_weights(identity, wanted, seen, at=utc_now())
    except StaleError:
        now = routing_weights.get_weights(identity).weights
        form = WeightsForm.of(wanted)
        form.note_seen(now)
        return _page(form, status=409, stale=both_versions(wanted, now))
    words = (
        phrase("Saved. Searches count with these weights from now on.")
        if written
        else phrase("Nothing was different.")
    )
    flash(translated(words), "success" if written else "info")
    return redirect(url_for("routing_weights.page"), code=303)


def _page(
    form: WeightsForm,
    *,
    status: int = 200,
    preview: Preview | None = None,
    stale: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    held = routing_weights.get_weights(current_identity())
    body = render_template(
        "directory/routing_weights.html",
        form=form,
        groups=weight_groups(form, held.weights),
        notes=[translated(note) for note in held.notes],
        own=len(held.kept),
        preview=preview_view(preview) if preview else None,
        stale_rows=stale,
    )
    return body, status
