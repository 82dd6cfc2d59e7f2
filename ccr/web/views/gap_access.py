"""Distances: how far the ZIPs of a county are from services in public places."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.gaps import LINES
from ccr.policy.permissions import Permission
from ccr.services import gap_access
from ccr.services.gap_access import CountyAccess
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.gap_access import access_notes, access_rows, access_view
from ccr.web.presenters.gap_files import csv_pieces, csv_with_notes
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
    found = _found()
    notes = access_notes(found.line, found.board.question, found.board.on)
    body = csv_with_notes(access_rows(found), notes)
    return body, 200, _headers("distances.csv")


@blueprint.get("/distances/all.csv")
@requires(Permission.COORDINATION_READ)
def all_counties() -> ResponseReturnValue:
    """Send every county of the network, one after the other as each is made."""
    line = LINES[_row() or 0]
    found = gap_access.network_access(
        current_identity(),
        current_world(),
        at=utc_now(),
        lines=[line],
        question=read_question(request.args),
    )
    notes = access_notes(line, found.question, found.board.on)
    pieces = csv_pieces(found.rows(), notes)
    return Response(stream_with_context(pieces), headers=_headers("distances-all-counties.csv"))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _row() -> int | None:
    row = request.args.get("row", "")
    known = row.isascii() and row.isdigit() and len(row) <= MOST_DIGITS
    return int(row) if known and int(row) < len(LINES) else None


def _found() -> CountyAccess:
    return gap_access.county_access(
        current_identity(),
        current_world(),
        at=utc_now(),
        row=_row(),
        fips=request.args.get("zips"),
        question=read_question(request.args),
    )
