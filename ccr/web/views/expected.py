"""Who is expected today, with what is read out to them; and when a person calls or comes again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import expected
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.contact import ContactForm
from ccr.web.forms.fields import page_asked_for
from ccr.web.language import translated
from ccr.web.presenters.expected import expected_rows
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("expected", __name__, url_prefix="/desk")


@blueprint.get("/expected")
@requires(Permission.REFERRAL_LIST)
def page() -> str:
    """Show who calls or comes today, and earlier without a word since."""
    found = expected.expected_today(
        current_identity(), current_world(), at=utc_now(), page=page_asked_for()
    )
    return render_template(
        "followups/expected.html",
        rows=expected_rows(found, desk_time()),
        total=found.total,
        **page_links(found, "expected.page"),
    )


@blueprint.post("/expected/<uuid:referral_id>/settled")
@requires(Permission.REFERRAL_SEND)
def settled(referral_id: UUID) -> ResponseReturnValue:
    """Take one off the list; whether the person came is not kept."""
    expected.settle(current_identity(), referral_id, at=utc_now())
    flash(translated(phrase("Off the list. Nothing is kept of it.")), "success")
    return redirect(url_for("expected.page"), code=303)


@blueprint.post("/referrals/<uuid:referral_id>/next-contact")
@requires(Permission.REFERRAL_SEND)
def keep(referral_id: UUID) -> ResponseReturnValue:
    """Keep when the person calls or comes again."""
    identity, form = current_identity(), ContactForm()
    try:
        contact = form.contact(expected.today_of(identity, utc_now()))
        expected.set_next_contact(identity, referral_id, contact, at=utc_now())
    except InvalidInputError as error:
        flash(translated(error.phrase), "warning")
    else:
        flash(translated(phrase("Saved. The partner sees nothing of it.")), "success")
    if request.form.get("from") == "list":
        return redirect(url_for("expected.page"), code=303)
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)
