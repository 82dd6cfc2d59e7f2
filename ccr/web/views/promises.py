"""What members promised one another: agreements, consultation protocols, referral pathways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from ccr.adapters.clock import utc_now
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.domain.pathways import Program, Protocol
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import MemberCategory
from ccr.policy.permissions import Permission
from ccr.services import coordination, linkages, promises
from ccr.web.access import current_identity, requires
from ccr.web.forms.coordination import PathwayForm, SignedForm, member_choices
from ccr.web.forms.fields import SelectChoice, add_refusal
from ccr.web.language import translated
from ccr.web.presenters import coordination as rows
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.linkages import paper_rows

blueprint = Blueprint("promises", __name__, url_prefix="/network/agreements")


@dataclass(frozen=True)
class Desk:
    """What the page is made of, and its two forms."""

    view: coordination.NetworkView
    programs: tuple[Program, ...]
    protocols: tuple[Protocol, ...]
    pathway: PathwayForm
    protocol: SignedForm


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> str:
    """Show agreements, consultation protocols and promised pathways, the most pressing first."""
    return _page(_desk())


@blueprint.post("/promise")
@requires(Permission.COORDINATION_MANAGE)
def promise() -> ResponseReturnValue:
    """Record a promised pathway."""
    desk = _desk()
    return _recorded(
        desk,
        desk.pathway,
        lambda: promises.promise_pathway(current_identity(), *desk.pathway.wanted(), at=utc_now()),
        gettext("The pathway is promised from today on."),
    )


@blueprint.post("/protocol")
@requires(Permission.COORDINATION_MANAGE)
def protocol() -> ResponseReturnValue:
    """Record a consultation protocol."""
    desk = _desk()
    return _recorded(
        desk,
        desk.protocol,
        lambda: promises.record_protocol(
            current_identity(), desk.protocol.to_signed(), at=utc_now()
        ),
        gettext("The protocol is recorded."),
    )


@blueprint.post("/end/<uuid:pathway_id>")
@requires(Permission.COORDINATION_MANAGE)
def end(pathway_id: UUID) -> ResponseReturnValue:
    """End a promised pathway."""
    promises.end_pathway(current_identity(), pathway_id, at=utc_now())
    flash(gettext("The pathway ended today."), "success")
    return redirect(url_for("promises.page"), code=303)


def _desk() -> Desk:
    view = coordination.network_view(current_identity(), at=utc_now())
    programs, protocols = coordination.list_programs(current_identity())
    members = list(view.network.members.values())
    victim = [m for m in members if m.category is MemberCategory.VICTIM_SERVICES]
    choose = SelectChoice("", translated(phrase("Choose a program")))
    named = [SelectChoice(str(p.compartment_id), p.name) for p in programs]
    return Desk(
        view,
        programs,
        protocols,
        pathway=PathwayForm(members, prefix="pathway-", formdata=_typed("pathway")),
        protocol=SignedForm(
            (phrase("Program"), [choose, *named]),
            (phrase("Victim services to call"), member_choices(victim)),
            prefix="protocol-",
            formdata=_typed("protocol"),
        ),
    )


def _typed(form: str) -> object:
    """Return what was typed into this form, if it is the one that was sent."""
    return request.form if any(name.startswith(f"{form}-") for name in request.form) else None


def _recorded(
    desk: Desk, form: FlaskForm, record: Callable[[], None], done: str
) -> ResponseReturnValue:
    try:
        record()
    except (InvalidInputError, DuplicateError) as error:
        add_refusal(form, error)
        return _page(desk), 422
    flash(done, "success")
    return redirect(url_for("promises.page"), code=303)


def _page(desk: Desk) -> str:
    view = desk.view
    return render_template(
        "network/agreements.html",
        forms=desk,
        papers=paper_rows(linkages.papers(current_identity(), at=utc_now())),
        protocols=rows.protocol_rows(desk.programs, desk.protocols, view.on),
        pathways=rows.pathway_rows(view),
        day=day_text(view.on),
    )
