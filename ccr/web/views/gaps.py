"""The gap board: what is missing where, and who has taken it on.

Needs stand in an address as the number of their row, never as a word (design 6b).
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.policy.permissions import Permission
from ccr.services import gap_register, gaps
from ccr.services.gaps import GapBoard
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.gap_register import PlanForm
from ccr.web.presenters.gap_areas import BY_DISTRICT
from ccr.web.presenters.gap_files import gaps_csv, gaps_geojson, gaps_xlsx
from ccr.web.presenters.gap_filters import read_question
from ccr.web.presenters.gaps import board_view, item_view, print_view, read_choice

blueprint = Blueprint("gaps", __name__, url_prefix="/network/gaps")
NUMBER_DIGITS = 6
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def board() -> str:
    """Show what to act on first, the matrix and its map, and the evidence of one cell."""
    found = _asked_board()
    chosen = read_choice(found.shown, _number("row"), request.args.get("county"), _number("page"))
    return render_template("network/gaps.html", board=board_view(found, chosen))


@blueprint.get("/print")
@requires(Permission.COORDINATION_READ)
def sheet() -> str:
    """Show the sheet for the council."""
    found = _asked_board()
    return render_template("network/gaps_sheet.html", board=print_view(found, _number("row") or 0))


@blueprint.get("/table.csv")
@requires(Permission.COORDINATION_READ)
def table() -> ResponseReturnValue:
    """Send the matrix as CSV: codes, areas and counts of services; nobody's name."""
    return _file(gaps_csv(_asked_board()), "gaps.csv", "text/csv; charset=utf-8")


@blueprint.get("/table.xlsx")
@requires(Permission.COORDINATION_READ)
def spreadsheet() -> ResponseReturnValue:
    """Send the same as a spreadsheet, with the table in words."""
    return _file(gaps_xlsx(_asked_board()), "gaps.xlsx", XLSX)


@blueprint.get("/table.geojson")
@requires(Permission.COORDINATION_READ)
def features() -> ResponseReturnValue:
    """Send the areas of the map with the state of each need; no place of a service."""
    return _file(gaps_geojson(_asked_board()), "gaps.geojson", "application/geo+json")


def _file(body: str | bytes, name: str, kind: str) -> ResponseReturnValue:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": kind}
    return body, 200, headers


@blueprint.post("/plan")
@requires(Permission.COORDINATION_MANAGE)
def plan() -> str:
    """Show the form for taking a gap. It comes by POST so that its key stands in no address."""
    found = _board()
    item = _item(found, request.form.get("key", ""))
    taken = item["taken"]
    form = PlanForm(found.members, formdata=None)
    form.key.data, form.version.data = str(item["key"]), str(item["version"])
    if isinstance(taken, dict):
        form.owner.data = next((str(m.id) for m in found.members if m.name == taken["owner"]), "")
        form.next_step.data = taken["next_step"]
    return render_template("network/plan.html", form=form, item=item)


@blueprint.post("/take")
@requires(Permission.COORDINATION_MANAGE)
def take() -> ResponseReturnValue:
    """Give a gap an owner, a next step and a date."""
    found = _board()
    form = PlanForm(found.members)
    try:
        plan = form.to_plan()
        form.look_at("next_step", "safety_line", members=found.members)
        gap_register.take(current_identity(), current_world(), plan, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        item = _item(found, form.key.data or "")
        return render_template("network/plan.html", form=form, item=item), 422
    flash(gettext("The gap has an owner now."), "success")
    return redirect(url_for("gaps.board"), code=303)


def _board() -> GapBoard:
    return gaps.board(current_identity(), current_world(), at=utc_now())


def _asked_board() -> GapBoard:
    """Return the board for whom the address asks."""
    return gaps.board(
        current_identity(),
        current_world(),
        at=utc_now(),
        question=read_question(request.args),
        zips_of=request.args.get("zips"),
        by_district=request.args.get("zips") == BY_DISTRICT,
    )


def _item(found: GapBoard, key: str) -> dict[str, object]:
    for item in found.items:
        if item.finding.key == key:
            return item_view(item, found.on)
    raise NotFoundError


def _number(name: str) -> int | None:
    """Return a small whole number of the address, or None for anything else."""
    text = request.args.get(name, "")
    known = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS
    return int(text) if known else None
