"""What the sender says of its referral to a program: who ordered it, and a group that is wished."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import program_orders
from ccr.services.program_orders import OrderPage
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.participants import SaidForm

blueprint = Blueprint("program_orders", __name__, url_prefix="/desk/referrals")


@blueprint.get("/<uuid:referral_id>/program")
@requires(Permission.REFERRAL_SEND)
def page(referral_id: UUID) -> str:
    """Show what was said, and the form to say it."""
    found = _found(referral_id)
    form = SaidForm(found.authorities, found.groups, formdata=None)
    if found.said:
        form.fill(found.said.order)
        form.group.data = str(found.said.group_id or "")
    return _page(found, form)


@blueprint.post("/<uuid:referral_id>/program")
@requires(Permission.REFERRAL_SEND)
def say(referral_id: UUID) -> ResponseReturnValue:
    """Keep what the sender says."""
    found = _found(referral_id)
    form = SaidForm(found.authorities, found.groups)
    try:
        said = form.to_said()
        form.look_at("outside", members=found.authorities)
        program_orders.say(current_identity(), current_world(), referral_id, said, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("Kept. The program reads it when it accepts."), "success")
    return redirect(url_for("program_orders.page", referral_id=referral_id), code=303)


def _found(referral_id: UUID) -> OrderPage:
    return program_orders.order_page(current_identity(), current_world(), referral_id, at=utc_now())


def _page(found: OrderPage, form: SaidForm) -> str:
    back = (
        url_for("drafts.share", draft_id=found.referral_id)
        if found.is_draft
        else url_for("referrals.page", referral_id=found.referral_id)
    )
    return render_template("referrals/program_order.html", found=found, form=form, back=back)
