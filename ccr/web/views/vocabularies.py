"""Terms of other vocabularies: which listings carry them, and which of our needs they mean."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ccr.adapters.clock import utc_now
from ccr.domain.errors import InvalidInputError
from ccr.domain.paging import Page
from ccr.domain.term_mappings import MappingPlan, MetTerm
from ccr.policy.permissions import Permission
from ccr.services import term_mapping
from ccr.web.access import current_identity, requires
from ccr.web.forms.fields import add_refusal, whole_number
from ccr.web.forms.vocabularies import TermForm, TermWordsForm
from ccr.web.one_time import asks_only
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.vocabularies import means, need_words, plan_view, source_words, term_row

blueprint = Blueprint("vocabularies", __name__, url_prefix="/directory/terms")


@blueprint.get("")
@requires(Permission.TAXONOMY_MANAGE)
def index() -> str:
    """Show the terms that listings carry, those of which nothing is said first."""
    number = whole_number(request.args.get("page"))
    found = term_mapping.list_terms(current_identity(), page=number)
    return _list(TermWordsForm(formdata=None), found)


@blueprint.post("")
@requires(Permission.TAXONOMY_MANAGE)
def search() -> str:
    """Show the terms that contain these words; they stand in the body, never in an address."""
    form = TermWordsForm()
    number = whole_number(request.form.get("page"))
    found = term_mapping.list_terms(current_identity(), form.words.data or "", number)
    return _list(form, found)


@blueprint.get("/<uuid:term_id>")
@requires(Permission.TAXONOMY_MANAGE)
def term(term_id: UUID) -> str:
    """Show one term, what is said of it, and a form to say it."""
    opened = term_mapping.open_term(current_identity(), term_id)
    said = opened.term.mapped if opened.term.mapped is not None else opened.suggested
    form = TermForm(
        formdata=None,
        data={
            "decision": "needs" if opened.term.mapped is None else opened.term.decision.value,
            "needs": [need.value for need in said],
        },
    )
    return _term(opened, form)


@blueprint.post("/<uuid:term_id>")
@requires(Permission.TAXONOMY_MANAGE)
@asks_only
def preview(term_id: UUID) -> ResponseReturnValue:
    """Say what a decision would change, listing by listing counted; write nothing."""
    identity, form = current_identity(), TermForm()
    opened = term_mapping.open_term(identity, term_id)
    try:
        plan = term_mapping.preview(identity, term_id, form.said())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _term(opened, form), 422
    return _term(opened, form, plan)


@blueprint.post("/<uuid:term_id>/apply")
@requires(Permission.TAXONOMY_MANAGE)
def apply(term_id: UUID) -> ResponseReturnValue:
    """Keep the decision and let the listings follow it."""
    identity, form = current_identity(), TermForm()
    opened = term_mapping.open_term(identity, term_id)
    try:
        plan = term_mapping.apply(identity, term_id, form.said(), at=utc_now())
    except InvalidInputError as error:
        add_refusal(form, error)
        return _term(opened, form), 422
    changed = len(plan.changes)
    flash(
        ngettext("Kept. %(num)s listing follows.", "Kept. %(num)s listings follow.", changed),
        "success",
    )
    return redirect(url_for("vocabularies.index"), 303)


def _list(form: TermWordsForm, found: Page[MetTerm]) -> str:
    return render_template(
        "vocabularies/index.html",
        form=form,
        rows=[term_row(term) for term in found.items],
        page=found,
        **page_links(found, "vocabularies.index"),
    )


def _term(opened: term_mapping.OpenTerm, form: TermForm, plan: MappingPlan | None = None) -> str:
    return render_template(
        "vocabularies/term.html",
        form=form,
        term=opened.term,
        source=source_words(opened.term),
        means=means(opened.term),
        names=opened.names,
        suggested=need_words(opened.suggested),
        plan=plan_view(plan) if plan else None,
    )
