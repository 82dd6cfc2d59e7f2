"""A warning before sending: one's own program has something open with this partner already (R80).

It looks into one's own outbox alone, warns, and stops nobody: it may be for somebody else, and
only the person can say. Across agencies there is no such look, ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.draft_views import DraftView
from ccr.storage.queries.referral_lists import list_open_to

LOOKS_BACK = timedelta(days=30)
"""How long ago a referral may have been sent to be named. Our choice."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class OpenOne:
    """An open referral of one's own program to the same service, for an overlapping need."""

    referral_id: UUID
    code: str
    sent_at: datetime


def open_with_partner(identity: Identity, draft: DraftView, *, at: datetime) -> tuple[OpenOne, ...]:
    """Return what one's own program sent to the draft's partner for one of its needs, newest first.

    At most MOST_NAMED; none while no partner is chosen.
    """
    authorise(identity, Permission.REFERRAL_SEND)
    if draft.partner is None:
        return ()
    rows = list_open_to(
        identity.compartment_id,
        draft.partner.service_id,
        but=draft.draft_id,
        since=at - LOOKS_BACK,
        at=at,
    )
    found = [
        OpenOne(row.referral.id, row.referral.code, row.referral.sent_at)
        for row in rows
        if row.referral.code and row.referral.sent_at and set(row.facts.needs) & set(draft.needs)
    ]
    return tuple(found[:MOST_NAMED])
