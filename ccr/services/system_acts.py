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
from ccr.services.asking import follow_alone
from ccr.services.referral_acts import Given, tell
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.asking import hold_asking
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.clocks import list_clocks, save_clocks
from ccr.storage.queries.drafts import forget_reason
from ccr.storage.queries.referrals import NewEvent, add_event, lock_referral, save_referral


def act_alone(
    world: World,
    referral_id: UUID,
    action: Action,
    *,
    at: datetime,
    by: Side = Side.SYSTEM,
    given: Given | None = None,
) -> Referral | None:
    """Do an act of the system in one transaction; return the referral, or None when not possible.

    Nothing is raised for a referral that is gone or has moved on: somebody was first. With `by`,
    the act of a side that is not there to do it: its member is suspended, or leaves.
    """
    given = given or Given()
    with unit_of_work():
        hold_asking(referral_id)  # always before the referral itself
        try:
            before = lock_referral(referral_id)
        except NotFoundError:
            return None
        if action not in possible_actions(before, by, at) or _is_early(before, action, at):
            return None
        clocks = list_clocks([referral_id])[referral_id]
        after = advance(before, action, at=at, by=by, reason=given.reason, outcome=given.outcome)
        save_referral(before, after, at=at)
        reason = given.reason or given.outcome
        add_event(
            NewEvent(
                referral_id,
                EventKind(action.value),
                by,
                at,
                compartment_id=_compartment(after, by),
                reason=reason.value if reason else None,
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
        if by is Side.SENDER and not after.state.is_open:
            forget_reason(referral_id)
        whose = _compartment(after, by) or after.receiver_compartment_id
        if whose is not None:
            append_event_to(whose, None, action.value, "referral", referral_id, at=at)
        tell(after, action, at=at)
        follow_alone(world, after, action, at=at)
    return after


def _compartment(referral: Referral, by: Side) -> UUID | None:
    if by is Side.SENDER:
        return referral.sender_compartment_id
    return referral.receiver_compartment_id if by is Side.RECEIVER else None


def _is_early(referral: Referral, action: Action, at: datetime) -> bool:
    """Return True for a hold whose date was moved on meanwhile."""
    on_hold = referral.state is State.ON_HOLD
    return action is Action.RESUME and on_hold and (referral.hold_until or at) > at
