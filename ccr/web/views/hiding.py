"""Making a listing confidential, and public again: a page that says first what will happen."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import CcrError, InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import hiding
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.hiding import HideForm, PublishForm, read_version, seen_lines, seen_text
from ccr.web.language import translated

blueprint = Blueprint("hiding", __name__, url_prefix="/directory/services/<uuid:service_id>")


@blueprint.get("/confidential")
@requires(Permission.LISTING_HIDE)
def page(service_id: UUID) -> str:
    """Show what making the listing confidential erases, and what it cannot recall."""
    return _page(service_id, HideForm(formdata=None), PublishForm(formdata=None))


@blueprint.post("/confidential")
@requires(Permission.LISTING_HIDE)
def hide(service_id: UUID) -> ResponseReturnValue:
    """Make the listing, and what is given at its places, confidential; erase the places."""
    form = HideForm()
    if not form.agreed():
        return _page(service_id, form, PublishForm(formdata=None)), 422
    seen = seen_lines(request.form.getlist("listing"))
    try:
        done = hiding.hide(current_identity(), current_world(), service_id, seen, at=utc_now())
    except InvalidInputError as error:
        return _refused(service_id, form, PublishForm(formdata=None), error)
    flash(_done(done.services), "success")
    if not done.compacted:
        flash(translated(_STILL_IN_THE_FILES), "warning")
    return redirect(url_for("hiding.page", service_id=service_id), code=303)


@blueprint.post("/public")
@requires(Permission.LISTING_PUBLISH)
def publish(service_id: UUID) -> ResponseReturnValue:
    """Make the listing public on its operator's recorded authorization."""
    form = PublishForm()
    version = read_version(form.version.data)
    try:
        hiding.publish(
            current_identity(), service_id, form.to_authorization(), version=version, at=utc_now()
        )
    except InvalidInputError as error:
        return _refused(service_id, HideForm(formdata=None), form, error)
    flash(translated(phrase("This listing is public now. It has no address yet.")), "success")
    return redirect(url_for("directory.service", service_id=service_id), code=303)


_STILL_IN_THE_FILES = phrase(
    "The database still keeps deleted rows in its files. Ask whoever runs the server to run "
    "VACUUM, as the page for administrators says."
)


def _done(services: int) -> str:
    if not services:
        return translated(phrase("It was confidential already. What was left of it is erased."))
    return str(
        ngettext(
            "%(num)s listing is confidential now. Its place is erased here.",
            "%(num)s listings are confidential now. Their place is erased here.",
            services,
        )
    )


def _refused(
    service_id: UUID, hide_form: HideForm, publish_form: PublishForm, error: CcrError
) -> ResponseReturnValue:
    add_refusal(hide_form if request.path.endswith("/confidential") else publish_form, error)
    return _page(service_id, hide_form, publish_form), 422


def _page(service_id: UUID, hide_form: HideForm, publish_form: PublishForm) -> str:
    preview = hiding.preview(current_identity(), service_id)
    if publish_form.version.data in {None, ""}:
        publish_form.version.data = str(preview.listing.version)
    return render_template(
        "directory/confidential.html",
        preview=preview,
        hide_form=hide_form,
        publish_form=publish_form,
        seen=[seen_text(line) for line in preview.hides],
        service_id=service_id,
    )
