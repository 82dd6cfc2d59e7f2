"""Telling a member's own system that something it may see has changed: what, how, how often.

What lives here: which addresses can be told, the message, its signature, and what counts as a
change. What must not: sending. The message holds the id of a referral and nothing about it.
Source: the Standard Webhooks specification 1.0; issue 6 part 10.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_views import ReceiverView, SenderView
from ccr.domain.taxonomy import Labelled


class OffWhy(Labelled):
    """Why a webhook is off."""

    PERSON = "person"
    DEAD = "dead"
    SUSPENDED = "suspended"
    LEAVING = "leaving"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _OFF_WORDS[self]


_OFF_WORDS = {
    OffWhy.PERSON: phrase("A person turned it off."),
    OffWhy.DEAD: phrase("Its system did not take our messages."),
    OffWhy.SUSPENDED: phrase("Your agency was suspended."),
    OffWhy.LEAVING: phrase("Your agency is leaving, or has left."),
}
SECRET_PREFIX = "whsec_"  # noqa: S105 -- how every secret begins, so that a leaked one is known
SECRET_BYTES = 32
LONGEST_URL = 500
WAITS: tuple[timedelta, ...] = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after each failed try; after the last one the message is dead."""
MOST_TRIES = len(WAITS) + 1
NOTHING = "nothing"
"""The version of a referral of which a program sees nothing any more."""


def checked_url(text: str) -> str:
    """Return an address that can be told.

    Raises:
        InvalidInputError: field `url`: it is not a plain https address.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        plain = (
            parts.scheme == "https"
            and bool(parts.hostname)
            and parts.username is None
            and parts.password is None
            and not parts.query
            and not parts.fragment
            and parts.port != 0
        )
    except ValueError:
        plain = False
    if not plain or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise InvalidInputError(
            phrase("Give a plain https address, without a user name or a question mark."),
            field="url",
        )
    return url


def message_of(referral_id: UUID) -> str:
    """Return the body of a message: that something about this referral has changed."""
    return json.dumps({"type": "referral.changed", "id": str(referral_id)}, separators=(",", ":"))


def test_message() -> str:
    """Return the body of a message that tries the way: it is about no referral, and has no id."""
    return json.dumps({"type": "webhook.test"}, separators=(",", ":"))


def signed_headers(secret: str, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the three headers by which the receiver knows who sent this, and when."""
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{message_id}.{seconds}.{body}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def next_try_at(tries: int, at: datetime) -> datetime | None:
    """Return when to try again after so many failed tries, or None: it is dead."""
    return at + WAITS[tries - 1] if tries <= len(WAITS) else None


def change_version(view: SenderView | ReceiverView | None) -> str:
    """Return a token of what happened, as this side may know it.

    It holds no clock and no next move: those change by time alone, and a token that had changed by
    time would be told of at the other side's next act, which would tell of that act.
    """
    if view is None:
        return NOTHING
    happened = [
        (entry.at.isoformat(), entry.kind, entry.side.value, str(entry.note_id))
        for entry in view.timeline
    ]
    release = view.release and (view.release.asked_at.isoformat(), view.release.in_force)
    said = (view.status.value, view.outcome, happened, release)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]
