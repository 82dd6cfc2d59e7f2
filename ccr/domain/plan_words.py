"""What a plan costs, in words: each door's minutes, and what further doors cost by themselves.

What lives here: the sentences. What must not: the choice of plans (ccr.domain.plans).
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.routing_request import Plan, PlanDoor


def door_words(door: PlanDoor) -> Phrase:
    """Return what one door costs; of an area partner, that nothing is counted (R49)."""
    if door.minutes is None:
        return phrase("Confidential or area-wide: no minutes are counted")
    return phrase("%(minutes)s effective minutes", minutes=door.minutes)


def further_words(plan: Plan) -> Phrase | None:
    """Return what the doors after the first cost and why; None when there is one door."""
    further = plan.doors - 1
    if not further:
        return None
    if further == 1:
        return phrase("1 further door: the person tells it all once more")
    return phrase("%(count)s further doors: the person tells it all again at each", count=further)
