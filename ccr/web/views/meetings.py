"""One meeting of the council: agenda with safety first, attendance, decisions, actions."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.policy.permissions import Permission
from ccr.services import council, council_actions
from ccr.services.council import MeetingRoom
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.coordination import version_of
from ccr.web.forms.council import (
    ActionForm,
    AttendanceForm,
    DecisionForm,
    ItemForm,
    members_typed,
)
from ccr.web.forms.lines import LineForm
from ccr.web.presenters.council import meeting_view, titles_of

blueprint = Blueprint("meetings", __name__, url_prefix="/network/council/meetings")


@blueprint.get("/<uuid:meeting_id>")
@requires(Permission.COORDINATION_READ)
def page(meeting_id: UUID) -> str:
    """Show a meeting."""
    return _page(_room(meeting_id))


@blueprint.post("/<uuid:meeting_id>/agenda")
@requires(Permission.COORDINATION_MANAGE)
def add_item(meeting_id: UUID) -> ResponseReturnValue:
    """Put a point on the agenda."""
    room = _room(meeting_id)
    form = ItemForm(titles_of(room.board))

    def act() -> None:
        title, gap_id = form.wanted()
        form.look_at("title", members=room.board.members)
        version = version_of(form.version.data)
        council.add_item(current_identity(), meeting_id, version, title, gap_id, at=utc_now())

    return _done(room, form, act, gettext("It stands on the agenda."))


@blueprint.post("/<uuid:meeting_id>/decisions")
@requires(Permission.COORDINATION_MANAGE)
def decide(meeting_id: UUID) -> ResponseReturnValue:
    """Write what became of a point, which the form names by its place."""
    room = _room(meeting_id)
    position = version_of(request.form.get("position"))
    if position not in {item.position for item in room.meeting.items}:
        raise NotFoundError
    form = DecisionForm(position)

    def act() -> None:
        decision = form.to_decision()
        form.look_at("decision", "safety_line", members=room.board.members)
        version = version_of(form.version.data)
        council.decide(current_identity(), meeting_id, version, decision, at=utc_now())

    return _done(room, form, act, gettext("The decision is kept."))


@blueprint.post("/<uuid:meeting_id>/attendance")
@requires(Permission.COORDINATION_MANAGE)
def attend(meeting_id: UUID) -> ResponseReturnValue:
    """Write which members were there."""
    room = _room(meeting_id)
    form = AttendanceForm(room.board.members)

    def act() -> None:
        members = members_typed(form.attended.data, "attended")
        version = version_of(form.version.data)
        council.set_attendance(current_identity(), meeting_id, version, members, at=utc_now())

    return _done(room, form, act, gettext("Attendance is kept, by organization."))


@blueprint.post("/<uuid:meeting_id>/actions")
@requires(Permission.COORDINATION_MANAGE)
def add_action(meeting_id: UUID) -> ResponseReturnValue:
    """Add an action that the meeting decided."""
    room = _room(meeting_id)
    form = ActionForm(room.board.members, titles_of(room.board))

    def act() -> None:
        action = form.to_action(meeting_id)
        form.look_at("text", members=room.board.members)
        council_actions.add(current_identity(), action, at=utc_now())

    return _done(room, form, act, gettext("The action stands on the board."))


def _room(meeting_id: UUID) -> MeetingRoom:
    return council.meeting(current_identity(), current_world(), meeting_id, at=utc_now())


def _done(
    room: MeetingRoom, form: LineForm, act: Callable[[], None], done: str
) -> ResponseReturnValue:
    try:
        act()
    except InvalidInputError as error:
        form.refuse(error)
        return _page(room, form), 422
    flash(done, "success")
    return redirect(url_for("meetings.page", meeting_id=room.meeting.id), code=303)


def _page(room: MeetingRoom, typed: LineForm | None = None) -> str:
    titles, version = titles_of(room.board), str(room.meeting.version)
    item = typed if isinstance(typed, ItemForm) else ItemForm(titles, formdata=None)
    action = (
        typed
        if isinstance(typed, ActionForm)
        else ActionForm(room.board.members, titles, formdata=None)
    )
    there = typed if isinstance(typed, AttendanceForm) else _attendance(room)
    points = {
        point.position: typed
        if isinstance(typed, DecisionForm) and typed.position == point.position
        else _decision(room, point.position)
        for point in room.meeting.items
    }
    for form in (item, there, *points.values()):
        form.version.data = version
    return render_template(
        "network/meeting.html",
        meeting=meeting_view(room, titles),
        item_form=item,
        action_form=action,
        attendance_form=there,
        points=points,
        typed=typed,
    )


def _attendance(room: MeetingRoom) -> AttendanceForm:
    form = AttendanceForm(room.board.members, formdata=None)
    form.attended.data = [str(member_id) for member_id in room.meeting.attended]
    return form


def _decision(room: MeetingRoom, position: int) -> DecisionForm:
    item = next(item for item in room.meeting.items if item.position == position)
    form = DecisionForm(position, formdata=None)
    form.outcome.data = item.outcome.value if item.outcome else ""
    form.decision.data, form.effect.data, form.whom.data = item.decision, item.effect, item.whom
    return form
