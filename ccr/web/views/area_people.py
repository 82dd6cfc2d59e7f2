"""How many people live where: bring a table, look at what would be kept, keep it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.area_people import MOST_BYTES, AreaPeople, ReadTable, written
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase
from ccr.domain.taxonomy import AreaExtent
from ccr.policy.permissions import Permission
from ccr.services import area_people
from ccr.web.access import current_identity, current_world, requires
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

blueprint = Blueprint("area_people", __name__, url_prefix="/network/gaps/population")
SHOWN = 8


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show what is kept, and the form for another table."""
    return _page()


@blueprint.post("/look")
@requires(Permission.COORDINATION_MANAGE)
def look() -> ResponseReturnValue:
    """Show what would be kept of a table, and what would not. Keeps nothing."""
    file = request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    try:
        found = area_people.look_at(current_identity(), current_world(), content, at=utc_now())
    except InvalidInputError as error:
        return _page(error.phrase), 422
    return _page(found=found)


@blueprint.post("/keep")
@requires(Permission.COORDINATION_MANAGE)
def keep() -> ResponseReturnValue:
    """Keep a table that was looked at, in the place of the one before."""
    content = request.form.get("table", "").encode("utf-8", "replace")
    try:
        count = area_people.keep(current_identity(), current_world(), content, at=utc_now())
    except InvalidInputError as error:
        return _page(error.phrase), 422
    flash(
        ngettext(
            "The people of one area are kept.", "The people of %(num)s areas are kept.", count
        ),
        "success",
    )
    return redirect(url_for("area_people.page"), code=303)


def _page(problem: Phrase | None = None, *, found: ReadTable | None = None) -> str:
    rows, brought_at = area_people.kept_table(current_identity())
    return render_template(
        "network/population.html",
        problem=translated(problem) if problem else None,
        kept=_summary(rows),
        day=day_text(brought_at) if brought_at else None,
        found=_looked_at(found) if found else None,
    )


def _looked_at(found: ReadTable) -> dict[str, object]:
    return {
        **_summary(found.kept),
        "elsewhere": found.elsewhere,
        "refused": [(number, translated(why)) for number, why in found.refused],
        "refused_count": found.refused_count,
        "first": found.kept[:SHOWN],
        "table": written(found.kept),
    }


def _summary(rows: tuple[AreaPeople, ...]) -> dict[str, object]:
    counties = [row for row in rows if row.extent is AreaExtent.COUNTY]
    return {
        "counties": len(counties),
        "zips": len(rows) - len(counties),
        "languages": len({code for row in rows for code in row.languages}),
    }
