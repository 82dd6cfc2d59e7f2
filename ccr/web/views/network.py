"""The network desk: the overview, and who can reach whom."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.network import MemberNetwork
from ccr.domain.network_export import as_gexf, as_graphml
from ccr.domain.used_pathways import UsedYear
from ccr.policy.permissions import Permission
from ccr.services import coordination, gaps, network_figures
from ccr.services.coordination import NetworkView
from ccr.services.network_analysis import places_in
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters import coordination as rows
from ccr.web.presenters.gaps import day_text, item_view
from ccr.web.presenters.graph import graph_view, legend_words, picture_alone
from ccr.web.presenters.graph_asked import Asked, read_asked
from ccr.web.presenters.network_figures import standing_rows

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
    unmet = network_figures.register_of(identity, board)
    return render_template(
        "network/overview.html",
        cards=[item_view(item, board.on) for item in board.items[:TILE]],
        board=board,
        late=rows.late_rows(late),
        soon=[row for row in agreements if row["standing"] in rows.SOON],
        weak=rows.weak_points(view.network, TILE),
        linked=any(link.kind.links for link in view.network.links),
        tables=rows.figure_tables(unmet.figures),
        unmet=standing_rows(unmet.lines)[:TILE],
        day=day_text(view.on),
    )


@blueprint.get("/graph")
@requires(Permission.COORDINATION_READ)
def graph() -> str:
    """Show the members and their links as a picture or a table, and one member beside it."""
    view, years, asked = _asked()
    return render_template(
        "network/graph.html",
        graph=graph_view(view, places_in(current_identity(), view.network), asked, years),
    )


@blueprint.get("/graph.svg")
@requires(Permission.COORDINATION_READ)
def svg() -> ResponseReturnValue:
    """Send the picture that is asked for as a file of its own."""
    view, _, asked = _asked()
    body = render_template(
        "network/graph_picture.svg",
        picture=picture_alone(view, asked),
        asked=asked,
        legend=legend_words(),
        day=day_text(view.on),
    )
    return body, 200, _attached("image/svg+xml; charset=utf-8", "network.svg")


def _asked() -> tuple[NetworkView, tuple[UsedYear, ...], Asked]:
    identity = current_identity()
    view = coordination.network_view(identity, at=utc_now())
    years = coordination.list_used(identity)
    return view, years, read_asked(request.args, view.network.members, years)


@blueprint.get("/graph.graphml")
@requires(Permission.COORDINATION_READ)
def graphml() -> ResponseReturnValue:
    """Send members and links as GraphML: no person, no count of people."""
    return _file(as_graphml, "network.graphml")


@blueprint.get("/graph.gexf")
@requires(Permission.COORDINATION_READ)
def gexf() -> ResponseReturnValue:
    """Send the same as GEXF."""
    return _file(as_gexf, "network.gexf")


def _file(written: Callable[[MemberNetwork], str], name: str) -> ResponseReturnValue:
    view = coordination.network_view(current_identity(), at=utc_now())
    return written(view.network), 200, _attached("application/xml", name)


def _attached(kind: str, name: str) -> dict[str, str]:
    return {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
