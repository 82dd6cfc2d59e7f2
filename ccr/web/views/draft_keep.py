"""Keeping a step of a new referral while it is typed: asked by the page's own script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import draft_typed
from ccr.web.access import current_identity, current_world, requires
from ccr.web.forms.fields import whole_number
from ccr.web.forms.typed import typed_fields
from ccr.web.language import translated
from ccr.web.one_time import asks_only
from ccr.web.presenters.drafts import kept_words
from ccr.web.presenters.moments import desk_time

blueprint = Blueprint("draft_keep", __name__, url_prefix="/desk/referrals")


@blueprint.post("/new/<token>/keep")
@requires(Permission.REFERRAL_SEND)
@asks_only
def begin(token: str) -> ResponseReturnValue:
    """Keep what is typed on the first step; a draft is there once something of it can be used."""
    try:
        draft_id, kept = draft_typed.begin_typed(
            current_identity(),
            current_world(),
            token,
            typed_fields(),
            seen=whole_number(request.form.get("seen")) or None,
            today=desk_time().today(),
            at=utc_now(),
        )
    except StaleError:
        return _went_on()
    return _said(draft_id, kept)


@blueprint.post("/<uuid:draft_id>/keep")
@requires(Permission.REFERRAL_SEND)
@asks_only
def keep(draft_id: UUID) -> ResponseReturnValue:
    """Keep what is typed so far; the answer says when, and what cannot be used yet."""
    try:
        kept = draft_typed.keep_typed(
            current_identity(),
            current_world(),
            draft_id,
            typed_fields(),
            seen=whole_number(request.form.get("seen")) or None,
            today=desk_time().today(),
            at=utc_now(),
        )
    except StaleError:
        return _went_on()
    return _said(draft_id, kept)


def _went_on() -> ResponseReturnValue:
    words = phrase("Somebody else changed this draft. Open it again.")
    return {"words": translated(words)}, 409


def _said(draft_id: UUID, kept: draft_typed.Kept) -> dict[str, Any]:
    return {
        "words": kept_words(kept, desk_time()) if kept.is_there else "",
        "version": kept.version,
        "url": url_for("drafts.need", draft_id=draft_id) if kept.is_there else None,
    }
