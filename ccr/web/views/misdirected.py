"""The wrong partner opened it: freezing, the record of it, and what each side does."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.policy.identity import Role
from ccr.policy.permissions import Permission
from ccr.services import misdirected
from ccr.web.access import current_identity, current_world, requires
from ccr.web.presenters.misdirected import record_page, record_rows
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("misdirected", __name__, url_prefix="/desk/wrong-partner")


@blueprint.get("")
@requires(Permission.REFERRAL_LIST)
def index() -> str:
    """Show the records of one's own program."""
    found = misdirected.list_records(current_identity())
    return render_template("referrals/misdirected_list.html", rows=record_rows(found, desk_time()))


@blueprint.post("/of/<uuid:referral_id>")
@requires(Permission.REFERRAL_SEND)
def freeze(referral_id: UUID) -> ResponseReturnValue:
    """Freeze a referral, and show the record of it."""
    record_id = misdirected.freeze(current_identity(), current_world(), referral_id, at=utc_now())
    return redirect(url_for("misdirected.record", record_id=record_id), code=303)


@blueprint.get("/<uuid:record_id>")
@requires(Permission.REFERRAL_LIST)
def record(record_id: UUID) -> str:
    """Show one record with the steps of one's own side."""
    identity = current_identity()
    found = misdirected.read_record(identity, record_id, at=utc_now())
    page = record_page(found, desk_time(), supervisor=Role.AGENCY_ADMIN in identity.roles)
    return render_template("referrals/misdirected.html", page=page)


@blueprint.post("/<uuid:record_id>/done")
@requires(Permission.MISDIRECTED_SETTLE)
def settle(record_id: UUID) -> ResponseReturnValue:
    """Record that the steps of one's own side are done."""
    misdirected.settle(current_identity(), record_id, at=utc_now())
    return redirect(url_for("misdirected.record", record_id=record_id), code=303)
