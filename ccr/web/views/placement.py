"""Placement: who is to be looked at, results, what rules propose, what is decided (S12, R45)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import placement
from ccr.services.placement import PlacementPage
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.placement import PlacementForm
from ccr.web.forms.risk import OwnRiskForm
from ccr.web.language import translated
from ccr.web.presenters.moments import desk_time
from ccr.web.presenters.risk import decided_view, proposal_view, result_cards

blueprint = Blueprint("placement", __name__, url_prefix="/programs")


@blueprint.get("/placements")
@requires(Permission.PROGRAM_RUN)
def index() -> str:
    """Show the placements to look at, and why each."""
    found = placement.waiting(current_identity(), at=utc_now())
    return render_template(
        "programs/placements.html",
        rows=[
            {"id": one.id, "code": one.code, "why": [translated(why.label) for why in one.waits]}
            for one in found[: placement.MOST_WAITING]
        ],
        more=len(found) > placement.MOST_WAITING,
        most=placement.MOST_WAITING,
    )


@blueprint.get("/participants/<uuid:participant_id>/placement")
@requires(Permission.PROGRAM_RUN)
def page(participant_id: UUID) -> str:
    """Show results, the proposal and the decision."""
    return _page(_found(participant_id))


@blueprint.post("/participants/<uuid:participant_id>/placement")
@requires(Permission.PROGRAM_RUN)
def decide(participant_id: UUID) -> ResponseReturnValue:
    """Decide on level and contact."""
    found, form = _found(participant_id), PlacementForm()
    try:
        wanted = form.wanted()
        placement.decide(current_identity(), current_world(), participant_id, *wanted, at=utc_now())
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, decision=form), 422
    flash(gettext("Decided, and kept apart from the record."), "success")
    return _back(participant_id)


@blueprint.post("/participants/<uuid:participant_id>/placement/assessments")
@requires(Permission.PROGRAM_RUN)
def record(participant_id: UUID) -> ResponseReturnValue:
    """Keep an assessment of the program's own."""
    found = _found(participant_id)
    form = OwnRiskForm(found.catalogue)
    try:
        placement.record_own(
            current_identity(), current_world(), participant_id, form.to_result(), at=utc_now()
        )
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, assessment=form), 422
    flash(gettext("Recorded, and kept apart from the record."), "success")
    return _back(participant_id)


@blueprint.post(
    "/participants/<uuid:participant_id>/placement/assessments/<uuid:risk_id>/take-back"
)
@requires(Permission.PROGRAM_RUN)
def take_back(participant_id: UUID, risk_id: UUID) -> ResponseReturnValue:
    """Delete an assessment of the program's own that was entered in error."""
    placement.take_back_own(current_identity(), participant_id, risk_id, at=utc_now())
    flash(gettext("Taken back. It is deleted."), "success")
    return _back(participant_id)


@blueprint.post("/participants/<uuid:participant_id>/placement/ask-again")
@requires(Permission.PROGRAM_RUN)
def ask_again(participant_id: UUID) -> ResponseReturnValue:
    """Mark every result as old, because something changed."""
    placement.ask_again(current_identity(), participant_id, at=utc_now())
    flash(gettext("Every result is marked as old. Ask for a new assessment."), "success")
    return _back(participant_id)


def _found(participant_id: UUID) -> PlacementPage:
    return placement.page(current_identity(), current_world(), participant_id, at=utc_now())


def _back(participant_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("placement.page", participant_id=participant_id), code=303)


def _page(
    found: PlacementPage,
    *,
    decision: PlacementForm | None = None,
    assessment: OwnRiskForm | None = None,
) -> str:
    decided = found.decided
    if decision is None:
        decision = PlacementForm(formdata=None)
        decision.fill(found.version, decided.placement if decided else None)
    return render_template(
        "programs/placement.html",
        found=found,
        cards=result_cards(found.results, found.catalogue),
        proposal=proposal_view(found.proposal, found.catalogue),
        decided=decided_view(decided, desk_time()),
        decision=decision,
        assessment=assessment or OwnRiskForm(found.catalogue, formdata=None),
    )
