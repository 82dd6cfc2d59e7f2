"""Codes of invitations: sixteen characters to read out, with none that sound or look alike.

80 bits of chance, so that no code can be guessed; only a hash of one is ever kept.
"""

from __future__ import annotations

import random

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
LENGTH = 16
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def draw_code(rng: random.Random) -> str:
    """Return a new code, in four groups of four."""
    letters = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[n : n + 4] for n in range(0, LENGTH, 4))


def normal_code(text: str) -> str | None:
    """Return a code as it was drawn, however it was typed; None for what cannot be one."""
    if len(text) > 4 * LENGTH:
        return None
    kept = "".join(c for c in text.upper() if c.isascii() and c.isalnum()).translate(_ALIKE)
    if len(kept) != LENGTH or any(c not in ALPHABET for c in kept):
        return None
    return "-".join(kept[n : n + 4] for n in range(0, LENGTH, 4))
