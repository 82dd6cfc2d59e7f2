"""Follow-ups: what one's own program has to do, who does it, and what is put off."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.chasing import SnoozeReason
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import assigning, followups, snoozing
from ccr.services.followups import Whose
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import chosen_code, id_or_none
from ccr.web.language import translated
from ccr.web.presenters.follow_ups import SNOOZES, queue_page
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("followups", __name__, url_prefix="/desk/follow-ups")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def queue() -> ResponseReturnValue:
    """Show what is overdue, due today, due this week, put off, and handed over."""
    return _queue(request.args.get("whose", ""))


def _queue(view: str, refused: InvalidInputError | None = None) -> ResponseReturnValue:
    identity, at = current_identity(), utc_now()
    whose = Whose(view) if view in set(Whose) else Whose.ALL
    found = followups.follow_ups(identity, current_world(), whose=whose, at=at)
    page = queue_page(
        found,
        assigning.colleagues_here(identity, at=at),
        DeskTime(g.network.timezone, at),
        whose=whose,
        me=identity.user_id,
    )
    body = render_template(
        "followups/queue.html", refusal=translated(refused.phrase) if refused else None, **page
    )
    return body, 422 if refused else 200


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
        return _queue(request.form.get("whose", ""), error)
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
        span = SNOOZES.get(request.form.get("until", ""))
        if span is None:
            raise InvalidInputError(phrase("Say for how long."), field="until")
        reason = chosen_code(SnoozeReason, request.form.get("reason"), "reason")
        snoozing.snooze(identity, referral_id, at + span[0], reason, at=at)


def _colleague() -> UUID:
    found = id_or_none(request.form.get("account_id", ""))
    if found is None:
        raise InvalidInputError(phrase("Choose a colleague."), field="account_id")
    return found


def _back() -> ResponseReturnValue:
    whose = request.form.get("whose", "")
    view = whose if whose in {Whose.MINE.value, Whose.NOBODYS.value} else None
    return redirect(url_for("followups.queue", whose=view), code=303)
