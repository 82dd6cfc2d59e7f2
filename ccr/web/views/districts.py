"""Districts of the network's own: made, looked at, changed, and removed after a question."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.districts import MOST_DISTRICTS, District
from ccr.domain.errors import CcrError, DuplicateError, InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import districts
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.coordination import version_of
from ccr.web.forms.districts import DistrictForm
from ccr.web.presenters.districts import areas_text, district_view, read_view

blueprint = Blueprint("districts", __name__, url_prefix="/network/gaps/districts")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show the districts, and the form of a new one."""
    return _page(DistrictForm(formdata=None))


@blueprint.post("")
@requires(Permission.COORDINATION_MANAGE)
def make() -> ResponseReturnValue:
    """Make a district."""
    form = DistrictForm()
    made = _kept(form)
    if made is None:
        return _page(form), 422
    flash(gettext("The district is kept, and is a column of the gap table now."), "success")
    return redirect(url_for("districts.one", district_id=made), code=303)


@blueprint.get("/<uuid:district_id>")
@requires(Permission.COORDINATION_READ)
def one(district_id: UUID) -> str:
    """Show one district, and the form to change it."""
    found = districts.get(current_identity(), district_id)
    form = DistrictForm(formdata=None)
    form.name.data, form.version.data = found.name, str(found.version)
    form.areas.data = areas_text(found, current_world().gazetteer)
    return _one(found, form)


@blueprint.post("/<uuid:district_id>")
@requires(Permission.COORDINATION_MANAGE)
def change(district_id: UUID) -> ResponseReturnValue:
    """Rename a district, or change what is in it."""
    found = districts.get(current_identity(), district_id)
    form = DistrictForm()
    if _kept(form, district_id) is None:
        return _one(found, form), 422
    flash(gettext("The district is changed."), "success")
    return redirect(url_for("districts.one", district_id=district_id), code=303)


@blueprint.get("/<uuid:district_id>/remove")
@requires(Permission.COORDINATION_MANAGE)
def ask_remove(district_id: UUID) -> str:
    """Ask once more."""
    found = districts.get(current_identity(), district_id)
    row = district_view(found, current_world().gazetteer)
    return render_template("network/district_remove.html", row=row)


@blueprint.post("/<uuid:district_id>/remove")
@requires(Permission.COORDINATION_MANAGE)
def remove(district_id: UUID) -> ResponseReturnValue:
    """Delete it."""
    version = version_of(request.form.get("version"))
    districts.remove(current_identity(), district_id, version, at=utc_now())
    flash(gettext("The district is removed."), "success")
    return redirect(url_for("districts.page"), code=303)


def _kept(form: DistrictForm, district_id: UUID | None = None) -> UUID | None:
    """Keep what was written; None when it was refused, with every reason on the form."""
    identity, world, at = current_identity(), current_world(), utc_now()
    errors: list[CcrError] = []
    try:
        form.look_at("name")
    except InvalidInputError as error:
        errors.append(error)
    try:
        if errors:
            districts.look_at(identity, world, form.to_text(), at=at)
        else:
            return districts.keep(identity, world, form.to_text(), district_id=district_id, at=at)
    except (InvalidInputError, DuplicateError) as error:
        errors.append(error)
    form.refuse_all(errors)
    return None


def _page(form: DistrictForm) -> str:
    gazetteer = current_world().gazetteer
    rows = [district_view(d, gazetteer) for d in districts.list_all(current_identity())]
    return render_template(
        "network/districts.html",
        rows=rows,
        form=form,
        found=read_view(form.found, gazetteer) if form.found else None,
        is_full=len(rows) >= MOST_DISTRICTS,
    )


def _one(found: District, form: DistrictForm) -> str:
    gazetteer = current_world().gazetteer
    return render_template(
        "network/district.html",
        row=district_view(found, gazetteer),
        form=form,
        found=read_view(form.found, gazetteer) if form.found else None,
    )
