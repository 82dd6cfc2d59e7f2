"""The webhooks of one's own program: added, tried, turned off and on, removed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import CcrError, DuplicateError, InvalidInputError, TakesNoPartError
from ccr.policy.permissions import Permission
from ccr.services import webhooks
from ccr.web.access import current_identity, current_world, requires
from ccr.web.errors import status_of
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.webhooks import WebhookForm
from ccr.web.language import translated
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.webhooks import test_words, webhook_row

blueprint = Blueprint("webhooks", __name__, url_prefix="/account/webhooks")


@blueprint.get("")
@requires(Permission.WEBHOOK_MANAGE)
def page() -> ResponseReturnValue:
    """Show what one's own program has."""
    return _page(WebhookForm(formdata=None))


def _page(
    form: WebhookForm, *, secret: str | None = None, status: int = 200
) -> ResponseReturnValue:
    time = desk_time()
    found = webhooks.list_webhooks(current_identity(), current_world())
    rows = [webhook_row(one, time) for one in found]
    is_full = len(rows) >= webhooks.MOST_WEBHOOKS
    body = render_template(
        "accounts/webhooks.html", form=form, rows=rows, secret=secret, is_full=is_full
    )
    return body, status


@blueprint.post("")
@requires(Permission.WEBHOOK_MANAGE)
def add() -> ResponseReturnValue:
    """Keep an address; the secret is on this answer alone."""
    form = WebhookForm()
    try:
        _, secret = webhooks.add_own(
            current_identity(), current_world(), form.url.data or "", at=utc_now()
        )
    except (InvalidInputError, DuplicateError) as error:
        add_refusal(form, error)
        known = isinstance(error, TakesNoPartError | DuplicateError)
        return _page(form, status=status_of(error) if known else 422)
    return _page(WebhookForm(formdata=None), secret=secret)


@blueprint.post("/<uuid:webhook_id>/off")
@requires(Permission.WEBHOOK_MANAGE)
def turn_off(webhook_id: UUID) -> ResponseReturnValue:
    """Send it nothing more."""
    webhooks.turn_off(current_identity(), webhook_id, at=utc_now())
    return redirect(url_for("webhooks.page"), code=303)


@blueprint.post("/<uuid:webhook_id>/on")
@requires(Permission.WEBHOOK_MANAGE)
def turn_on(webhook_id: UUID) -> ResponseReturnValue:
    """Send it what changes from now on."""
    try:
        webhooks.turn_on(current_identity(), webhook_id, at=utc_now())
    except TakesNoPartError as error:
        return _refused(error)
    return redirect(url_for("webhooks.page"), code=303)


@blueprint.post("/<uuid:webhook_id>/test")
@requires(Permission.WEBHOOK_MANAGE)
def send_test(webhook_id: UUID) -> ResponseReturnValue:
    """Send it a message about nothing, and say what came of it."""
    try:
        failed = webhooks.send_test(current_identity(), current_world(), webhook_id, at=utc_now())
    except TakesNoPartError as error:
        return _refused(error)
    flash(test_words(failed), "error" if failed else "success")
    return redirect(url_for("webhooks.page"), code=303)


def _refused(error: CcrError) -> ResponseReturnValue:
    flash(translated(error.phrase), "error")
    return redirect(url_for("webhooks.page"), code=303)


@blueprint.get("/<uuid:webhook_id>/remove")
@requires(Permission.WEBHOOK_MANAGE)
def ask_remove(webhook_id: UUID) -> str:
    """Ask once more."""
    found = webhooks.get_webhook(current_identity(), current_world(), webhook_id)
    return render_template("accounts/webhook_remove.html", row=webhook_row(found, desk_time()))


@blueprint.post("/<uuid:webhook_id>/remove")
@requires(Permission.WEBHOOK_MANAGE)
def remove(webhook_id: UUID) -> ResponseReturnValue:
    """Delete it with its secret."""
    webhooks.remove_webhook(current_identity(), webhook_id, at=utc_now())
    return redirect(url_for("webhooks.page"), code=303)
