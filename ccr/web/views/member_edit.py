"""A member's own facts: seen, changed, remembered; and its public places."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import member_edit
from ccr.services.listing_edit import FieldsRefusedError
from ccr.services.member_edit import MemberDesk
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.forms.member import MemberForm
from ccr.web.language import translated
from ccr.web.presenters.listing_edit import both_versions, place_rows, saved_words, waiting_names
from ccr.web.presenters.listing_review import history_days
from ccr.web.presenters.lists import page_links

blueprint = Blueprint("member_edit", __name__, url_prefix="/directory/members")


@blueprint.get("/<uuid:member_id>")
@requires(Permission.LISTING_EDIT)
def page(member_id: UUID) -> ResponseReturnValue:
    """Show a member's own facts to edit."""
    desk = member_edit.open_member(current_identity(), member_id)
    fields = desk.state.fields
    form = MemberForm(formdata=None, data={name: fields[name] for name in fields})
    form.version.data = str(desk.state.version)
    return _page(desk, form)


@blueprint.post("/<uuid:member_id>")
@requires(Permission.LISTING_EDIT)
def save(member_id: UUID) -> ResponseReturnValue:
    """Keep a member's facts: what is plain at once, phones for a second person."""
    identity, form = current_identity(), MemberForm()
    version = whole_number(form.version.data)
    try:
        saved = member_edit.save(
            identity, current_world(), member_id, form.typed(), version=version, at=utc_now()
        )
    except FieldsRefusedError as error:
        for each in error.errors:
            add_refusal(form, each)
        return _page(member_edit.open_member(identity, member_id), form, status=422)
    except StaleError:
        return _stale(member_id, form, version)
    flash(saved_words(saved), "success")
    return redirect(url_for("member_edit.page", member_id=member_id), code=303)


def _stale(member_id: UUID, form: MemberForm, version: int) -> ResponseReturnValue:
    identity, world = current_identity(), current_world()
    desk = member_edit.open_member(identity, member_id)
    since = member_edit.changes_since(identity, member_id, version)
    form.version.data = str(desk.state.version)
    rows = both_versions(form, desk.state.fields, since, world)
    return _page(desk, form, status=409, stale=rows)


def _page(
    desk: MemberDesk,
    form: MemberForm,
    *,
    status: int = 200,
    stale: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    body = render_template(
        "directory/edit/member.html",
        member_id=desk.state.id,
        name=desk.state.fields["name"],
        form=form,
        stale_rows=stale,
        waiting=waiting_names(desk.waiting, form.names),
        places=place_rows(desk),
        hides=desk.hides,
    )
    return body, status


@blueprint.get("/<uuid:member_id>/history")
@requires(Permission.LISTING_EDIT)
def history(member_id: UUID) -> str:
    """Show what the member was, and who changed it by role."""
    number = whole_number(request.args.get("page"))
    found = member_edit.open_history(current_identity(), member_id, number)
    return render_template(
        "directory/review/history.html",
        name=found.name,
        way_back={
            "text": translated(phrase("Back to the member")),
            "href": url_for("member_edit.page", member_id=member_id),
        },
        days=history_days(found, current_world(), utc_now()),
        **page_links(found.page, "member_edit.history", member_id=member_id),
    )
