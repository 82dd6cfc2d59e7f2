"""The council: its page, meetings, the action board, and what the network says of itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import council, council_actions
from ccr.services.council import ActionBoard, Council
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.coordination import version_of
from ccr.web.forms.council import ActionForm, CommitteeForm, MeetingForm, ProfileForm, type_hints
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.lines import LineForm
from ccr.web.presenters import council as rows

blueprint = Blueprint("council", __name__, url_prefix="/network/council")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show meetings, open actions, committees and what the network says of itself."""
    return _page(_council())


@blueprint.get("/actions")
@requires(Permission.COORDINATION_READ)
def actions() -> str:
    """Show the action board: what is open across all meetings, and what was done."""
    return _actions(_board())


@blueprint.post("/actions")
@requires(Permission.COORDINATION_MANAGE)
def add_action() -> ResponseReturnValue:
    """Add what an audit or a review recommends."""
    found = _board()
    form = ActionForm(found.members, rows.titles_of(found))

    def act() -> None:
        action = form.to_action(None)
        form.look_at("text", members=found.members)
        council_actions.add(current_identity(), action, at=utc_now())

    try:
        act()
    except InvalidInputError as error:
        form.refuse(error)
        return _actions(found, form), 422
    flash(gettext("The action stands on the board."), "success")
    return redirect(url_for("council.actions"), code=303)


@blueprint.post("/actions/<uuid:action_id>")
@requires(Permission.COORDINATION_MANAGE)
def end_action(action_id: UUID) -> ResponseReturnValue:
    """Say that an action is done, or dropped."""
    version, how = version_of(request.form.get("version")), request.form.get("how", "")
    council_actions.end(current_identity(), action_id, version, how, at=utc_now())
    flash(gettext("Saved."), "success")
    return redirect(url_for("council.actions"), code=303)


@blueprint.post("/committees")
@requires(Permission.COORDINATION_MANAGE)
def add_committee() -> ResponseReturnValue:
    """Add a committee."""
    found = _council()
    form = CommitteeForm(found.members)

    def act() -> None:
        name, topic, members = form.wanted()
        form.look_at("name", members=found.members)
        council.add_committee(current_identity(), name, topic, members, at=utc_now())

    return _done(found, form, act, gettext("The committee is at work."), committee=form)


@blueprint.post("/committees/<uuid:committee_id>/end")
@requires(Permission.COORDINATION_MANAGE)
def end_committee(committee_id: UUID) -> ResponseReturnValue:
    """End a committee; its meetings stay."""
    council.end_committee(current_identity(), committee_id, at=utc_now())
    flash(gettext("The committee ended. Its meetings stay."), "success")
    return redirect(url_for("council.page"), code=303)


@blueprint.post("/meetings")
@requires(Permission.COORDINATION_MANAGE)
def plan() -> ResponseReturnValue:
    """Add a meeting; its agenda begins with survivor safety."""
    found = _council()
    form = MeetingForm(found.committees)
    try:
        committee_id, held_on = form.wanted()
        made = council.plan_meeting(current_identity(), committee_id, held_on, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, meeting=form), 422
    flash(gettext("The meeting is there. Its agenda begins with survivor safety."), "success")
    return redirect(url_for("meetings.page", meeting_id=made), code=303)


@blueprint.get("/about-us")
@requires(Permission.COORDINATION_READ)
def profile() -> str:
    """Show what the network says of itself, as a form for whoever may change it."""
    found = _council()
    form = ProfileForm(found.members, formdata=None)
    form.fill(found.profile)
    return _profile(found, form)


@blueprint.post("/about-us")
@requires(Permission.COORDINATION_MANAGE)
def set_profile() -> ResponseReturnValue:
    """Keep what the network says of itself."""
    found = _council()
    form = ProfileForm(found.members)
    try:
        council.set_profile(current_identity(), form.to_profile(), at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _profile(found, form), 422
    flash(gettext("Saved."), "success")
    return redirect(url_for("council.profile"), code=303)


def _council() -> Council:
    return council.council(current_identity(), at=utc_now())


def _done(
    found: Council,
    form: LineForm,
    act: Callable[[], None],
    done: str,
    *,
    committee: CommitteeForm | None = None,
) -> ResponseReturnValue:
    try:
        act()
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, committee=committee), 422
    except DuplicateError as error:
        add_refusal(form, error)
        return _page(found, committee=committee), 422
    flash(done, "success")
    return redirect(url_for("council.page"), code=303)


def _page(
    found: Council,
    *,
    committee: CommitteeForm | None = None,
    meeting: MeetingForm | None = None,
) -> str:
    names = rows.names_of(found.members)
    late = [action for action in found.actions if action.days_late(found.on)]
    return render_template(
        "network/council.html",
        meetings=rows.meeting_rows(found.meetings, found.on),
        committees=rows.committee_rows(found.committees, names),
        overlaps=rows.overlap_lines(found),
        open_actions=sum(action.status == "open" for action in found.actions),
        late=rows.action_rows(late, {}, found.on),
        profile=rows.profile_view(found.profile, names),
        committee_form=committee or CommitteeForm(found.members, formdata=None),
        meeting_form=meeting or MeetingForm(found.committees, formdata=None),
    )


def _board() -> ActionBoard:
    return council.action_board(current_identity(), current_world(), at=utc_now())


def _actions(found: ActionBoard, form: ActionForm | None = None) -> str:
    titles = rows.titles_of(found)
    return render_template(
        "network/actions.html",
        rows=rows.action_rows(found.actions, titles, found.on),
        form=form or ActionForm(found.members, titles, formdata=None),
    )


def _profile(found: Council, form: ProfileForm) -> str:
    return render_template(
        "network/about_us.html",
        form=form,
        hints=type_hints(),
        profile=rows.profile_view(found.profile, rows.names_of(found.members)),
    )
