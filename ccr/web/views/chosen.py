"""Several referrals of a list at once: give them to a colleague, put them off, take the list along.

There is no act here that the other side would see: answering several at once is answering none.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.referral_views import Group, InboxTab
from ccr.policy.permissions import Permission
from ccr.services import assigning, list_export, snoozing
from ccr.services.followups import Whose
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import chosen_code
from ccr.web.forms.resting import rest_asked_for
from ccr.web.language import translated
from ccr.web.one_time import asks_only
from ccr.web.presenters.list_csv import received_csv, sent_csv
from ccr.web.presenters.moments import desk_time
from ccr.web.queue_pages import show_queue

blueprint = Blueprint("chosen", __name__, url_prefix="/desk/chosen")
MOST_CHOSEN = 100


def _ids() -> list[UUID]:
    """Return the rows that were chosen.

    Raises:
        InvalidInputError: a row that is none, or more than a page could hold.
    """
    texts = request.form.getlist("pick")
    refused = InvalidInputError(phrase("Choose rows of this list."))
    if len(texts) > MOST_CHOSEN:
        raise refused
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise refused from error


def _list() -> tuple[str, str]:
    """Return the address of the list that the form stood on, and how its part is called."""
    if request.form.get("list") == "outbox":
        group = chosen_code(Group, request.form.get("part"), "part")
        return "outbox", group.value
    return "inbox", chosen_code(InboxTab, request.form.get("part"), "part").value


def _back() -> ResponseReturnValue:
    if request.form.get("list") == "follow-ups":
        whose = request.form.get("part", "")
        view = whose if whose in {Whose.MINE.value, Whose.NOBODYS.value} else None
        return redirect(url_for("followups.queue", whose=view), code=303)
    name, part = _list()
    if name == "outbox":
        return redirect(url_for("referrals.outbox", group=part), code=303)
    return redirect(url_for("referrals.inbox", tab=part), code=303)


@blueprint.post("/assign")
@requires(Permission.REFERRAL_LIST)
def assign() -> ResponseReturnValue:
    """Give the chosen referrals to a colleague, or take them oneself."""
    identity, picked = current_identity(), _ids()
    back = _back()
    if not picked:
        flash(translated(phrase("Choose at least one row.")), "error")
        return back
    try:
        to = UUID(request.form.get("to", ""))
        given = assigning.assign_all(identity, picked, to, at=utc_now())
    except ValueError:
        flash(translated(phrase("Choose a colleague.")), "error")
        return back
    except InvalidInputError as error:
        flash(translated(error.phrase), "error")
        return back
    kept = len(set(picked)) - given
    said = phrase("%(given)s given. %(kept)s were theirs already.", given=given, kept=kept)
    flash(translated(said if kept else phrase("%(given)s given.", given=given)), "success")
    return back


@blueprint.post("/put-off")
@requires(Permission.REFERRAL_LIST)
def put_off() -> ResponseReturnValue:
    """Let the reminders of the chosen referrals rest; say of each that cannot rest why.

    The answer is the follow-up queue: what rests has its own part there. Which one could not rest
    is said on the page itself, never kept in a cookie or an address.
    """
    identity, picked, at = current_identity(), _ids(), utc_now()
    view = request.form.get("part", "")
    if not picked:
        return show_queue(view, refused=InvalidInputError(phrase("Choose at least one row.")))
    try:
        span, reason = rest_asked_for()
        rested = snoozing.snooze_all(identity, picked, at + span, reason, at=at)
    except InvalidInputError as error:
        return show_queue(view, refused=error, picked=picked)
    if rested.refused:
        return show_queue(view, picked=rested.refused, rested=rested)
    flash(translated(phrase("%(count)s put off.", count=rested.count)), "success")
    return redirect(url_for("followups.queue"), code=303)


@blueprint.post("/export")
@asks_only
@requires(Permission.REFERRAL_LIST)
def export() -> Response:
    """Answer with the chosen rows, or else the whole list, as CSV."""
    identity, world, at = current_identity(), current_world(), utc_now()
    picked, (name, part), time = _ids(), _list(), desk_time()
    if name == "outbox":
        sent = list_export.export_outbox(identity, world, Group(part), picked, at=at)
        text = sent_csv(sent, time)
    else:
        got = list_export.export_inbox(identity, world, InboxTab(part), picked, at=at)
        text = received_csv(got, time)
    answer = Response(text, mimetype="text/csv")
    file_name = f"ccr-{name}-{time.today().isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
