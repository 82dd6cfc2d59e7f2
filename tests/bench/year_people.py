"""The people of the simulated year: who forgets, who reads mail, and what they do when they look.

They see what their pages show (`followups.follow_ups`) and press what those offer. Chance is
seeded; nobody knows of the clocks but through their mail and their queue.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.errors import CcrError
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_states import Action, State
from ccr.domain.referral_views import ReceiverView, SenderView
from ccr.domain.taxonomy import Known
from ccr.policy.identity import Identity
from ccr.services import followups, referral_desk, referrals
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.world import World
from tests.loop import Program

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_TRIES = 4


@dataclass
class Team:
    """A program and how it is: `forgets` is how often a mail is not acted on, from 0 to 1."""

    program: Program
    forgets: float
    people: dict[UUID, Identity] = field(default_factory=dict)
    away: dict[UUID, datetime] = field(default_factory=dict)

    def here(self, account_id: UUID, at: datetime) -> Identity | None:
        """Return somebody who can look now, or None."""
        if self.away.get(account_id, at) > at:
            return None
        return self.people.get(account_id)


def reads_after(rng: random.Random, team: Team, *, overdue: bool) -> timedelta | None:
    """Return how long after a mail somebody looks, or None for never."""
    forgets = team.forgets if not overdue else team.forgets * 0.75
    if rng.random() < forgets:
        return None
    return timedelta(hours=min(rng.expovariate(1 / 4), 48), minutes=2)


def look(rng: random.Random, world: World, who: Identity, at: datetime) -> int:
    """Let somebody go through what is due in their queue; return how many acts they did."""
    found = followups.follow_ups(who, world, at=at)
    items = [*found.overdue.items, *found.today.items, *found.this_week.items]
    done = 0
    for item in [*items[:12], *found.unanswered.items[:3]]:
        try:
            done += _act(rng, world, who, item, at)
        except CcrError:
            continue  # a colleague was quicker, or it is not theirs to end
    return done


def _act(
    rng: random.Random, world: World, who: Identity, item: ReceivedItem | SentItem, at: datetime
) -> bool:
    if isinstance(item, ReceivedItem):
        return _as_receiver(rng, world, who, item.view, at)
    return _as_sender(rng, world, who, item.view, at)


def _as_receiver(
    rng: random.Random, world: World, who: Identity, view: ReceiverView, at: datetime
) -> bool:
    key = view.referral_id
    if Action.ACCEPT in view.can:
        referral_desk.open_received(who, world, key, at=at)
        chance = rng.random()
        if chance < 0.72:
            referrals.accept(who, world, key, at=at)
        elif chance < 0.90:
            referrals.decline(who, world, key, DeclineReason.NO_CAPACITY, at=at)
        elif chance < 0.95:
            referrals.ask(who, world, key, "Which day?", at=at)
        else:
            referrals.waitlist(who, world, key, at + 10 * DAY, at=at)
    elif Action.BEGIN in view.can:
        if view.attempts >= MOST_TRIES:
            referrals.close(who, world, key, Outcome.NOT_REACHED_SAFELY, at=at)
            return True
        kind = AttemptKind.REACHED if rng.random() < 0.6 else AttemptKind.NO_ANSWER
        referrals.record_attempt(who, world, key, kind, Known.YES, at=at)
    elif Action.CONNECT in view.can and rng.random() < 0.7:
        referrals.connect(who, world, key, at=at)
        referrals.close(who, world, key, Outcome.SERVICE_STARTED, at=at)
    elif Action.CLOSE in view.can:
        connected = view.status.value == State.CONNECTED.value
        outcome = Outcome.SERVICE_STARTED if connected else Outcome.SURVIVOR_CHOSE_OTHERWISE
        referrals.close(who, world, key, outcome, at=at)
    else:
        return False
    return True


def _as_sender(
    rng: random.Random, world: World, who: Identity, view: SenderView, at: datetime
) -> bool:
    key = view.referral_id
    if Action.ANSWER in view.can:
        referrals.answer(who, world, key, "A morning.", at=at)
    elif Action.CLOSE in view.can:
        referrals.close_declined(who, world, key, Outcome.NO_CAPACITY, at=at)
    elif view.options_offered and rng.random() < 0.5 and Action.RECALL in view.can:
        referrals.recall(who, world, key, at=at)
    elif view.options_offered and rng.random() < 0.5 and Action.WITHDRAW in view.can:
        referrals.withdraw(who, world, key, at=at)
    else:
        return False
    return True
