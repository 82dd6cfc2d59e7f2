"""Several referrals of a list at once: give them to a colleague, or take the list along.

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
from ccr.services import assigning, list_export
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import chosen_code
from ccr.web.language import translated
from ccr.web.one_time import asks_only
from ccr.web.presenters.list_csv import received_csv, sent_csv
from ccr.web.presenters.moments import desk_time

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
