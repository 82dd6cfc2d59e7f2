"""Guessing slowed down: after a few failures each further try has to wait. Nobody is locked out.

The delay belongs to the pair (address typed, network the request came from), so a stranger who
guesses cannot keep the worker herself outside. Unknown addresses are treated the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ccr.domain.caller import network_of
from ccr.storage.db import unit_of_work
from ccr.storage.queries.attempts import (
    count_try,
    find_tries,
    forget_old_tries,
    forget_tries,
    hashed,
)

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
WINDOW = timedelta(hours=24)


def seconds_to_wait(email: str, came_from: str, *, at: datetime) -> int:
    """Return how many seconds the next try has to wait; 0 when it may be made now."""
    tries = find_tries(_key(email, came_from))
    if tries is None or tries.count < FREE_TRIES or tries.last_at < at - WINDOW:
        return 0
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(tries.count - FREE_TRIES + 1, 12)))
    return max(0, int((tries.last_at + wait - at).total_seconds()))


def record_failure(email: str, came_from: str, *, at: datetime) -> None:
    """Count a failed try."""
    with unit_of_work():
        count_try(_key(email, came_from), at=at, window=WINDOW)


def record_success(email: str, came_from: str) -> None:
    """Forget the failures of this pair."""
    with unit_of_work():
        forget_tries(_key(email, came_from))


def forget_old(*, at: datetime) -> int:
    """Forget tries that count for nothing any more; return how many addresses they were of."""
    with unit_of_work():
        return forget_old_tries(at - WINDOW)


def _key(email: str, came_from: str) -> str:
    return hashed("sign-in", email.strip().lower(), network_of(came_from))
