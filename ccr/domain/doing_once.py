"""What makes two requests the same one, and how long that is remembered.

What lives here: which keys can be used and what a request is told apart by. What must not:
remembering. Source: IETF draft-ietf-httpapi-idempotency-key-header, and issue 6 part 11.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from datetime import timedelta

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

REMEMBERED = timedelta(hours=24)
LONGEST_KEY = 255
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def checked_key(text: str | None) -> str:
    """Return an Idempotency-Key that can be used.

    Raises:
        InvalidInputError: there is none, it is too long, or it holds what cannot be printed.
    """
    key = (text or "").strip()
    if not key:
        raise InvalidInputError(phrase("Send an Idempotency-Key: a new random one for each act."))
    if len(key) > LONGEST_KEY or not _PRINTABLE.fullmatch(key):
        raise InvalidInputError(
            phrase(
                "An Idempotency-Key has at most %(most)s printable characters.", most=LONGEST_KEY
            )
        )
    return key


def is_form_token(text: str) -> bool:
    """Return True for what looks like the one-time token of a form."""
    return _TOKEN.fullmatch(text) is not None


def key_hash(secret: str, *parts: str) -> str:
    """Return the keyed hash that stands for whose key it is and what it is for; 64 hex digits.

    Keyed, because what is typed into a form can be guessed from a plain hash.
    """
    return hmac.new(secret.encode(), "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def form_hash(secret: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return what the fields of a form are told apart by; their order counts."""
    return key_hash(secret, "form", json.dumps(list(fields)))


def body_hash(secret: str, method: str, path: str, body: object) -> str:
    """Return what a request of the API is told apart by; the order of members does not count."""
    return key_hash(secret, "body", method, path, json.dumps(body, sort_keys=True))
