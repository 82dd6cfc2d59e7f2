"""The desk of an abusive partner program: who waits, what is due today, how its protocol stands."""

from __future__ import annotations

from flask import Blueprint, render_template

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import program_desk
from ccr.web.access import current_identity, requires
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.participants import desk_view

blueprint = Blueprint("programs", __name__, url_prefix="/programs")


@blueprint.get("")
@requires(Permission.PROGRAM_RUN)
def page() -> str:
    """Show the program's desk."""
    found = program_desk.desk(current_identity(), at=utc_now())
    return render_template("programs/desk.html", board=desk_view(found, desk_time()))
