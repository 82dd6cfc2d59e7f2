"""Linkage agreements as their pages read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from ccr.domain.linkages import Linkage
from ccr.domain.phrases import phrase
from ccr.services.linkages import PaperHistory, Papers
from ccr.web.language import translated
from ccr.web.presenters.coordination import STANDINGS
from ccr.web.presenters.gaps import day_text


def paper_rows(papers: Papers) -> list[dict[str, object]]:
    """Return the newest version of each agreement as a row, what ends first."""
    names = {member.id: member.name for member in papers.members}
    return [_row(one, names, papers.on) for one in papers.newest]


def paper_view(found: PaperHistory) -> dict[str, object]:
    """Return one agreement in full, with its earlier versions."""
    names = {member.id: member.name for member in found.members}
    newest = found.newest
    return {
        **_row(newest, names, found.on),
        "parties": [
            {"name": names.get(member_id, translated(phrase("A former member"))),
             "contact": translated(contact.label) if contact else None}
            for member_id, contact in newest.parties.items()
        ],
        "needs": [translated(need.label) for need in newest.needs],
        "terms": [translated(term.label) for term in newest.terms],
        "terms_line": newest.terms_line,
        "holds": newest.stands(found.on).holds,
        "earlier": [_row(one, names, found.on) for one in found.versions[1:]],
    }  # fmt: skip


def _row(one: Linkage, names: Mapping[UUID, str], on: date) -> dict[str, object]:
    words, tone = STANDINGS[one.stands(on)]
    former = translated(phrase("A former member"))
    return {
        "id": one.id,
        "title": " · ".join(sorted(names.get(member_id, former) for member_id in one.parties)),
        "version": one.version,
        "words": translated(words),
        "tone": tone,
        "signed": day_text(one.signed_on),
        "review": day_text(one.review_on) if one.review_on else None,
        "review_due": one.review_due(on),
        "ends": day_text(one.until) if one.until else None,
        "ended_early": one.ended_on is not None,
    }
