"""Unmet need and the indicators of the network: pages of directory facts and published figures."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import network_figures
from ccr.services.network_figures import UnmetRegister
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.network_figures import indicator_rows, register_csv, unmet_view

blueprint = Blueprint("network_figures", __name__, url_prefix="/network")


@blueprint.get("/unmet")
@requires(Permission.COORDINATION_READ)
def unmet() -> str:
    """Show what was asked for and not found, beside what the directory has."""
    return render_template(
        "network/unmet.html", unmet=unmet_view(_register(), request.args.get("period"))
    )


@blueprint.get("/unmet/table.csv")
@requires(Permission.COORDINATION_READ)
def table() -> ResponseReturnValue:
    """Send the register as CSV: codes of periods, need groups and reasons; what is not shown."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(register_csv(_register()))
    headers = {"Content-Disposition": 'attachment; filename="unmet-need.csv"'}
    return text.getvalue(), 200, {"Content-Type": "text/csv; charset=utf-8", **headers}


@blueprint.get("/indicators")
@requires(Permission.COORDINATION_READ)
def indicators() -> str:
    """Show what is measured, how it is defined, and its values by published quarter."""
    values = network_figures.indicators(current_identity(), current_world(), at=utc_now())
    return render_template("network/indicators.html", indicators=indicator_rows(values))


def _register() -> UnmetRegister:
    return network_figures.unmet_register(current_identity(), current_world(), at=utc_now())
