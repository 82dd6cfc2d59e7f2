"""Abusive partner programs for the coordination: what is unsafe, protocols, published figures."""

from __future__ import annotations

from flask import Blueprint, render_template

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import program_overview
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.program_overview import overview_view

blueprint = Blueprint("program_overview", __name__, url_prefix="/network/programs")


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show programs without protocol, counties without victim services, and published figures."""
    found = program_overview.program_overview(current_identity(), current_world(), at=utc_now())
    return render_template("network/programs.html", overview=overview_view(found))
