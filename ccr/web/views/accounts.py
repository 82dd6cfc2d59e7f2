"""One's own account: language, password, second factor."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import accounts, practice
from ccr.web.access import current_identity, public, requires
from ccr.web.language import LANGUAGES

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
@requires(Permission.ACCOUNT_SELF)
def account() -> str:
    """Show who I am here, and how my account is protected."""
    return render_template(
        "accounts/account.html",
        email=current_user.email,
        second_factor=bool(current_user.tf_primary_method),
        recovery_codes=len(current_user.mf_recovery_codes or ()),
        practising=practice.state_of(current_identity()),
    )


@blueprint.post("/language/<any(en, es):code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Read CCR in another language from now on, and stay on the page."""
    if code not in LANGUAGES:
        raise InvalidInputError(phrase("Choose English or Spanish."), field="language")
    identity = g.get("identity")
    if identity is not None:
        accounts.set_language(identity, code, at=utc_now())
    session["language"] = code
    back = request.form.get("back", "")
    if back.startswith("/") and not back.startswith(("//", "/\\")):
        return redirect(back, code=303)
    return redirect(url_for("home.welcome"), code=303)
