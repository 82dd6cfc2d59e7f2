"""What would change if: asked by address, so that a question can be shared inside the network.

A need stands in the address as the number of its row, never as a word (design 6b).
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request

from ccr.adapters.clock import utc_now
from ccr.policy.permissions import Permission
from ccr.services import what_if
from ccr.services.what_if import Question, Scenario
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.what_if import outcome_view

blueprint = Blueprint("what_if", __name__, url_prefix="/network/what-if")
NUMBER_DIGITS, FIPS_DIGITS = 4, 5


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show what would change, or the questions that can be asked."""
    found = what_if.what_if(current_identity(), current_world(), _asked(), at=utc_now())
    return render_template("network/what_if.html", outcome=outcome_view(found))


def _asked() -> Scenario | None:
    """Return the question of the address; None for none, or what is no question."""
    try:
        question = Question(request.args.get("ask", ""))
        member = UUID(request.args["member"]) if "member" in request.args else None
    except ValueError:
        return None
    row, county = request.args.get("row", ""), request.args.get("county", "")
    known = row.isascii() and row.isdigit() and len(row) <= NUMBER_DIGITS
    return Scenario(question, member, int(row) if known else None, county[:FIPS_DIGITS])
