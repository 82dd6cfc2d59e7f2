"""What happens to referrals of a member that is suspended or leaves: steps of `leaving`.

Nothing is left with nobody: what was not answered and what was not begun goes back to its sender,
who can choose anew; what was sent and not answered is taken back; people who are in contact stay
with the program's administrator until the end. To its sender a return reads as every other (2.4).
One that cannot be read is left as it was, and holds up none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral_states import WAITING_FOR_ANSWER, Action, State
from ccr.services.answer_letters import mail_link
from ccr.services.one_by_one import OneByOne
from ccr.services.referral_acts import Given
from ccr.services.system_acts import act_alone
from ccr.services.world import World
from ccr.storage.db import savepoint
from ccr.storage.queries import leaving as queries
from ccr.storage.queries.referrals import lock_referral

_CANNOT_TAKE = Given(reason=DeclineReason.OTHER)
_NOT_KNOWN = Given(outcome=Outcome.UNKNOWN)


def _one(tried: OneByOne, referral_id: UUID, act: Callable[[], object]) -> None:
    """Do an act on one referral, or undo that act alone."""

    def work() -> bool:
        with savepoint():
            act()
        return True

    tried.try_one(referral_id, work)


def return_received(
    world: World, programs: Collection[UUID], tried: OneByOne, *, at: datetime
) -> None:
    """Give back what these programs have not answered, and what they took and have not begun."""
    for found in queries.open_received(programs):
        if found.state in WAITING_FOR_ANSWER:
            action = Action.DECLINE
        elif not found.reached:
            action = Action.HAND_BACK
        else:
            continue
        give = partial(act_alone, by=Side.RECEIVER, given=_CANNOT_TAKE, at=at)
        _one(tried, found.id, partial(give, world, found.id, action))


def mail_links_to_finish(programs: Collection[UUID], tried: OneByOne, *, at: datetime) -> None:
    """Mail a link for what stays with an office that answers by link; theirs may have run out."""
    for found in queries.open_received(programs):
        _one(tried, found.id, partial(_mail_link, found.id, at))


def _mail_link(referral_id: UUID, at: datetime) -> None:
    mail_link(lock_referral(referral_id), at=at)


def take_back_sent(
    world: World, programs: Collection[UUID], tried: OneByOne, *, at: datetime
) -> None:
    """Delete the drafts of these programs, and take back what they sent and nobody has answered."""
    queries.delete_drafts(programs)
    for found in queries.open_sent(programs):
        if found.state in WAITING_FOR_ANSWER:
            action = Action.WITHDRAW if found.opened else Action.RECALL
            take = partial(act_alone, by=Side.SENDER, at=at)
            _one(tried, found.id, partial(take, world, found.id, action))


def close_the_rest(
    world: World, programs: Collection[UUID], tried: OneByOne, *, at: datetime
) -> None:
    """Close, as "outcome not known", what is still open at the end, received and sent."""
    return_received(world, programs, tried, at=at)
    take_back_sent(world, programs, tried, at=at)
    close = partial(act_alone, given=_NOT_KNOWN, at=at)
    for found in queries.open_received(programs):
        _one(tried, found.id, partial(close, world, found.id, Action.CLOSE, by=Side.RECEIVER))
    for found in queries.open_sent(programs):
        if found.state in {State.DECLINED, State.EXPIRED}:
            _one(tried, found.id, partial(close, world, found.id, Action.CLOSE, by=Side.SENDER))
    queries.end_releases(programs, at=at)
