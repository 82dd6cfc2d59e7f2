"""Participants of a program: the list, one of them, opening one, and each step."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.participant_states import Act
from ccr.domain.participants import ParticipantState
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import authority_reports, participants
from ccr.services.participants import Opening, ParticipantPage
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.authority_reports import ReportForm
from ccr.web.forms.coordination import version_of
from ccr.web.forms.fields import id_or_none, page_asked_for
from ccr.web.forms.participants import FIELDS, OrderForm, StepForm
from ccr.web.language import translated
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import DeskTime, desk_time
from ccr.web.presenters.participants import participant_row, participant_view

blueprint = Blueprint("participants", __name__, url_prefix="/programs/participants")
_ACTS = ",".join(f"'{act.value}'" for act in Act)


@blueprint.get("")
@requires(Permission.PROGRAM_RUN)
def index() -> str:
    """Show the participants of one's own program, of one state or all."""
    asked = request.args.get("state", "")
    state = ParticipantState(asked) if asked in set(ParticipantState) else None
    found, counts = participants.list_page(current_identity(), state, page_asked_for())
    at = utc_now()
    kept = {"state": state.value} if state else {}
    return render_template(
        "programs/participants.html",
        rows=[participant_row(one, at) for one in found.items],
        tabs=_tabs(state, counts),
        count_text=translated(phrase("%(count)s in this list", count=found.total)),
        **page_links(found, "participants.index", **kept),
    )


def _tabs(
    state: ParticipantState | None, counts: dict[ParticipantState, int]
) -> list[dict[str, object]]:
    every = {
        "text": translated(phrase("All")),
        "href": url_for("participants.index"),
        "count": sum(counts.values()),
        "current": state is None,
    }
    return [every] + [
        {
            "text": translated(one.label),
            "href": url_for("participants.index", state=one.value),
            "count": counts.get(one, 0),
            "current": state is one,
        }
        for one in ParticipantState
    ]


@blueprint.get("/new")
@requires(Permission.PROGRAM_RUN)
def new() -> str:
    """Show the form of a new participant; begun with what the sender of a referral said."""
    found = participants.opening(current_identity(), _referral())
    form = OrderForm(found.authorities, formdata=None)
    if found.referral and found.referral.said:
        form.fill(found.referral.said.order)
    return _new_page(found, form)


@blueprint.post("/new")
@requires(Permission.PROGRAM_RUN)
def open_one() -> ResponseReturnValue:
    """Open a participant."""
    found = participants.opening(current_identity(), _referral())
    form = OrderForm(found.authorities)
    try:
        order = form.to_order()
        form.look_at("outside", members=found.authorities)
        made = participants.open_participant(
            current_identity(), current_world(), order, _referral(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _new_page(found, form), 422
    flash(gettext("Opened. Keep the code in your own file, where the name is."), "success")
    return redirect(url_for("participants.page", participant_id=made), code=303)


def _referral() -> UUID | None:
    return id_or_none(request.values.get("referral", ""))


def _new_page(found: Opening, form: OrderForm) -> str:
    return render_template("programs/participant_new.html", referral=found.referral, form=form)


@blueprint.get("/<uuid:participant_id>")
@requires(Permission.PROGRAM_RUN)
def page(participant_id: UUID) -> ResponseReturnValue:
    """Show one participant."""
    return _page(participant_id)


@blueprint.post(f"/<uuid:participant_id>/<any({_ACTS}):act>")
@requires(Permission.PROGRAM_RUN)
def act_on(participant_id: UUID, act: str) -> ResponseReturnValue:
    """Record a step."""
    shown = participants.open_page(current_identity(), participant_id)
    form = StepForm(Act(act), shown.groups)
    try:
        participants.record(
            current_identity(),
            participant_id,
            version_of(form.version.data),
            form.to_step(),
            at=utc_now(),
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _page(participant_id, form)
    flash(gettext("Recorded."), "success")
    return redirect(url_for("participants.page", participant_id=participant_id), code=303)


@blueprint.post("/<uuid:participant_id>/reports")
@requires(Permission.PROGRAM_RUN)
def report(participant_id: UUID) -> ResponseReturnValue:
    """Make a report to the authority, to be looked at before it is sent."""
    form = ReportForm()
    try:
        kind, period = form.wanted()
        made = authority_reports.make(
            current_identity(), participant_id, kind, period, at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _page(participant_id, report_form=form)
    return redirect(url_for("program_letters.page", report_id=made), code=303)


def _page(
    participant_id: UUID, typed: StepForm | None = None, report_form: ReportForm | None = None
) -> ResponseReturnValue:
    found = participants.open_page(current_identity(), participant_id)
    time = desk_time()
    forms = []
    for act in found.acts:
        form = typed
        if typed is None or typed.act is not act:
            form = StepForm(act, found.groups, formdata=None)
            form.begin(found.participant.version, time.today())
        forms.append({"act": act.value, "title": translated(act.label), "fields": FIELDS[act],
                      "form": form})  # fmt: skip
    body = render_template(
        "programs/participant.html",
        page=participant_view(found, time.now),
        forms=forms,
        typed=typed,
        report_form=report_form or _report_form(found, time),
    )
    return body, 422 if typed or report_form else 200


def _report_form(found: ParticipantPage, time: DeskTime) -> ReportForm:
    form = ReportForm(formdata=None)
    form.begin(found.participant.enrolled_on or time.today(), time.today())
    return form
