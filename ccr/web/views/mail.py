"""How mail comes to the person who is signed in, and when to nobody of their program."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.mail_times import MORNING
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import mail_choices
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.mail import DAILY, EACH, HowOftenForm, QuietHoursForm
from ccr.web.language import translated

blueprint = Blueprint("mail", __name__, url_prefix="/account/mail")


@blueprint.get("")
@requires(Permission.ACCOUNT_SELF)
def page() -> ResponseReturnValue:
    """Show how mail comes, and forms to change it."""
    return _page()


@blueprint.post("")
@requires(Permission.ACCOUNT_SELF)
def choose() -> ResponseReturnValue:
    """Choose one mail a day, or each by itself."""
    form = HowOftenForm()
    if not form.validate():
        return _page(how=form)
    mail_choices.choose(current_identity(), mail_each=form.how.data == EACH, at=utc_now())
    return _kept()


@blueprint.post("/quiet-hours")
@requires(Permission.COLLEAGUE_MANAGE)
def quiet() -> ResponseReturnValue:
    """Set the quiet hours of one's own program."""
    form = QuietHoursForm()
    starts, ends = form.quiet_from.data, form.quiet_until.data
    if not form.validate() or starts is None or ends is None:
        for field in (form.quiet_from, form.quiet_until):
            if field.data is None:
                field.errors = [translated(phrase("Write a time, as in 20:00."))]
        return _page(hours=form)
    try:
        mail_choices.set_quiet(current_identity(), starts, ends, at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _page(hours=form)
    return _kept()


def _kept() -> ResponseReturnValue:
    flash(translated(phrase("Saved. It holds for what comes from now on.")), "ok")
    return redirect(url_for("mail.page"), code=303)


def _page(
    *, how: HowOftenForm | None = None, hours: QuietHoursForm | None = None
) -> ResponseReturnValue:
    found = mail_choices.choices_of(current_identity())
    refused = how or hours
    body = render_template(
        "accounts/mail.html",
        found=found,
        morning=MORNING.strftime("%H:%M"),
        quiet=(found.quiet.starts.strftime("%H:%M"), found.quiet.ends.strftime("%H:%M")),
        form=how or HowOftenForm(formdata=None, data={"how": EACH if found.mail_each else DAILY}),
        hours=hours
        or QuietHoursForm(
            formdata=None,
            data={"quiet_from": found.quiet.starts, "quiet_until": found.quiet.ends},
        ),
        refused=refused,
    )
    return body, 422 if refused else 200
