"""What happens to referrals of a member that is suspended or leaves: steps of `leaving`.

Nothing is left with nobody: what was not answered and what was not begun goes back to its sender,
who can choose anew; what was sent and not answered is taken back; people who are in contact stay
with the program's administrator until the end. To its sender a return reads as every other (2.4).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral_states import WAITING_FOR_ANSWER, Action, State
from ccr.services.answer_letters import mail_link
from ccr.services.referral_acts import Given
from ccr.services.system_acts import act_alone
from ccr.services.world import World
from ccr.storage.queries import leaving as queries
from ccr.storage.queries.referrals import lock_referral

_CANNOT_TAKE = Given(reason=DeclineReason.OTHER)
_NOT_KNOWN = Given(outcome=Outcome.UNKNOWN)


def return_received(world: World, programs: Collection[UUID], *, at: datetime) -> None:
    """Give back what these programs have not answered, and what they took and have not begun."""
    for found in queries.open_received(programs):
        if found.state in WAITING_FOR_ANSWER:
            action = Action.DECLINE
        elif not found.reached:
            action = Action.HAND_BACK
        else:
            continue
        act_alone(world, found.id, action, at=at, by=Side.RECEIVER, given=_CANNOT_TAKE)


def mail_links_to_finish(programs: Collection[UUID], *, at: datetime) -> None:
    """Mail a link for what stays with an office that answers by link; theirs may have run out."""
    for found in queries.open_received(programs):
        mail_link(lock_referral(found.id), at=at)


def take_back_sent(world: World, programs: Collection[UUID], *, at: datetime) -> None:
    """Delete the drafts of these programs, and take back what they sent and nobody has answered."""
    queries.delete_drafts(programs)
    for found in queries.open_sent(programs):
        if found.state in WAITING_FOR_ANSWER:
            action = Action.WITHDRAW if found.opened else Action.RECALL
            act_alone(world, found.id, action, at=at, by=Side.SENDER)


def close_the_rest(world: World, programs: Collection[UUID], *, at: datetime) -> None:
    """Close, as "outcome not known", what is still open at the end, received and sent."""
    return_received(world, programs, at=at)
    take_back_sent(world, programs, at=at)
    for found in queries.open_received(programs):
        act_alone(world, found.id, Action.CLOSE, at=at, by=Side.RECEIVER, given=_NOT_KNOWN)
    for found in queries.open_sent(programs):
        if found.state in {State.DECLINED, State.EXPIRED}:
            act_alone(world, found.id, Action.CLOSE, at=at, by=Side.SENDER, given=_NOT_KNOWN)
    queries.end_releases(programs, at=at)
