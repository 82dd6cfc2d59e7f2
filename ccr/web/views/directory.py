"""The directory for staff: find a listing by its words, read it, say which needs it meets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import directory, finding, hiding, protocol_flags, put_aside
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.directory import DescribeForm, SearchForm
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.language import translated
from ccr.web.presenters.directory import listing_view
from ccr.web.presenters.finding import answer_view, asked_of
from ccr.web.presenters.moments import local_day

blueprint = Blueprint("directory", __name__, url_prefix="/directory")


@blueprint.get("")
@requires(Permission.DIRECTORY_READ)
def index() -> str:
    """Show every listing by name."""
    return _found(SearchForm(formdata=None))


@blueprint.post("")
@requires(Permission.DIRECTORY_READ)
def search() -> ResponseReturnValue:
    """Show the listings that the question does not leave out."""
    form = SearchForm()
    try:
        if not form.validate():
            return _page(form), 422
        return _found(form)
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(form), 422


def _found(form: SearchForm) -> str:
    at = utc_now()
    query = asked_of(form, current_world(), g.network.state)
    answer = finding.find_listings(
        current_identity(),
        current_world(),
        query,
        at=at,
        timezone=g.network.timezone,
        page=form.page.data or 1,
        exact=bool(form.exact.data),
    )
    kept = put_aside.held_ids(current_identity(), at=at)
    services = [line.service for line in answer.lines]
    flagged = protocol_flags.without_protocol(current_identity(), services, at=at)
    return _page(form, answer_view(answer, form, query.near, flagged), kept)


def _page(
    form: SearchForm, found: dict[str, Any] | None = None, kept: frozenset[UUID] = frozenset()
) -> str:
    return render_template("directory/index.html", form=form, found=found, kept=kept)


@blueprint.get("/services/<uuid:service_id>")
@requires(Permission.DIRECTORY_READ)
def service(service_id: UUID) -> str:
    """Show one listing with everything that staff may see."""
    return _listing(service_id, None)


@blueprint.post("/services/<uuid:service_id>/needs")
@requires(Permission.LISTING_DESCRIBE)
def describe(service_id: UUID) -> ResponseReturnValue:
    """Keep which needs the listing meets, and for whom."""
    form = DescribeForm()
    try:
        directory.describe(
            current_identity(),
            service_id,
            form.needs.data or (),
            form.tracks.data or (),
            version=whole_number(form.version.data),
            at=utc_now(),
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _listing(service_id, form), 422
    flash(translated(phrase("Saved. Routing knows it from now on.")), "success")
    return redirect(url_for("directory.service", service_id=service_id), code=303)


def _listing(service_id: UUID, form: DescribeForm | None) -> str:
    identity, world, at = current_identity(), current_world(), utc_now()
    page = directory.open_listing(identity, service_id, on=local_day(at, g.network.timezone))
    found = page.service
    if form is None and page.may_describe:
        form = DescribeForm(
            formdata=None,
            data={
                "tracks": [track.value for track in found.tracks],
                "version": str(found.version),
            },
        )
    return render_template(
        "directory/service.html",
        listing=listing_view(page, world, at=at),
        page=page,
        no_protocol=bool(protocol_flags.without_protocol(identity, [found], at=at)),
        form=form,
        service_id=service_id,
        may_hide=hiding.may_hide(identity, found),
        confidential=found.confidential,
    )
