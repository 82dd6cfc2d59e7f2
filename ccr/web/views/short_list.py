"""One's own short list and kept searches: side by side, for paper, and gone after 30 days."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.adapters.exports.list_pdf import write_list
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import protocol_flags, put_aside
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.directory import SearchForm
from ccr.web.language import translated
from ccr.web.presenters.directory import compared, listed_for_paper, service_row
from ccr.web.presenters.finding import asked_of, kept_search
from ccr.web.presenters.moments import local_day

blueprint = Blueprint("short_list", __name__, url_prefix="/directory/short-list")
MOST_COMPARED = 4


@blueprint.get("")
@requires(Permission.SEARCH_KEEP)
def page() -> str:
    """Show what one has put aside; the first of it side by side."""
    return _page([])


@blueprint.post("")
@requires(Permission.SEARCH_KEEP)
def compare() -> str:
    """Show the chosen ones side by side. By POST: a choice of listings stands in no address."""
    return _page(request.form.getlist("compare"))


def _page(wanted: list[str]) -> str:
    at = utc_now()
    found = put_aside.put_aside(current_identity(), at=at)
    chosen = [s for s in found.services if str(s.id) in wanted] or list(found.services)
    side_by_side = chosen[:MOST_COMPARED]
    form = SearchForm(formdata=None)
    flagged = protocol_flags.without_protocol(current_identity(), found.services, at=at)
    rows = [{"id": s.id, **service_row(s, flagged)} for s in found.services]
    return render_template(
        "directory/short_list.html",
        rows=rows,
        programs=any(row["program"] for row in rows),
        compared=compared(side_by_side, current_world(), at=at) if len(side_by_side) > 1 else None,
        chosen={s.id for s in side_by_side},
        searches=[kept_search(kept, form) for kept in found.searches],
        most=MOST_COMPARED,
    )


@blueprint.post("/paper")
@requires(Permission.SEARCH_KEEP)
def paper() -> ResponseReturnValue:
    """Send the short list as a PDF. Its name says the day and nothing else."""
    at, network = utc_now(), g.network
    services = put_aside.take_on_paper(current_identity(), at=at)
    day = local_day(at, network.timezone)
    listed = listed_for_paper(services, current_world(), at=at)
    body = write_list(listed, translated, network=network.name, day=day, at=at)
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="list-{day.isoformat()}.pdf"'
    return response


@blueprint.post("/listings/<uuid:service_id>")
@requires(Permission.SEARCH_KEEP)
def add(service_id: UUID) -> ResponseReturnValue:
    """Put a listing aside."""
    if _among_results():
        return _put_and_go_back(service_id)
    put_aside.add_listing(current_identity(), service_id, at=utc_now())
    flash(translated(phrase("It is on your short list for 30 days.")), "success")
    return redirect(url_for("directory.service", service_id=service_id), code=303)


def _put_and_go_back(service_id: UUID) -> ResponseReturnValue:
    try:
        put_aside.add_listing(current_identity(), service_id, at=utc_now())
    except DuplicateError as error:
        flash(translated(error.phrase), "warning")
        return redirect(url_for("directory.search"), code=307)
    return _same_results(service_id)


def _among_results() -> bool:
    """Return True when the button stood in a row of results, with their question around it."""
    return request.form.get("back") == "results"


def _same_results(service_id: UUID) -> ResponseReturnValue:
    """Ask the same question again, at this row. 307 sends it by POST: it stands in no address."""
    return redirect(url_for("directory.search", _anchor=f"row-{service_id}"), code=307)


@blueprint.post("/listings/<uuid:service_id>/remove")
@requires(Permission.SEARCH_KEEP)
def remove(service_id: UUID) -> ResponseReturnValue:
    """Take a listing out."""
    put_aside.remove_listing(current_identity(), service_id)
    if _among_results():
        return _same_results(service_id)
    return redirect(url_for("short_list.page"), code=303)


@blueprint.post("/searches")
@requires(Permission.SEARCH_KEEP)
def keep() -> ResponseReturnValue:
    """Keep a search without its words and needs."""
    form = SearchForm()
    if not form.validate():
        flash(translated(phrase("Choose from the list.")), "warning")
        return redirect(url_for("short_list.page"), code=303)
    try:
        query = asked_of(form, current_world(), g.network.state)
        put_aside.keep_search(current_identity(), query, at=utc_now())
        flash(translated(phrase("Kept for 30 days, without words and needs.")), "success")
    except InvalidInputError as error:
        flash(translated(error.phrase), "warning")
    return redirect(url_for("short_list.page"), code=303)


@blueprint.post("/searches/<uuid:search_id>/forget")
@requires(Permission.SEARCH_KEEP)
def forget(search_id: UUID) -> ResponseReturnValue:
    """Forget a search."""
    put_aside.forget_search(current_identity(), search_id)
    return redirect(url_for("short_list.page"), code=303)
