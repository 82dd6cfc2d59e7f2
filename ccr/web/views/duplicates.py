"""Duplicates: pairs that may be one record, side by side, and their merging."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ccr.adapters.clock import utc_now
from ccr.domain.directory_history import RecordKind
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.permissions import Permission
from ccr.services import duplicates, merging
from ccr.web.access import current_identity, current_world, requires
from ccr.web.language import translated
from ccr.web.presenters.duplicates import merge_page, pair_row
from ccr.web.presenters.moments import DeskTime

blueprint = Blueprint("duplicates", __name__, url_prefix="/directory/duplicates")
KINDS = {"members": RecordKind.MEMBER, "services": RecordKind.SERVICE}


@blueprint.get("")
@requires(Permission.DIRECTORY_MERGE)
def index() -> str:
    """List pairs of records that may be one."""
    found = duplicates.list_pairs(
        current_identity(), current_world(), _number(request.args.get("page")) or 1
    )
    time = DeskTime(g.network.timezone, utc_now())
    return render_template(
        "duplicates/index.html",
        found=found,
        rows=[pair_row(pair) for pair in found.pairs],
        looked=time.short(found.looked_at) if found.looked_at else None,
    )


@blueprint.post("/look")
@requires(Permission.DIRECTORY_MERGE)
def look() -> ResponseReturnValue:
    """Ask the worker to look through the directory now."""
    duplicates.look_again(current_identity(), current_world())
    return _back(
        phrase("The worker looks through the directory. Open this page again in a moment.")
    )


@blueprint.get("/<any(members,services):word>/<uuid:kept>/<uuid:gone>")
@requires(Permission.DIRECTORY_MERGE)
def pair(word: str, kept: UUID, gone: UUID) -> str:
    """Show two records side by side, to choose from."""
    return _pair_page(word, kept, gone, None)


def _pair_page(word: str, kept: UUID, gone: UUID, problem: Phrase | None) -> str:
    both = merging.side_by_side(current_identity(), _kind(word), kept, gone)
    take = request.form.getlist("take")
    return render_template(
        "duplicates/pair.html",
        both=merge_page(both, take),
        word=word,
        problems=[{"text": translated(problem), "href": None}] if problem else [],
    )


@blueprint.post("/<any(members,services):word>/<uuid:kept>/<uuid:gone>")
@requires(Permission.DIRECTORY_MERGE)
def merge(word: str, kept: UUID, gone: UUID) -> ResponseReturnValue:
    """Make one record of the two."""
    versions = (
        _number(request.form.get("kept_version")),
        _number(request.form.get("gone_version")),
    )
    take = [n for n in merging.FIELDS[_kind(word)] if request.form.get(f"field-{n}") == "gone"]
    try:
        merging.merge(
            current_identity(), _kind(word), kept, gone, take, versions=versions, at=utc_now()
        )
    except InvalidInputError as error:
        return _pair_page(word, kept, gone, error.phrase), 422
    return _back(phrase("Merged. The old address leads to the record that was kept."))


@blueprint.post("/<any(members,services):word>/<uuid:kept>/<uuid:gone>/apart")
@requires(Permission.DIRECTORY_MERGE)
def apart(word: str, kept: UUID, gone: UUID) -> ResponseReturnValue:
    """Remember that the two are two."""
    duplicates.keep_apart(
        current_identity(), current_world(), _kind(word), kept, gone, at=utc_now()
    )
    return _back(phrase("They stay two, and are not shown here again."))


def _kind(word: str) -> RecordKind:
    if word not in KINDS:
        raise NotFoundError
    return KINDS[word]


def _back(words: Phrase) -> ResponseReturnValue:
    flash(translated(words), "success")
    return redirect(url_for("duplicates.index"), code=303)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004
