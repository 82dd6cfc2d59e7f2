"""The report of a quarter for the council: one page that prints, and its rows as CSV."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.adapters.exports.flat_csv import flat_cell
from ccr.policy.permissions import Permission
from ccr.services import council_report
from ccr.services.council_report import CouncilReport
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.council_report import report_rows, report_view

blueprint = Blueprint("council_report", __name__, url_prefix="/network/council/report")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def choose() -> str:
    """Show the quarters that a report can be made of."""
    found = council_report.quarters(g.network.timezone, at=utc_now())
    return render_template("network/report_choice.html", quarters=found)


@blueprint.get("/<path:quarter>")
@requires(Permission.COORDINATION_READ)
def page(quarter: str) -> str:
    """Show the report as a sheet for paper."""
    return render_template("network/report.html", report=report_view(_report(quarter)))


@blueprint.get("/<path:quarter>/register.csv")
@requires(Permission.COORDINATION_READ)
def table(quarter: str) -> ResponseReturnValue:
    """Send the gaps and actions of the report as CSV; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in report_rows(_report(quarter)):
        writer.writerow([flat_cell(cell) for cell in row])
    headers = {"Content-Disposition": 'attachment; filename="council-report.csv"'}
    return text.getvalue(), 200, {"Content-Type": "text/csv; charset=utf-8", **headers}


def _report(quarter: str) -> CouncilReport:
    return council_report.report(
        current_identity(), current_world(), quarter, g.network.timezone, at=utc_now()
    )
