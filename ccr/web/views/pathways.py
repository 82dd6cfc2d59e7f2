"""What members promised beside what was used, and how many promises held over time."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.pathway_use import in_force_over_time
from ccr.policy.permissions import Permission
from ccr.services import coordination
from ccr.web.access import current_identity, requires
from ccr.web.presenters.promised_and_used import pathways_view

blueprint = Blueprint("pathways", __name__, url_prefix="/network/pathways")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show used and not agreed, promised without a figure, lapsed, and all over time."""
    identity = current_identity()
    view = coordination.network_view(identity, at=utc_now())
    years = coordination.list_used(identity)
    return render_template(
        "network/pathways.html", pathways=pathways_view(view, years, request.args.get("year"))
    )


@blueprint.get("/over-time.csv")
@requires(Permission.COORDINATION_READ)
def over_time() -> ResponseReturnValue:
    """Send how many agreements and promised pathways were in force at each quarter's end."""
    view = coordination.network_view(current_identity(), at=utc_now())
    found = in_force_over_time(view.agreements, view.pathways, view.network.members, view.on)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["period", "day", "agreements", "pathways"])
    rows.writerows(
        [one.label or "today", one.on.isoformat(), one.agreements, one.pathways] for one in found
    )
    headers = {"Content-Disposition": 'attachment; filename="pathways-over-time.csv"'}
    return text.getvalue(), 200, {"Content-Type": "text/csv; charset=utf-8", **headers}
