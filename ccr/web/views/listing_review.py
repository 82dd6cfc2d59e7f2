"""What waits for a second person; claims, reports of what is wrong, and a listing's history."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import (
    CcrError,
    IllegalTransitionError,
    InvalidInputError,
    StaleError,
)
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.permissions import Permission
from ccr.services import directory, listing_history, listing_review, suggesting
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.forms.listing_told import ReportForm
from ccr.web.language import translated
from ccr.web.presenters.listing_review import history_days, proposal_page, waiting_row
from ccr.web.presenters.lists import page_links

blueprint = Blueprint("listing_review", __name__, url_prefix="/directory")
_ACCEPTED: dict[str, Phrase] = {
    "edit": phrase("Confirmed. The change shows from now on."),
    "claim": phrase("Granted. The listing belongs to the program that claimed it."),
    "report": phrase("Closed as put right."),
    "suggestion": phrase("Closed as put right."),
}


@blueprint.get("/proposals")
@requires(Permission.LISTING_REVIEW)
def proposals() -> str:
    """Show what waits for a decision, the oldest first."""
    found = listing_review.list_waiting(current_identity(), whole_number(request.args.get("page")))
    at = utc_now()
    return render_template(
        "directory/review/index.html",
        rows=[waiting_row(listed, at) for listed in found.items],
        total=found.total,
        **page_links(found, "listing_review.proposals"),
    )


@blueprint.get("/proposals/<uuid:proposal_id>")
@requires(Permission.LISTING_REVIEW)
def proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Show one: old and new side by side, or what was told."""
    return _proposal(proposal_id)


def _proposal(proposal_id: UUID, refused: CcrError | None = None) -> ResponseReturnValue:
    world = current_world()
    opened = listing_review.open_proposal(current_identity(), world, proposal_id)
    body = render_template(
        "directory/review/proposal.html",
        item=proposal_page(opened, world, utc_now()),
        refusal=translated(refused.phrase) if refused else None,
    )
    status = 409 if isinstance(refused, StaleError | IllegalTransitionError) else 422
    return body, status if refused else 200


@blueprint.post("/proposals/<uuid:proposal_id>/<any('accept', 'refuse'):decision>")
@requires(Permission.LISTING_REVIEW)
def decide(proposal_id: UUID, decision: str) -> ResponseReturnValue:
    """Accept or refuse."""
    accept, version = decision == "accept", whole_number(request.form.get("version"))
    try:
        done = listing_review.decide(
            current_identity(), proposal_id, accept=accept, version=version, at=utc_now()
        )
    except (StaleError, IllegalTransitionError, InvalidInputError) as error:
        return _proposal(proposal_id, error)
    words = _ACCEPTED[done.kind.value] if accept else phrase("Refused. Nothing changes.")
    flash(translated(words), "success")
    return redirect(url_for("listing_review.proposals"), code=303)


@blueprint.post("/proposals/<uuid:proposal_id>/withdraw")
@requires(Permission.LISTING_REVIEW)
def withdraw(proposal_id: UUID) -> ResponseReturnValue:
    """Take back one's own."""
    done = listing_review.withdraw(current_identity(), proposal_id, at=utc_now())
    flash(translated(phrase("Taken back. Nothing changes.")), "success")
    if done.member_id is not None:
        return redirect(url_for("member_edit.page", member_id=done.member_id), code=303)
    return redirect(url_for("directory.service", service_id=done.service_id), code=303)


@blueprint.post("/services/<uuid:service_id>/claim")
@requires(Permission.LISTING_CLAIM)
def claim(service_id: UUID) -> ResponseReturnValue:
    """Ask that a listing be given to one's own program."""
    listing_review.claim(current_identity(), service_id, at=utc_now())
    flash(translated(phrase("Claimed. A coordinator of the network decides.")), "success")
    return redirect(url_for("directory.service", service_id=service_id), code=303)


@blueprint.get("/services/<uuid:service_id>/report")
@requires(Permission.LISTING_SUGGEST)
def report(service_id: UUID) -> ResponseReturnValue:
    """Ask what is wrong."""
    service = directory.get_service(current_identity(), service_id)
    form = ReportForm(formdata=None, confidential=service.confidential)
    return render_template("directory/review/report.html", form=form, service=service)


@blueprint.post("/services/<uuid:service_id>/report")
@requires(Permission.LISTING_SUGGEST)
def tell(service_id: UUID) -> ResponseReturnValue:
    """Keep what is told for whoever keeps the listing."""
    identity = current_identity()
    service = directory.get_service(identity, service_id)
    form = ReportForm(confidential=service.confidential)
    try:
        suggesting.report(identity, current_world(), service_id, form.told(), at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return render_template("directory/review/report.html", form=form, service=service), 422
    flash(translated(phrase("Told. Whoever keeps this listing looks at it.")), "success")
    return redirect(url_for("directory.service", service_id=service_id), code=303)


@blueprint.get("/services/<uuid:service_id>/history")
@requires(Permission.LISTING_HISTORY)
def history(service_id: UUID) -> str:
    """Show what the listing was, and who changed it by role."""
    identity, number = current_identity(), whole_number(request.args.get("page"))
    found = listing_history.open_history(identity, service_id, number)
    return render_template(
        "directory/review/history.html",
        name=found.name,
        way_back={
            "text": translated(phrase("Back to the listing")),
            "href": url_for("directory.service", service_id=service_id),
        },
        days=history_days(found, current_world(), utc_now()),
        **page_links(found.page, "listing_review.history", service_id=service_id),
    )
