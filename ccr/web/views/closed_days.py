"""The days on which nobody reads the inbox of one's own program."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, StaleError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import closed_days
from ccr.web.access import current_identity, requires
from ccr.web.forms.closed_days import ClosedForm
from ccr.web.forms.fields import add_refusal

blueprint = Blueprint("closed_days", __name__, url_prefix="/account/closed-days")


@blueprint.get("")
@requires(Permission.COLLEAGUE_MANAGE)
def page() -> ResponseReturnValue:
    """Show the days to come."""
    return _page(ClosedForm(formdata=None))


@blueprint.post("")
@requires(Permission.COLLEAGUE_MANAGE)
def close_on() -> ResponseReturnValue:
    """Add days."""
    form = ClosedForm()
    try:
        closed_days.close_on(current_identity(), form.first.data, form.last.data, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(form, status=422)
    except StaleError as error:
        add_refusal(form, error)
        return _page(form, status=409)
    return redirect(url_for("closed_days.page"), code=303)


@blueprint.post("/open-again")
@requires(Permission.COLLEAGUE_MANAGE)
def open_again() -> ResponseReturnValue:
    """Take a day back."""
    form = ClosedForm(formdata=None)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
        closed_days.open_again(current_identity(), day, at=utc_now())
    except ValueError:
        add_refusal(form, InvalidInputError(phrase("Say on which day.")))
        return _page(form, status=422)
    except StaleError as error:
        add_refusal(form, error)
        return _page(form, status=409)
    return redirect(url_for("closed_days.page"), code=303)


def _page(form: ClosedForm, *, status: int = 200) -> ResponseReturnValue:
    days = closed_days.list_closed_days(current_identity(), at=utc_now())
    rows = [{"day": day.isoformat(), "words": translated_day(day)} for day in days]
    return render_template("accounts/closed_days.html", form=form, days=rows), status


def translated_day(day: date) -> str:
    """Return a day as "Thu 26 Nov 2026"."""
    return str(format_date(day, "EEE d MMM y"))
