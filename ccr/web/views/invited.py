"""The door of somebody who was invited: a code, then an account of one's own. Nothing is mailed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.services import invitations
from ccr.web.access import public
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.joining import ROLE_LABELS, CodeForm, NewAccountForm
from ccr.web.language import translated

blueprint = Blueprint("invited", __name__, url_prefix="/invited")


def _came_from() -> str:
    return request.remote_addr or ""


@blueprint.get("")
@public
def ask() -> str:
    """Show a field for the code, and nothing else."""
    return render_template("invited/code.html", form=CodeForm(formdata=None))


@blueprint.post("")
@public
def show() -> ResponseReturnValue:
    """Show what the code is good for, and ask for an address and a password."""
    form = CodeForm()
    try:
        return _account_page(NewAccountForm(formdata=None, data={"code": form.code.data}))
    except NotFoundError as error:
        return _no_such_code(form, error)


def _no_such_code(form: CodeForm, error: NotFoundError) -> ResponseReturnValue:
    form.code.errors = [translated(error.phrase)]
    return render_template("invited/code.html", form=form), 422


def _account_page(form: NewAccountForm, *, status: int = 200) -> ResponseReturnValue:
    offer = invitations.look_at(form.code.data or "", _came_from(), at=utc_now())
    role = translated(ROLE_LABELS[offer.role])
    return render_template("invited/account.html", form=form, offer=offer, role=role), status


@blueprint.post("/account")
@public
def make() -> ResponseReturnValue:
    """Make the account, once, and go on to sign-in."""
    form = NewAccountForm()
    try:
        _make(form)
    except NotFoundError as error:
        return _no_such_code(CodeForm(formdata=None), error)
    except InvalidInputError as error:
        add_refusal(form, error)
        return _account_page(form, status=422)
    flash(translated(phrase("Your account is made. Sign in with it.")))
    return redirect(url_for("security.login"), code=303)


def _make(form: NewAccountForm) -> None:
    password = form.password.data or ""
    if password != (form.again.data or ""):
        raise InvalidInputError(phrase("The two passwords are not the same."), field="again")
    invitations.redeem(
        form.code.data or "",
        _came_from(),
        email=form.email.data or "",
        password=password,
        at=utc_now(),
    )
