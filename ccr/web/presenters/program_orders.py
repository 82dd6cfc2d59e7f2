"""What a sender said of its referral to a program, as the program's page shows it."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for

from ccr.domain.phrases import Phrase, phrase
from ccr.services.program_orders import Received
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text


def order_card(found: Received | None) -> dict[str, object] | None:
    """Return the card on the program's page of a referral; None when there is nothing to show."""
    if found is None:
        return None
    referral_id: UUID | None = (request.view_args or {}).get("referral_id")
    return {
        "facts": said_facts(found),
        "participant_href": url_for("participants.page", participant_id=found.participant_id)
        if found.participant_id
        else None,
        "open_href": url_for("participants.new", referral=referral_id),
    }


def said_facts(found: Received) -> list[dict[str, str]]:
    """Return what was said, as words and answers."""
    if found.said is None:
        return []
    order = found.said.order
    rows: list[tuple[Phrase, str | None]] = [
        (phrase("Who referred"), translated(order.source.label)),
        (phrase("Mandated"), translated(phrase("Yes") if order.mandated else phrase("No"))),
        (phrase("By which authority"), found.authority_name or order.outside or None),
        (phrase("Day of the order"), day_text(order.ordered_on) if order.ordered_on else None),
        (phrase("A group that would suit"), found.group_name or None),
    ]
    return [{"term": translated(term), "value": value} for term, value in rows if value]
