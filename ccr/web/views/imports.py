"""The import desk: upload, check, decide, run, undo. The long work is the worker's."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.permissions import Permission
from ccr.services import import_columns, import_desk
from ccr.services.import_columns import MOST_SHOWN, Columns, Explained
from ccr.services.import_desk import Decisions, Run, Upload
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.imports import DecideForm, UploadForm
from ccr.web.language import translated
from ccr.web.presenters.import_columns import columns_page
from ccr.web.presenters.imports import run_page, run_row
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("imports", __name__, url_prefix="/directory/imports")


def _time() -> DeskTime:
    return DeskTime(g.network.timezone, utc_now())


def _to(run_id: UUID, words: Phrase | None = None) -> ResponseReturnValue:
    if words is not None:
        flash(translated(words), "success")
    return redirect(url_for("imports.page", run_id=run_id), code=303)


@blueprint.get("")
@requires(Permission.DIRECTORY_IMPORT)
def index() -> str:
    """List the network's imports, the newest first."""
    runs, _ = import_desk.list_runs(current_identity())
    time = _time()
    return render_template("imports/index.html", rows=[run_row(run, time) for run in runs])


@blueprint.get("/new")
@requires(Permission.DIRECTORY_IMPORT)
def new() -> str:
    """Ask for a file and its source."""
    return _upload_page(UploadForm(formdata=None))


def _upload_page(form: UploadForm) -> str:
    _, sources = import_desk.list_runs(current_identity())
    return render_template("imports/new.html", form=form, sources=sources[:20])


@blueprint.post("/new")
@requires(Permission.DIRECTORY_IMPORT)
def take_in() -> ResponseReturnValue:
    """Keep the file and ask for its check."""
    form = UploadForm()
    if not form.validate():
        return _upload_page(form), 422
    upload = Upload(
        form.file.data.filename,
        form.file.data.stream,
        form.source.data or "",
        bool(form.skip_bad_rows.data),
    )
    try:
        run_id = import_desk.take_in(current_identity(), current_world(), upload, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _upload_page(form), 422
    return _to(run_id)


@blueprint.get("/<uuid:run_id>")
@requires(Permission.DIRECTORY_IMPORT)
def page(run_id: UUID) -> str:
    """Show a run at whichever step it is."""
    return _run_page(run_id, None)


def _columns_page(run: Run, columns: Columns, problems: Iterable[Phrase] = ()) -> str:
    return render_template(
        "imports/columns.html",
        run_id=run.id,
        version=run.version,
        source=run.source,
        problems=[{"text": translated(words), "href": None} for words in problems],
        **columns_page(columns),
    )


@blueprint.post("/<uuid:run_id>/sheet")
@requires(Permission.DIRECTORY_IMPORT)
def sheet(run_id: UUID) -> ResponseReturnValue:
    """Look at another sheet of the workbook."""
    chosen = request.form.get("sheet", "")
    import_columns.choose_sheet(current_identity(), current_world(), run_id, chosen)
    return _to(run_id)


@blueprint.post("/<uuid:run_id>/columns")
@requires(Permission.DIRECTORY_IMPORT)
def explain(run_id: UUID) -> ResponseReturnValue:
    """Keep what the columns mean, and ask for the check."""
    identity, world = current_identity(), current_world()
    problems: tuple[Phrase, ...] = ()
    version = _number(request.form.get("version"))
    try:
        problems = import_columns.explain(
            identity, world, run_id, _explained(), version=version, at=utc_now()
        )
    except InvalidInputError as error:
        problems = (error.phrase,)
    if not problems:
        return _to(run_id)
    columns = import_columns.columns_of(identity, world, run_id)
    run = import_desk.open_run(identity, world, run_id).run
    if columns is None:
        raise NotFoundError
    return _columns_page(run, columns, problems), 422


def _explained() -> Explained:
    organization = request.form.get("constant-organization_name", "")
    return Explained(_numbered("column"), {"organization_name": organization}, _numbered("kind"))


def _numbered(name: str) -> tuple[str, ...]:
    """Return the values of name-0, name-1 and so on, in order."""
    return tuple(request.form.get(f"{name}-{at}", "") for at in range(MOST_SHOWN))


def _run_page(run_id: UUID, form: DecideForm | None) -> str:
    identity, world = current_identity(), current_world()
    found = import_desk.open_run(identity, world, run_id)
    if found.run.state in {"uploaded", "mapped"}:
        columns = import_columns.columns_of(identity, world, run_id)
        if columns is not None:
            return _columns_page(found.run, columns)
    view = run_page(found, _time())
    if form is None:
        form = DecideForm(formdata=None, data={"version": str(found.run.version)})
        form.skip_bad_rows.data = bool(found.run.options.get("skip_bad_rows"))
    return render_template("imports/run.html", run=view, form=form)


@blueprint.get("/<uuid:run_id>/progress")
@requires(Permission.DIRECTORY_IMPORT)
def progress(run_id: UUID) -> ResponseReturnValue:
    """Return the progress alone, for the page that asks each second."""
    found = import_desk.open_run(current_identity(), current_world(), run_id)
    response = Response(
        render_template("imports/progress.html", run=run_page(found, _time())),
        headers={"Cache-Control": "no-store"},
    )
    if not found.at_work:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/<uuid:run_id>/start")
@requires(Permission.DIRECTORY_IMPORT)
def start(run_id: UUID) -> ResponseReturnValue:
    """Ask for the checked run to be carried out, as decided."""
    form = DecideForm()
    chosen = Decisions(
        skip_bad_rows=bool(form.skip_bad_rows.data),
        take_all=bool(form.take_all.data),
        take=tuple(request.form.getlist("take")),
        same=tuple(request.form.getlist("same")),
    )
    try:
        import_desk.start(
            current_identity(),
            current_world(),
            run_id,
            chosen,
            version=_number(form.version.data),
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _run_page(run_id, form), 422
    return _to(run_id)


@blueprint.post("/<uuid:run_id>/cancel")
@requires(Permission.DIRECTORY_IMPORT)
def cancel(run_id: UUID) -> ResponseReturnValue:
    """Stop a run before anything is written for good."""
    if not import_desk.cancel(current_identity(), current_world(), run_id, at=utc_now()):
        flash(translated(phrase("It had ended already. See its result.")), "info")
    return _to(run_id)


@blueprint.post("/<uuid:run_id>/undo")
@requires(Permission.DIRECTORY_IMPORT)
def undo(run_id: UUID) -> ResponseReturnValue:
    """Ask for the whole import to be taken back."""
    version = _number(request.form.get("version"))
    import_desk.ask_to_undo(current_identity(), run_id, version=version, at=utc_now())
    return _to(run_id)


@blueprint.get("/<uuid:run_id>/report.csv")
@requires(Permission.DIRECTORY_IMPORT)
def report(run_id: UUID) -> ResponseReturnValue:
    """Give the whole report, row by row, for a spreadsheet."""
    packed, _ = import_desk.report(current_identity(), run_id)
    return Response(
        gzip.decompress(packed),
        mimetype="text/csv",
        headers={
            "Content-Disposition": "attachment; filename=import-report.csv",
            "Cache-Control": "no-store",
        },
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004
