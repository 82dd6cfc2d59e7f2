"""Safety consultations in words: for the program that asked, and for the partner that was asked."""

from __future__ import annotations

from typing import Any

from flask import url_for

from ccr.domain.consultation_advice import Advice
from ccr.domain.consultation_partner import Partner, Why
from ccr.domain.consultation_triggers import SettledHow
from ccr.domain.paging import Page
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_consultation import Call, Called, Moments, Question, Receipt
from ccr.domain.taxonomy import Urgency
from ccr.services.consultation_prompts import Prompt
from ccr.services.consultations import Asked, Received
from ccr.storage.queries.consultation_partners import Number
from ccr.web.language import translated
from ccr.web.presenters.lists import page_links
from ccr.web.presenters.moments import DeskTime

_WHY: dict[Why, Phrase] = {
    Why.PROTOCOL: phrase("Your partner by the consultation protocol in force."),
    Why.FORMER_PROTOCOL: phrase(
        "Your protocol with them is not in force. Ask all the same, and have it renewed."
    ),
    Why.SAME_COUNTY: phrase(
        "No partner of a protocol of yours can be asked now. "
        "They serve a county that you serve. Ask all the same."
    ),
    Why.SAME_NETWORK: phrase(
        "No partner of a protocol of yours can be asked now, and nobody serves your counties. "
        "Ask them all the same."
    ),
}
_RECEIPTS: dict[Receipt, tuple[Phrase, str, str]] = {
    Receipt.WAITING: (phrase("Received"), "told", "check"),
    Receipt.READ_IN_TIME: (phrase("Acknowledged within the hour"), "ok", "check"),
    Receipt.NOT_IN_TIME: (phrase("Not acknowledged within the hour"), "late", "alarm"),
}


def partner_view(partner: Partner | None, numbers: tuple[Number, ...]) -> dict[str, Any] | None:
    """Return whom to call and why them, the main number first; None when there is nobody."""
    if partner is None:
        return None
    return {
        "name": partner.candidate.member_name,
        "why": translated(_WHY[partner.why]),
        "in_force": partner.why is Why.PROTOCOL,
        "on_desk": partner.candidate.on_desk,
        "numbers": numbers,
    }


def prompt_rows(prompts: tuple[Prompt, ...], time: DeskTime) -> list[dict[str, Any]]:
    """Return open prompts as rows."""
    return [
        {
            "id": one.id,
            "words": translated(one.trigger.label),
            "code": one.participant_code,
            "since": time.short(one.raised_at),
        }
        for one in prompts
    ]


def settled_choices() -> list[dict[str, str]]:
    """Return how a prompt is settled without asking."""
    ways = (SettledHow.SPOKEN_ALREADY, SettledHow.ENTERED_IN_ERROR)
    return [{"code": way.value, "text": translated(way.label)} for way in ways]


def asked_rows(page: Page[Asked], time: DeskTime) -> dict[str, Any]:
    """Return what one's own program asked."""
    return {
        "rows": [_asked_row(one, time) for one in page.items],
        **page_links(page, "consultations.page"),
    }


def _asked_row(one: Asked, time: DeskTime) -> dict[str, Any]:
    words, tone, icon = _RECEIPTS[one.shown.receipt]
    return {
        **_of_question(one.code, one.question, one.moments, time),
        "href": url_for("consultations.one", consultation_id=one.id),
        "partner": one.partner_name,
        "state": {"text": translated(words), "tone": tone, "icon": icon},
    }


def asked_page(one: Asked, time: DeskTime) -> dict[str, Any]:
    """Return one consultation as the program that asked sees it."""
    return {
        **_asked_row(one, time),
        "id": one.id,
        "call": _call(one.question.call),
        "call_open": one.question.call.called is not Called.SPOKE,
        "receipt": one.shown.receipt.value,
        "due": time.short(one.moments.due_at),
        "told": time.short(one.moments.told_at),
        "final": one.shown.final,
        "from_partner": one.shown.from_partner,
        "advice": _sentences(one.shown.advice),
    }


def received_rows(page: Page[Received], time: DeskTime) -> dict[str, Any]:
    """Return what was asked of one's own program; unacknowledged ones are first."""
    return {
        "rows": [_received_row(one, time) for one in page.items],
        **page_links(page, "consultations.page"),
    }


def _received_row(one: Received, time: DeskTime) -> dict[str, Any]:
    waits = one.answered.acknowledged_at is None
    return {
        **_of_question(one.code, one.question, one.moments, time),
        "href": url_for("consultations.one", consultation_id=one.id),
        "program": one.program_name,
        "waits": waits,
        "late": waits and time.now >= one.moments.due_at,
        "left": time.left(one.moments.due_at) if waits else None,
        "advised": one.answered.advised_at is not None,
    }


def received_page(one: Received, time: DeskTime) -> dict[str, Any]:
    """Return one consultation as the partner that was asked sees it."""
    answered = one.answered
    acknowledged, advised = answered.acknowledged_at, answered.advised_at
    return {
        **_received_row(one, time),
        "id": one.id,
        "call": _call(one.question.call),
        "wants_call_back": one.question.call.called in {Called.MESSAGE, Called.NO_ANSWER},
        "due": time.short(one.moments.due_at),
        "told": time.short(one.moments.told_at),
        "too_late": time.now >= one.moments.told_at,
        "acknowledged": time.short(acknowledged) if acknowledged else None,
        "advised_at": time.short(advised) if advised else None,
        "shown_to_program": advised is not None and advised < one.moments.told_at,
        "advice": _sentences(answered.advice),
    }


def _of_question(code: str, question: Question, moments: Moments, time: DeskTime) -> dict[str, Any]:
    return {
        "code": code,
        "concern": translated(question.concern.label),
        "urgency": question.urgency.value,
        "urgency_words": translated(_URGENCY[question.urgency]),
        "asked": time.full(moments.raised_at),
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "words": translated(call.called.label),
        "consulted": translated(call.consulted.label) if call.consulted else None,
        "steps": _sentences(call.steps),
    }


def _sentences(advice: tuple[Advice, ...]) -> list[str]:
    return [translated(one.label) for one in advice]


_URGENCY = {
    Urgency.IMMEDIATE: phrase("Now"),
    Urgency.HIGH: phrase("Within hours"),
    Urgency.STANDARD: phrase("Within a day"),
}
