"""Whether something has changed: counts and one token, for pages that are looked at for long.

A look keeps nobody signed in and notes nothing as read. It tells no more than the page itself.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g, jsonify

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services.desk_glance import counts_for, referral_token
from ccr.web.access import current_identity, current_world, requires
from ccr.web.referral_lists import inbox_asked_for, list_token, outbox_asked_for

blueprint = Blueprint("glance", __name__, url_prefix="/desk/changes")


def _answer(token: str) -> Response:
    counts = counts_for(current_identity(), g.network.timezone, at=utc_now())
    return jsonify(
        inbox=counts.inbox,
        sent=counts.sent,
        follow_ups=counts.follow_ups,
        consultations=counts.consultations,
        token=token,
    )


@blueprint.get("/inbox")
@requires(Permission.REFERRAL_LIST)
def inbox() -> Response:
    """Answer for one page of a tab of the inbox."""
    _, page, _ = inbox_asked_for()
    return _answer(list_token(page))


@blueprint.get("/outbox")
@requires(Permission.REFERRAL_LIST)
def outbox() -> Response:
    """Answer for one page of a group of the outbox."""
    _, page, _ = outbox_asked_for()
    return _answer(list_token(page))


@blueprint.get("/referrals/<uuid:referral_id>")
@requires(Permission.REFERRAL_READ)
def referral(referral_id: UUID) -> Response:
    """Answer for one referral, from the side that asks."""
    return _answer(referral_token(current_identity(), current_world(), referral_id, at=utc_now()))
