"""Find services: a worker's needs and place in, partners with reasons out. Always by POST."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.live_calls import live_calls
from ccr.domain.routing_request import RouteAnswer
from ccr.policy.permissions import Permission
from ccr.services import protocol_flags, routing
from ccr.services.asking_about import ask_about
from ccr.services.hotlines import list_hotlines
from ccr.services.routing import ReadyDirectory
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.needs import FindForm
from ccr.web.one_time import asks_only
from ccr.web.presenters.about import about_rows
from ccr.web.presenters.left_out import take_kept_out
from ccr.web.presenters.routing import results_view
from ccr.web.presenters.side_by_side import side_by_side

blueprint = Blueprint("routing", __name__, url_prefix="/desk/find")


@blueprint.get("")
@requires(Permission.ROUTE_FIND)
def find() -> str:
    """Show the empty question."""
    return render_template("routing/find.html", form=FindForm(), results=None)


@blueprint.post("")
@requires(Permission.ROUTE_FIND)
def search() -> ResponseReturnValue:
    """Answer a question on the same page; nothing of it is kept or put into the address."""
    identity, world = current_identity(), current_world()
    form = FindForm()
    forget = bool(request.form.get("forget"))
    kept, refused = take_kept_out(identity, world, form, forget=forget)
    try:
        if refused is not None:
            raise refused
        if not form.validate():
            return _refused(form)
        found = routing.find_in_directory(identity, world, form.to_domain(kept), at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _refused(form)
    return _answered(form, found)


def _answered(form: FindForm, found: tuple[RouteAnswer, ReadyDirectory]) -> str:
    identity, world = current_identity(), current_world()
    answer = found[0]
    planned, ways = routing.services_and_ways(identity, world, *found)
    flagged = protocol_flags.flagged_in(identity, found[1], answer.services, at=answer.request.at)
    results = results_view(answer, world, planned, ways, flagged)
    name = form.about.data or ""
    return render_template(
        "routing/find.html",
        form=form,
        results=results,
        sides=side_by_side(results, request.form.getlist("compare")),
        about=about_rows(ask_about(identity, world, answer, name)) if name.strip() else None,
        left_out=bool(form.carried.data),
        urgent=form.urgency.data in {"immediate", "high"},
        live=live_calls(answer, world.hours),
        hotlines=list_hotlines(),
        token=uuid4(),
    )


def _refused(form: FindForm) -> ResponseReturnValue:
    left_out = bool(form.carried.data)
    page = render_template("routing/find.html", form=form, results=None, left_out=left_out)
    return page, 422


@blueprint.post("/unmet")
@requires(Permission.UNMET_NEED_COUNT)
@asks_only
def count_unmet_need() -> ResponseReturnValue:
    """Add one to the counters of a need that found nothing: need, county, quarter, nobody."""
    needs = request.form.getlist("needs")
    try:
        token = UUID(request.form.get("token", ""))
    except ValueError:
        token = uuid4()
    routing.count_unmet_need(
        current_identity(),
        current_world(),
        needs,
        request.form.get("county", ""),
        at=utc_now(),
        token=token,
    )
    flash(gettext("Counted. Nothing about a person was kept."), "success")
    return render_template("routing/find.html", form=FindForm(formdata=None), results=None)
