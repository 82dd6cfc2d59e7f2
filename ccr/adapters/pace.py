"""How fast one caller may ask: a bucket that fills steadily and is drawn on by each request.

Kept in this process alone, under a key made with chance that is forgotten at the end of it: no
address is kept, written or told apart later.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from ccr.domain.caller import network_of

BURST_SECONDS = 120
MOST_CALLERS = 10_000
"""Buckets kept at once; the one that was drawn on longest ago is forgotten first."""


@dataclass
class Pace:
    """Buckets of `most` draws that fill by `per_second`; 0 a second means no limit at all."""

    per_second: float
    most: float
    _left: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, per_minute: int) -> Pace:
        """Return the pace of so many requests a minute, with two minutes' worth at once."""
        return cls(per_minute / 60, per_minute / 60 * BURST_SECONDS)

    def wait(self, address: str, *, cost: float, now: float) -> float:
        """Draw on the caller's bucket; return 0, or the seconds until it could be.

        Args:
            now: seconds of a clock that never goes back.
        """
        if not self.per_second:
            return 0.0
        cost = min(cost, self.most)
        key = self._key(address)
        with self._lock:
            held, at = self._left.pop(key, (self.most, now))
            held = min(self.most, held + (now - at) * self.per_second)
            enough = held >= cost
            self._left[key] = (held - cost if enough else held, now)
            while len(self._left) > MOST_CALLERS:
                self._left.popitem(last=False)
        return 0.0 if enough else (cost - held) / self.per_second

    def _key(self, address: str) -> bytes:
        network = network_of(address).encode()
        return hashlib.blake2b(network, key=self._secret, digest_size=16).digest()
