"""The people of one's own program: who has an account, who is invited, who is no longer here."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Role
from ccr.policy.permissions import Permission
from ccr.services import colleagues, invitations
from ccr.services.invitations import Invited
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.joining import ColleagueForm
from ccr.web.presenters.members import invitation_row, new_code
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("colleagues", __name__, url_prefix="/account/colleagues")


@blueprint.get("")
@requires(Permission.COLLEAGUE_MANAGE)
def page() -> ResponseReturnValue:
    """Show the people of one's own program."""
    return _page()


def _page(
    *, refused: InvalidInputError | None = None, invited: Invited | None = None
) -> ResponseReturnValue:
    identity, at = current_identity(), utc_now()
    time = DeskTime(g.network.timezone, at)
    found = colleagues.list_colleagues(identity, at=at)
    form = ColleagueForm(found.roles, formdata=None)
    if refused:
        add_refusal(form, refused)
    body = render_template(
        "accounts/colleagues.html",
        people=found.people,
        me=identity.user_id,
        invitations=[invitation_row(item, time) for item in found.invitations],
        code=new_code(invited, time) if invited else None,
        form=form,
    )
    return body, 422 if refused else 200


@blueprint.post("/invite")
@requires(Permission.COLLEAGUE_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody; the code is shown on this answer alone."""
    try:
        role = _role(request.form.get("role", ""))
        return _page(
            invited=invitations.invite_colleague(
                current_identity(), current_world(), role, at=utc_now()
            )
        )
    except InvalidInputError as error:
        return _page(refused=error)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field="role") from error


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.COLLEAGUE_MANAGE)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make a code that nobody used worthless."""
    invitations.withdraw(current_identity(), invitation_id, at=utc_now())
    return redirect(url_for("colleagues.page"), code=303)


@blueprint.post("/<uuid:account_id>/end")
@requires(Permission.COLLEAGUE_MANAGE)
def end(account_id: UUID) -> ResponseReturnValue:
    """End the account of somebody who left; their sessions end at once."""
    try:
        colleagues.disable(current_identity(), account_id, at=utc_now())
    except InvalidInputError as error:
        return _page(refused=error)
    return redirect(url_for("colleagues.page"), code=303)
