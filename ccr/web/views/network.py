"""The network desk: the overview, who can reach whom, and what members promised one another."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import DuplicateError, InvalidInputError
from ccr.policy.permissions import Permission
from ccr.services import coordination, gaps
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.coordination import PathwayForm
from ccr.web.forms.fields import add_refusal
from ccr.web.presenters import coordination as rows
from ccr.web.presenters.gaps import day_text, item_view
from ccr.web.presenters.graph import graph_view

blueprint = Blueprint("network", __name__, url_prefix="/network")
TILE = 3


@blueprint.get("/overview")
@requires(Permission.COORDINATION_READ)
def overview() -> str:
    """Show what to act on first, whose answers are late, what ends soon, and published figures."""
    identity, at = current_identity(), utc_now()
    board = gaps.board(identity, current_world(), at=at)
    late = coordination.late_answers(identity, g.network.timezone, at=at)
    view = coordination.network_of(identity, board.members, board.agreements, board.on)
    agreements = rows.agreement_rows(view)
    return render_template(
        "network/overview.html",
        cards=[item_view(item, board.on) for item in board.items[:TILE]],
        board=board,
        late=rows.late_rows(late),
        soon=[row for row in agreements if row["standing"] in rows.SOON],
        weak=rows.weak_points(view.network, TILE),
        tables=rows.figure_tables(coordination.list_published(identity)),
        day=day_text(view.on),
    )


@blueprint.get("/graph")
@requires(Permission.COORDINATION_READ)
def graph() -> str:
    """Show the members and their links as a picture or a table, and one member beside it."""
    view = coordination.network_view(current_identity(), at=utc_now())
    as_table = request.args.get("view") == "table"
    return render_template(
        "network/graph.html",
        graph=graph_view(view, request.args.get("member")),
        as_table=as_table,
    )


@blueprint.get("/agreements")
@requires(Permission.COORDINATION_READ)
def agreements() -> str:
    """Show agreements, consultation protocols and promised pathways, the most pressing first."""
    view = _view()
    return _agreements_page(view, PathwayForm(view.network.members.values(), formdata=None))


@blueprint.post("/agreements/promise")
@requires(Permission.COORDINATION_MANAGE)
def promise() -> ResponseReturnValue:
    """Record a promised pathway."""
    view = _view()
    form = PathwayForm(view.network.members.values())
    try:
        coordination.promise_pathway(current_identity(), *form.wanted(), at=utc_now())
    except (InvalidInputError, DuplicateError) as error:
        add_refusal(form, error)
        return _agreements_page(view, form), 422
    flash(gettext("The pathway is promised from today on."), "success")
    return redirect(url_for("network.agreements"), code=303)


@blueprint.post("/agreements/end/<uuid:pathway_id>")
@requires(Permission.COORDINATION_MANAGE)
def end(pathway_id: UUID) -> ResponseReturnValue:
    """End a promised pathway."""
    coordination.end_pathway(current_identity(), pathway_id, at=utc_now())
    flash(gettext("The pathway ended today."), "success")
    return redirect(url_for("network.agreements"), code=303)


def _view() -> coordination.NetworkView:
    return coordination.network_view(current_identity(), at=utc_now())


def _agreements_page(view: coordination.NetworkView, form: PathwayForm) -> str:
    programs, protocols = coordination.list_programs(current_identity())
    return render_template(
        "network/agreements.html",
        form=form,
        agreements=rows.agreement_rows(view),
        protocols=rows.protocol_rows(programs, protocols, view.on),
        pathways=rows.pathway_rows(view),
        day=day_text(view.on),
    )
