"""Room for one more: one tap a service, made for a phone."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.room import read_room
from ccr.policy.permissions import Permission
from ccr.services import room
from ccr.web.access import current_identity, requires
from ccr.web.language import translated
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.room import Typed, room_rows

blueprint = Blueprint("room", __name__, url_prefix="/directory/capacity")


@blueprint.get("")
@requires(Permission.CAPACITY_UPDATE)
def desk() -> ResponseReturnValue:
    """Show the services whose room one may say."""
    return _page()


def _page(
    *,
    typed: Typed | None = None,
    refused: InvalidInputError | StaleError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    found = room.room_desk(current_identity(), page=request.args.get("page", 1, type=int))
    saved = request.args.get("saved", "")
    time = DeskTime(g.network.timezone, utc_now())
    body = render_template(
        "directory/capacity.html",
        rows=room_rows(found.lines.items, time, saved=saved, typed=typed, refused=refused),
        **page_links(found.lines, "room.desk"),
        reminded=found.reminded,
        stale=translated(refused.phrase) if isinstance(refused, StaleError) else None,
    )
    return body, status


@blueprint.post("/<uuid:service_id>")
@requires(Permission.CAPACITY_UPDATE)
def say(service_id: UUID) -> ResponseReturnValue:
    """Keep what was tapped."""
    typed = Typed.of(service_id, request.form)
    try:
        said = read_room(typed.status, typed.numbers, typed.note)
        room.say_room(
            current_identity(), service_id, said, seen=request.form.get("seen", ""), at=utc_now()
        )
    except InvalidInputError as error:
        return _page(typed=typed, refused=error, status=422)
    except StaleError as error:
        return _page(typed=typed, refused=error, status=409)
    return _back(service_id)


@blueprint.post("/<uuid:service_id>/undo")
@requires(Permission.CAPACITY_UPDATE)
def undo(service_id: UUID) -> ResponseReturnValue:
    """Say again what was said before."""
    try:
        room.undo_room(current_identity(), service_id, at=utc_now())
    except StaleError as error:
        return _page(refused=error, status=409)
    flash(translated(phrase("It is as it was before.")), "success")
    return redirect(url_for("room.desk"), code=303)


@blueprint.post("/reminder")
@requires(Permission.CAPACITY_UPDATE)
def reminder() -> ResponseReturnValue:
    """Turn the reminder of old figures on or off for the program."""
    room.set_reminder(current_identity(), wanted=request.form.get("wanted") == "yes", at=utc_now())
    return redirect(url_for("room.desk"), code=303)


def _back(service_id: UUID) -> ResponseReturnValue:
    here = url_for("room.desk", saved=service_id)
    return redirect(f"{here}#room-{service_id}", code=303)
