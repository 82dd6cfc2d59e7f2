"""What the coordination announces to its members' desks."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import announcements
from ccr.web.access import current_identity, requires
from ccr.web.forms.working_together import AnnouncementForm
from ccr.web.presenters.working_together import announcement_rows

blueprint = Blueprint("announcements", __name__, url_prefix="/network/council/announcements")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show what is announced, and the form for more."""
    return _page(AnnouncementForm(formdata=None))


@blueprint.post("")
@requires(Permission.COORDINATION_MANAGE)
def announce() -> ResponseReturnValue:
    """Tell every member's desk."""
    form = AnnouncementForm()
    try:
        day = form.day()
        form.look_at("title", "text")
        announcements.announce(
            current_identity(), g.network.timezone, form.title.data or "", form.text.data or "",
            day, at=utc_now(),
        )  # fmt: skip
    except InvalidInputError as error:
        form.refuse(error)
        return _page(form), 422
    flash(gettext("Every member reads it on its desk from now on."), "success")
    return redirect(url_for("announcements.page"), code=303)


@blueprint.post("/<uuid:announcement_id>/withdraw")
@requires(Permission.COORDINATION_MANAGE)
def withdraw(announcement_id: UUID) -> ResponseReturnValue:
    """Take an announcement back."""
    announcements.withdraw(current_identity(), announcement_id, at=utc_now())
    flash(gettext("It is taken back."), "success")
    return redirect(url_for("announcements.page"), code=303)


def _page(form: AnnouncementForm) -> str:
    found = announcements.current(current_identity(), g.network.timezone, at=utc_now())
    return render_template("network/announcements.html", rows=announcement_rows(found), form=form)
