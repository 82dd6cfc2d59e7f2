"""A shift hands its open referrals to the next one, in one act."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import assigning, followups
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import id_or_none
from ccr.web.language import translated
from ccr.web.presenters.follow_ups import row_of, shift_page
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("hand_overs", __name__, url_prefix="/desk/follow-ups/hand-over")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def page() -> ResponseReturnValue:
    """Show what one works on that is open, and who could have it."""
    return _page()


def _page(refused: InvalidInputError | None = None) -> ResponseReturnValue:
    identity, at = current_identity(), utc_now()
    of = id_or_none(request.values.get("of", ""))
    shift = followups.shift_of(identity, current_world(), of=of, at=at)
    body = render_template(
        "followups/hand_over.html",
        **shift_page(shift, DeskTime(g.network.timezone, at), me=identity.user_id),
        chosen_people=request.form.getlist("account_id"),
        chosen_referrals=request.form.getlist("referral_id"),
        all_chosen=request.method == "GET",
        refusal=translated(refused.phrase) if refused else None,
    )
    return body, 422 if refused else 200


@blueprint.post("")
@requires(Permission.REFERRAL_LIST)
def hand_over() -> ResponseReturnValue:
    """Hand over what was chosen, and list it."""
    identity, world, at = current_identity(), current_world(), utc_now()
    to = [found for found in map(id_or_none, request.form.getlist("account_id")) if found]
    only = [found for found in map(id_or_none, request.form.getlist("referral_id")) if found]
    of = id_or_none(request.form.get("of", ""))
    try:
        given = assigning.hand_over(identity, to, only=only, of=of, at=at)
    except InvalidInputError as error:
        return _page(error)
    time = DeskTime(g.network.timezone, at)
    items = followups.items_in_order(identity, world, given, at=at)
    return render_template(
        "followups/handed_over.html", rows=[row_of(item, time) for item in items]
    )
