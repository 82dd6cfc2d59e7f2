"""Distances: how far the ZIPs of a county are from services in public places."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import gap_access
from ccr.services.gap_access import CountyAccess
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.gap_access import access_rows, access_view
from ccr.web.presenters.gap_filters import read_question

blueprint = Blueprint("gap_access", __name__, url_prefix="/network/gaps")
MOST_DIGITS = 4


@blueprint.get("/distances")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show the nearest and second-nearest public service of every ZIP of a county."""
    return render_template("network/access.html", access=access_view(_found()))


@blueprint.get("/distances.csv")
@requires(Permission.COORDINATION_READ)
def table() -> ResponseReturnValue:
    """Send the same as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(access_rows(_found()))
    headers = {"Content-Disposition": 'attachment; filename="distances.csv"'}
    return text.getvalue(), 200, {"Content-Type": "text/csv; charset=utf-8", **headers}


def _found() -> CountyAccess:
    row = request.args.get("row", "")
    known = row.isascii() and row.isdigit() and len(row) <= MOST_DIGITS
    return gap_access.county_access(
        current_identity(),
        current_world(),
        at=utc_now(),
        row=int(row) if known else None,
        fips=request.args.get("zips"),
        question=read_question(request.args),
    )
