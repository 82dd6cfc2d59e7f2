"""A program's reports on its own side: looked at, sent or printed; and a participant's copy."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.authority_reports import SentHow
from ccr.policy.permissions import Permission
from ccr.services import authority_reports, participant_copies
from ccr.web.access import current_identity, requires
from ccr.web.forms.coordination import version_of
from ccr.web.presenters.authority_reports import letter_view
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.participant_copies import certificate_view, copy_view

blueprint = Blueprint("program_letters", __name__, url_prefix="/programs")


@blueprint.get("/letters/<uuid:report_id>")
@requires(Permission.PROGRAM_RUN)
def page(report_id: UUID) -> str:
    """Show a report before, or after, it is sent."""
    found = authority_reports.open_letter(current_identity(), report_id)
    return render_template("programs/letter.html", letter=letter_view(found, desk_time()))


@blueprint.get("/letters/<uuid:report_id>/paper")
@requires(Permission.PROGRAM_RUN)
def paper(report_id: UUID) -> str:
    """Show a report as a letter for paper."""
    found = authority_reports.open_letter(current_identity(), report_id)
    return render_template("programs/letter_paper.html", letter=letter_view(found, desk_time()))


@blueprint.post("/letters/<uuid:report_id>/<any('here', 'paper'):how>")
@requires(Permission.PROGRAM_RUN)
def send(report_id: UUID, how: str) -> ResponseReturnValue:
    """Send a report, or record that it went out on paper."""
    version = version_of(request.form.get("version"))
    authority_reports.send(current_identity(), report_id, version, SentHow(how), at=utc_now())
    flash(gettext("Sent. The authority finds it on its desk.") if how == SentHow.HERE
          else gettext("Recorded as sent on paper."), "success")  # fmt: skip
    return redirect(url_for("program_letters.page", report_id=report_id), code=303)


@blueprint.post("/letters/<uuid:report_id>/take-back")
@requires(Permission.PROGRAM_RUN)
def take_back(report_id: UUID) -> ResponseReturnValue:
    """Delete a report that was entered in error."""
    authority_reports.take_back(current_identity(), report_id, at=utc_now())
    flash(gettext("It is taken back. Nothing was sent."), "success")
    return redirect(url_for("programs.page"), code=303)


@blueprint.get("/participants/<uuid:participant_id>/copy")
@requires(Permission.PROGRAM_RUN)
def copy(participant_id: UUID) -> str:
    """Show a participant's own copy, for paper (R33)."""
    found = participant_copies.open_copy(current_identity(), participant_id, at=utc_now())
    return render_template("programs/copy_paper.html", copy=copy_view(found, desk_time()))


@blueprint.get("/participants/<uuid:participant_id>/certificate")
@requires(Permission.PROGRAM_RUN)
def certificate(participant_id: UUID) -> str:
    """Show a certificate of attendance, for paper, once somebody completed the program."""
    found = participant_copies.open_certificate(current_identity(), participant_id, at=utc_now())
    sheet = certificate_view(found, desk_time())
    return render_template("programs/certificate_paper.html", sheet=sheet)
