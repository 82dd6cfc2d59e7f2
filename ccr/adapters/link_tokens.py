"""Tokens of links that are mailed: made from a row's id and our secret, kept as a hash at most.

A token can be made again for the mail that carries it and is stored nowhere. 256 bits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

LENGTH = 43
"""Characters of a token: 32 bytes, base64 for addresses, without padding."""
SIGNED_LENGTH = 64
"""Characters of a signed token: 16 bytes of id and 32 of signature."""


def token_for(link_id: UUID, secret: str) -> str:
    """Return the token of a link."""
    made = hmac.new(secret.encode(), b"link:" + link_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_token(link_id: UUID, purpose: str, secret: str) -> str:
    """Return a token that names its row and is signed for one purpose: nothing of it is kept."""
    made = link_id.bytes + _signature(link_id, purpose, secret)
    return base64.urlsafe_b64encode(made).decode()


def read_token(token: str, purpose: str, secret: str) -> UUID | None:
    """Return the row of a signed token, or None when we did not sign it for this purpose."""
    if len(token) != SIGNED_LENGTH or not token.isascii():
        return None
    try:
        made = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    link_id = UUID(bytes=made[:16])
    return link_id if hmac.compare_digest(made[16:], _signature(link_id, purpose, secret)) else None


def _signature(link_id: UUID, purpose: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"{purpose}:".encode() + link_id.bytes, "sha256")
