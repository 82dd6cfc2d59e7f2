"""Looking through the directory in tests: words as they are typed, and what they find."""

from __future__ import annotations

from ccr.adapters.clock import utc_now
from ccr.domain.listing_search import ListingQuery
from ccr.policy.identity import Identity
from ccr.services import finding
from ccr.services.finding import Answer
from tests.loop import world


def look_for(identity: Identity, words: str, *, page: int = 1) -> Answer:
    """Return what has exactly these words: nothing meant, nothing mended."""
    return finding.find_listings(
        identity,
        world(),
        ListingQuery(words=words),
        at=utc_now(),
        timezone="America/New_York",
        page=page,
        exact=True,
    )


def total(identity: Identity, words: str) -> int:
    """Return how many listings have exactly these words."""
    return look_for(identity, words).total
