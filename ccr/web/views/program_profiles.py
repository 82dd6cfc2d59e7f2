"""Profiles of programs for abusive partners: the list, one program, and what it says of itself."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.policy.permissions import Permission
from ccr.services import program_profiles
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.program_profile import ProfileForm
from ccr.web.language import translated
from ccr.web.presenters.program_profiles import list_rows, profile_view

blueprint = Blueprint("program_profiles", __name__, url_prefix="/programs")


@blueprint.get("/profiles")
@requires(Permission.DIRECTORY_READ)
def index() -> str:
    """Show every program by name, and whether somebody is named to consult."""
    found = program_profiles.list_profiles(current_identity(), at=utc_now())
    return render_template("programs/profiles.html", programs=list_rows(found))


@blueprint.get("/profiles/<uuid:compartment_id>")
@requires(Permission.DIRECTORY_READ)
def page(compartment_id: UUID) -> str:
    """Show one program."""
    at = utc_now()
    found = program_profiles.open_profile(current_identity(), compartment_id, at=at)
    return render_template(
        "programs/profile.html", profile=profile_view(found, current_world(), at=at)
    )


@blueprint.get("/why-not-ask")
@requires(Permission.DIRECTORY_READ)
def why_not_ask() -> str:
    """Say why no victim is ever asked how a participant does (R11)."""
    return render_template("programs/why_not_ask.html")


@blueprint.get("/profile")
@requires(Permission.PROGRAM_SET)
def own() -> str:
    """Show what one's own program says of itself, to be changed."""
    found = program_profiles.own_profile(current_identity())
    form = ProfileForm(found.may_supervise, formdata=None)
    form.fill(found.facts)
    return _own_page(form)


@blueprint.post("/profile")
@requires(Permission.PROGRAM_SET)
def save() -> ResponseReturnValue:
    """Keep what one's own program says of itself."""
    identity = current_identity()
    found = program_profiles.own_profile(identity)
    form = ProfileForm(found.may_supervise)
    try:
        program_profiles.save_own(identity, form.to_facts(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _own_page(form), 422
    except StaleError as error:
        form.form_errors = [*form.form_errors, translated(error.phrase)]
        form.version.data = str(found.facts.version)
        return _own_page(form), 409
    flash(gettext("Saved."), "success")
    return redirect(
        url_for("program_profiles.page", compartment_id=identity.compartment_id), code=303
    )


def _own_page(form: ProfileForm) -> str:
    return render_template("programs/profile_edit.html", form=form)
