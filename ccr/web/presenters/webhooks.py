"""Webhooks of one's own program as rows: where, since when, and what is wrong with them."""

from __future__ import annotations

from typing import Any

from ccr.adapters.webhook_sender import GONE
from ccr.domain.phrases import Phrase, phrase
from ccr.services.webhooks import WebhookShown
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

_FAILED: dict[str, Phrase] = {
    "address": phrase("The address was not found, or is not on the public Internet."),
    "silent": phrase("Nothing answered in time, or the connection was not safe."),
    "redirect": phrase("It sent us on to another address, which we do not follow."),
    GONE: phrase("It answered that it is not there any more (410)."),
}


def webhook_row(found: WebhookShown, time: DeskTime) -> dict[str, Any]:
    """Return a row of the list."""
    return {
        "id": found.id,
        "url": found.url,
        "since": time.full(found.created_at),
        "answered": time.full(found.answered_at) if found.answered_at else None,
        "waiting": found.waiting,
        "off": time.full(found.off_since) if found.off_since else None,
        "off_why": translated(found.off_why.label) if found.off_why else None,
    }


def test_words(code: str | None) -> str:
    """Return what came of a test message."""
    if code is None:
        return translated(phrase("The test message was taken."))
    if code in _FAILED:
        return translated(_FAILED[code])
    status = code.removeprefix("status-")
    return translated(phrase("It answered with status %(status)s; 200 says yes.", status=status))
