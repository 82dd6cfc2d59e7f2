"""Groups of a program: the list, one with its sessions, and what its administrator changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import program_groups
from ccr.services.program_groups import GroupRoom
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.program_groups import GroupForm, SessionForm, marks_typed
from ccr.web.presenters.program_groups import group_row, room_view

blueprint = Blueprint("program_groups", __name__, url_prefix="/programs/groups")


@blueprint.get("")
@requires(Permission.PROGRAM_RUN)
def index() -> ResponseReturnValue:
    """Show the groups."""
    return _index()


def _index(typed: GroupForm | None = None) -> ResponseReturnValue:
    found = program_groups.list_groups(current_identity())
    form = typed or GroupForm(found.places, formdata=None)
    if typed is None:
        form.begin()
    rows = [group_row(group, found.places) for group in found.groups]
    body = render_template("programs/groups.html", rows=rows, form=form, typed=typed)
    return body, 422 if typed else 200


@blueprint.post("")
@requires(Permission.PROGRAM_SET)
def add() -> ResponseReturnValue:
    """Add a group."""
    form = GroupForm(program_groups.list_groups(current_identity()).places)
    try:
        group = form.to_group()
        form.look_at("name")
        made = program_groups.add_group(current_identity(), group, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _index(form)
    except DuplicateError as error:
        add_refusal(form, error)
        return _index(form)
    flash(gettext("The group is added."), "success")
    return redirect(url_for("program_groups.page", group_id=made), code=303)


@blueprint.get("/<uuid:group_id>")
@requires(Permission.PROGRAM_RUN)
def page(group_id: UUID) -> ResponseReturnValue:
    """Show a group, and the marks of a day."""
    return _page(_room(group_id))


def _room(group_id: UUID) -> GroupRoom:
    asked = request.args.get("on", "")
    try:
        on: date | None = date.fromisoformat(asked)
    except ValueError:
        on = None
    return program_groups.open_group(current_identity(), group_id, on, at=utc_now())


@blueprint.post("/<uuid:group_id>")
@requires(Permission.PROGRAM_SET)
def change(group_id: UUID) -> ResponseReturnValue:
    """Change a group."""
    room = _room(group_id)
    form = GroupForm(room.places)
    try:
        group = form.to_group(group_id)
        form.look_at("name")
        program_groups.change_group(current_identity(), group, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(room, form)
    except DuplicateError as error:
        add_refusal(form, error)
        return _page(room, form)
    flash(gettext("The group is changed."), "success")
    return redirect(url_for("program_groups.page", group_id=group_id), code=303)


@blueprint.post("/<uuid:group_id>/sessions")
@requires(Permission.PROGRAM_RUN)
def record(group_id: UUID) -> ResponseReturnValue:
    """Write down who was there."""
    room = _room(group_id)
    form = SessionForm()
    try:
        day = form.day()
        count = program_groups.record_session(
            current_identity(), group_id, day, marks_typed(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _page(room, session=form)
    if count:
        words = ngettext("Written down for one participant.",
                         "Written down for %(num)s participants.", count)  # fmt: skip
    else:
        words = gettext("It was written down like this already.")
    flash(words, "success")
    there = url_for("program_groups.page", group_id=group_id, on=day.isoformat())
    return redirect(there, code=303)


def _page(
    room: GroupRoom, typed: GroupForm | None = None, session: SessionForm | None = None
) -> ResponseReturnValue:
    form = typed or GroupForm(room.places, formdata=None)
    if typed is None:
        form.fill(room.group)
    shown = session or SessionForm(formdata=None)
    if session is None:
        shown.on.data = room.on.isoformat()
    body = render_template(
        "programs/group.html",
        room=room_view(room),
        form=form,
        typed=typed,
        session_form=shown,
        session_typed=session,
    )
    return body, 422 if typed or session else 200
