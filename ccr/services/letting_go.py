"""What ends with somebody's account: a step of every act that ends one, in its transaction.

What they worked on is their whole program's again, and nothing that was theirs lives on.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ccr.storage.queries.calendar_feeds import end_feed
from ccr.storage.queries.check_links import end_links_of
from ccr.storage.queries.follow_ups import unassign_all
from ccr.storage.queries.staff import forget_person


def let_go(account_id: UUID, *, at: datetime) -> int:
    """Take from an account what would outlive it; return how many referrals nobody works on now."""
    forget_person(account_id)
    end_feed(account_id)
    end_links_of(account_id, at=at)
    return len(unassign_all(account_id))
