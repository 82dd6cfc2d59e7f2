"""Terms of other vocabularies as rows and facts, and what a decision would change."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import ngettext

from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need
from ccr.domain.term_mappings import Decision, MappingPlan, MetTerm, counted
from ccr.web.language import translated

_NO_NAME = phrase("Vocabulary without a name")


def term_row(term: MetTerm) -> dict[str, Any]:
    """Return a term as a row of the list."""
    return {
        "href": url_for("vocabularies.term", term_id=term.id),
        "name": term.name or term.code,
        "source": source_words(term),
        "listings": term.listings,
        "open": term.decision is Decision.OPEN,
        "means": means(term),
    }


def source_words(term: MetTerm) -> str:
    """Return vocabulary and code."""
    vocabulary = term.taxonomy or translated(_NO_NAME)
    return f"{vocabulary}, {term.code}" if term.code else vocabulary


def means(term: MetTerm) -> str:
    """Return what is said of a term."""
    if term.mapped is None:
        return translated(phrase("Not decided"))
    if not term.mapped:
        return translated(phrase("None of ours"))
    return need_words(term.mapped)


def need_words(needs: frozenset[Need]) -> str:
    """Return the labels of needs in the order of the vocabulary."""
    return ", ".join(translated(need.label) for need in Need if need in needs)


def plan_view(plan: MappingPlan) -> dict[str, Any]:
    """Return what would change, as sentences."""
    adds, takes = counted(plan)
    lines = [
        ngettext(
            "%(num)s listing gets: %(need)s", "%(num)s listings get: %(need)s", adds[need.value],
            need=translated(need.label),
        )
        for need in Need
        if need.value in adds
    ] + [
        ngettext(
            "%(num)s listing loses: %(need)s", "%(num)s listings lose: %(need)s",
            takes[need.value], need=translated(need.label),
        )
        for need in Need
        if need.value in takes
    ]  # fmt: skip
    notes = []
    if plan.described:
        notes.append(
            ngettext(
                "%(num)s listing is left alone: a person has said its needs.",
                "%(num)s listings are left alone: a person has said their needs.",
                plan.described,
            )
        )
    if plan.refused:
        notes.append(
            ngettext(
                "%(num)s listing does not get all of it: couples or family counseling, mediation "
                "and anger management are no answer to abuse, and help for abusive partners "
                "stands apart.",
                "%(num)s listings do not get all of it: couples or family counseling, mediation "
                "and anger management are no answer to abuse, and help for abusive partners "
                "stands apart.",
                plan.refused,
            )
        )
    return {"count": len(plan.changes), "lines": lines, "notes": notes}
