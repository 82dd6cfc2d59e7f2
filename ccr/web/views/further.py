"""Further partners of a new referral: named beside the first, or as a plan for several needs."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.asking import AskingWay
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import draft_further
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal, chosen_code
from ccr.web.forms.further import FurtherForm
from ccr.web.language import translated
from ccr.web.presenters.drafts import draft_steps

blueprint = Blueprint("further", __name__, url_prefix="/desk/referrals")


@blueprint.get("/<uuid:draft_id>/further")
@requires(Permission.REFERRAL_SEND)
def page(draft_id: UUID) -> ResponseReturnValue:
    """Ask whom the person wants asked if the first cannot take it."""
    return _page(draft_id, None)


def _page(draft_id: UUID, sent: FurtherForm | None) -> ResponseReturnValue:
    identity, world = current_identity(), current_world()
    choice = draft_further.further_choice(identity, world, draft_id, at=utc_now())
    if choice is None:
        return redirect(url_for("drafts.partners", draft_id=draft_id), code=303)
    form = sent or FurtherForm(formdata=None, data={"way": choice.way.value})
    form.offer(choice.offered)
    if sent is None:
        form.fill(choice.named)
    body = render_template(
        "referrals/further.html",
        form=form,
        partner=choice.partner,
        may_ask_at_once=choice.may_ask_at_once,
        **draft_steps(choice, 4),
    )
    return body, 422 if sent else 200


@blueprint.post("/<uuid:draft_id>/further")
@requires(Permission.REFERRAL_SEND)
def answer(draft_id: UUID) -> ResponseReturnValue:
    """Keep who is named, and go on to the yes."""
    form = FurtherForm()
    try:
        way = chosen_code(AskingWay, form.way.data or AskingWay.ORDERED.value, "way")
        services = [_uuid(text, "further") for text in form.named()]
        draft_further.name_further(
            current_identity(), current_world(), draft_id, services, way, at=utc_now()
        )
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(draft_id, form)
    return redirect(url_for("drafts.share", draft_id=draft_id), code=303)


@blueprint.post("/<uuid:draft_id>/plan")
@requires(Permission.REFERRAL_SEND)
def plan(draft_id: UUID) -> ResponseReturnValue:
    """Keep a plan for several needs, and go on to the yes."""
    try:
        services = [_uuid(text, "plan") for text in request.form.getlist("services")]
        draft_further.choose_plan(
            current_identity(), current_world(), draft_id, services, at=utc_now()
        )
    except InvalidInputError as error:
        flash(translated(error.phrase), "warning")
        return redirect(url_for("drafts.partners", draft_id=draft_id), code=303)
    return redirect(url_for("drafts.share", draft_id=draft_id), code=303)


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one of the list."), field=field) from error
