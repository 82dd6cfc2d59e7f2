"""The gap register: every gap that was taken on, and one of them with its plan and history.

A gap stands in an address as its id, never as a need (design 6b).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.gap_register import GapStatus
from ccr.policy.permissions import Permission
from ccr.services import gap_register
from ccr.services.gap_register import GapRecord
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.coordination import version_of
from ccr.web.forms.gap_register import StatusForm, StepForm
from ccr.web.forms.lines import LineForm
from ccr.web.presenters.gap_register import record_view, register_rows
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("gap_register", __name__, url_prefix="/network/gaps")


@blueprint.get("/register")
@requires(Permission.COORDINATION_READ)
def register() -> str:
    """Show every gap of the register, open ones first."""
    records = gap_register.register(current_identity(), current_world(), at=utc_now())
    return render_template("network/register.html", rows=register_rows(records))


@blueprint.get("/<uuid:gap_id>")
@requires(Permission.COORDINATION_READ)
def page(gap_id: UUID) -> str:
    """Show one gap: its evidence, owner, plan and history."""
    return _page(_record(gap_id))


@blueprint.post("/<uuid:gap_id>/status")
@requires(Permission.COORDINATION_MANAGE)
def move(gap_id: UUID) -> ResponseReturnValue:
    """Say where the gap stands."""
    found, form = _record(gap_id), StatusForm()

    def act() -> None:
        status, reason = form.wanted()
        safety = form.to_safety()
        form.look_at("safety_line", members=found.members)
        gap_register.move(
            current_identity(), current_world(), gap_id, version_of(form.version.data), status,
            reason, safety, at=utc_now(),
        )  # fmt: skip

    closed = form.status.data == GapStatus.CLOSED.value
    done = (
        gettext("The gap is closed. If its evidence returns, it comes back.")
        if closed
        else gettext("Saved. It stands in the history.")
    )
    return _done(found, form, act, done, status=form)


@blueprint.post("/<uuid:gap_id>/steps")
@requires(Permission.COORDINATION_MANAGE)
def add_step(gap_id: UUID) -> ResponseReturnValue:
    """Add a step to the plan."""
    found, form = _record(gap_id), StepForm()

    def act() -> None:
        step, safety = form.to_step(), form.to_safety()
        form.look_at("text", "safety_line", members=found.members)
        gap_register.add_step(
            current_identity(), current_world(), gap_id, version_of(form.version.data), step,
            safety, at=utc_now(),
        )  # fmt: skip

    return _done(found, form, act, gettext("The step is part of the plan."), step=form)


@blueprint.post("/<uuid:gap_id>/steps/<uuid:step_id>")
@requires(Permission.COORDINATION_MANAGE)
def finish(gap_id: UUID, step_id: UUID) -> ResponseReturnValue:
    """Say that a step is done."""
    found, form = _record(gap_id), StepForm(formdata=None)

    def act() -> None:
        gap_register.finish_step(
            current_identity(), current_world(), gap_id, step_id,
            version_of(request.form.get("version")), at=utc_now(),
        )  # fmt: skip

    return _done(found, form, act, gettext("The step is done."), step=form)


def _record(gap_id: UUID) -> GapRecord:
    return gap_register.record(current_identity(), current_world(), gap_id, at=utc_now())


def _done(
    found: GapRecord,
    form: LineForm,
    act: Callable[[], None],
    done: str,
    *,
    status: StatusForm | None = None,
    step: StepForm | None = None,
) -> ResponseReturnValue:
    try:
        act()
    except InvalidInputError as error:
        form.refuse(error)
        return _page(found, status=status, step=step), 422
    flash(done, "success")
    return redirect(url_for("gap_register.page", gap_id=found.gap.id), code=303)


def _page(
    found: GapRecord, *, status: StatusForm | None = None, step: StepForm | None = None
) -> str:
    status = status or StatusForm(formdata=None)
    step = step or StepForm(formdata=None)
    status.version.data = step.version.data = str(found.gap.version)
    if status.status.data is None:
        status.status.data = found.gap.status.value
    return render_template(
        "network/gap.html",
        gap=record_view(found, desk_time()),
        status_form=status,
        step_form=step,
    )
