"""Codes that a sender reads out by phone, so that a mailed link opens: six digits.

Digits sound alike in no language that is spoken here. Six of them are guessed once in a million,
and a link takes five wrong ones. What is kept is keyed with our secret: the database alone does
not tell a code.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from uuid import UUID

DIGITS = 6
_LONGEST = 40


def draw_code(rng: random.Random) -> str:
    """Return a new code as it is read out: "482 915"."""
    digits = f"{rng.randrange(10**DIGITS):0{DIGITS}}"
    return f"{digits[:3]} {digits[3:]}"


def code_hash(text: str, referral_id: UUID, secret: str) -> str:
    """Return what is kept of a code, however it was typed; "" for what cannot be one."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if len(text) > _LONGEST or len(digits) != DIGITS:
        return ""
    said = b"answer-code:" + referral_id.bytes + digits.encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
