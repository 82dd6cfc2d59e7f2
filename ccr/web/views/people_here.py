"""Who is here: absences of one's own program, and who stands in. Never why somebody is away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.staffing import Duty
from ccr.policy.permissions import Permission
from ccr.services import program_people
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import id_or_none
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.people_here import people_page

blueprint = Blueprint("people_here", __name__, url_prefix="/account/here")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def page() -> ResponseReturnValue:
    """Show who is here, who is away until when, and who stands in."""
    return _page()


def _page(refused: InvalidInputError | None = None) -> ResponseReturnValue:
    identity, at = current_identity(), utc_now()
    found = program_people.program_people(identity, at=at)
    body = render_template(
        "followups/people_here.html",
        **people_page(found, DeskTime(g.network.timezone, at), identity),
        typed={name: request.form.get(name, "") for name in ("first", "last", "of")},
        refused_field=refused.field if refused else None,
        refusal=translated(refused.phrase) if refused else None,
    )
    return body, 422 if refused else 200


@blueprint.post("/away")
@requires(Permission.REFERRAL_LIST)
def away() -> ResponseReturnValue:
    """Note an absence: one's own, or as administrator a colleague's."""
    of = id_or_none(request.form.get("of", ""))
    try:
        first, last = _day("first"), _day("last")
        program_people.add_absence(current_identity(), first, last, of=of, at=utc_now())
    except InvalidInputError as error:
        return _page(error)
    return redirect(url_for("people_here.page"), code=303)


@blueprint.post("/absences/<uuid:absence_id>/end")
@requires(Permission.REFERRAL_LIST)
def back(absence_id: UUID) -> ResponseReturnValue:
    """Take an absence back."""
    program_people.end_absence(current_identity(), absence_id, at=utc_now())
    return redirect(url_for("people_here.page"), code=303)


@blueprint.post("/duties/<any('back-up', 'supervisor'):duty>")
@requires(Permission.COLLEAGUE_MANAGE)
def name_duty(duty: str) -> ResponseReturnValue:
    """Name exactly these people as back-up contacts, or as supervisors."""
    chosen = [found for found in map(id_or_none, request.form.getlist("account_id")) if found]
    try:
        program_people.name_duties(current_identity(), Duty(duty), chosen, at=utc_now())
    except InvalidInputError as error:
        return _page(error)
    return redirect(url_for("people_here.page"), code=303)


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise InvalidInputError(phrase("Choose a day."), field=field) from error
