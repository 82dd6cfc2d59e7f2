"""What a sender gives a program with a referral of its own: results of its own records (R44)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.risk_sharing import authority_words
from ccr.policy.permissions import Permission
from ccr.services import risk_information
from ccr.services.risk_information import GivenPage
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.risk import RiskForm
from ccr.web.language import translated
from ccr.web.presenters.risk import result_cards

blueprint = Blueprint("risk_information", __name__, url_prefix="/desk/referrals")


@blueprint.get("/<uuid:referral_id>/risk")
@requires(Permission.REFERRAL_SEND)
def page(referral_id: UUID) -> str:
    """Show what was given with a referral, and the form of one more."""
    found = _found(referral_id)
    return _page(found, RiskForm(found.catalogue, formdata=None))


@blueprint.post("/<uuid:referral_id>/risk")
@requires(Permission.REFERRAL_SEND)
def give(referral_id: UUID) -> ResponseReturnValue:
    """Give one more result."""
    found = _found(referral_id)
    form = RiskForm(found.catalogue)
    try:
        risk_information.give(
            current_identity(), current_world(), referral_id, form.to_result(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(gettext("Given, sealed for this program alone."), "success")
    return redirect(url_for("risk_information.page", referral_id=referral_id), code=303)


@blueprint.post("/<uuid:referral_id>/risk/<uuid:risk_id>/take-back")
@requires(Permission.REFERRAL_SEND)
def take_back(referral_id: UUID, risk_id: UUID) -> ResponseReturnValue:
    """Take back what was entered in error."""
    risk_information.take_back(current_identity(), referral_id, risk_id, at=utc_now())
    flash(gettext("Taken back. It is deleted; what was read cannot be unread."), "success")
    return redirect(url_for("risk_information.page", referral_id=referral_id), code=303)


def _found(referral_id: UUID) -> GivenPage:
    return risk_information.given(current_identity(), current_world(), referral_id, at=utc_now())


def _page(found: GivenPage, form: RiskForm) -> str:
    return render_template(
        "referrals/risk.html",
        found=found,
        cards=result_cards(found.results, found.catalogue),
        authority=translated(authority_words(current_identity().regime)),
        form=form,
    )
