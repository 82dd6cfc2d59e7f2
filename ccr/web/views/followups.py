"""Follow-ups: what one's own program has to do, who does it, and what is put off."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import assigning, snoozing
from ccr.services.followups import Whose
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import id_or_none
from ccr.web.forms.resting import rest_asked_for
from ccr.web.queue_pages import show_queue

blueprint = Blueprint("followups", __name__, url_prefix="/desk/follow-ups")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def queue() -> ResponseReturnValue:
    """Show what is overdue, due today, due this week, put off, and handed over."""
    return show_queue(request.args.get("whose", ""))


@blueprint.post("/take-over")
@requires(Permission.REFERRAL_LIST)
def take_over() -> ResponseReturnValue:
    """Say that one has what colleagues handed over."""
    chosen = [found for found in map(id_or_none, request.form.getlist("referral_id")) if found]
    assigning.take_over(current_identity(), chosen, at=utc_now())
    return _back()


@blueprint.post(
    "/<uuid:referral_id>/<any('take', 'assign', 'release', 'put-off', 'remind-again'):act>"
)
@requires(Permission.REFERRAL_LIST)
def act_on(referral_id: UUID, act: str) -> ResponseReturnValue:
    """Take it, give it to a colleague, let go of it, or put its reminders off."""
    try:
        _act(referral_id, act)
    except InvalidInputError as error:
        return show_queue(request.form.get("whose", ""), refused=error)
    return _back()


def _act(referral_id: UUID, act: str) -> None:
    identity, at = current_identity(), utc_now()
    held_by = id_or_none(request.form.get("held_by", ""))
    if act == "take":
        assigning.take(identity, referral_id, held_by=held_by, at=at)
    elif act == "assign":
        assigning.assign(identity, referral_id, _colleague(), held_by=held_by, at=at)
    elif act == "release":
        assigning.release(identity, referral_id, at=at)
    elif act == "remind-again":
        snoozing.wake(identity, referral_id, at=at)
    else:
        span, reason = rest_asked_for()
        snoozing.snooze(identity, referral_id, at + span, reason, at=at)


def _colleague() -> UUID:
    found = id_or_none(request.form.get("account_id", ""))
    if found is None:
        raise InvalidInputError(phrase("Choose a colleague."), field="account_id")
    return found


def _back() -> ResponseReturnValue:
    whose = request.form.get("whose", "")
    view = whose if whose in {Whose.MINE.value, Whose.NOBODYS.value} else None
    return redirect(url_for("followups.queue", whose=view), code=303)
