"""One referral through the demo network, from the search to a missed clock, by the real services.

What lives here: the order of the scenes and what each one gave. What must not: words for a screen
(cli/demo_scenes.py), and any result that a service did not give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ccr.domain.clocks import STEP_OFFSETS, ClockKind, Step
from ccr.domain.errors import NotFoundError
from ccr.domain.outcomes import AttemptKind, Outcome
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import ChosenBy
from ccr.domain.referral_views import ReceiverView
from ccr.domain.routing_request import Partner, RouteAnswer
from ccr.domain.taxonomy import Known
from ccr.policy.identity import Identity
from ccr.services import drafts, referral_desk, referrals, sending
from ccr.services.delivery import deliver
from ccr.services.demo import DemoAccount, DemoLoaded
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.drafts import DraftView
from ccr.services.followups import ClockRun, run_clocks
from ccr.services.referral_shown import ReceivedPage, SentPage
from ccr.services.sending import Sent
from ccr.services.world import World

STARTS_AT = datetime(2026, 11, 12, 21, 20, tzinfo=UTC)
"""Thursday, 16:20 in New York: some partners are open, some are not."""
ASKING = "worker@family-center.example"
NEED = NeedAnswers(
    needs=("protection-order", "advocacy"), urgency="high", language="es", age_band="25-59"
)
PLACE = PlaceAnswers(near="Troy, NY 12180", transport="transit")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """What the clocks did at a moment: steps taken, and how many people were told by mail."""

    at: datetime
    run: ClockRun
    told: int


@dataclass(frozen=True, slots=True)
class Story:
    """What every scene gave, in order. Views are those of the side named.

    Attributes:
        arrived, taken, overdue: the receiver's page before and after accepting, and when late.
        told_sender, end_for_sender: the sender's page after accepting, and at the very end.
        end: the receiver's page at the very end.
    """

    sender: DemoAccount
    receiver: DemoAccount
    answer: RouteAnswer
    chosen: Partner
    draft: DraftView
    sent: Sent
    arrived: ReceivedPage
    taken: ReceivedPage
    accepted_at: datetime
    told_sender: SentPage
    clocks: tuple[ClockMoved, ...]
    overdue: ReceivedPage
    end: ReceivedPage
    ended_at: datetime
    end_for_sender: SentPage


def play(world: World, loaded: DemoLoaded, *, at: datetime = STARTS_AT) -> Story:
    """Play the story in a database where the demo network was just loaded; return its scenes.

    Raises:
        NotFoundError: no proposed partner has anybody who reads CCR.
    """
    sender = next(account for account in loaded.accounts if account.email == ASKING)
    draft_id = drafts.start(sender.identity, world, at=at)
    drafts.save_need(sender.identity, world, draft_id, NEED, at=at)
    drafts.save_place(sender.identity, world, draft_id, PLACE, at=at)
    answer = drafts.options(sender.identity, world, draft_id, at=at)
    chosen, receiver = _first_that_reads(answer, loaded)
    agreed_at = at + 6 * MINUTE
    drafts.choose_partner(sender.identity, world, draft_id, chosen.service.id, at=agreed_at)
    drafts.record_yes(sender.identity, world, draft_id, ChosenBy.SURVIVOR, at=agreed_at)
    draft = drafts.draft_view(sender.identity, world, draft_id, at=agreed_at)
    sent = sending.send(sender.identity, world, draft_id, at=agreed_at)
    deliver(world, at=agreed_at)

    heard_at = at + 10 * MINUTE
    arrived = referral_desk.open_received(receiver.identity, world, draft_id, at=heard_at)
    named = referral_desk.look_up_code(receiver.identity, world, sent.code, at=heard_at)
    accepted_at = at + 12 * MINUTE
    referrals.accept(receiver.identity, world, named, at=accepted_at)
    deliver(world, at=accepted_at)
    taken = referral_desk.open_received(receiver.identity, world, named, at=accepted_at)
    told_sender = referral_desk.open_sent(sender.identity, world, named, at=accepted_at)

    clocks = _miss_first_contact(world, taken.item.view)
    late_at = clocks[-1].at
    overdue = referral_desk.open_received(receiver.identity, world, named, at=late_at)
    ended_at = late_at + 40 * MINUTE
    _reach_and_close(receiver.identity, world, named, at=ended_at)
    return Story(
        sender=sender,
        receiver=receiver,
        answer=answer,
        chosen=chosen,
        draft=draft,
        sent=sent,
        arrived=arrived,
        taken=taken,
        accepted_at=accepted_at,
        told_sender=told_sender,
        clocks=clocks,
        overdue=overdue,
        end=referral_desk.open_received(receiver.identity, world, named, at=ended_at),
        ended_at=ended_at,
        end_for_sender=referral_desk.open_sent(sender.identity, world, named, at=ended_at),
    )


def _first_that_reads(answer: RouteAnswer, loaded: DemoLoaded) -> tuple[Partner, DemoAccount]:
    """Return the first partner with somebody who reads CCR, and that person."""
    readers = {account.identity.compartment_id: account for account in reversed(loaded.accounts)}
    for partner in answer.partners:
        if partner.service.compartment_id in readers:
            return partner, readers[partner.service.compartment_id]
    raise NotFoundError(phrase("No proposed partner reads CCR."))


def _miss_first_contact(world: World, view: ReceiverView) -> tuple[ClockMoved, ...]:
    """Run the clocks when nothing is due, when first contact is, and when it is late."""
    due_at = next(c.due_at for c in view.clocks if c.kind is ClockKind.FIRST_CONTACT)
    escalates_at = due_at + STEP_OFFSETS[view.urgency][Step.ESCALATE]
    moments = (due_at - 60 * MINUTE, due_at, escalates_at)
    moved = []
    for moment in moments:
        run = run_clocks(world, at=moment)
        moved.append(ClockMoved(moment, run, deliver(world, at=moment).sent))
    return tuple(moved)


def _reach_and_close(identity: Identity, world: World, named: UUID, *, at: datetime) -> None:
    reached_at, connected_at = at - 30 * MINUTE, at - 10 * MINUTE
    referrals.record_attempt(identity, world, named, AttemptKind.REACHED, Known.YES, at=reached_at)
    referrals.connect(identity, world, named, at=connected_at)
    referrals.close(identity, world, named, Outcome.SERVICE_STARTED, at=at)
