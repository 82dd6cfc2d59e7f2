"""What the clocks do to a referral by themselves: go on after a hold, end a wait for an answer.

The act of nobody, in the same order as any other: lock, decide, keep, write down, tell. Doing it
twice, or two workers at once, has one effect: whoever comes second finds nothing to do.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.referral import Referral, advance, possible_actions, transition_for
from ccr.domain.referral_clocks import clocks_after
from ccr.domain.referral_states import Action, EventKind, State
from ccr.services.referral_acts import tell
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.clocks import list_clocks, save_clocks
from ccr.storage.queries.referrals import NewEvent, add_event, lock_referral, save_referral


def act_alone(world: World, referral_id: UUID, action: Action, *, at: datetime) -> Referral | None:
    """Do an act of the system in one transaction; return the referral, or None when not possible.

    Nothing is raised for a referral that is gone or has moved on: somebody was first.
    """
    with unit_of_work():
        try:
            before = lock_referral(referral_id)
        except NotFoundError:
            return None
        if action not in possible_actions(before, Side.SYSTEM, at) or _is_early(before, action, at):
            return None
        clocks = list_clocks([referral_id])[referral_id]
        after = advance(before, action, at=at, by=Side.SYSTEM)
        save_referral(before, after, at=at)
        add_event(
            NewEvent(
                referral_id,
                EventKind(action.value),
                Side.SYSTEM,
                at,
                from_state=before.state,
                to_state=after.state,
            )
        )
        moved = clocks_after(
            clocks,
            transition_for(before, action),
            at=at,
            until=None,
            urgency=after.urgency,
            # What starts here is the sender's own to answer: it counts in an ordinary week.
            calendar=world.hours.business_week("UTC"),
        )
        save_clocks(after, clocks, moved, in_time=False if action is Action.EXPIRE else None)
        if after.receiver_compartment_id is not None:
            append_event_to(
                after.receiver_compartment_id, None, action.value, "referral", referral_id, at=at
            )
        tell(after, action, at=at)
    return after


def _is_early(referral: Referral, action: Action, at: datetime) -> bool:
    """Return True for a hold whose date was moved on meanwhile."""
    on_hold = referral.state is State.ON_HOLD
    return action is Action.RESUME and on_hold and (referral.hold_until or at) > at
