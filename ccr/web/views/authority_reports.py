"""Reports as the authority that mandated finds them: its own, sent here, and nobody else's."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template

from ccr.adapters.clock import utc_now
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import authority_reports
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import page_asked_for
from ccr.web.language import translated
from ccr.web.presenters.authority_reports import report_view
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("authority_reports", __name__, url_prefix="/programs/reports")


@blueprint.get("")
@requires(Permission.AUTHORITY_REPORT_READ)
def index() -> str:
    """Show what programs reported here to one's own member."""
    found = authority_reports.received(current_identity(), page_asked_for())
    time = desk_time()
    return render_template(
        "reports/index.html",
        rows=[report_view(report, time) for report in found.items],
        count_text=translated(phrase("%(count)s in this list", count=found.total)),
        **page_links(found, "authority_reports.index"),
    )


@blueprint.get("/<uuid:report_id>")
@requires(Permission.AUTHORITY_REPORT_READ)
def page(report_id: UUID) -> str:
    """Show one report."""
    found = authority_reports.open_received(current_identity(), report_id, at=utc_now())
    return render_template("reports/page.html", report=report_view(found, desk_time()))
