"""Taking the directory away as files, and the sheet of a county."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.adapters.exports import paper, sheet_pdf
from ccr.adapters.gazetteer import CountyFact
from ccr.domain.county_sheet import CountySheet
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.policy.permissions import Permission
from ccr.services import exporting
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.exporting import ExportForm, SheetForm
from ccr.web.forms.fields import add_refusal
from ccr.web.language import translated
from ccr.web.one_time import asks_only

blueprint = Blueprint("exporting", __name__, url_prefix="/directory")


@blueprint.get("/export")
@requires(Permission.DIRECTORY_EXPORT)
def page() -> str:
    """Show what kinds of files there are, and what none of them holds."""
    return _page(ExportForm(_counties(), formdata=None, data={"format": "csv"}))


@blueprint.post("/export")
@requires(Permission.DIRECTORY_EXPORT)
@asks_only
def take() -> ResponseReturnValue:
    """Send the directory as a file, a piece at a time."""
    form = ExportForm(_counties())
    try:
        made = exporting.export(
            current_identity(),
            current_world(),
            form.format.data or "",
            county=form.county.data or "",
            say=translated,
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(form), 422
    response = Response(stream_with_context(made.pieces), content_type=made.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


@blueprint.get("/county-sheet")
@requires(Permission.DIRECTORY_EXPORT)
def sheet() -> ResponseReturnValue:
    """Show the sheet of a county, for printing; or ask for the county."""
    county = request.args.get("county", "")
    if not county:
        return render_template("directory/county_sheet_choice.html", form=SheetForm(_counties()))
    try:
        found = exporting.county_sheet(current_identity(), current_world(), county, at=utc_now())
    except InvalidInputError as error:
        raise NotFoundError from error
    return render_template("directory/county_sheet.html", **_view(found), county=county)


def _page(form: ExportForm) -> str:
    return render_template(
        "directory/export.html", form=form, sheet_form=SheetForm(_counties(), formdata=None)
    )


def _counties() -> tuple[CountyFact, ...]:
    return current_world().gazetteer.counties(g.network.state)


def _view(found: CountySheet) -> dict[str, Any]:
    """Return the sheet as the template takes it: the same lines as the PDF."""
    groups = ((sheet_pdf.HERE, found.here), (sheet_pdf.WIDE, found.wide))
    return {
        "sheet": found,
        "notices": [translated(paper.SAFETY), translated(paper.STALE)],
        "groups": [
            {
                "heading": translated(heading),
                "entries": [
                    {"name": entry.name, "lines": sheet_pdf.entry_lines(entry, translated)}
                    for entry in entries
                ],
            }
            for heading, entries in groups
            if entries
        ],
    }
