"""Rows of who is expected, with the sentence that is read out to them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import format_date

from ccr.domain.clocks import ClockKind
from ccr.domain.next_contact import NextContact, read_out
from ccr.domain.paging import Page
from ccr.domain.phrases import phrase
from ccr.services.expected import Expected
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.referrals import inside_a_sentence, needs_title, state_chip


def contact_words(contact: NextContact | None) -> str | None:
    """Return a next contact in words: "They call us, Fri 13 Nov, morning"; None without one."""
    if contact is None:
        return None
    return translated(
        phrase(
            "%(way)s: %(day)s, %(part)s",
            way=contact.way.label,
            day=format_date(contact.day, "EEE d MMM"),
            part=inside_a_sentence(translated(contact.part.label)),
        )
    )


def expected_rows(found: Page[Expected], time: DeskTime) -> list[dict[str, Any]]:
    """Return the list's rows; each sentence comes from the sender's own view."""
    return [_row(one, time) for one in found.items]


def _row(one: Expected, time: DeskTime) -> dict[str, Any]:
    view = one.item.view
    due = next((c.due_at for c in view.clocks if c.kind is ClockKind.ANSWER and not c.met_at), None)
    words = read_out(view, member=one.item.member_name, due=time.full(due) if due else "")
    return {
        "id": view.referral_id,
        "href": url_for("referrals.page", referral_id=view.referral_id),
        "code": view.code,
        "title": needs_title(one.item.facts.needs),
        "when": contact_words(one.contact),
        "earlier": one.contact.day < time.today(),
        "state": state_chip(view.status, view.status_text),
        "say": translated(words),
        "data": {"way": one.contact.way.value, "part": one.contact.part.value},
    }
