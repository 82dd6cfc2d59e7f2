"""Tokens of links that are mailed: made from a row's id and our secret, kept as a hash alone.

A token can be made again for the mail that carries it and is stored nowhere. 256 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

LENGTH = 43
"""Characters of a token: 32 bytes, base64 for addresses, without padding."""


def token_for(link_id: UUID, secret: str) -> str:
    """Return the token of a link."""
    made = hmac.new(secret.encode(), b"link:" + link_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
