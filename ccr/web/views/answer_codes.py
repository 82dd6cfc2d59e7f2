"""The sender's part of a referral by link: a code to read out, and the link mailed once more."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import answer_codes
from ccr.web.access import current_identity, current_world, requires
from ccr.web.one_time import asks_only

blueprint = Blueprint("answer_codes", __name__, url_prefix="/desk/referrals/<uuid:referral_id>")


@blueprint.post("/read-out")
@requires(Permission.REFERRAL_SEND)
@asks_only
def read_out(referral_id: UUID) -> str:
    """Make a code and show it this once, beside what to say. Pressed twice, the second counts."""
    made = answer_codes.make_code(current_identity(), current_world(), referral_id, at=utc_now())
    return render_template("answer/read_out.html", made=made)


@blueprint.get("/read-out")
@requires(Permission.REFERRAL_SEND)
def back(referral_id: UUID) -> ResponseReturnValue:
    """Lead back to the referral: a page that was reloaded makes no code and shows none."""
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)


@blueprint.post("/mail-link")
@requires(Permission.REFERRAL_SEND)
def mail_link(referral_id: UUID) -> ResponseReturnValue:
    """Have the link mailed once more."""
    answer_codes.mail_again(current_identity(), current_world(), referral_id, at=utc_now())
    return redirect(url_for("referrals.page", referral_id=referral_id), code=303)
