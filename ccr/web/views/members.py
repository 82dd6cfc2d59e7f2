"""Members on their way into the network: the coordinator's list and one member's page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import CcrError, IllegalTransitionError, InvalidInputError
from ccr.domain.joining import PledgeRole, Way
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import invitations, joining, leaving
from ccr.services.invitations import Invited
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.joining import PledgeForm, WayForm
from ccr.web.language import translated
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.members import member_page, member_row, new_code
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("members", __name__, url_prefix="/network/members")


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004


@blueprint.get("")
@requires(Permission.MEMBERSHIP_MANAGE)
def index() -> str:
    """Show every member, how far each has come, and what is next."""
    found = joining.list_members(current_identity(), _page_number(), at=utc_now())
    return render_template(
        "members/index.html",
        rows=[member_row(line) for line in found.items],
        count_text=translated(phrase("%(count)s in this list", count=found.total)),
        **page_links(found, "members.index"),
    )


@blueprint.get("/<uuid:member_id>")
@requires(Permission.MEMBERSHIP_MANAGE)
def page(member_id: UUID) -> ResponseReturnValue:
    """Show one member: the steps done and the next one."""
    return _page(member_id)


def _page(
    member_id: UUID, *, refused: CcrError | None = None, invited: Invited | None = None
) -> ResponseReturnValue:
    time = DeskTime(g.network.timezone, utc_now())
    found = joining.open_member(current_identity(), member_id, at=utc_now())
    way_form = WayForm(formdata=None, data={"way": found.line.membership.way.value})
    pledge_form = PledgeForm(formdata=None)
    words = translated(refused.phrase) if refused else None
    if isinstance(refused, InvalidInputError) and refused.field in {"way", "role"}:
        add_refusal(way_form if refused.field == "way" else pledge_form, refused)
    body = render_template(
        "members/page.html",
        member=member_page(found, time),
        code=new_code(invited, time) if invited else None,
        way_form=way_form,
        pledge_form=pledge_form,
        refusal=words,
    )
    return body, 422 if refused else 200


def _act(act: str, member_id: UUID) -> Invited | None:
    """Do one act of the coordinator; return a new invitation, if it made one."""
    identity, at = current_identity(), utc_now()
    if act == "way":
        joining.choose_way(identity, member_id, _way(), at=at)
    elif act == "pledge":
        joining.record_pledge(identity, member_id, _role(), at=at)
    elif act == "live":
        joining.let_go_live(identity, member_id, at=at)
    elif act in _STANDINGS:
        if _STANDINGS[act](identity, current_world(), member_id, at=at) is False:
            flash(
                gettext(
                    "Done, but something of theirs cannot be read and stays where it was. The "
                    "operator finds it in the log."
                ),
                "warning",
            )
    elif act == "invite":
        program = _id("compartment_id")
        return invitations.invite_first(identity, current_world(), member_id, program, at=at)
    else:
        joining.load_line(identity, member_id, at=at)
        invitations.withdraw(identity, _id("invitation_id"), at=at)
    return None


_STANDINGS: dict[str, Callable[..., bool | None]] = {
    "suspend": leaving.suspend,
    "go-on": leaving.go_on,
    "begin-leaving": leaving.begin_leaving,
    "leave": leaving.leave,
}


def _way() -> Way:
    try:
        return Way(request.form.get("way", ""))
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field="way") from error


def _role() -> PledgeRole:
    try:
        return PledgeRole(request.form.get("role", ""))
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field="role") from error


def _id(field: str) -> UUID:
    try:
        return UUID(request.form.get(field, ""))
    except ValueError as error:
        raise InvalidInputError(phrase("Choose one."), field=field) from error


@blueprint.post(
    "/<uuid:member_id>/<any('way', 'pledge', 'invite', 'live', 'withdraw-invitation', "
    "'suspend', 'go-on', 'begin-leaving', 'leave'):act>"
)
@requires(Permission.MEMBERSHIP_MANAGE)
def act_on(member_id: UUID, act: str) -> ResponseReturnValue:
    """Do one act, and show what came of it; a new code is shown on this answer alone."""
    try:
        invited = _act(act, member_id)
    except (InvalidInputError, IllegalTransitionError) as error:
        return _page(member_id, refused=error)
    if invited is not None:
        return _page(member_id, invited=invited)
    return redirect(url_for("members.page", member_id=member_id), code=303)
