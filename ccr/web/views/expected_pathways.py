"""Which kind of member should have a way to which: how it stands, and what is expected here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.errors import StaleError
from ccr.domain.expected_pathways import Expectation, read_expectation
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services import network_analysis
from ccr.web.access import current_identity, requires
from ccr.web.language import translated
from ccr.web.presenters.expected_pathways import expected_view

blueprint = Blueprint("expected_pathways", __name__, url_prefix="/network/expected")
MOST_PAIRS = 144
"""Twelve kinds with twelve: more in one form is none of ours."""


@blueprint.get("")
@requires(Permission.COORDINATION_READ)
def page() -> ResponseReturnValue:
    """Show what is expected and what became of it."""
    return _page()


@blueprint.post("")
@requires(Permission.DIRECTORY_IMPORT)
def keep() -> ResponseReturnValue:
    """Keep what is expected from now on."""
    wanted = _read("expected")
    added = read_expectation(f"{request.form.get('sender', '')}>{request.form.get('receiver', '')}")
    if added is not None:
        wanted.add(added)
    seen = _read("seen")
    try:
        written = network_analysis.set_expected(current_identity(), wanted, seen, at=utc_now())
    except StaleError as error:
        return _page(chosen=wanted, refused=translated(error.phrase), status=409)
    words = phrase("Saved.") if written else phrase("Nothing was different.")
    flash(translated(words), "success" if written else "info")
    return redirect(url_for("expected_pathways.page"), code=303)


def _read(name: str) -> set[Expectation]:
    found = (read_expectation(text) for text in request.form.getlist(name)[:MOST_PAIRS])
    return {one for one in found if one is not None}


def _page(
    *, chosen: set[Expectation] | None = None, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    found = network_analysis.expected_pathways(current_identity(), at=utc_now())
    body = render_template(
        "network/expected.html", expected=expected_view(found, chosen), refused=refused
    )
    return body, status
